"""异议 operations, second half: accept or refuse, find out, decide within the time, reply."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, secrecy
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.codes import ObjectionOutcome
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import ObjectionState, Role, UserState
from matchmaker.notices import correcting, masking, operations, publishing, resuming, wording
from matchmaker.notices.objection_models import Objection
from matchmaker.notices.objections import tell

DECISION_DAYS = 10  # working days from acceptance; as many again, once, with a reason
SHORTEST_FINDINGS, SHORTEST_SUMMARY = 20, 10


def _refuse_subject(row: Objection, by: Any) -> None:
    """Refuse whoever the objection is about, whatever role is held."""
    if by.id is not None and by.id == row.against_id:
        raise NotAllowed("该异议涉及您本人，须由他人办理。")


def accept(row: Objection, *, note: str = "", by: Any, now: datetime) -> None:
    """Sign for an objection: the notice stands still, ten working days begin tomorrow."""
    _refuse_subject(row, by)
    notice = publishing.locked(row.notice_id)
    end = operations.calendar().add_workdays(clock.today(now), DECISION_DAYS)
    row.accepted_at, row.accepted_by_id, row.handler_id = now, by.id, by.id
    row.decide_by, row.decide_provisional = end.day, end.provisional
    trail.advance(row, "accept", by=by, now=now, reason=note, decide_by=str(end.day))
    reason = f"受理异议 {row.objection_no}"
    resuming.suspend(notice, by=by, reason=reason, now=now)
    tell(row, "accepted", now=now)


def refuse(row: Objection, *, reason: str, by: Any, now: datetime) -> None:
    """Decline to take an objection on, with the reason its complainant reads."""
    _refuse_subject(row, by)
    notice = publishing.locked(row.notice_id)
    row.conclusion, row.decided_at, row.decided_by_id = reason.strip(), now, by.id
    trail.advance(row, "refuse", by=by, now=now, reason=reason)
    resuming.resume_if_settled(notice, by=trail.SYSTEM, reason="异议已办结", now=now)
    tell(row, "refused", now=now)


def officers(row: Objection) -> list[User]:
    """Return the officers an objection may be given to: not those it is about."""
    query = select(User).where(User.state == UserState.ACTIVE, User.grants.any())
    found = db.session.scalars(query.order_by(User.name, User.id)).unique()
    return [one for one in found if Role.OFFICER in one.roles and one.id != row.against_id]


def assign(row: Objection, officer: User, *, by: Any, now: datetime) -> None:
    """Give an objection to another officer."""
    if Role.OFFICER not in officer.roles or officer.id == row.against_id:
        raise Invalid({"officer": "请选择异议未涉及的在用经办人"})
    if row.state not in (ObjectionState.SUBMITTED, ObjectionState.ACCEPTED):
        raise WrongState(f"异议当前为“{row.state.label}”，不再改派。")
    row.handler_id = officer.id
    trail.record("assign", "objection", row.public_id, by=by, now=now, officer=officer.name)
    tell(row, "assigned", now=now)


def find_out(row: Objection, *, findings: str, by: Any, now: datetime) -> None:
    """Write down what the investigation found; the leader decides on it."""
    _refuse_subject(row, by)
    if row.state is not ObjectionState.ACCEPTED:
        raise WrongState(f"异议当前为“{row.state.label}”，不能登记调查情况。")
    if len(findings.strip()) < SHORTEST_FINDINGS:
        raise Invalid(
            {"findings": f"请写明调查经过、查明的事实和处理建议，不少于 {SHORTEST_FINDINGS} 字"}
        )
    hits = secrecy.guard({"调查情况": findings})
    if hits:
        raise Invalid({"findings": secrecy.refusal(hits)})
    row.findings, row.findings_by_id, row.findings_at = findings.strip(), by.id, now
    trail.record("find_out", "objection", row.public_id, by=by, now=now)
    tell(row, "found_out", now=now)


def extend(row: Objection, *, reason: str, by: Any, now: datetime) -> None:
    """Give ten more working days, once, with a reason the complainant reads."""
    _refuse_subject(row, by)
    if row.state is not ObjectionState.ACCEPTED or row.decide_by is None:
        raise WrongState(f"异议当前为“{row.state.label}”，不需要延长。")
    if row.extended_at is not None:
        raise WrongState("答复期限只能延长一次。")
    if clock.today(now) > row.decide_by:
        raise WrongState("答复期限已过，不能再延长，请尽快作出决定。")
    if not reason.strip():
        raise Invalid({"reason": "请写明延长的原因"})
    end = operations.calendar().add_workdays(row.decide_by, DECISION_DAYS)
    before, row.decide_by = row.decide_by, end.day
    row.decide_provisional = row.decide_provisional or end.provisional
    row.extended_at, row.extended_reason = now, reason.strip()[:300]
    trail.record(
        "extend", "objection", row.public_id, by=by, now=now, reason=reason, before=str(before),
        after=str(end.day),
    )  # fmt: skip
    tell(row, "extended", now=now)


def _check(row: Objection, conclusion: str, summary: str) -> None:
    wrong: dict[str, str] = {}
    if not row.findings:
        wrong["conclusion"] = "经办人还没有登记调查情况，不能作出决定"
    elif not conclusion.strip():
        wrong["conclusion"] = "请写明结论和理由，将写入异议答复书"
    if len(summary.strip()) < SHORTEST_SUMMARY:
        wrong["summary"] = (
            f"请写一段可以公开的处理情况，不少于 {SHORTEST_SUMMARY} 字，不得透露异议人身份"
        )
    names = [row.complainant_name, row.complainant_unit, *row.notice.withheld]
    found = masking.findings({"公开的处理情况": summary}, withheld=[n for n in names if n])
    if found:
        told = "；".join(f"{one.kind}“{one.text}”" for one in found)
        wrong["summary"] = f"公开的处理情况中有{told}，请删去"
    hits = secrecy.guard({"结论": conclusion, "公开的处理情况": summary})
    if hits:
        wrong["conclusion"] = secrecy.refusal(hits)
    if wrong:
        raise Invalid(wrong)


def _settle(row: Objection, conclusion: str, summary: str, *, by: Any, now: datetime) -> None:
    _refuse_subject(row, by)
    if by.id in {row.accepted_by_id, row.findings_by_id}:
        raise NotAllowed("作出决定的不能是办理该异议的经办人。")
    _check(row, conclusion, summary)
    row.conclusion, row.public_summary = conclusion.strip(), summary.strip()
    row.decided_at, row.decided_by_id = now, by.id


def dismiss(row: Objection, *, conclusion: str, summary: str, by: Any, now: datetime) -> None:
    """Find an objection unfounded; with none left open, the notice makes up the rest."""
    notice = publishing.locked(row.notice_id)
    _settle(row, conclusion, summary, by=by, now=now)
    trail.advance(row, "dismiss", by=by, now=now, reason=summary)
    resuming.resume_if_settled(notice, by=by, reason="异议不成立", now=now)
    tell(row, "dismissed", now=now)


def uphold(
    row: Objection,
    *,
    outcome: ObjectionOutcome | None,
    conclusion: str,
    summary: str,
    by: Any,
    now: datetime,
) -> None:
    """Find an objection justified: the notice is withdrawn, and what follows is said.

    outcome : one of `wording.OUTCOMES_OF` the notice's kind, else `Invalid`.
    """
    notice = publishing.locked(row.notice_id)
    if outcome is None or outcome not in wording.OUTCOMES_OF[notice.kind]:
        raise Invalid({"outcome": "请选择异议成立后的处理方式"})
    _settle(row, conclusion, summary, by=by, now=now)
    row.outcome = outcome
    trail.advance(row, "uphold", by=by, now=now, reason=summary, outcome=outcome.value)
    if notice.state in correcting.REVOCABLE:
        text = wording.revocation(notice, outcome, summary.strip())
        correcting.revoke(notice, reason=summary, outcome=outcome, text=text, by=by, now=now)
    tell(row, "upheld", now=now)
