"""What the views of needs share: the blueprint, and a need as its pages show it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from matchmaker import disclosure, policy, web
from matchmaker.audit import trail
from matchmaker.disclosure import Hidden, Shown
from matchmaker.lifecycles import NEED, NeedState
from matchmaker.needs import content, fields
from matchmaker.needs.models import Need

bp = Blueprint("needs", __name__, url_prefix="/needs")

# A move of the lifecycle → the row of the permission table that opens it on a page.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    "submit": ("submit", "submit_on_behalf"),
    "return": ("review_decide", "screen"),
    "screen": ("screen",),
    "accept": ("review_decide",),
    "diagnose": ("manage",),
    "undo_diagnosis": ("manage",),
    "resolve": ("manage",),
    "close": ("manage",),
    "reopen": ("reopen",),
    "withdraw": ("withdraw",),
}
OTHER_ACTS = {
    "create": "建立草稿",
    "delete_draft": "删除草稿",
    "assign": "改派经办",
    "request_change": "申请变更",
    "accept_change": "同意变更",
    "refuse_change": "不同意变更",
    "propose_revision": "提出问诊修订",
    "confirm_revision": "确认问诊修订",
    "decline_revision": "不同意问诊修订",
    "propose_merge": "提议合并",
    "refuse_merge": "不同意合并",
    "export": "导出",
}


Related = Callable[[Need, Any], list[tuple[str, str]]]
_related: list[Related] = []


def related(tell: Related) -> Related:
    """Register what leads from a need to a later noun's pages: (label, address) pairs."""
    _related.append(tell)
    return tell


def related_links(need: Need, viewer: Any) -> list[tuple[str, str]]:
    """Return (label, address) of what later nouns hold of this need, for this viewer."""
    return [pair for tell in _related for pair in tell(need, viewer)]


def moves_open(need: Need, viewer: Any) -> set[str]:
    """Return the moves this viewer may make on this need now."""
    return {
        move.action
        for move in NEED.open_to(need.state, viewer.roles)
        if any(
            policy.permits(viewer, "need", action, need)
            for action in PERMISSIONS.get(move.action, ())
        )
    }


def readable_fields(stage: int) -> list[fields.Field]:
    """Return the fields of a stage that a page shows: all but the declaration."""
    return [field for field in fields.of_stage(stage) if field.name != content.DECLARATION]


def pairs(shown: Shown, stage: int) -> list[tuple[str, Any]]:
    """Return (label, value) of one stage's fields as the viewer may see them."""
    return [(field.label, _value(shown, field)) for field in readable_fields(stage)]


def _value(shown: Shown, field: fields.Field) -> Any:
    name = "chain_node" if field.name == "chain_node_id" else field.name
    value = getattr(shown, name)
    if isinstance(value, Hidden) or name == "chain_node":
        return value
    if name == "directed_to":
        return "、".join(one.name for one in value)
    readable = content.readable(field.name, value)
    return "、".join(readable) if isinstance(readable, list) else readable


def hidden_reasons(shown: Shown) -> list[tuple[str, str]]:
    """Return (label, reason) of the fields this viewer does not see."""
    names = {**fields.LABELS, "enterprise": "提出企业（实名）", "handler": "经办人"}
    return [
        (label, getattr(shown, name).reason)
        for name, label in names.items()
        if name in Need.disclosure and not shown.sees(name)
    ]


def history(shown: Shown) -> list[dict[str, Any]]:
    """Return what happened to the need, newest first, as the timeline shows it."""
    labels = {move.action: move.label for move in NEED.moves} | OTHER_ACTS
    return [
        {
            "title": labels.get(entry.action, entry.action),
            "when": web.as_moment(entry.at),
            "by": entry.actor_name,
            "detail": entry.reason,
            "tone": NeedState(entry.to_state).tone if entry.to_state else "neutral",
        }
        for entry in reversed(trail.history("need", shown.public_id))
    ]


def whole(need: Need) -> Shown:
    """Return the need with every field open: for pages bound to somebody who may read it all."""
    return disclosure.everything(need)
