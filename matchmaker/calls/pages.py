"""What the views of calls share: the blueprint, and what a page may offer."""

from typing import Any

from flask import Blueprint, render_template, url_for

from matchmaker import clock, policy, web
from matchmaker.audit import trail
from matchmaker.calls import answering, inviting, listing, operations, origins
from matchmaker.calls.forms import ExtendForm, NothingForm
from matchmaker.calls.models import Call
from matchmaker.lifecycles import CALL, CallState
from matchmaker.needs import pages as need_pages
from matchmaker.needs.models import Need
from matchmaker.web import me

bp = Blueprint("calls", __name__, url_prefix="/calls")
ACTIONS = (
    "read_bureau",
    "update",
    "publish",
    "discard",
    "extend",
    "answer",
    "see_progress",
    "remind",
    "draft_notice",
)
OTHER_ACTS = {
    "create": "起草",
    "update": "修改草稿",
    "extend": "延期",
    "invite": "邀请企业",
    "uninvite": "移出名单",
    "remind": "催报",
    "answer_nothing": "登记无需求",
    "take_back_nothing": "改为填报",
    "export": "导出",
    "print_call_list": "查看电话名单",
    "draft_notice": "生成征集通知",
}


def show_page(public_id: str, **sent: Any) -> str:
    """Render a call's page; `sent`: the form that was refused, with what was typed."""
    viewer = me()
    shown = operations.read(public_id, viewer=viewer)
    call = operations.get(public_id, *operations.READ, viewer=viewer)
    may = possible(call, viewer)
    return render_template(
        "calls/show.html",
        call=shown,
        state=shown.shown_state,
        is_open=call.is_open,
        field_label=listing.field_of(call) or "不限",
        begun=call.has_begun,
        version=call.version,
        may=may,
        asked=inviting.count(call, viewer) if may["see_progress"] else 0,
        answer=answer_of(call, viewer) if may["answer"] else None,
        extend=sent.get("extend") or ExtendForm(formdata=None, version=str(call.version)),
        nothing=sent.get("nothing") or NothingForm(formdata=None),
        events=history(call) if may["read_bureau"] else [],
        days=answering.days_left(call, now=clock.now()),
        problems=sent.get("problems") or {},
    )


def possible(call: Call, viewer: Any) -> dict[str, bool]:
    """Return what the viewer may do with this call now."""
    may = {action: policy.permits(viewer, "call", action, call) for action in ACTIONS}
    once = call.former_end_on is None and call.state is not CallState.DRAFT
    return may | {
        "publish": may["publish"] and call.created_by_id != viewer.id,
        "extend": may["extend"] and once,
        "answer": may["answer"] and call.is_open,
        "remind": may["remind"] and call.is_open,
        "invite": may["update"] and not call.has_ended,
    }


def history(call: Call) -> list[dict[str, Any]]:
    """Return what happened to the call, newest first, as the timeline shows it."""
    labels = {move.action: move.label for move in CALL.moves} | OTHER_ACTS
    return [
        {
            "title": labels.get(entry.action, entry.action),
            "when": web.as_moment(entry.at),
            "by": entry.actor_name,
            "detail": entry.reason or _detail(entry.details),
            "tone": CallState(entry.to_state).tone if entry.to_state else "neutral",
        }
        for entry in reversed(trail.history("call", call.public_id))
    ]


def _detail(details: dict[str, Any]) -> str:
    words = {"added": "新增 {} 家", "removed": "移出 {} 家", "reminded": "催报 {} 家"}
    return "，".join(
        words[name].format(value) for name, value in details.items() if name in words
    ) or str(details.get("enterprise", ""))


def answer_of(call: Call, viewer: Any) -> dict[str, Any]:
    """Return what the viewer's enterprise has answered so far: its line and its needs."""
    if viewer.organisation_id is None:
        return {"row": None, "needs": []}
    row = answering.invitation(call, viewer.organisation_id)
    return {"row": row, "needs": answering.needs_of(call, viewer.organisation_id)}


@need_pages.related
def origin_links(need: Need, viewer: Any) -> list[tuple[str, str]]:
    """Lead from a need to the call it answers and the visit it was found on."""
    found = [
        (f"征集批次：{call.title}", url_for("calls.show", public_id=call.public_id))
        for call in origins.calls_of(need, viewer)
    ]
    return found + [
        (
            f"{visit.kind.label}记录：{visit.visit_no}",
            url_for("visits.show", public_id=visit.public_id),
        )
        for visit in origins.visits_of(need, viewer)
    ]
