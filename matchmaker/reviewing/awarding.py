"""拟揭榜决定: proposed by the officer, endorsed by the section, approved by the leader, made.

Every award holds a live key, unique while it lives: two officers awarding at once make one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from matchmaker import outbox, policy, web
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyMode
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import AWARD, LIVE_AWARDS, AwardState, BidState, BountyState, ReviewState
from matchmaker.reviewing import choosing, noticing
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.models import Review, Subject

SHORTEST_REASON = 10
THREE_PEOPLE = "提出、审核、批准须由三个不同的人办理。"


def visible(viewer: Any) -> Select[Any]:
    """Return the query of the awards the viewer may see in a list."""
    query = policy.scope(viewer, "award", "list")
    return query.options(joinedload(Award.bounty), joinedload(Award.bid))


def get(public_id: str, action: str, *, viewer: Any) -> Award:
    """Return the award on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "award", action).where(Award.public_id == public_id)
    found: Award = web.found(db.session.scalars(query).one_or_none())
    return found


def live(bounty: Bounty, *states: AwardState) -> list[Award]:
    """Return the bounty's awards in these states, all living ones unless told."""
    wanted = states or tuple(LIVE_AWARDS)
    query = select(Award).where(Award.bounty_id == bounty.id, Award.state.in_(wanted))
    return list(db.session.scalars(query.order_by(Award.slot)))


def propose(review: Review, *, by: Any, now: datetime) -> list[Award]:
    """Propose whom the owner (or the experts) chose; raise `WrongState` where nobody has yet."""
    bounty = review.bounty
    if bounty is None or bounty.state is not BountyState.UNDER_REVIEW:
        raise WrongState("只有评审中的榜单可以提出拟揭榜决定。")
    if review.state is not ReviewState.CONCLUDED:
        raise WrongState("评审尚未作出结论，不能提出拟揭榜决定。")
    choice = choosing.of_review(review)
    if choice is None and not choosing.owner_chooses(review):
        choice = choosing.by_experts(review, by=by, now=now)
    if choice is None:
        raise WrongState("发榜方还没有提交选定意见，不能提出拟揭榜决定。")
    if choice.none_suitable:
        raise WrongState("发榜方认为没有合适的方案，请办理流榜。")
    chosen = choosing.subjects(review, choice.chosen)
    reason = choice.reason or "按评审名次"
    return [
        enter(bounty, one.bid, slot, review=review, place=one.place, reason=reason, by=by, now=now)
        for slot, one in enumerate(chosen, 1)
        if one.bid is not None
    ]


def propose_recognition(bounty: Bounty, bid: Bid, *, reason: str, by: Any, now: datetime) -> Award:
    """Propose the team a recognition bounty names, with the reason and without scoring."""
    if bounty.mode is not BountyMode.RECOGNITION or bounty.state is not BountyState.CLOSED:
        raise WrongState("只有已截榜的认定制榜单可以直接认定揭榜方。")
    if bid.bounty_id != bounty.id or bid.state is not BidState.QUALIFIED:
        raise WrongState("被认定的揭榜申请须先通过形式审查。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": f"认定须写明理由，至少 {SHORTEST_REASON} 个字"})
    return enter(bounty, bid, 1, review=None, place=None, reason=reason.strip(), by=by, now=now)


def enter(
    bounty: Bounty,
    bid: Bid,
    slot: int,
    *,
    review: Review | None,
    place: int | None,
    reason: str,
    by: Any,
    now: datetime,
) -> Award:
    """Write an award down with its live key; a second one for the slot or bid is refused."""
    award = Award(
        live_key=f"{bounty.id}:{slot}",
        live_bid=bid.id,
        bounty=bounty,
        bid=bid,
        review_id=review.id if review else None,
        slot=slot,
        place=place,
        reason=reason,
        proposed_by_id=by.id,
        proposed_at=now,
    )
    db.session.add(award)
    trail.enter(award, by=by, now=now, action="propose", bounty=bounty.bounty_no, bid=bid.bid_no)
    outbox.add("award.proposed", {"id": award.id}, now=now)
    return award


