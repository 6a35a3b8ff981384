"""更正公告 and withdrawal: a published notice is never edited; another page is set beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import outbox, policy, secrecy, web
from matchmaker.audit import trail
from matchmaker.codes import ObjectionOutcome
from matchmaker.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import PUBLIC_NOTICES, NoticeState
from matchmaker.notices import freezing, masking, operations, wording
from matchmaker.notices.models import Correction, Notice

REVOCABLE = (NoticeState.PUBLISHED, NoticeState.RUNNING, NoticeState.SUSPENDED)


def request(notice: Notice, *, text: str, reason: str, by: Any, now: datetime) -> Correction:
    """Ask for a correction beside a published notice. Raises `Invalid` for what must not stand."""
    if notice.state not in PUBLIC_NOTICES:
        raise WrongState("公示尚未发布，请直接修改草稿。")
    given = {"text": (text, "请填写更正内容"), "reason": (reason, "请说明更正原因")}
    missing = {name: told for name, (value, told) in given.items() if not value.strip()}
    if missing:
        raise Invalid(missing)
    _refuse(notice, text)
    row = _add(notice, text, reason, by_id=by.id, now=now)
    trail.enter(row, by=by, now=now, action="request", notice=notice.notice_no)
    outbox.add("notice.correction_requested", {"id": row.id}, now=now)
    return row


def _refuse(notice: Notice, text: str) -> None:
    hits = secrecy.guard({"更正内容": text})
    if hits:
        raise Invalid({"text": secrecy.refusal(hits)})
    bare = text.replace(notice.contact_phone or "\0", "")
    found = masking.findings({"更正内容": bare}, withheld=notice.withheld)
    if found:
        told = "；".join(str(one) for one in found)
        raise Invalid({"text": f"{told}，请删去或遮盖后再提交"})


def _add(notice: Notice, text: str, reason: str, *, by_id: int, now: datetime) -> Correction:
    row = Correction(
        notice=notice,
        text=text.replace("\r\n", "\n").strip()[: operations.LONGEST_TEXT],
        reason=reason.strip()[:500],
        requested_by_id=by_id,
        requested_at=now,
    )
    db.session.add(row)
    return row


def approve(row: Correction, *, by: Any, now: datetime) -> None:
    """Publish a correction, as somebody else than who asked for it."""
    if by.id == row.requested_by_id:
        raise NotAllowed("更正公告须由另一人批准。")
    row.decided_by_id, row.decided_at = by.id, now
    row.page_html, row.page_digest = freezing.render(
        "notices/frozen_correction.html", correction=row, notice=row.notice
    )
    trail.advance(row, "approve", by=by, now=now, digest=row.page_digest)
    operations.tell(row.notice, "corrected", now=now)


def decline(row: Correction, *, reason: str, by: Any, now: datetime) -> None:
    """Refuse a correction with a reason; it stays on record, unpublished."""
    row.decided_by_id, row.decided_at = by.id, now
    trail.advance(row, "decline", by=by, now=now, reason=reason)


def revoke(
    notice: Notice,
    *,
    reason: str,
    outcome: ObjectionOutcome = ObjectionOutcome.REVOKE,
    text: str = "",
    by: Any,
    now: datetime,
) -> None:
    """Withdraw a published notice: its page stays, a correction says so, `notice.revoked` goes out.

    text : of the correction; drafted from the reason where none is given.
    """
    asked_by = notice.handler_id or notice.created_by_id
    if asked_by is None or asked_by == by.id:
        raise NotAllowed("撤回公示须由经办之外的局领导批准；尚无经办的，请先指定经办。")
    notice.live_key, notice.outcome, notice.revoked_reason = None, outcome, reason.strip()
    trail.advance(notice, "revoke", by=by, now=now, reason=reason, outcome=outcome.value)
    text = text or wording.withdrawal(notice, reason.strip())
    _refuse(notice, text)
    row = _add(notice, text, "撤回公示", by_id=asked_by, now=now)
    trail.enter(row, by=by, now=now, action="request", notice=notice.notice_no)
    approve(row, by=by, now=now)
    operations.tell(notice, "revoked", now=now, outcome=outcome.value)


def get(public_id: str, *, viewer: Any) -> Correction:
    """Return a correction whose notice the viewer may approve corrections of; else `NotFound`."""
    query = select(Correction).where(Correction.public_id == public_id)
    row = web.found(db.session.scalars(query).one_or_none())
    if not policy.permits(viewer, "notice", "correct_approve", row.notice):
        raise NotFound
    return row
