"""评审反馈: drafted from the rubric for everybody who was not chosen, reviewed, then released."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from matchmaker import outbox, policy, web
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    LIVE_AWARDS,
    AwardState,
    BidState,
    FeedbackState,
    PanelistState,
    ReviewState,
)
from matchmaker.reviewing import aggregating, sheets
from matchmaker.reviewing.award_models import Award, Feedback
from matchmaker.reviewing.models import Panelist, Review, Subject
from matchmaker.scoring import Part, averaging, feedback

SHORTEST = 20
LONGEST = 5000
LOSERS = (
    BidState.NOT_RECOMMENDED, BidState.RECOMMENDED, BidState.STANDBY, BidState.DISQUALIFIED,
)  # fmt: skip


def visible(viewer: Any, action: str = "list") -> Select[Any]:
    """Return the query of the feedback the viewer may see; their own with `read_own`."""
    query = policy.scope(viewer, "feedback", action)
    return query.options(joinedload(Feedback.bid).joinedload(Bid.bounty))


def get(public_id: str, action: str, *, viewer: Any) -> Feedback:
    """Return the feedback on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "feedback", action).where(Feedback.public_id == public_id)
    found: Feedback = web.found(db.session.scalars(query).one_or_none())
    return found


def draft_for(bounty: Bounty, *, now: datetime) -> list[Feedback]:
    """Draft feedback for every loser of a bounty that has none yet."""
    review = _concluded(bounty)
    subjects = {one.bid_id: one for one in review.subjects} if review else {}
    winner = _winner(bounty, review)
    return [
        _write(
            bid, review if bid.id in subjects else None, _text(bid, review, subjects, winner), now
        )
        for bid in losers(bounty)
        if db.session.scalar(select(Feedback.id).where(Feedback.bid_id == bid.id)) is None
    ]


def losers(bounty: Bounty) -> Sequence[Bid]:
    """Return the bids that were judged or refused and not chosen."""
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.state.in_(LOSERS))
    return db.session.scalars(query.order_by(Bid.id)).all()


def _concluded(bounty: Bounty) -> Review | None:
    query = select(Review).where(
        Review.bounty_id == bounty.id, Review.state == ReviewState.CONCLUDED
    )
    return db.session.scalars(query.order_by(Review.id.desc())).first()


def _winner(bounty: Bounty, review: Review | None) -> Subject | None:
    states = [one for one in LIVE_AWARDS if one is not AwardState.PROPOSED]
    query = select(Award.bid_id).where(Award.bounty_id == bounty.id, Award.state.in_(states))
    chosen = set(db.session.scalars(query))
    ranked = aggregating.ranked(review) if review else []
    return next((one for one in ranked if one.bid_id in chosen), None)


def _text(
    bid: Bid, review: Review | None, subjects: dict[int | None, Subject], winner: Subject | None
) -> str:
    if review is None or bid.id not in subjects:
        return feedback.draft_disqualified(refused_because(bid))
    try:
        own = aggregating.criterion_means(review, subjects[bid.id])
        if winner is None:
            return feedback.draft_alone(review.rubric, own)
        chosen = aggregating.criterion_means(review, winner)
    except averaging.TooFew:
        return feedback.draft_disqualified(refused_because(bid))
    return feedback.draft(review.rubric, own, chosen).text()


def refused_because(bid: Bid) -> list[str]:
    """Return why a bid did not pass the formal check, as the trail tells."""
    return [
        one.reason
        for one in trail.history("bid", bid.public_id)
        if one.action == "disqualify_propose" and one.reason
    ][-1:]


def _write(bid: Bid, review: Review | None, text: str, now: datetime) -> Feedback:
    row = Feedback(
        bid_id=bid.id, review_id=review.id if review else None, drafted=text, body=text,
        created_at=now,
    )  # fmt: skip
    db.session.add(row)
    trail.enter(row, by=trail.SYSTEM, now=now, action="draft", bid=bid.bid_no)
    return row


def edit(row: Feedback, body: str, *, by: Any, now: datetime) -> None:
    """Change what will be told; raise `Invalid` where it names another bidder."""
    row.body = _checked(row, body)
    trail.record("edit", "feedback", row.public_id, by=by, now=now)


def release(row: Feedback, body: str, *, by: Any, now: datetime) -> None:
    """Let the bidder read it: an officer has read it word by word."""
    row.body = _checked(row, body)
    row.released_at, row.released_by_id = now, by.id
    trail.advance(row, "release", by=by, now=now)
    outbox.add("feedback.released", {"id": row.id}, now=now)


def _checked(row: Feedback, body: str) -> str:
    text = body.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid({"body": f"反馈内容应为 {SHORTEST} 至 {LONGEST} 个字"})
    named = [name for name in others(row) if name in text]
    if named:
        raise Invalid({"body": f"反馈中不能出现其他申请单位或专家的名称：{'、'.join(named)}"})
    return text


def others(row: Feedback) -> list[str]:
    """Return the names no feedback may hold: the other bidders' and the judges'."""
    bids = select(Bid).where(Bid.bounty_id == row.bid.bounty_id, Bid.id != row.bid_id)
    names = {
        one.lead_organisation.name for one in db.session.scalars(bids) if one.lead_organisation
    }
    review = row.review or _concluded(row.bid.bounty)
    names |= {one.name for one in review.panelists} if review else set()
    own = row.bid.lead_organisation.name if row.bid.lead_organisation else ""
    return sorted(name for name in names if name and name != own)


def comments(row: Feedback) -> list[str]:
    """Return the judges' comments on a bid, without who wrote them, in an order of their own."""
    if row.review is None:
        return []
    found = [
        one.comment
        for one in sheets.of_review(row.review)
        if one.subject.bid_id == row.bid_id and one.part is Part.TECHNICAL
    ]
    return sorted(found)


def waiting(bounty: Bounty) -> int:
    """Count the losers of a bounty that have not been told yet."""
    told = select(Feedback.bid_id).where(Feedback.state == FeedbackState.RELEASED)
    query = select(Bid.id).where(
        Bid.bounty_id == bounty.id, Bid.state.in_(LOSERS), Bid.id.not_in(told)
    )
    return len(db.session.scalars(query).all())


def listed(viewer: Any) -> list[dict[str, Any]]:
    """Return the feedback the viewer may see, what waits first, the oldest on top."""
    query = visible(viewer).order_by(Feedback.released_at.is_not(None), Feedback.created_at)
    return [
        {"row": one, "unit": one.bid.lead_organisation, "bounty": one.bid.bounty}
        for one in db.session.scalars(query.order_by(Feedback.id))
    ]


def own(viewer: Any) -> list[Feedback]:
    """Return the released feedback on the viewer's own bids."""
    query = visible(viewer, "read_own").order_by(Feedback.released_at.desc(), Feedback.id)
    return list(db.session.scalars(query))


def panel(row: Feedback, *, viewer: Any) -> list[str]:
    """Return who judged, where the result is known and the viewer may read it."""
    if row.review_id is None or not policy.may(viewer, "expert", "read_panel_members"):
        return []
    query = policy.scope(viewer, "panel", "read_members").where(
        Panelist.review_id == row.review_id, Panelist.state == PanelistState.CONFIRMED
    )
    seats = db.session.scalars(query.order_by(Panelist.id))
    return [f"{one.name}（{one.institution}）" for one in seats]
