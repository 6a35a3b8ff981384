"""中期检查, 延期 and 验收: applied for in time, looked at by experts, concluded by another."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox, web, workdays
from matchmaker.audit import trail
from matchmaker.contracts import bounty_steps, filing, parameters, people
from matchmaker.contracts.closing_models import Acceptance, Finding, Inspection
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.files.documents import Received
from matchmaker.lifecycles import ContractState
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar

RUNNING = (ContractState.PERFORMING, ContractState.COMPLETED)
LEAST_EXPERTS, LEAST_OPINION, LEAST_SUMMARY = 3, 20, 20


def of(contract: Contract) -> Acceptance | None:
    """Return the contract's acceptance; None before it is applied for."""
    query = select(Acceptance).where(Acceptance.contract_id == contract.id)
    return db.session.scalars(query).one_or_none()


def required(contract: Contract) -> Acceptance:
    """Return the contract's acceptance; raise `NotFound`."""
    return web.found(of(contract))


def inspections(contract: Contract) -> list[Inspection]:
    """Return the mid-term checks, the latest first."""
    query = select(Inspection).where(Inspection.contract_id == contract.id)
    return list(db.session.scalars(query.order_by(Inspection.id.desc())))


def inspect(
    contract: Contract,
    *,
    held_on: date | None,
    finding: Finding | None,
    note: str,
    material: Received | None,
    by: Any,
    now: datetime,
) -> Inspection:
    """Write a mid-term check down."""
    problems = {}
    if held_on is None or held_on > clock.today(now):
        problems["held_on"] = "请选择检查日期，不能晚于今天"
    if finding is None:
        problems["finding"] = "请选择检查结论"
    if len(note.strip()) < LEAST_OPINION:
        problems["note"] = f"请写明检查情况，不少于 {LEAST_OPINION} 字"
    if problems:
        raise Invalid(problems)
    row = Inspection(
        contract_id=contract.id, held_on=held_on, finding=finding, note=note.strip()[:3000], at=now,
        by_id=by.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if material is not None:
        about = f"inspection:{row.id}"
        filing.keep(contract, material, FileKind.INSPECTION, about=about, by=by, now=now)
    trail.record(
        "inspect", "contract", contract.public_id, by=by, now=now, finding=str(row.finding)
    )
    outbox.add("contract.inspected", {"contract": contract.id}, now=now)
    return row


def extend_term(
    contract: Contract, *, until: date | None, reason: str, by: Any, now: datetime
) -> None:
    """Extend the term, once and by twelve months at most."""
    if contract.state is not ContractState.PERFORMING or contract.end_on is None:
        raise WrongState(f"合同当前为“{contract.state.label}”，不能延期。")
    if contract.extended_to is not None:
        raise WrongState("履行期限只能延长一次。")
    months = int(parameters.get("extension_months"))
    latest = workdays.same_day_later(contract.end_on, months=months)
    problems = {}
    if until is None or not contract.end_on < until <= latest:
        problems["until"] = f"延期后的截止日须在 {contract.end_on} 之后、{latest} 之前（含）"
    if not reason.strip():
        problems["reason"] = "请写明延期原因"
    if problems:
        raise Invalid(problems)
    contract.extended_to, contract.extension_reason = until, reason.strip()[:2000]
    trail.record(
        "extend_term", "contract", contract.public_id, by=by, now=now, reason=reason.strip(),
        until=str(until),
    )  # fmt: skip


def apply_by(contract: Contract) -> date | None:
    """Return the last day to apply: three months after the term, rolled over."""
    if contract.last_day is None:
        return None
    calendar = WorkdayCalendar(places.holidays())
    return calendar.add_months(contract.last_day, int(parameters.get("acceptance_months"))).day


def apply(
    contract: Contract,
    *,
    summary: str,
    results: Sequence[Mapping[str, str]],
    files: Sequence[Received],
    funds: str = "",
    by: Any,
    now: datetime,
) -> Acceptance:
    """Apply for acceptance, as a party; after rectification the same acceptance goes on.

    results : one a contract's indicator: indicator, value, reached ("yes" or "no").
    """
    if people.side_of(contract, by) is None:
        raise NotAllowed("验收由合同双方申请。")
    if contract.state not in RUNNING:
        raise WrongState(f"合同当前为“{contract.state.label}”，不能申请验收。")
    found = _results(contract, results)
    problems = {} if files else {"files": "请上传测试报告、经费决算等验收材料"}
    if len(summary.strip()) < LEAST_SUMMARY:
        problems["summary"] = f"请写明完成情况，不少于 {LEAST_SUMMARY} 字"
    row, last = of(contract), apply_by(contract)
    if row is None and last is not None and clock.today(now) > last:
        problems["summary"] = f"验收申请期限 {last} 已过，请联系科技局"
    if problems:
        raise Invalid(problems)
    row = _again(row, by=by, now=now) if row else _first(contract, by=by, now=now)
    row.summary, row.results = summary.strip()[:5000], found
    row.funds = funds.strip()[:2000]
    for one in files:
        filing.keep(contract, one, FileKind.ACCEPTANCE, about="acceptance", by=by, now=now)
    if contract.bounty is not None:
        bounty_steps.applied(contract.bounty, now=now)
    tell("applied", contract, now=now)
    return row


def _results(contract: Contract, results: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    given = {str(one.get("indicator")): one for one in results}
    found = []
    for indicator in contract.indicators:
        one = given.get(indicator, {})
        value = str(one.get("value") or "").strip()[:200]
        if not value:
            raise Invalid({"results": f"请填写实测值：{indicator}"})
        found.append({"indicator": indicator, "value": value, "reached": one.get("reached", "no")})
    return found


def _first(contract: Contract, *, by: Any, now: datetime) -> Acceptance:
    row = Acceptance(contract_id=contract.id, summary="", applied_at=now, applied_by_id=by.id)
    db.session.add(row)
    trail.enter(row, by=by, now=now, contract=contract.public_id)
    return row


def _again(row: Acceptance, *, by: Any, now: datetime) -> Acceptance:
    if row.rectify_by is not None and clock.today(now) > row.rectify_by:
        raise WrongState(f"整改期限 {row.rectify_by} 已过，不能再申请验收。")
    row.applied_at, row.applied_by_id = now, by.id
    row.experts, row.opinion, row.held_on = [], "", None
    trail.advance(row, "reapply", by=by, now=now)
    return row


def convene(
    contract: Contract,
    row: Acceptance,
    *,
    held_on: date | None,
    experts: Sequence[Mapping[str, str]],
    opinion: str,
    place: str = "",
    method: str = "",
    by: Any,
    now: datetime,
) -> None:
    """Record the experts' meeting: who they are, what each concluded, what they wrote."""
    problems = {}
    if held_on is None or held_on > clock.today(now):
        problems["held_on"] = "请选择验收日期，不能晚于今天"
    named = [dict(one) for one in experts if str(one.get("name") or "").strip()]
    if len(named) < LEAST_EXPERTS or len(named) % 2 == 0:
        problems["experts"] = f"验收专家须为单数，且不少于 {LEAST_EXPERTS} 人"
    parties = {contract.buyer.name, contract.seller.name}
    own = next((one for one in named if one.get("organisation", "").strip() in parties), None)
    if own is not None:
        problems["experts"] = f"{own['name']}来自合同一方，应当回避"
    if len(opinion.strip()) < LEAST_OPINION:
        problems["opinion"] = f"请写明专家组意见，不少于 {LEAST_OPINION} 字"
    if problems:
        raise Invalid(problems)
    row.held_on, row.experts, row.opinion = held_on, named, opinion.strip()[:5000]
    row.place, row.method = place.strip()[:200], method.strip()[:100]
    row.convened_by_id = by.id
    trail.advance(row, "convene", by=by, now=now, experts=len(named))
    tell("reviewing", contract, now=now)


def conclude(
    contract: Contract, row: Acceptance, verdict: str, *, note: str, by: Any, now: datetime
) -> None:
    """Conclude: pass, rectify (once, within six months) or fail; never by who convened it."""
    if verdict not in ("pass", "rectify", "fail"):
        raise Invalid({"verdict": "请选择验收结论"})
    if by.id == row.convened_by_id:
        raise NotAllowed("验收结论须由组织验收的经办以外的人作出。")
    if verdict == "rectify" and row.rectified:
        raise Invalid({"verdict": "整改只能一次，请判定通过或不通过"})
    row.conclusion_note, row.concluded_at, row.concluded_by_id = note.strip()[:2000], now, by.id
    if verdict == "rectify":
        row.rectified = 1
        months = int(parameters.get("rectify_months"))
        calendar = WorkdayCalendar(places.holidays())
        row.rectify_by = calendar.add_months(clock.today(now), months).day
    trail.advance(row, verdict, by=by, now=now, reason=note)
    bounty = contract.bounty
    if bounty is not None and verdict == "rectify":
        bounty_steps.rectifying(bounty, reason=note, now=now)
    elif bounty is not None and verdict == "pass":
        bounty_steps.settle(bounty, now=now)
    tell(verdict, contract, now=now)


def tell(what: str, contract: Contract, *, now: datetime) -> None:
    """Let other parts know of a step of the acceptance: `acceptance.moved`."""
    outbox.add("acceptance.moved", {"what": what, "contract": contract.id}, now=now)
