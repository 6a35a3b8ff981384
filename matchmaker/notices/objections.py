"""异议 operations, first half: handing in, recording what came on paper, withdrawing.

In time is what was received before the end of the last day, 24:00 in Beijing: by the database's
clock in the inserting transaction for what is handed in online, by the date of receipt for paper.
While a notice is suspended its period is not over, so that others may still object.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, locks, outbox, policy, secrecy, timekeeping, web
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.files.documents import Received
from matchmaker.identifiers import IdentifierError, mobile_number
from matchmaker.lifecycles import COUNTING_NOTICES, OPEN_OBJECTIONS, NoticeState, Role
from matchmaker.notices import publishing, resuming
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Channel, Objection, ObjectionFile
from matchmaker.workdays import end_of

SHORTEST_BODY, LONGEST_BODY, MOST_FILES = 20, 5_000, 10
LATE = (
    "公示期已于 {end} 24 时届满，异议须在公示期内提出，本次未能受理。"
    "如有新的事实和证据，可向科技局反映，作为线索核查。"
)
NOT_PUBLIC = "这份公示已办结或已撤回，不再受理异议。"


@dataclass(frozen=True)
class Complaint:
    """What the form holds: who objects, how to be reached, what about."""

    name: str
    phone: str
    unit: str = ""
    address: str = ""
    body: str = ""
    request: str = ""
    against_officer: bool = False


def get(public_id: str, *actions: str, viewer: Any) -> Objection:
    """Return the objection on which the viewer may do any of `actions`; raise `NotFound`."""
    query = policy.scope(viewer, "objection", *(actions or ("read",)))
    query = query.where(Objection.public_id == public_id).options(joinedload(Objection.notice))
    found: Objection = web.found(db.session.scalars(query).unique().one_or_none())
    return found


def visible(viewer: Any) -> Select[Any]:
    """Return the query of the objections the viewer may read."""
    query = policy.scope(viewer, "objection", "read")
    return query.options(joinedload(Objection.notice), joinedload(Objection.handler))


def under_way(viewer: Any) -> Select[Any]:
    """Return the query of the open objections the viewer may read."""
    return visible(viewer).where(Objection.state.in_(OPEN_OBJECTIONS))


def submit(
    notice: Notice, complaint: Complaint, files: Sequence[Received], *, by: Any, now: datetime
) -> Objection:
    """Hand in an objection online, by real name and with evidence.

    Raises `WrongState`, kindly, once the period is over: the moment is the database's, read
    behind the notice's row lock, and the very end is already late.
    """
    notice = publishing.locked(notice.id)
    moment = timekeeping.now_in_database()
    if notice.state in COUNTING_NOTICES:
        if notice.ends_at is None or moment >= notice.ends_at:
            raise WrongState(LATE.format(end=web.as_day(notice.end_on)))
    elif notice.state is not NoticeState.SUSPENDED:
        over = notice.state is NoticeState.ENDED_CLEAR
        raise WrongState(LATE.format(end=web.as_day(notice.end_on)) if over else NOT_PUBLIC)
    row = _new(notice, complaint, files, Channel.ONLINE, received_at=moment, now=now)
    row.submitted_by_id = by.id
    return _enter(row, files, by=by, now=now)


def record_paper(
    notice: Notice,
    complaint: Complaint,
    files: Sequence[Received],
    *,
    received_on: date,
    by: Any,
    now: datetime,
) -> Objection:
    """Record an objection that came on paper, with its scan; the day of receipt decides.

    One received in time but recorded after the notice had ended is still in time.
    """
    notice = publishing.locked(notice.id)
    if notice.published_on is None or notice.state is NoticeState.REVOKED:
        raise WrongState(NOT_PUBLIC)
    if received_on > clock.today(now):
        raise Invalid({"received_on": "收到日期不能晚于今天"})
    if received_on < notice.published_on:
        raise Invalid({"received_on": f"收到日期早于公示发布日 {web.as_day(notice.published_on)}"})
    if notice.state is not NoticeState.SUSPENDED and received_on > (notice.end_on or received_on):
        raise WrongState(LATE.format(end=web.as_day(notice.end_on)))
    row = _new(notice, complaint, files, Channel.PAPER, received_at=now, now=now)
    row.received_on, row.recorded_by_id = received_on, by.id
    row.received_at = min(now, end_of(received_on) - timedelta(seconds=1))
    return _enter(row, files, by=by, now=now)


def _new(
    notice: Notice,
    said: Complaint,
    files: Collection[Received],
    channel: Channel,
    *,
    received_at: datetime,
    now: datetime,
) -> Objection:
    _refuse(said, files, channel)
    against = notice.handler_id if said.against_officer else None
    return Objection(
        notice=notice, channel=channel, received_at=received_at, created_at=now,
        complainant_name=said.name.strip(), complainant_phone=said.phone.strip(),
        complainant_unit=said.unit.strip(), complainant_address=said.address.strip(),
        body=said.body.strip(), request=said.request.strip(),
        against_officer=said.against_officer, against_id=against,
        handler_id=None if said.against_officer else notice.handler_id,
    )  # fmt: skip


def _refuse(said: Complaint, files: Collection[Received], channel: Channel) -> None:
    """Raise `Invalid` naming what an objection by real name, in writing, still lacks."""
    wrong = _nameless(said)
    if not SHORTEST_BODY <= len(said.body.strip()) <= LONGEST_BODY:
        wrong["body"] = f"请写明异议的事实和理由，{SHORTEST_BODY} 至 {LONGEST_BODY} 字"
    if not files:
        paper = channel is Channel.PAPER
        wrong["files"] = "请上传书面材料的扫描件" if paper else "请至少上传一份证据材料"
    if len(files) > MOST_FILES:
        wrong["files"] = f"最多上传 {MOST_FILES} 个文件"
    hits = secrecy.guard({"异议内容": said.body, "异议请求": said.request})
    if hits:
        wrong["body"] = secrecy.refusal(hits)
    if wrong:
        raise Invalid(wrong)


def _nameless(said: Complaint) -> dict[str, str]:
    """Return what is wrong with the name and the ways to reach whoever objects."""
    wrong: dict[str, str] = {}
    if len(said.name.strip()) < 2:  # noqa: PLR2004 - no Chinese name is shorter
        wrong["name"] = "异议须实名提出，请填写真实姓名；以单位名义的填写经办人姓名"
    try:
        mobile_number(said.phone)
    except IdentifierError as error:
        if not said.phone.strip().startswith("0"):  # a landline
            wrong["phone"] = str(error)
    if not said.unit.strip() and not said.address.strip():
        wrong["unit"] = "请填写所在单位或联系地址，以便核实身份和送达答复"
    return wrong


def _enter(row: Objection, files: Sequence[Received], *, by: Any, now: datetime) -> Objection:
    """Number the objection and put it on the trail: of who objects only the actor stands there."""
    name = row.notice.notice_no or ""
    trail.record("receive_objection", "notice", row.notice.public_id, by=trail.SYSTEM, now=now)
    row.objection_no = locks.next_number(Objection.objection_no, f"YY{clock.today(now).year}-", 3)
    row.files = [
        ObjectionFile(name=f.name, stored_as=f.stored_as, size=f.size, added_at=now) for f in files
    ]
    db.session.add(row)
    trail.enter(
        row, by=by, now=now, action="submit", notice=name, channel=row.channel.value,
        files=[f.digest for f in files], received_at=row.received_at.isoformat(),
    )  # fmt: skip
    tell(row, "submitted", now=now)
    return row


def tell(row: Objection, what: str, *, now: datetime) -> None:
    """Let those concerned know: `objection.moved` with what happened."""
    db.session.flush()
    outbox.add("objection.moved", {"id": row.id, "what": what}, now=now)


def withdraw(row: Objection, *, reason: str, by: Any, now: datetime) -> None:
    """Take an objection back: its complainant, or the officer with a withdrawal on paper."""
    if Role.OFFICER in by.roles and row.channel is not Channel.PAPER:
        raise NotAllowed("在线提出的异议只能由异议人本人撤回。")
    notice = publishing.locked(row.notice_id)
    row.withdrawn_reason = reason.strip()[:500]
    trail.advance(row, "withdraw", by=by, now=now, reason=reason)
    resuming.resume_if_settled(notice, by=trail.SYSTEM, reason="异议人撤回异议", now=now)
    tell(row, "withdrawn", now=now)


def file_of(row: Objection, file_id: int) -> ObjectionFile:
    """Return one of an objection's files; raise `NotFound`."""
    return web.found(next((one for one in row.files if one.id == file_id), None))


@store.keeps
def stored_names() -> set[str]:
    """Name the evidence that is kept."""
    return set(db.session.scalars(select(ObjectionFile.stored_as)))
