"""争议 and 终止: the officer asks with the cause, the leader decides; 免责 is not 失信."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox, web, workdays
from matchmaker.accounts import integrity
from matchmaker.accounts.models import Organisation
from matchmaker.audit import trail
from matchmaker.brokering.lead_models import Side
from matchmaker.codes import Integrity
from matchmaker.contracts import bounty_steps, people, refusing
from matchmaker.contracts.closing_models import Cause, Termination
from matchmaker.contracts.models import Contract
from matchmaker.errors import NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_MILESTONES, Role

SHORTEST, LONGEST = 1, 5  # years on the integrity list


def dispute(contract: Contract, *, reason: str, by: Any, now: datetime) -> None:
    """Put a dispute on record: nothing is delivered, checked or paid until it is over."""
    if Role.OFFICER not in by.roles and people.side_of(contract, by) is None:
        raise NotAllowed
    trail.advance(contract, "dispute", by=by, now=now, reason=reason)
    _tell("disputed", contract, now=now)


def resume(contract: Contract, *, reason: str, by: Any, now: datetime) -> None:
    """End a dispute; the contract goes on."""
    trail.advance(contract, "resume", by=by, now=now, reason=reason)
    _tell("resumed", contract, now=now)


def latest(contract: Contract) -> Termination | None:
    """Return the last request to end the contract."""
    query = select(Termination).where(Termination.contract_id == contract.id)
    return db.session.scalars(query.order_by(Termination.id.desc()).limit(1)).one_or_none()


def request(
    contract: Contract,
    *,
    cause: Cause | None,
    at_fault: str,
    reason: str,
    recover_fen: int | None,
    integrity_years: int | None,
    by: Any,
    now: datetime,
) -> Termination:
    """Ask the leader to end the contract. Only 造假 proposes an entry on the integrity list."""
    _check(contract, cause, at_fault, reason, recover_fen or 0, integrity_years)
    row = Termination(
        contract_id=contract.id,
        cause=cause,
        at_fault=at_fault,
        reason=reason.strip()[:3000],
        recover_fen=recover_fen or 0,
        integrity_years=integrity_years if cause is Cause.FRAUD else None,
        requested_at=now,
        requested_by_id=by.id,
    )
    db.session.add(row)
    trail.advance(
        contract, "terminate_request", by=by, now=now, reason=row.reason, cause=str(row.cause)
    )
    _tell("termination_requested", contract, now=now)
    return row


def _check(  # noqa: PLR0917 - the request's own fields
    contract: Contract,
    cause: Cause | None,
    at_fault: str,
    reason: str,
    recover_fen: int,
    years: int | None,
) -> None:
    guilty = at_fault in {side.value for side in Side}
    blamed = cause in (Cause.BREACH, Cause.FRAUD)
    fraud = cause is Cause.FRAUD
    span = f"{SHORTEST} 至 {LONGEST} 年"
    refusing.refuse(
        (cause is None, "cause", "请选择终止原因"),
        (not reason.strip(), "reason", "请写明终止的事实和依据"),
        (blamed and not guilty, "at_fault", "请选择责任方"),
        (cause is Cause.EXEMPT and guilty, "at_fault", "免责终止没有责任方，请改选“无”"),
        (
            fraud and years not in range(SHORTEST, LONGEST + 1),
            "integrity_years",
            f"请填写拟列入失信名单的年限，{span}",
        ),
        (
            not fraud and bool(years),
            "integrity_years",
            "只有弄虚作假、挪用资金才列入失信名单",
        ),
        (recover_fen > contract.paid_fen, "recover_fen", "追回金额不能超过已付金额"),
    )


def decide(contract: Contract, *, approve: bool, note: str, by: Any, now: datetime) -> Termination:
    """Approve or refuse the request, as the leader; nobody decides on what he asked for."""
    row = web.found(latest(contract))
    if row.requested_by_id == by.id:
        raise NotAllowed("提请人不能批准自己的提请。")
    row.approved, row.decided_at, row.decided_by_id = approve, now, by.id
    row.decision_note = note.strip()[:2000]
    if not approve:
        trail.advance(contract, "terminate_refuse", by=by, now=now, reason=note)
        _tell("termination_refused", contract, now=now)
        return row
    trail.advance(contract, "terminate_approve", by=by, now=now, reason=note, cause=str(row.cause))
    stop_milestones(contract, f"合同终止（{row.cause.label}）", by=by, now=now)
    if row.cause is Cause.FRAUD:
        _list(contract, row, by=by, now=now)
    if contract.bounty is not None:
        reason = f"合同 {contract.contract_no} 终止：{row.reason}"
        bounty_steps.terminated(contract.bounty, by=by, reason=reason, now=now)
    payload = {"contract": contract.id, "cause": row.cause.value, "at_fault": row.at_fault}
    outbox.add("contract.terminated", payload, now=now)
    return row


def stop_milestones(
    contract: Contract, reason: str, *, by: Any, now: datetime, main_only: bool = False
) -> int:
    """Stop what is not yet paid; what is paid stays. Return how many milestones were stopped."""
    stopped = 0
    for row in bounty_steps.live_milestones(contract):
        if row.state in OPEN_MILESTONES and (row.is_main or not main_only):
            trail.advance(row, "stop", by=by, now=now, reason=reason)
            stopped += 1
    return stopped


def _list(contract: Contract, row: Termination, *, by: Any, now: datetime) -> None:
    """Enter the party at fault on the integrity list, unless it stands there already."""
    guilty: Organisation = contract.party(Side(row.at_fault))
    if any(one.ended_at is None for one in integrity.of(guilty)):
        return
    today = clock.today(now)
    years = row.integrity_years or SHORTEST
    integrity.enter(
        guilty,
        {
            "standing": Integrity.BLACKLIST,
            "from_on": today,
            "until_on": workdays.contract_end(today, months=12 * years),
            "document": f"技术合同 {contract.contract_no} 终止审批",
            "reason": row.reason,
        },
        by=by,
        now=now,
    )


def _tell(what: str, contract: Contract, *, now: datetime) -> None:
    outbox.add("contract.moved", {"what": what, "contract": contract.id}, now=now)
