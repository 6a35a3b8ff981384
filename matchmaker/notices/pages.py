"""What the views of notices share: the blueprint, and a notice as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint
from markupsafe import Markup

from matchmaker import disclosure, policy, web
from matchmaker.audit import trail
from matchmaker.disclosure import Shown
from matchmaker.lifecycles import (
    COUNTING_NOTICES,
    DECIDED_OBJECTIONS,
    DRAFTED_NOTICES,
    NOTICE,
    PUBLIC_NOTICES,
    CorrectionState,
    NoticeState,
)
from matchmaker.notices import freezing, operations, period, publishing
from matchmaker.notices.models import Correction, Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.workflow import State

bp = Blueprint("notices", __name__, url_prefix="/notices")
# A move of the lifecycle → the action of the permission table that opens it on a page.
MOVES = {
    "submit": "submit",
    "check": "check",
    "return": "return",
    "cancel": "cancel",
    "publish": "approve",
    "revoke": "revoke",
}
OTHER_ACTS = {
    "create": "起草",
    "update": "修改",
    "confirm_end": "核定止日",
    "recompute": "止日随节假日安排调整",
    "receive_objection": "收到异议",
    "approve": "批准",
}


@dataclass(frozen=True)
class Page:
    """Everything the public template needs."""

    notice: Shown
    phase: State
    left: str
    article: Markup
    intact: bool
    corrections: list[tuple[Correction, Markup]]
    decided: list[Shown]
    may: dict[str, bool]
    takes_objections: bool


def shown(notice: Notice, viewer: Any) -> Shown:
    """Return the notice as the viewer may see it."""
    query = policy.scope(viewer, "notice", "read").where(Notice.id == notice.id)
    return disclosure.one(query, viewer, "notice")


def possible(notice: Notice, viewer: Any) -> dict[str, bool]:
    """Return what the viewer may do with the notice in its present state."""
    moves = {move.action for move in NOTICE.open_to(notice.state, viewer.roles)}
    found = {
        action: action in moves and policy.permits(viewer, "notice", needed, notice)
        for action, needed in MOVES.items()
    }
    public = notice.state in PUBLIC_NOTICES
    found["edit"] = notice.state is NoticeState.DRAFT and policy.permits(
        viewer, "notice", "update", notice
    )
    for action in ("correct_request", "correct_approve"):
        found[action] = public and policy.permits(viewer, "notice", action, notice)
    counting = notice.state in COUNTING_NOTICES and period.unconfirmed(notice)
    found["confirm_end"] = counting and policy.permits(viewer, "notice", "confirm_end", notice)
    found["export_document"] = public and policy.may(viewer, "notice", "export_document")
    found["record_paper"] = public and policy.permits(viewer, "notice", "confirm_end", notice)
    return found


def read(notice: Notice, *, viewer: Any, now: datetime) -> Page:
    """Return the page of a published notice for one viewer."""
    blocked = operations.open_objections(notice) > 0
    stands = period.phase(notice, now=now, blocked=blocked)
    running = notice.state in COUNTING_NOTICES and now < (notice.ends_at or now)
    calendar = operations.calendar()
    done = period.days_done(notice, calendar)
    left = period.remaining(notice, calendar, now=now) if running else ""
    if notice.state is NoticeState.SUSPENDED:
        left = f"已满 {done} 个工作日，异议办结后补足剩余 {max(notice.workdays - done, 0)} 个工作日"
    return Page(
        notice=shown(notice, viewer),
        phase=stands,
        left=left,
        article=freezing.article(notice.page_html),
        intact=publishing.is_intact(notice),
        corrections=[
            (row, freezing.article(row.page_html))
            for row in notice.corrections
            if row.state is CorrectionState.PUBLISHED
        ],
        decided=_decided(notice, viewer),
        may=possible(notice, viewer),
        takes_objections=running or notice.state is NoticeState.SUSPENDED,
    )


def _decided(notice: Notice, viewer: Any) -> list[Shown]:
    """Return the decided objections that have a summary for everybody."""
    query = policy.scope(viewer, "objection", "read_public_summary").where(
        Objection.notice_id == notice.id,
        Objection.state.in_(DECIDED_OBJECTIONS),
        Objection.public_summary != "",
    )
    return disclosure.shown(query.order_by(Objection.decided_at), viewer, "objection")


def requested(notice: Notice) -> list[Correction]:
    """Return the corrections that wait for approval."""
    return [row for row in notice.corrections if row.state is CorrectionState.REQUESTED]


def history(notice: Notice) -> list[dict[str, Any]]:
    """Return what happened to the notice, newest first, for the bureau."""
    labels = {move.action: move.label for move in NOTICE.moves} | OTHER_ACTS
    return [
        {
            "title": labels.get(entry.action, entry.action),
            "when": web.as_moment(entry.at),
            "by": entry.actor_name,
            "detail": entry.reason,
            "tone": NoticeState(entry.to_state).tone if entry.to_state else "neutral",
        }
        for entry in reversed(trail.history("notice", notice.public_id))
    ]


def is_draft(notice: Notice) -> bool:
    """Tell whether nobody outside the bureau may know of the notice yet."""
    return notice.state in DRAFTED_NOTICES
