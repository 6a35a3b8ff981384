"""Who is told what of notices and objections."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox, web
from matchmaker.accounts.models import User
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import operations as messages
from matchmaker.notices.models import Correction, Notice
from matchmaker.notices.objection_models import Objection

TO_COMPLAINANT = {
    "accepted": ("异议已签收受理", "科技局将在 {due} 前作出书面答复，公示和后续签约已中止。"),
    "refused": ("异议未予受理", "原因：{conclusion}"),
    "extended": ("异议答复期限延长", "原因：{extended_reason}。答复期限至 {due}。"),
    "dismissed": ("异议已答复：不成立", "请打开查看并下载异议答复书。"),
    "upheld": ("异议已答复：成立", "请打开查看并下载异议答复书。"),
}
TO_OFFICER = {
    "submitted": (
        "收到新的异议",
        "请核对是否属期内、实名、书面并附证据，及时签收或说明不予受理的理由。",
    ),
    "assigned": ("有异议改派给您办理", "请查看并办理。"),
    "withdrawn": ("异议已撤回", "异议人已撤回异议。"),
    "extended": ("异议答复期限已延长", "答复期限至 {due}。"),
    "recomputed": ("异议答复期限随节假日安排调整", "答复期限现为 {due}。"),
    "dismissed": ("异议已作出决定：不成立", "请送达异议答复书。"),
    "upheld": ("异议已作出决定：成立", "公示已撤回，请送达异议答复书并按决定办理。"),
}


def holders(role: Role) -> list[int]:
    """Return everybody active who holds a role."""
    query = select(User).where(User.state == UserState.ACTIVE, User.grants.any())
    return [u.id for u in db.session.scalars(query.order_by(User.id)).unique() if role in u.roles]


def _send(people: Iterable[int | None], subject: str, body: str, url: str, now: datetime) -> None:
    messages.notify([one for one in people if one is not None], subject, body, url, now=now)


def _of_notice(notice: Notice, people: Iterable[int | None], subject: str, body: str) -> None:
    url = f"/notices/{notice.public_id}"
    _send(people, f"{subject}：{notice.title}", body, url, clock.now())


@outbox.handler("notice.to_check")
def to_check(payload: dict[str, Any]) -> None:
    """Ask the section chiefs to check a draft."""
    notice = db.session.get_one(Notice, payload["id"])
    people = [one for one in holders(Role.SECTION_CHIEF) if one != notice.created_by_id]
    _of_notice(notice, people, "公示待保密与脱敏审查", "请审查公示内容，审查人不能是起草人。")


@outbox.handler("notice.to_publish")
def to_publish(payload: dict[str, Any]) -> None:
    """Ask the leaders to approve and publish."""
    notice = db.session.get_one(Notice, payload["id"])
    _of_notice(notice, holders(Role.LEADER), "公示待批准发布", "审查已通过，批准即发布，次日起算。")


@outbox.handler("notice.returned")
def returned(payload: dict[str, Any]) -> None:
    """Tell the officer why a draft came back."""
    notice = db.session.get_one(Notice, payload["id"])
    _of_notice(notice, [notice.handler_id], "公示被退回修改", str(payload["reason"]))


@outbox.handler("notice.published")
@outbox.handler("notice.ended")
@outbox.handler("notice.revoked")
@outbox.handler("notice.resumed")
def moved(payload: dict[str, Any]) -> None:
    """Tell the officer in charge where the notice stands now."""
    notice = db.session.get_one(Notice, payload["notice"])
    body = f"公示止日：{web.as_day(notice.end_on)}" + (
        "（暂定，须核定）" if notice.provisional else ""
    )
    _of_notice(notice, [notice.handler_id], f"公示{notice.state.label}", body)


@outbox.handler("notice.recomputed")
def recomputed(payload: dict[str, Any]) -> None:
    """Tell the officer in charge that holidays moved the end."""
    notice = db.session.get_one(Notice, payload["id"])
    body = f"原止日 {payload['before']}，现止日 {notice.end_on}，公示页已写明原因。"
    _of_notice(notice, [notice.handler_id], "公示止日随节假日安排调整", body)


@outbox.handler("notice.correction_requested")
def correction_requested(payload: dict[str, Any]) -> None:
    """Ask the leaders to approve a correction."""
    row = db.session.get_one(Correction, payload["id"])
    _of_notice(row.notice, holders(Role.LEADER), "更正公告待批准", row.reason)


@outbox.handler("objection.moved")
def objection_moved(payload: dict[str, Any]) -> None:
    """Tell the complainant, the officer in charge and, where it is theirs, the leaders."""
    row, what = db.session.get_one(Objection, payload["id"]), str(payload["what"])
    due = web.as_day(row.decide_by)
    said = {"due": due, "conclusion": row.conclusion, "extended_reason": row.extended_reason}
    for table, people in ((TO_COMPLAINANT, [row.submitted_by_id]), (TO_OFFICER, [row.handler_id])):
        if what in table:
            subject, body = table[what]
            _of_objection(row, people, subject, body.format(**said))
    if what == "found_out":
        _of_objection(
            row, holders(Role.LEADER), "异议待作出决定", f"调查情况已登记，答复期限 {due}。"
        )
    if what == "submitted" and row.handler_id is None:
        body = "异议涉及经办人本人或公示尚无经办人，请指定其他经办人办理。"
        _of_objection(row, holders(Role.LEADER), "异议待指定经办人", body)


def _of_objection(row: Objection, people: Iterable[int | None], subject: str, body: str) -> None:
    told = [one for one in people if one is None or one != row.against_id]
    url = f"/objections/{row.public_id}"
    _send(told, f"{subject}（{row.objection_no}）", body, url, clock.now())


def due(row: Objection, *, left: int, now: datetime) -> None:
    """Remind the officer and the leaders of the time to decide."""
    late = row.decide_by is not None and row.decide_by < clock.today(now)
    subject = "异议答复已逾期" if late else f"异议答复剩 {left} 个工作日"
    people = [row.handler_id, *holders(Role.LEADER)]
    _of_objection(row, people, subject, f"答复期限 {web.as_day(row.decide_by)}，请尽快办理。")


def unconfirmed(notice: Notice, *, now: datetime) -> None:
    """Ask the officer to confirm a provisional last day."""
    body = (
        f"止日 {web.as_day(notice.end_on)} 按暂定节假日推算，"
        "请补录节假日安排或核定止日，否则公示不能自动办结。"
    )
    url = f"/notices/{notice.public_id}"
    _send([notice.handler_id], f"请核定公示止日：{notice.title}", body, url, now)
