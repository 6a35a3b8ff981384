"""Today's work of the calls: drafts to publish, calls that end soon, calls to answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import policy
from matchmaker.brokering.desk import Group, Item
from matchmaker.calls import answering, progress
from matchmaker.calls.models import Answer, Call, Invitation
from matchmaker.extensions import db
from matchmaker.lifecycles import CallState

SOON = 7  # days before the end


def groups(viewer: Any, *, now: datetime) -> list[Group]:
    """Return what of the calls waits for this viewer of the bureau; empty kinds left out."""
    found = [_to_publish(viewer), _ending(viewer, now=now)]
    return [group for group in found if group is not None]


def _to_publish(viewer: Any) -> Group | None:
    if not policy.may(viewer, "call", "publish"):
        return None
    query = policy.scope(viewer, "call", "publish").where(Call.created_by_id != viewer.id)
    rows = list(db.session.scalars(query.order_by(Call.start_on, Call.id)))
    items = [
        Item(call.title, "calls.show", call.public_id, f"{call.start_on} 开始") for call in rows
    ]
    args = {"state": CallState.DRAFT.value}
    return Group("待签发的征集", "calls.index", len(rows), items, args) if rows else None


def _ending(viewer: Any, *, now: datetime) -> Group | None:
    """Calls that end within a week with enterprises that have not answered."""
    if not policy.may(viewer, "call", "remind"):
        return None
    items = []
    for call in db.session.scalars(policy.scope(viewer, "call", "remind").where(Call.open_now())):
        left = answering.days_left(call, now=now)
        silent = _total(progress.unanswered(call, viewer=viewer)) if left <= SOON else 0
        if silent:
            note = f"还剩 {left} 天，未答复 {silent} 家"
            items.append(Item(call.title, "calls.show_progress", call.public_id, note, left <= 1))
    return Group("即将截止的征集", "calls.index", len(items), items) if items else None


def _total(query: Any) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return db.session.scalar(counted) or 0


def open_calls(viewer: Any, *, now: datetime) -> list[Group]:
    """Return the calls the viewer's enterprise may answer and has not."""
    if viewer.organisation_id is None or not policy.may(viewer, "call", "answer"):
        return []
    done = select(Invitation.call_id).where(
        Invitation.enterprise_id == viewer.organisation_id,
        Invitation.answer_code.in_((Answer.SUBMITTED.value, Answer.NONE.value)),
    )
    rows = list(db.session.scalars(answering.open_to(viewer).where(Call.id.not_in(done))))
    items = [
        Item(
            call.title,
            "calls.show",
            call.public_id,
            f"截止 {call.end_on} 24:00",
            answering.days_left(call, now=now) <= 1,
        )
        for call in rows
    ]
    return [Group("请填报的征集", "calls.index", len(rows), items)] if rows else []
