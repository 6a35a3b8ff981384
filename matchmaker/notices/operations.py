"""公示 operations up to publication, and what other nouns ask of notices.

A noun that wants a notice calls `draft` and reacts to the outbox events `notice.published`,
`notice.suspended`, `notice.resumed`, `notice.ended`, `notice.revoked` (with `outcome`) and
`notice.cancelled`, each with {notice, kind, subject_noun, subject_id}.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from matchmaker import outbox, policy, secrecy, web
from matchmaker.audit import trail
from matchmaker.codes import NoticeKind
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    COUNTING_NOTICES,
    DRAFTED_NOTICES,
    OPEN_OBJECTIONS,
    PUBLIC_NOTICES,
    NoticeState,
    Role,
)
from matchmaker.notices import masking, wording
from matchmaker.notices.models import LONGEST, SHORTEST, Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar

LONGEST_TEXT = 10_000
CONTENT = ("title", "text", "workdays", "contact_name", "contact_phone", "contact_address")
LABELS = {
    "title": "标题",
    "text": "正文",
    "contact_name": "受理单位",
    "contact_phone": "联系电话",
    "contact_address": "联系地址",
}


def calendar() -> WorkdayCalendar:
    """Return the working days as the bureau states them."""
    return WorkdayCalendar(places.holidays())


def get(public_id: str, *actions: str, viewer: Any) -> Notice:
    """Return the notice on which the viewer may do any of `actions`; raise `NotFound`."""
    query = policy.scope(viewer, "notice", *actions).where(Notice.public_id == public_id)
    found: Notice = web.found(db.session.scalars(query).one_or_none())
    return found


def public(viewer: Any) -> Select[Any]:
    """Return the query of every published notice."""
    return policy.scope(viewer, "notice", "read").where(Notice.state.in_(PUBLIC_NOTICES))


def latest(viewer: Any, most: int) -> list[Notice]:
    """Return the notices published last."""
    query = public(viewer).order_by(Notice.published_at.desc(), Notice.id.desc())
    return list(db.session.scalars(query.limit(most)))


def drafts(viewer: Any) -> Select[Any]:
    """Return the query of what is not yet public and in whose way the viewer stands."""
    query = policy.scope(viewer, "notice", "read")
    return query.where(Notice.state.in_(DRAFTED_NOTICES))


def unconfirmed(viewer: Any) -> list[Notice]:
    """Return the running notices whose provisional end the viewer has to confirm."""
    query = policy.scope(viewer, "notice", "confirm_end").where(
        Notice.state.in_(COUNTING_NOTICES), Notice.provisional, Notice.end_confirmed_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Notice.end_on)))


def tell(notice: Notice, what: str, *, now: datetime, **more: Any) -> None:
    """Let other nouns know: `notice.<what>`."""
    db.session.flush()
    payload = {
        "notice": notice.id,
        "kind": notice.kind.value,
        "subject_noun": notice.subject_noun,
        "subject_id": notice.subject_id,
        **more,
    }
    outbox.add(f"notice.{what}", payload, now=now)


def draft(
    kind: NoticeKind | str,
    subject_noun: str,
    subject_id: int | None,
    *,
    title: str,
    subjects: list[dict[str, Any]],
    workdays: int = SHORTEST,
    handler_id: int | None = None,
    withheld: Collection[str] = (),
    url: str = "",
    by: Any,
    now: datetime,
) -> Notice:
    """Begin a notice about a row of another noun, its text drafted from the data.

    subjects : one dict a line of the notice's table, Chinese label → text, in the order shown;
    it is a snapshot.  withheld : names that must not appear in the text.  url : path of the
    subject's own page.  handler_id : the officer in charge; `by` where that is an officer.
    Raises `WrongState` while another notice of that kind is under way for the same subject.
    """
    kind = NoticeKind(kind)
    key = f"{kind.value}:{subject_noun}:{subject_id}" if subject_noun else None
    if key and db.session.scalar(select(Notice.id).where(Notice.live_key == key)) is not None:
        raise WrongState(f"该事项已有一份{kind.label}正在办理，请先办结或作废。")
    settings = places.settings()
    notice = Notice(
        kind=kind, subject_noun=subject_noun, subject_id=subject_id, subject_url=url,
        live_key=key, title=title.strip() or wording.TITLES[kind], subjects=_snapshot(subjects),
        withheld=[*withheld], workdays=workdays, text=wording.drafted(kind, workdays=workdays),
        contact_name=settings["bureau_name"], contact_phone=settings["phone"],
        contact_address=settings["address"], created_by_id=by.id, created_at=now, spans=[],
        handler_id=handler_id or (by.id if Role.OFFICER in by.roles else None),
    )  # fmt: skip
    _refuse_length(workdays)
    _refuse_secrets(notice)
    db.session.add(notice)
    trail.enter(notice, by=by, now=now, kind=kind.value, subject=key or "")
    return notice


def _snapshot(subjects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Copy the lines as plain text: a snapshot follows no later change."""
    return [{str(label): str(value) for label, value in one.items()} for one in subjects]


def _refuse_length(workdays: int | None) -> None:
    if workdays is None or not SHORTEST <= workdays <= LONGEST:
        raise Invalid({"workdays": f"公示期为 {SHORTEST} 至 {LONGEST} 个工作日"})


