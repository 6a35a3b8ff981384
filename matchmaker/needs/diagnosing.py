"""After a 技术问诊: the bureau revises the need, the enterprise confirms, then it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.needs import changes, content, decisions
from matchmaker.needs.models import Need
from matchmaker.needs.operations import changed, check_version
from matchmaker.needs.records import Diagnosis, NeedRevision


@dataclass(frozen=True)
class ShownRevision:
    """A revision that waits, with (label, now, revised) of every field it touches."""

    row: NeedRevision
    rows: list[tuple[str, str, str]]


def waiting(need_id: int) -> NeedRevision | None:
    """Return the revision that awaits the enterprise's word; there is at most one."""
    return db.session.scalar(select(NeedRevision).where(NeedRevision.open_key == need_id))


def shown(need: Need) -> ShownRevision | None:
    """Return the waiting revision as a page compares it."""
    row = waiting(need.id)
    if row is None:
        return None
    before = content.snapshot(need)
    return ShownRevision(row, content.differences(before, {**before, **row.content}))


def latest(need: Need) -> Diagnosis:
    """Return the diagnosis a revision rests on; raise `WrongState` where there was none."""
    found = decisions.diagnoses(need.id)
    if not found:
        raise WrongState("还没有登记技术问诊，请先登记问诊意见再修订。")
    return found[0]


def propose(
    need: Need,
    values: Mapping[str, Any],
    note: str,
    *,
    by: Any,
    now: datetime,
    version: int | None = None,
) -> NeedRevision:
    """Send a revised text to the enterprise, or replace the one that waits.

    Raises `Invalid` where the need could not be submitted with these values.
    """
    check_version(need, version)
    if need.state not in changes.CHANGEABLE:
        raise WrongState(f"需求当前为“{need.state.label}”，不能修订。")
    diagnosis = latest(need)
    if not note.strip() or len(note) > changes.LONGEST_NOTE:
        problem = f"请写明改了什么、依据哪条意见，{changes.LONGEST_NOTE} 字以内"
        raise Invalid({"note": problem})
    differing = changes.what_differs(need, values)
    if not differing:
        raise Invalid({"note": "内容与现在的版本相同，没有需要确认的修订"})
    row = waiting(need.id)
    if row is None:
        row = NeedRevision(need_id=need.id, open_key=need.id)
        db.session.add(row)
    row.diagnosis_id, row.content, row.note = diagnosis.id, differing, note.strip()
    row.proposed_at, row.proposed_by_id = now, by.id
    db.session.flush()
    trail.record("propose_revision", "need", need.public_id, by=by, now=now, reason=row.note)
    outbox.add("need.revised", {"id": need.id}, now=now)
    return row


def _waiting(need: Need) -> NeedRevision:
    row = waiting(need.id)
    if row is None:
        raise NotFound("没有待确认的修订，可能已经办结。")
    return row


def confirm(need: Need, *, by: Any, now: datetime) -> None:
    """Let the revision hold, as the enterprise; it becomes a version of the need."""
    row = _waiting(need)
    changes.put_into_force(need, row.content, by=by, now=now)
    _decide(need, row, "", by=by, now=now, confirmed=True)
    trail.record("confirm_revision", "need", need.public_id, by=by, now=now)
    changed(need, now=now)


def decline(need: Need, reason: str, *, by: Any, now: datetime) -> None:
    """Leave the need as it is; the bureau is told why."""
    row = _waiting(need)
    if not reason.strip():
        raise Invalid({"reason": "请写明不同意的原因"})
    said = reason.strip()[: changes.LONGEST_NOTE]
    _decide(need, row, said, by=by, now=now, confirmed=False)
    trail.record("decline_revision", "need", need.public_id, by=by, now=now, reason=said)


def _decide(
    need: Need, row: NeedRevision, reason: str, *, by: Any, now: datetime, confirmed: bool
) -> None:
    row.open_key = None
    row.decided_at, row.decided_by_id = now, by.id
    row.is_confirmed, row.decision_note = confirmed, reason
    db.session.flush()
    told = {"id": need.id, "confirmed": confirmed, "reason": reason}
    outbox.add("need.revision_decided", told | {"proposed_by": row.proposed_by_id}, now=now)
