"""Who is told what of a bounty; nothing said here depends on a bid."""

from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.achievements.models import Achievement
from matchmaker.bounties import operations, timing, watching
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Change, ChangeKind, Invitation, Question, Suggestion
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.messages import operations as messages
from matchmaker.needs.models import Need


def _tell(bounty: Bounty, people: list[int], subject: str, body: str, path: str = "") -> None:
    title = f"{subject}：{bounty.title}"
    url = f"/bounties/{bounty.public_id}{path}"
    messages.notify(people, title, body, url, now=clock.now())


def _bounty(payload: dict[str, Any]) -> Bounty | None:
    return db.session.get(Bounty, int(payload["id"]))


def _staff(role: Role) -> list[int]:
    return [user.id for user in operations.staff(role)]


def _handler(bounty: Bounty) -> list[int]:
    return [bounty.handler_id] if bounty.handler_id else []


@outbox.handler("bounty.proposed")
def proposed(payload: dict[str, Any]) -> None:
    """Tell the officers that an owner wants a bounty."""
    model: type[Any] = Need if payload["noun"] == "need" else Achievement
    row: Any = db.session.get(model, int(payload["id"]))
    if row is None:
        return
    people = [row.handler_id] if row.handler_id else _staff(Role.OFFICER)
    plural = "needs" if model is Need else "achievements"
    body = f"{payload['note']}\n可在该页一步起草榜单。".strip()
    url = f"/{plural}/{row.public_id}"
    messages.notify(people, f"申请发榜：{row.title}", body, url, now=clock.now())


@outbox.handler("bounty.submitted")
def submitted(payload: dict[str, Any]) -> None:
    """Tell the section chiefs that a draft waits for them."""
    bounty = _bounty(payload)
    if bounty is not None:
        _tell(bounty, _staff(Role.SECTION_CHIEF), "榜单待会审", "请核对任务书并做保密审查。")


@outbox.handler("bounty.reviewed")
def reviewed(payload: dict[str, Any]) -> None:
    """Tell the leaders that a bounty is ready."""
    bounty = _bounty(payload)
    if bounty is not None:
        _tell(bounty, _staff(Role.LEADER), "榜单待批准发布", "会审和保密审查已通过，批准后即发布。")


@outbox.handler("bounty.returned")
def returned(payload: dict[str, Any]) -> None:
    """Tell the officer why the draft came back."""
    bounty = _bounty(payload)
    if bounty is not None:
        _tell(bounty, _handler(bounty), "榜单被退回修改", payload["reason"])


@outbox.handler("bounty.published")
def published(payload: dict[str, Any]) -> None:
    """Tell the owners that their bounty is out, and the officer whom the matcher found."""
    bounty = _bounty(payload)
    if bounty is not None:
        body = f"编号 {bounty.bounty_no}，截榜时间 {timing.stamp(bounty.bid_deadline_at)}。"
        _tell(bounty, operations.owners(bounty), "榜单已发布", body)
        _tell(bounty, _handler(bounty), "榜单已发布，请查看推荐邀请对象", body, "/invitations")


@outbox.handler("bounty.invited")
def invited(payload: dict[str, Any]) -> None:
    """Tell those invited, with the words why."""
    bounty = _bounty(payload)
    if bounty is None:
        return
    query = (
        select(Invitation)
        .join(Suggestion)
        .where(Invitation.bounty_id == bounty.id, Suggestion.target.in_(payload["targets"]))
    )
    for one in db.session.scalars(query):
        words = "、".join(one.words)
        body = (
            f"榜单 {bounty.bounty_no} 与贵方的方向相近（共同的词：{words}）。"
            f"截榜时间 {timing.stamp(bounty.bid_deadline_at)}，可在线提问、揭榜。"
        )
        _tell(bounty, one.told, "邀请您揭榜", body)


@outbox.handler("bounty.change_requested")
def change_requested(payload: dict[str, Any]) -> None:
    """Tell whoever decides next on a change."""
    bounty = _bounty(payload)
    if bounty is not None:
        kind = ChangeKind(payload["kind"])
        role = Role.LEADER if kind is ChangeKind.WITHDRAWAL else Role.SECTION_CHIEF
        _tell(bounty, _staff(role), f"榜单{kind.label}待办理", "请核对申请内容。", "/changes")


@outbox.handler("bounty.change_reviewed")
def change_reviewed(payload: dict[str, Any]) -> None:
    """Tell the leaders that a change waits."""
    bounty = _bounty(payload)
    if bounty is not None:
        _tell(bounty, _staff(Role.LEADER), "榜单变更待批准", "批准后立即生效并公布。", "/changes")


@outbox.handler("bounty.change_refused")
def change_refused(payload: dict[str, Any]) -> None:
    """Tell the officer that a change was refused."""
    bounty = _bounty(payload)
    if bounty is not None:
        _tell(bounty, _handler(bounty), "榜单变更未通过", payload["reason"], "/changes")


@outbox.handler("bounty.amended")
def amended(payload: dict[str, Any]) -> None:
    """Tell everybody who ever touched the bounty; a bidder learns on his own page what to do."""
    bounty, change = _bounty(payload), db.session.get(Change, int(payload["change"]))
    if bounty is None or change is None:
        return
    people = [*watching.audience(bounty.id), *operations.owners(bounty), *_handler(bounty)]
    until = timing.stamp(bounty.bid_deadline_at)
    subject = "榜单已延期" if change.kind is ChangeKind.EXTENSION else "榜单内容有变更"
    body = (
        f"{change.reason}\n截榜时间现为 {until}。已密封提交申请的，请在截榜前登录本人的揭榜页面"
        "核对是否需要重新确认。"
    )
    _tell(bounty, people, subject, body, "#changes")


@outbox.handler("bounty.asked")
def asked(payload: dict[str, Any]) -> None:
    """Tell who answers that a question waits; not who asked."""
    bounty = _bounty(payload)
    if bounty is not None:
        people = [*_handler(bounty), *operations.owners(bounty)]
        _tell(bounty, people, "有新的提问", "请及时答复，答复将公开。", "/questions")


@outbox.handler("bounty.answered")
def answered(payload: dict[str, Any]) -> None:
    """Tell everybody concerned that an answer was published."""
    bounty = _bounty(payload)
    question = db.session.get(Question, int(payload["question"]))
    if bounty is not None and question is not None:
        body = f"问：{question.public_body}\n答：{question.answer}"
        _tell(bounty, watching.audience(bounty.id), "榜单答疑", body, "#questions")


_ENDINGS = {
    "bounty.closed": ("榜单已截榜", "密封凭证清单将随后公布。"),
    "bounty.withdrawn": ("榜单已撤回", "撤榜公告见榜单页面，已提交的申请作废。"),
    "bounty.failed": ("榜单流榜", "流榜公告见榜单页面。"),
}


def _ended(kind: str) -> None:
    subject, body = _ENDINGS[kind]

    @outbox.handler(kind)
    def tell(payload: dict[str, Any]) -> None:
        bounty = _bounty(payload)
        if bounty is not None:
            people = [*watching.audience(bounty.id), *operations.owners(bounty)]
            _tell(bounty, [*people, *_handler(bounty)], subject, body)


for _kind in _ENDINGS:
    _ended(_kind)
