"""变更申请: an accepted need is edited beside the accepted text, which stands until re-accepted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import outbox, policy
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, NeedState
from matchmaker.needs import content
from matchmaker.needs.fields import BY_NAME
from matchmaker.needs.models import Need
from matchmaker.needs.operations import changed, check_version
from matchmaker.needs.records import NeedChange
from matchmaker.revisions import operations as revisions

# A need on its way to a bounty has a locked text: the bounty's own amendment changes it.
CHANGEABLE = OPEN_NEEDS - {NeedState.SHORTLISTED, NeedState.ON_BOUNTY}
LONGEST_NOTE = 500


def waiting(need_id: int) -> NeedChange | None:
    """Return the change that awaits a decision; there is at most one."""
    return db.session.scalar(select(NeedChange).where(NeedChange.open_key == need_id))


def _waiting(need: Need) -> NeedChange:
    found = waiting(need.id)
    if found is None:
        raise NotFound("没有待办的变更申请，可能已经办结。")
    return found


def request(
    need: Need,
    values: Mapping[str, Any],
    note: str,
    *,
    by: Any,
    now: datetime,
    version: int | None = None,
) -> NeedChange:
    """Ask for a change, or edit the one that waits; the accepted text stays as it is.

    Raises `Invalid` where the need could not be submitted with these values.
    """
    policy.require(by, "need", "request_change")
    check_version(need, version)
    if need.state not in CHANGEABLE:
        raise WrongState(f"需求当前为“{need.state.label}”，不能申请变更。")
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise Invalid({"note": f"请写明改了什么、为什么改，{LONGEST_NOTE} 字以内"})
    differing = what_differs(need, values)
    if not differing:
        raise Invalid({"note": "内容与已受理的版本相同，没有需要变更的地方"})
    change = waiting(need.id)
    if change is None:
        change = NeedChange(need_id=need.id, open_key=need.id, asked_by_id=by.id, asked_at=now)
        db.session.add(change)
    change.content, change.note = differing, note.strip()
    change.asked_by_id, change.asked_at = by.id, now
    trail.record("request_change", "need", need.public_id, by=by, now=now, reason=change.note)
    outbox.add("need.change_requested", {"id": need.id}, now=now)
    return change


def what_differs(need: Need, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what would change, as a version keeps it; check that the whole could be submitted."""
    trial = Need(**{name: getattr(need, name) for name in BY_NAME})
    with db.session.no_autoflush:
        content.write(trial, content.clean(values))
        content.check_complete(trial)
    before, after = content.snapshot(need), content.snapshot(trial)
    return {name: value for name, value in after.items() if value != before[name]}


def proposed(need: Need, change: NeedChange) -> list[tuple[str, str, str]]:
    """Return (label, accepted, proposed) of every field the change touches."""
    before = content.snapshot(need)
    return content.differences(before, {**before, **change.content})


def accept(need: Need, *, by: Any, now: datetime) -> None:
    """Put the waiting change into the accepted text and keep it as a version."""
    change = _waiting(need)
    put_into_force(need, change.content, by=by, now=now)
    _decide(change, by=by, now=now, is_accepted=True)
    trail.record("accept_change", "need", need.public_id, by=by, now=now)
    outbox.add("need.accepted", {"id": need.id}, now=now)
    changed(need, now=now)


def put_into_force(need: Need, values: Mapping[str, Any], *, by: Any, now: datetime) -> None:
    """Write agreed fields into the accepted text, keep the version; raise `WrongState`."""
    if need.state not in CHANGEABLE:
        raise WrongState(f"需求当前为“{need.state.label}”，不能变更。")
    content.write(need, content.clean(values))
    content.check_complete(need)
    need.updated_at = now
    revisions.keep("need", need.id, content.snapshot(need), by=by, now=now)


def refuse(need: Need, reason: str, *, by: Any, now: datetime) -> None:
    """Leave the accepted text as it is; the enterprise is told why."""
    change = _waiting(need)
    if not reason.strip():
        raise Invalid({"reason": "不同意变更须写明原因"})
    _decide(change, by=by, now=now, is_accepted=False)
    change.decision_note = reason.strip()[:LONGEST_NOTE]
    note = change.decision_note
    trail.record("refuse_change", "need", need.public_id, by=by, now=now, reason=note)
    outbox.add("need.returned", {"id": need.id, "reason": note}, now=now)


def _decide(change: NeedChange, *, by: Any, now: datetime, is_accepted: bool) -> None:
    change.open_key = None
    change.decided_at, change.decided_by_id, change.is_accepted = now, by.id, is_accepted
    db.session.flush()
