"""Who is told what of a call: the invited, the town assistants, who handles it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from matchmaker import clock, outbox
from matchmaker.accounts.models import RoleGrant, User
from matchmaker.calls.models import Answer, Call, Invitation
from matchmaker.extensions import db
from matchmaker.lifecycles import ENTERPRISE, Role, UserState
from matchmaker.messages import operations as messages


def _users(*conditions: Any, roles: Iterable[Role]) -> list[int]:
    granted = select(RoleGrant.user_id).where(
        RoleGrant.role.in_(list(roles)), RoleGrant.approved_at.is_not(None)
    )
    query = select(User.id).where(User.state == UserState.ACTIVE, User.id.in_(granted), *conditions)
    return list(db.session.scalars(query.order_by(User.id)))


def _of_enterprises(ids: Any) -> list[int]:
    return _users(User.organisation_id.in_(ids), roles=ENTERPRISE)


def _call(payload: dict[str, Any]) -> Call | None:
    return db.session.get(Call, payload["id"])


def _asked(call: Call) -> Any:
    return select(Invitation.enterprise_id).where(Invitation.call_id == call.id)


def _tell(call: Call, people: list[int], subject: str, body: str, page: str = "") -> None:
    url = f"/calls/{call.public_id}{page}"
    messages.notify(people, f"{subject}：{call.title}", body, url, now=clock.now())


def _town_assistants(call: Call) -> dict[int, int]:
    """Return town → enterprises that have not answered, for every town the call asks."""
    query = select(Invitation.town_id, func.count()).where(
        Invitation.call_id == call.id,
        Invitation.town_id.is_not(None),
        Invitation.answer_code.in_((Answer.SILENT.value, Answer.DRAFTED.value)),
    )
    rows = db.session.execute(query.group_by(Invitation.town_id)).all()
    return {town_id: count for town_id, count in rows if town_id is not None}


@outbox.handler("call.published")
def published(payload: dict[str, Any]) -> None:
    """Tell the invited enterprises and their town's assistants."""
    call = _call(payload)
    if call is None:
        return
    until = f"截止 {call.end_on} 24:00；本次没有需求的，也请点“本次无需求”。"
    _tell(call, _of_enterprises(_asked(call)), "请填报技术需求", until)
    for town_id, count in _town_assistants(call).items():
        people = _users(User.town_id == town_id, roles=(Role.TOWN_OFFICER,))
        body = f"本镇街邀请 {count} 家企业，截止 {call.end_on} 24:00。"
        _tell(call, people, "征集已开始", body, "/progress")


@outbox.handler("call.extended")
def extended(payload: dict[str, Any]) -> None:
    """Tell the invited that there is more time, and why."""
    call = _call(payload)
    if call is not None:
        body = f"截止日期由 {call.former_end_on} 延至 {call.end_on} 24:00。{call.extension_reason}"
        _tell(call, _of_enterprises(_asked(call)), "征集延期", body)


@outbox.handler("call.reminded")
def reminded(payload: dict[str, Any]) -> None:
    """Remind the enterprises that have not answered, and tell their town's assistants."""
    call = _call(payload)
    if call is None:
        return
    body = f"截止 {call.end_on} 24:00；本次没有需求的，也请点“本次无需求”。"
    _tell(call, _of_enterprises(payload["enterprises"]), "征集即将截止，请尽快填报", body)
    for town_id, count in _town_assistants(call).items():
        people = _users(User.town_id == town_id, roles=(Role.TOWN_OFFICER,))
        told = f"本镇街还有 {count} 家企业未答复，可打印电话名单逐家联系。"
        _tell(call, people, "征集催报", told, "/progress")


@outbox.handler("call.closed")
def closed(payload: dict[str, Any]) -> None:
    """Tell who handles the call what came of it."""
    call = _call(payload)
    if call is not None:
        left = sum(_town_assistants(call).values())
        body = f"已到截止时间，系统自动截止；未答复 {left} 家。可查看填报进度并导出。"
        _tell(call, [call.handler_id], "征集已截止", body, "/progress")
