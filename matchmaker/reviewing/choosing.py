"""企业选定: the owner chooses within the recommended and says why when not the first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import outbox, policy
from matchmaker.audit import trail
from matchmaker.codes import Selector
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, ReviewState
from matchmaker.reviewing import aggregating
from matchmaker.reviewing.award_models import Choice
from matchmaker.reviewing.models import Review, Subject

SHORTEST_REASON = 10


def of_review(review: Review) -> Choice | None:
    """Return the choice made on a review, if any."""
    return db.session.scalars(select(Choice).where(Choice.review_id == review.id)).one_or_none()


def owner_chooses(review: Review) -> bool:
    """Tell whether the bounty's terms leave the choice to its owner."""
    bounty = review.bounty
    return bounty is not None and bounty.selector is not Selector.EXPERTS_ONLY


def choose(
    review: Review, public_ids: Sequence[str], *, reason: str = "", by: Any, now: datetime
) -> Choice:
    """Write the owner's choice: up to `max_awards` of the recommended; the rest stand by.

    Raises `Invalid` where nothing or too much is chosen, or the first is passed over unexplained.
    """
    _open(review)
    offered = aggregating.recommended(review)
    chosen = [one for one in offered if one.public_id in set(public_ids)]
    assert review.bounty is not None  # noqa: S101 - CHECK bids_have_a_bounty
    most = review.bounty.max_awards
    if not chosen or len(chosen) != len(set(public_ids)):
        raise Invalid({"chosen": "请在推荐范围内选定"})
    if len(chosen) > most:
        raise Invalid({"chosen": f"最多选定 {most} 家，已选 {len(chosen)} 家"})
    if chosen != offered[: len(chosen)] and len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": f"没有按名次先后选定的，请写明理由，至少 {SHORTEST_REASON} 个字"})
    rest = [one for one in offered if one not in chosen]
    return _write(review, chosen, rest, reason=reason, by=by, now=now)


def choose_none(review: Review, *, reason: str, by: Any, now: datetime) -> Choice:
    """Write that the owner finds none suitable, and why; the officer then declares 流榜."""
    _open(review)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": f"请写明没有合适方案的理由，至少 {SHORTEST_REASON} 个字"})
    return _write(review, [], [], reason=reason, by=by, now=now)


def by_experts(review: Review, *, by: Any, now: datetime) -> Choice:
    """Write the experts' order as the choice, where the bounty's terms say so."""
    assert review.bounty is not None  # noqa: S101 - asked of reviews of bids
    offered = aggregating.recommended(review)
    most = review.bounty.max_awards
    choice = _write(review, offered[:most], offered[most:], reason="", by=by, now=now)
    choice.by_experts = True
    return choice


def _open(review: Review) -> None:
    if not owner_chooses(review):
        raise WrongState("本榜单由专家评定，不需要发榜方选定。")
    bounty = review.bounty
    live = bounty is not None and bounty.state is BountyState.UNDER_REVIEW
    if review.state is not ReviewState.CONCLUDED or not live:
        raise WrongState("评审尚未作出结论，或已进入后续程序，现在不能选定。")
    if of_review(review) is not None:
        raise WrongState("选定意见已经提交，不能重复提交；确需更正的，请联系科技局经办人。")


def _write(
    review: Review,
    chosen: Sequence[Subject],
    standby: Sequence[Subject],
    *,
    reason: str,
    by: Any,
    now: datetime,
) -> Choice:
    choice = Choice(
        review_id=review.id,
        chosen=[{"subject": one.id} for one in chosen],
        standby=[{"subject": one.id} for one in standby],
        none_suitable=not chosen,
        reason=reason.strip(),
        made_at=now,
        made_by_id=by.id,
    )
    db.session.add(choice)
    db.session.flush()
    trail.record(
        "choose",
        "review",
        review.public_id,
        by=by,
        now=now,
        reason=reason,
        chosen=[one.number for one in chosen],
        standby=[one.number for one in standby],
    )
    outbox.add("review.chosen", {"id": review.id, "none": not chosen}, now=now)
    return choice


def take_back(review: Review, *, reason: str, by: Any, now: datetime) -> None:
    """Open the choice again after the award was sent back; what was chosen is on the trail."""
    choice = of_review(review)
    if choice is None:
        return
    trail.record("choice_reopened", "review", review.public_id, by=by, now=now, reason=reason)
    db.session.delete(choice)
    db.session.flush()


def subjects(review: Review, entries: Sequence[dict[str, Any]]) -> list[Subject]:
    """Return the subjects a choice names, in its order."""
    known = {one.id: one for one in review.subjects}
    return [known[one["subject"]] for one in entries if one["subject"] in known]


def is_open(review: Review) -> bool:
    """Tell whether the owner may choose now."""
    bounty = review.bounty
    live = bounty is not None and bounty.state is BountyState.UNDER_REVIEW
    undecided = of_review(review) is None
    return owner_chooses(review) and live and undecided and review.state is ReviewState.CONCLUDED


def waiting(viewer: Any) -> list[dict[str, Any]]:
    """Return the concluded reviews of the viewer's bounties, those to decide on first."""
    query = policy.scope(viewer, "review", "confirm_choice").order_by(Review.concluded_at.desc())
    rows = [{"review": one, "open": is_open(one)} for one in db.session.scalars(query)]
    return sorted(rows, key=lambda row: not row["open"])
