"""What an expert answers to an invitation, and what follows for the panel."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from matchmaker import locks, policy, web
from matchmaker.audit import trail
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import PanelistState, ReviewState, Role
from matchmaker.reviewing import drawing, sheets
from matchmaker.reviewing.models import Panelist, Review

ANSWERABLE = (ReviewState.INVITING, ReviewState.SCORING)


def mine(viewer: Any) -> Select[Any]:
    """Return the query of the viewer's own seats."""
    return policy.scope(viewer, "panelist", "read_own_assignment").options(
        joinedload(Panelist.review)
    )


def get(public_id: str, action: str, *, viewer: Any) -> Panelist:
    """Return the seat on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "panelist", action).where(Panelist.public_id == public_id)
    found: Panelist = web.found(db.session.scalars(query).one_or_none())
    return found


def confirm(panelist: Panelist, *, declared: bool, by: Any, now: datetime) -> None:
    """Take the seat and declare that nothing forbids it; only then anything can be read."""
    _answerable(panelist)
    if not declared:
        raise Invalid({"declared": "请先阅读并勾选回避声明；有应回避情形的，请申报回避"})
    panelist.answered_at = panelist.declared_at = now
    trail.advance(panelist, "confirm", by=by, now=now, declared="无应回避情形")
    review = panelist.review
    if review.state is ReviewState.SCORING:
        sheets.hand_out(panelist, now=now)
    elif _all_confirmed(review):
        sheets.start(review, now=now)


def _all_confirmed(review: Review) -> bool:
    """Ask the database behind the review's lock: two experts may confirm at once."""
    db.session.flush()
    query = select(Panelist.id).where(
        Panelist.review_id == review.id, Panelist.state == PanelistState.CONFIRMED
    )
    return len(db.session.scalars(query).all()) >= review.panel_size


def refuse(panelist: Panelist, *, reason: str, by: Any, now: datetime) -> None:
    """Decline the invitation; the same seeded order gives the next one."""
    _answerable(panelist)
    panelist.answered_at, panelist.reason = now, reason
    trail.advance(panelist, "refuse", by=by, now=now, reason=reason)
    _vacated(panelist, by=by, now=now)


def declare_conflict(panelist: Panelist, *, reason: str, by: Any, now: datetime) -> None:
    """Declare a reason to keep away, before or while scoring; the sheets given do not count."""
    _answerable(panelist)
    if panelist.state is PanelistState.CONFIRMED and Role.EXPERT in by.roles:
        sheets.check_not_done(panelist)
    panelist.answered_at, panelist.reason = now, reason
    trail.advance(panelist, "declare_conflict", by=by, now=now, reason=reason)
    _vacated(panelist, by=by, now=now)


def miss(panelist: Panelist, *, reason: str, by: Any, now: datetime) -> None:
    """Record that a judge gave no scores in time: the others count, absence is no zero."""
    review = panelist.review
    locks.hold(f"review:{review.id}")
    if now < review.due_at:
        raise WrongState("还没有到打分截止时间，不能登记缺席。")
    if review.state is not ReviewState.SCORING:
        raise WrongState(f"评审当前为“{review.state.label}”，不能登记缺席。")
    sheets.check_not_done(panelist)
    left = [one for one in review.sitting if one.id != panelist.id]
    if len(left) < sheets.FEWEST_JUDGES:
        raise WrongState("登记缺席后有效打分将少于 3 份，请改为更换专家或延长打分时间。")
    panelist.reason = reason
    trail.advance(panelist, "miss", by=by, now=now, reason=reason)
    panelist.expert.absent_count += 1
    sheets.drop_of(panelist, by=by, now=now)
    sheets.settle(review, now=now)


def replace(panelist: Panelist, *, reason: str, by: Any, now: datetime) -> None:
    """Replace somebody who does not answer or must go; the same order gives the next."""
    _answerable(panelist)
    panelist.reason = reason
    trail.advance(panelist, "replace", by=by, now=now, reason=reason)
    _vacated(panelist, by=by, now=now)


def _vacated(panelist: Panelist, *, by: Any, now: datetime) -> None:
    """A seat fell free: what was scored does not count, the seeded order gives the next."""
    sheets.drop_of(panelist, by=by, now=now)
    drawing.fill(panelist.review, now=now)


def _answerable(panelist: Panelist) -> None:
    """Refuse where no answer is called for; one who answers at a time, until the end of it."""
    locks.hold(f"review:{panelist.review_id}")
    if panelist.review.state not in ANSWERABLE:
        raise WrongState(f"这次评审当前为“{panelist.review.state.label}”，不需要再答复。")
