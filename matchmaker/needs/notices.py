"""Who is told what when a need is returned, accepted, about to run out, or asked to change."""

from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.accounts.models import User
from matchmaker.extensions import db
from matchmaker.lifecycles import ENTERPRISE, Role, UserState
from matchmaker.messages import operations as messages
from matchmaker.needs.models import Need


def owners(need: Need) -> list[int]:
    """Return who answers for the need in its enterprise: its author and the administrators."""
    query = select(User).where(
        User.organisation_id == need.enterprise_id, User.state == UserState.ACTIVE
    )
    return [
        user.id
        for user in db.session.scalars(query.order_by(User.id))
        if Role.ENTERPRISE_ADMIN in user.roles
        or (user.id == need.created_by_id and user.roles & ENTERPRISE)
    ]


def _tell(need: Need, people: list[int], subject: str, body: str) -> None:
    title = need.title or "（未填写名称）"
    path = f"/needs/{need.public_id}"
    messages.notify(people, f"{subject}：{title}", body, path, now=clock.now())


@outbox.handler("need.returned")
def returned(payload: dict[str, Any]) -> None:
    """Tell the enterprise why, and where the remarks are."""
    need = db.session.get(Need, payload["id"])
    if need is not None:
        body = f"{payload['reason']}。具体意见已标注在对应栏目，修改后可重新提交。"
        _tell(need, owners(need), "需求被退回修改", body)


@outbox.handler("need.accepted")
def accepted(payload: dict[str, Any]) -> None:
    """Tell the enterprise that its need, or its change, is in force."""
    need = db.session.get(Need, payload["id"])
    if need is not None:
        _tell(need, owners(need), "需求已受理", "内容已进入难题库并自动匹配成果，可随时查看。")


@outbox.handler("need.expiring")
def expiring(payload: dict[str, Any]) -> None:
    """Tell both sides that the need leaves the pool in thirty days."""
    need = db.session.get(Need, payload["id"])
    if need is not None:
        people = [*owners(need), *([need.handler_id] if need.handler_id else [])]
        _tell(need, people, "需求将于 30 天后到期", "到期后不再匹配和推送，如仍需要请联系科技局。")


@outbox.handler("need.change_requested")
def change_requested(payload: dict[str, Any]) -> None:
    """Tell the officer that a change waits."""
    need = db.session.get(Need, payload["id"])
    if need is not None and need.handler_id:
        _tell(need, [need.handler_id], "企业申请变更需求", "请核对变更内容后决定是否同意。")


@outbox.handler("need.revised")
def revised(payload: dict[str, Any]) -> None:
    """Ask the enterprise to confirm what was revised after the diagnosis."""
    need = db.session.get(Need, payload["id"])
    if need is not None:
        body = "专家问诊后对需求作了修订，请核对后确认；确认前仍按原内容公开和匹配。"
        _tell(need, owners(need), "请确认问诊修订", body)


@outbox.handler("need.revision_decided")
def revision_decided(payload: dict[str, Any]) -> None:
    """Tell who proposed the revision what the enterprise says of it."""
    need = db.session.get(Need, payload["id"])
    if need is not None:
        body = payload["reason"] or "修订内容已生效，正在重新匹配。"
        subject = "企业已确认问诊修订" if payload["confirmed"] else "企业不同意问诊修订"
        _tell(need, [payload["proposed_by"]], subject, body)
