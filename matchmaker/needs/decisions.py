"""What the bureau decides about a need, and how a need ends: each is one move on the trail."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox, workdays
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.codes import NeedType
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, NeedState, Role, UserState
from matchmaker.needs.fields import BY_NAME
from matchmaker.needs.models import Need
from matchmaker.needs.operations import changed, check_version
from matchmaker.needs.records import Diagnosis
from matchmaker.revisions import operations as revisions

VALID_MONTHS = 12  # how long an accepted need stays in the pool unless the officer says otherwise
REMIND_DAYS = 30
LONGEST_TEXT = 2000


def screen(need: Need, *, by: Any, now: datetime, note: str = "") -> None:
    """Pass the town's screening (镇街初筛)."""
    trail.advance(need, "screen", by=by, now=now, reason=note.strip()[:LONGEST_TEXT])
    need.updated_at = now


def return_(
    need: Need,
    reason: str,
    remarks: Mapping[str, str],
    *,
    by: Any,
    now: datetime,
    version: int | None = None,
) -> None:
    """Return a need for correction (退回修改), with a remark pinned to any of its fields."""
    check_version(need, version)
    unknown = set(remarks) - set(BY_NAME)
    if unknown:
        raise KeyError(*unknown)
    _check_length("reason", "退回原因", reason)
    trail.advance(need, "return", by=by, now=now, reason=reason.strip())
    revisions.pin("need", need.id, remarks, by=by, now=now)
    need.return_reason = reason.strip()
    need.updated_at = now
    outbox.add("need.returned", {"id": need.id, "reason": need.return_reason}, now=now)


def accept(
    need: Need,
    need_type: NeedType,
    handler: User | None,
    *,
    by: Any,
    now: datetime,
    expires_on: date | None = None,
    version: int | None = None,
) -> None:
    """Take a need into the 难题库 (受理): settle its nature, who handles it, how long it stands.

    expires_on : the last day in the pool; twelve months from today unless given.
    """
    check_version(need, version)
    today = clock.today(now)
    until = expires_on or workdays.same_day_later(today, months=VALID_MONTHS)
    if until <= today:
        raise Invalid({"expires_on": "有效期须晚于今天"})
    need.need_type = need_type
    need.handler = _staff(handler) if handler is not None else by
    need.accepted_at = need.updated_at = now
    need.expires_on = until
    trail.advance(need, "accept", by=by, now=now, need_type=str(need_type))
    outbox.add("need.accepted", {"id": need.id}, now=now)
    changed(need, now=now)


def _staff(handler: User) -> User:
    if Role.OFFICER not in handler.roles or handler.state is not UserState.ACTIVE:
        raise Invalid({"handler": f"{handler.name}不是在岗的局经办，请另选"})
    return handler


def officers() -> list[User]:
    """Return the officers a need can be handed to, by name."""
    query = select(User).where(User.organisation_id.is_(None), User.state == UserState.ACTIVE)
    staff = db.session.scalars(query.order_by(User.name, User.id))
    return [user for user in staff if Role.OFFICER in user.roles]


def assign(need: Need, handler: User, *, by: Any, now: datetime) -> None:
    """Hand a need to another officer (改派经办)."""
    former = need.handler
    need.handler = _staff(handler)
    need.updated_at = now
    details = {"former": former.name if former else "", "handler": handler.name}
    trail.record("assign", "need", need.public_id, by=by, now=now, **details)


def diagnose(
    need: Need, *, held_on: date, expert_name: str, opinion: str, by: Any, now: datetime
) -> Diagnosis:
    """Record that experts looked at the need on the spot (技术问诊)."""
    problems = {}
    if held_on > clock.today(now):
        problems["held_on"] = "问诊日期不能晚于今天"
    if not expert_name.strip():
        problems["expert_name"] = "请填写参加问诊的专家"
    if not opinion.strip():
        problems["opinion"] = "请填写诊断意见"
    if problems:
        raise Invalid(problems)
    _check_length("opinion", "诊断意见", opinion)
    record = Diagnosis(
        need_id=need.id,
        held_on=held_on,
        expert_name=expert_name.strip()[:50],
        opinion=opinion.strip(),
        at=now,
        by_id=by.id,
    )
    db.session.add(record)
    trail.advance(need, "diagnose", by=by, now=now, expert=record.expert_name)
    need.updated_at = now
    changed(need, now=now)
    return record


def diagnoses(need_id: int) -> list[Diagnosis]:
    """Return the need's diagnoses, newest first."""
    query = select(Diagnosis).where(Diagnosis.need_id == need_id)
    return list(db.session.scalars(query.order_by(Diagnosis.held_on.desc(), Diagnosis.id.desc())))


def resolve(need: Need, evidence: str, *, by: Any, now: datetime) -> None:
    """Count the need as solved (确认解决) on a signed contract or the enterprise's own word."""
    if not evidence.strip():
        raise Invalid({"reason": "请写明依据：已签合同的编号，或企业书面确认的文号与日期"})
    _end(need, "resolve", evidence, by=by, now=now)
    need.resolved_at = now


def close(need: Need, reason: str, *, by: Any, now: datetime) -> None:
    """Take a need out of the pool for another reason (关闭)."""
    _end(need, "close", reason, by=by, now=now)


def withdraw(need: Need, reason: str, *, by: Any, now: datetime) -> None:
    """Take a need back (撤回); one on a bounty has to leave the bounty first."""
    _end(need, "withdraw", reason, by=by, now=now)


def undo_diagnosis(need: Need, reason: str, *, by: Any, now: datetime) -> None:
    """Take a diagnosis back (撤销问诊); its record stays."""
    _end(need, "undo_diagnosis", reason, by=by, now=now)


def reopen(need: Need, reason: str, *, by: Any, now: datetime) -> None:
    """Put a need that had ended back into the pool (重新开放), for twelve months if it had run out.

    Raises `Invalid` for one that was never accepted: it has to be submitted anew.
    """
    if need.accepted_at is None:
        raise Invalid({"reason": "本需求从未受理，不能重新开放，请企业另行填报"})
    today = clock.today(now)
    if need.expires_on is None or need.expires_on <= today:
        need.expires_on = workdays.same_day_later(today, months=VALID_MONTHS)
    need.resolved_at = None
    _end(need, "reopen", reason, by=by, now=now)


def _end(need: Need, action: str, reason: str, *, by: Any, now: datetime) -> None:
    _check_length("reason", "原因", reason)
    trail.advance(need, action, by=by, now=now, reason=reason.strip())
    need.updated_at = now
    changed(need, now=now)


def _check_length(name: str, label: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise Invalid({name: f"{label}最多 {LONGEST_TEXT} 字，现为 {len(text)} 字"})


def expire_due(*, now: datetime) -> int:
    """Let needs whose last day has passed leave the pool (到期); return how many."""
    today = clock.today(now)
    running = OPEN_NEEDS - {NeedState.ON_BOUNTY}
    query = select(Need).where(Need.state.in_(running), Need.expires_on < today)
    due = list(db.session.scalars(query.order_by(Need.id)))
    for need in due:
        trail.advance(need, "expire", by=trail.SYSTEM, now=now)
        need.updated_at = now
        changed(need, now=now)
    soon = select(Need.id).where(
        Need.state.in_(running), Need.expires_on == today + timedelta(days=REMIND_DAYS)
    )
    for need_id in db.session.scalars(soon.order_by(Need.id)):
        outbox.add("need.expiring", {"id": need_id}, now=now)
    return len(due)
