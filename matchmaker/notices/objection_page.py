"""What an objection's page shows to one viewer: the objection, its clock, its next steps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker import disclosure, policy, web
from matchmaker.audit import trail
from matchmaker.disclosure import Shown
from matchmaker.lifecycles import DECIDED_OBJECTIONS, OBJECTION, ObjectionState, Role
from matchmaker.notices import operations
from matchmaker.notices.listing import due_in
from matchmaker.notices.objection_models import Channel, Objection

NEEDED = {
    "accept": "accept_or_refuse",
    "refuse": "accept_or_refuse",
    "withdraw": "withdraw",
    "find_out": "handle",
    "decide": "decide",
    "extend": "extend",
    "assign": "assign",
}
OTHER_ACTS = {
    "submit": "提出异议",
    "assign": "指定经办",
    "find_out": "登记调查情况",
    "extend": "延长答复期限",
    "recompute": "答复期限随节假日安排调整",
}


@dataclass(frozen=True)
class Page:
    """Everything the template needs."""

    objection: Shown
    due: Any
    may: dict[str, bool]
    events: list[dict[str, Any]]
    decided: bool


def read(row: Objection, *, viewer: Any, now: datetime) -> Page:
    """Return the page of an objection for one viewer."""
    query = policy.scope(viewer, "objection", "read").where(Objection.id == row.id)
    seen = disclosure.one(query, viewer, "objection")
    return Page(
        objection=seen,
        due=due_in(row, operations.calendar(), now=now),
        may=_possible(row, viewer),
        events=_events(row, bureau=seen.sees("findings")),
        decided=row.state in DECIDED_OBJECTIONS,
    )


def _possible(row: Objection, viewer: Any) -> dict[str, bool]:
    may = {one: policy.permits(viewer, "objection", act, row) for one, act in NEEDED.items()}
    asked, taken = row.state is ObjectionState.SUBMITTED, row.state is ObjectionState.ACCEPTED
    on_paper = row.channel is Channel.PAPER
    officer = Role.OFFICER in viewer.roles
    return {
        "accept": may["accept"] and asked,
        "refuse": may["refuse"] and asked,
        "withdraw": may["withdraw"] and (asked or taken) and (on_paper or not officer),
        "find_out": may["find_out"] and taken,
        "decide": may["decide"] and taken,
        "extend": may["extend"] and taken and row.extended_at is None,
        "assign": may["assign"] and (asked or taken),
    }


def _events(row: Objection, *, bureau: bool) -> list[dict[str, Any]]:
    """The history, newest first; who acted inside the bureau is for the bureau."""
    labels = {move.action: move.label for move in OBJECTION.moves} | OTHER_ACTS
    return [
        {
            "title": labels.get(entry.action, entry.action),
            "when": web.as_moment(entry.at),
            "by": entry.actor_name if bureau else "",
            "detail": entry.reason if bureau else "",
            "tone": ObjectionState(entry.to_state).tone if entry.to_state else "neutral",
        }
        for entry in reversed(trail.history("objection", row.public_id))
        if bureau or entry.to_state or entry.action == "extend"
    ]
