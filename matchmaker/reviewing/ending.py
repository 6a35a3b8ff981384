"""When an award does not hold: given up, overdue, or revoked after an objection."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.bounties import ending as bounties
from matchmaker.bounties.ending import FailureKind
from matchmaker.bounties.models import Bounty
from matchmaker.codes import ObjectionOutcome
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_REVIEWS, AwardState, BidState, BountyState
from matchmaker.reviewing import awarding, choosing, noticing
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.models import Review, Subject
from matchmaker.reviewing.operations import RANKED

AGAIN = (*RANKED, BidState.SELECTED, BidState.WON)
FALLING = (BountyState.AWARD_NOTICE, BountyState.SUSPENDED, BountyState.AWARDED)


def forfeit(award: Award, *, reason: str, by: Any, now: datetime) -> Award | None:
    """Record that a winner gave up or did not sign in time; propose the first who stands by.

    by : an officer, or the system where the period ran out. Returns the award proposed next,
    None where nobody stands by; then the bounty fails unless another award of it lives.
    """
    bounty = award.bounty
    awarding.end(award, "forfeit", reason=reason, by=by, now=now)
    trail.advance(award.bid, "forfeit", by=by, now=now, reason=reason)
    outbox.add("award.forfeited", {"award": award.id, "bounty": bounty.id}, now=now)
    return _promote(award, reason=reason, now=now)


def _promote(award: Award, *, reason: str, now: datetime) -> Award | None:
    bounty, review = award.bounty, award.review
    if awarding.count_live(bounty):
        return None  # a race goes on with those who are left
    if bounty.state not in FALLING:
        return None
    subject = next_standby(review)
    if review is None or subject is None or subject.bid is None:
        fail(bounty, FailureKind.FORFEITED, reason=reason, now=now)
        return None
    trail.advance(bounty, "fall_back", by=trail.SYSTEM, now=now, reason=reason)
    return awarding.enter(
        bounty,
        subject.bid,
        award.slot,
        review=review,
        place=subject.place,
        reason=f"候补递补：{reason}",
        by=review.officer,
        now=now,
    )


def next_standby(review: Review | None) -> Subject | None:
    """Return the first subject in the standby order whose bid still stands by."""
    return next(iter(standby(review)), None)


def standby(review: Review | None) -> list[Subject]:
    """Return who still stands by, in the owner's order."""
    choice = choosing.of_review(review) if review is not None else None
    found = choosing.subjects(review, choice.standby) if review and choice else []
    return [one for one in found if one.bid and one.bid.state is BidState.STANDBY]


def fail(bounty: Bounty, kind: FailureKind, *, reason: str, now: datetime) -> None:
    """Let the bounty fail, by the system: nobody is left to award it to."""
    bounties.fail(bounty, kind, reason, by=trail.SYSTEM, now=now)


def revoke(bounty: Bounty, outcome: ObjectionOutcome, *, reason: str, now: datetime) -> None:
    """Take the awards back after an objection was upheld.

    outcome : all is judged anew, the standby follows, or the bounty fails.
    """
    awards = awarding.live(bounty, AwardState.NOTICE, AwardState.MADE)
    if not awards:
        return
    for award in awards:
        awarding.end(award, "revoke", reason=reason, by=trail.SYSTEM, now=now)
    anew = outcome is ObjectionOutcome.RE_REVIEW and awards[0].review is not None
    for award in awards if not anew else ():
        _strike(award, reason=reason, now=now)
    if outcome is ObjectionOutcome.STANDBY:
        _promote(awards[0], reason=reason, now=now)
    elif anew and awards[0].review is not None:
        _judge_anew(awards[0].review, reason=reason, now=now)
    else:
        fail(bounty, FailureKind.OTHER, reason=reason, now=now)


def _strike(award: Award, *, reason: str, now: datetime) -> None:
    """A bid whose award was revoked is no longer recommended."""
    if award.bid.state in (BidState.SELECTED, BidState.WON) and award.review is not None:
        trail.advance(award.bid, "review_again", by=trail.SYSTEM, now=now, reason=reason)
        trail.advance(award.bid, "not_recommend", by=trail.SYSTEM, now=now)


def _judge_anew(review: Review, *, reason: str, now: datetime) -> None:
    bounty = review.bounty
    assert bounty is not None  # noqa: S101 - an award's review is of bids
    trail.advance(bounty, "rereview", by=trail.SYSTEM, now=now, reason=reason)
    for subject in review.subjects:
        if subject.bid is not None and subject.bid.state in AGAIN:
            trail.advance(subject.bid, "review_again", by=trail.SYSTEM, now=now, reason=reason)
    review.live_key, review.void_reason = None, reason
    trail.advance(review, "void", by=trail.SYSTEM, now=now, reason=reason)


def announce_anew(bounty: Bounty, *, reason: str, now: datetime) -> None:
    """The notice was dropped before it was published: what was approved is proposed again.

    A recognition has nothing to be proposed from; its notice is drafted once more.
    """
    awards = awarding.live(bounty, AwardState.NOTICE)
    if not awards or bounty.state is not BountyState.AWARD_NOTICE:
        return
    review = awards[0].review
    if review is None:
        noticing.announce(bounty, awards, now=now)
        return
    for award in awards:
        awarding.end(award, "revoke", reason=reason, by=trail.SYSTEM, now=now)
    trail.advance(bounty, "rereview", by=trail.SYSTEM, now=now, reason=reason)
    for subject in review.subjects:
        awarding.as_concluded(subject, reason=reason, now=now)


def stop(bounty: Bounty, *, reason: str, now: datetime) -> None:
    """End an open review and living awards of a bounty that was withdrawn."""
    for award in awarding.live(bounty):
        awarding.end(award, "revoke", reason=reason, by=trail.SYSTEM, now=now)
    query = select(Review).where(Review.bounty_id == bounty.id, Review.live_key.is_not(None))
    for review in db.session.scalars(query):
        if review.state in OPEN_REVIEWS:
            review.live_key, review.void_reason = None, reason
            trail.advance(review, "void", by=trail.SYSTEM, now=now, reason=reason)


def suspend(bounty: Bounty, *, now: datetime) -> None:
    """Hold the award: an objection against its notice was accepted.

    One on paper may be entered when the award was made already: it was received in time. Nothing
    is held any more once all is signed; the decision then concerns the contract.
    """
    if bounty.state in (BountyState.AWARD_NOTICE, BountyState.AWARDED):
        trail.advance(bounty, "suspend", by=trail.SYSTEM, now=now)


def resume(bounty: Bounty, *, now: datetime) -> None:
    """Go on with the notice: the objection was dismissed."""
    if bounty.state is BountyState.SUSPENDED:
        trail.advance(bounty, "resume", by=trail.SYSTEM, now=now)


def bounty_of(payload: dict[str, Any]) -> Bounty | None:
    """Return the bounty an award notice's event is about; None for other notices."""
    if payload.get("kind") != "award" or payload.get("subject_noun") != "bounty":
        return None
    return db.session.scalars(
        select(Bounty).where(Bounty.id == payload["subject_id"])
    ).one_or_none()