def endorse(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Endorse everything proposed for a bounty: the bids are 拟揭榜, the others stand by.

    Raises `NotAllowed` for the proposer and for whoever organised the review.
    """
    awards = live(bounty, AwardState.PROPOSED)
    if not awards:
        raise WrongState("没有待审核的拟揭榜决定。")
    review = awards[0].review
    if by.id in {one.proposed_by_id for one in awards} or (review and by.id == review.officer_id):
        raise NotAllowed(THREE_PEOPLE)
    for award in awards:
        award.endorsed_by_id = by.id
        trail.advance(award, "endorse", by=by, now=now)
        trail.advance(award.bid, "select" if review else "recognise", by=by, now=now)
    if bounty.state is BountyState.CLOSED:
        trail.advance(bounty, "recognise", by=by, now=now, reason=awards[0].reason)
    elif bounty.state is BountyState.UNDER_REVIEW:
        trail.advance(bounty, "select", by=by, now=now)
    for bid in _standing_by(review):
        trail.advance(bid, "stand_by", by=by, now=now)
    outbox.add("award.endorsed", {"bounty": bounty.id}, now=now)


def _standing_by(review: Review | None) -> list[Bid]:
    """Return the bids of the standby list that are still only recommended."""
    choice = choosing.of_review(review) if review else None
    if review is None or choice is None:
        return []
    bids = [one.bid for one in choosing.subjects(review, choice.standby) if one.bid]
    return [bid for bid in bids if bid.state is BidState.RECOMMENDED]


def approve(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Approve: the public notice is drafted and the bounty goes to it; a third person's act."""
    awards = live(bounty, AwardState.ENDORSED)
    if not awards:
        raise WrongState("没有待批准的拟揭榜决定。")
    others = {one.proposed_by_id for one in awards} | {one.endorsed_by_id for one in awards}
    if by.id in others:
        raise NotAllowed(THREE_PEOPLE)
    for award in awards:
        award.approved_by_id, award.approved_at = by.id, now
        trail.advance(award, "approve", by=by, now=now)
    trail.advance(bounty, "start_award_notice", by=by, now=now)
    noticing.announce(bounty, awards, now=now)
    outbox.add("award.approved", {"bounty": bounty.id}, now=now)


def send_back(
    bounty: Bounty, *, reason: str, reopen_choice: bool = False, by: Any, now: datetime
) -> None:
    """Send what was proposed back; the bids are recommended as the review concluded.

    reopen_choice : the owner chooses again as well.
    """
    awards = live(bounty, AwardState.PROPOSED, AwardState.ENDORSED)
    if not awards:
        raise WrongState("没有可退回的拟揭榜决定。")
    review = awards[0].review
    if review is None and bounty.state is not BountyState.CLOSED:
        raise WrongState("认定已经科室审核，不能退回；请办理流榜或撤榜。")
    for award in awards:
        end(award, "return", reason=reason, by=by, now=now)
    if bounty.state is BountyState.SELECTED:
        trail.advance(bounty, "rereview", by=trail.SYSTEM, now=now, reason=reason)
        for subject in review.subjects if review else ():
            as_concluded(subject, reason=reason, now=now)
    if reopen_choice and review is not None:
        choosing.take_back(review, reason=reason, by=by, now=now)
    outbox.add("award.returned", {"bounty": bounty.id}, now=now)


def as_concluded(subject: Subject, *, reason: str, now: datetime) -> None:
    """Put a bid that was chosen or stood by back to what the review concluded."""
    bid = subject.bid
    if bid is None or bid.state not in (BidState.SELECTED, BidState.STANDBY):
        return
    trail.advance(bid, "review_again", by=trail.SYSTEM, now=now, reason=reason)
    trail.advance(bid, "recommend", by=trail.SYSTEM, now=now)


def end(award: Award, action: str, *, reason: str, by: Any, now: datetime) -> None:
    """End an award (return, revoke, forfeit) and free its slot and its bid."""
    if award.state is AwardState.MADE:
        outbox.add("award.dropped", {"award": award.id}, now=now)
    award.live_key = award.live_bid = None
    award.ended_reason = reason
    trail.advance(award, action, by=by, now=now, reason=reason)


def make(bounty: Bounty, *, now: datetime) -> list[Award]:
    """Make the awards final: their notice ended clear. Nothing happens twice.

    Where an objection was entered after they were made, the notice ends a second time: the bounty
    goes on, the awards stand as they were.
    """
    awards, made = live(bounty, AwardState.NOTICE), live(bounty, AwardState.MADE)
    if bounty.state is not BountyState.AWARD_NOTICE or not (awards or made):
        return []
    trail.advance(bounty, "award", by=trail.SYSTEM, now=now)
    for award in awards:
        award.made_at = now
        trail.advance(award, "make", by=trail.SYSTEM, now=now)
        trail.advance(award.bid, "win", by=trail.SYSTEM, now=now)
        outbox.add("award.made", {"award": award.id, "bounty": bounty.id}, now=now)
    return awards


def count_live(bounty: Bounty) -> int:
    """Return how many awards of a bounty live."""
    query = select(func.count()).where(
        Award.bounty_id == bounty.id, Award.state.in_(tuple(LIVE_AWARDS))
    )
    return db.session.scalar(query) or 0


def history(award: Award) -> list[dict[str, str]]:
    """Return what happened to an award, newest first, as a page prints it."""
    labels = {move.action: move.label for move in AWARD.moves} | {"propose": "提出"}
    return [
        {
            "when": web.as_moment(one.at),
            "title": labels.get(one.action, one.action),
            "by": one.actor_name,
            "detail": one.reason,
            "tone": "neutral",
        }
        for one in reversed(trail.history("award", award.public_id))
    ]