def texts(notice: Notice) -> dict[str, str]:
    """Return what will be public, label → text; the bureau's own contact is not looked at."""
    found = {"标题": notice.title, "正文": notice.text}
    for number, line in enumerate(notice.subjects, start=1):
        found |= {f"公示对象第 {number} 行“{label}”": str(text) for label, text in line.items()}
    return found


def _refuse_secrets(notice: Notice) -> None:
    hits = secrecy.guard(texts(notice))
    if hits:
        raise Invalid({"text": secrecy.refusal(hits)})


def masking_findings(notice: Notice) -> list[masking.Finding]:
    """Return the personal numbers and withheld names the draft still holds."""
    bare = {k: v.replace(notice.contact_phone or "\0", "") for k, v in texts(notice).items()}
    return masking.findings(bare, withheld=notice.withheld)


def edit(notice: Notice, values: dict[str, Any], *, by: Any, now: datetime) -> None:
    """Change a draft's text, title, length or contact; the subjects stay what the data said.

    A notice that belongs to no other noun (subject_noun "") takes `subjects` as well.
    Raises `WrongState` once the draft was handed on, `Invalid` for what does not fit.
    """
    if notice.state is not NoticeState.DRAFT:
        raise WrongState(f"公示当前为“{notice.state.label}”，不能再改；如需修改请先退回。")
    _refuse_length(values.get("workdays", notice.workdays))
    for name in CONTENT:
        if name in values:
            setattr(notice, name, _clean(values[name]))
    if not notice.subject_noun and "subjects" in values:
        notice.subjects = _snapshot(values["subjects"])
    missing = {n: f"请填写{LABELS[n]}" for n in ("title", "text") if not getattr(notice, n)}
    if missing:
        raise Invalid(missing)
    _refuse_secrets(notice)
    notice.edited_by_id = by.id
    trail.record("update", "notice", notice.public_id, by=by, now=now)


def _clean(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip()[:LONGEST_TEXT] if isinstance(value, str) else value


def submit(notice: Notice, *, by: Any, now: datetime) -> None:
    """Hand a draft on to be checked. Raises `Invalid` naming what is missing or not masked."""
    missing = {
        name: f"请填写{label}" for name, label in LABELS.items() if not getattr(notice, name)
    }
    if not notice.subjects:
        missing["subjects"] = "请至少填写一行公示对象"
    if missing:
        raise Invalid(missing)
    _refuse_secrets(notice)
    trail.advance(notice, "submit", by=by, now=now)
    outbox.add("notice.to_check", {"id": notice.id}, now=now)


def check(notice: Notice, *, note: str = "", by: Any, now: datetime) -> None:
    """Pass the check of secrecy and masking, as somebody who neither drafted nor edited it.

    Numbers or names still found need a `note` that says why they may stand.
    """
    if by.id in {notice.created_by_id, notice.edited_by_id, notice.handler_id}:
        raise NotAllowed("审查人不能是起草人或经办人，请由另一位科室负责人审查。")
    _refuse_secrets(notice)
    found = masking_findings(notice)
    if found and not note.strip():
        told = "；".join(str(one) for one in found)
        raise Invalid({"note": f"{told}。请退回修改；确可公开的，写明核实情况后再通过"})
    notice.checked_by_id, notice.checked_at, notice.check_note = by.id, now, note.strip()
    trail.advance(notice, "check", by=by, now=now, reason=note, found=[str(f) for f in found])
    outbox.add("notice.to_publish", {"id": notice.id}, now=now)


def send_back(notice: Notice, *, reason: str, by: Any, now: datetime) -> None:
    """Return a notice to its officer with a reason; the check has to be made again."""
    notice.checked_by_id = notice.checked_at = None
    notice.check_note = ""
    trail.advance(notice, "return", by=by, now=now, reason=reason)
    outbox.add("notice.returned", {"id": notice.id, "reason": reason}, now=now)


def cancel(notice: Notice, *, reason: str, by: Any, now: datetime) -> None:
    """Drop a draft that is no longer needed; its subject may have another notice."""
    notice.live_key = None
    trail.advance(notice, "cancel", by=by, now=now, reason=reason)
    tell(notice, "cancelled", now=now)


def for_subject(noun: str, subject_id: int) -> list[Notice]:
    """Return every notice about a row of another noun, the latest first."""
    query = select(Notice).where(Notice.subject_noun == noun, Notice.subject_id == subject_id)
    return list(db.session.scalars(query.order_by(Notice.id.desc())))


def open_objections(notice: Notice) -> int:
    """Count the objections to a notice that are neither decided nor withdrawn."""
    query = select(func.count()).select_from(Objection)
    where = (Objection.notice_id == notice.id, Objection.state.in_(OPEN_OBJECTIONS))
    return db.session.scalar(query.where(*where)) or 0


def has_open_objection(noun: str, subject_id: int) -> bool:
    """Tell whether any notice about the row has an objection still open: signing has to wait."""
    query = (
        select(Objection.id)
        .join(Notice, Notice.id == Objection.notice_id)
        .where(Notice.subject_noun == noun, Notice.subject_id == subject_id)
        .where(Objection.state.in_(OPEN_OBJECTIONS))
    )
    return db.session.scalar(query.limit(1)) is not None
