"""补充协议: what is paid stays, the balance is split anew, both sides confirm, the old is kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import clock, money, outbox, web
from matchmaker.audit import trail
from matchmaker.brokering.lead_models import Side
from matchmaker.codes import BountyMode
from matchmaker.contracts import (
    bounty_steps,
    filing,
    negotiating,
    people,
    performing,
    refusing,
    signing,
    terms,
)
from matchmaker.contracts.closing_models import Supplement
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.contracts.performing_models import Milestone
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.files.documents import Received
from matchmaker.lifecycles import MilestoneState, SupplementState
from matchmaker.money import MoneyError, Unit

M = MilestoneState
BUSY = (M.SUBMITTED, M.PASSED, M.PAYABLE)


def open_one(contract: Contract) -> Supplement | None:
    """Return the supplement under way; None where there is none."""
    query = select(Supplement).where(
        Supplement.contract_id == contract.id, Supplement.state == SupplementState.DRAFT
    )
    return db.session.scalars(query).one_or_none()


def required(contract: Contract) -> Supplement:
    """Return the supplement under way; raise `NotFound`."""
    return web.found(open_one(contract))


def all_of(contract: Contract) -> list[Supplement]:
    """Return the contract's supplements, the oldest first."""
    query = select(Supplement).where(Supplement.contract_id == contract.id)
    return list(db.session.scalars(query.order_by(Supplement.number)))


def propose(
    contract: Contract,
    *,
    reason: str,
    total_fen: int | None,
    end_on: date | None,
    plan: Sequence[Mapping[str, Any]],
    by: Any,
    now: datetime,
) -> Supplement:
    """Propose a new total, term and plan of the balance; the proposer's side has confirmed it.

    plan : stages of what is not yet paid, shares of the balance summing to 100.
    """
    side = people.side_of(contract, by)
    if side is None:
        raise NotAllowed("补充协议由合同双方提出。")
    rows = _settled(contract)
    refusing.refuse(
        (not reason.strip(), "reason", "请写明变更原因"),
        (
            end_on is None or refusing.before(end_on, contract.start_on),
            "end_on",
            "截止日不能早于起始日",
        ),
    )
    paid = [one for one in rows if one.state is M.PAID]
    stages = _stages(contract, paid, total_fen or 0, end_on, plan)
    supplement = Supplement(
        contract_id=contract.id, number=_next_number(contract), reason=reason.strip()[:2000],
        total_fen=total_fen, end_on=end_on, plan=stages, before=_before(contract, rows),
        created_at=now, created_by_id=by.id,
    )  # fmt: skip
    _confirm(supplement, side, by=by, now=now)
    db.session.add(supplement)
    trail.enter(supplement, by=by, now=now, contract=contract.public_id, total_fen=total_fen)
    trail.advance(contract, "amend", by=by, now=now, supplement=supplement.public_id)
    _tell("proposed", contract, now=now)
    return supplement


def _settled(contract: Contract) -> list[Milestone]:
    """Return the live milestones; raise `WrongState` while one is being checked or paid."""
    rows = bounty_steps.live_milestones(contract)
    busy = next((one for one in rows if one.state in BUSY), None)
    if busy is not None:
        raise WrongState(f"第 {busy.seq} 期正在检查或付款（{busy.state.label}），请办结后再变更。")
    return rows


def _stages(
    contract: Contract,
    paid: Sequence[Milestone],
    total_fen: int,
    end_on: date | None,
    plan: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Split the balance over the new stages; raise `Invalid` on what does not add up."""
    assert end_on is not None  # noqa: S101 - refused before
    first = max([one.due_on for one in paid] + [contract.start_on or end_on])
    stages = terms.check_stages(plan, first=min(first, end_on), last=end_on)
    try:
        parts = money.resplit(
            total_fen,
            paid_fen=[one.amount_fen for one in paid],
            percentages=[terms.share_of(one["share"]) for one in stages],
        )
        balance = parts[len(paid) :]
        money.check_installments(total_fen, parts)
    except MoneyError as error:
        raise Invalid({"total_fen": str(error)}) from None
    return [{**one, "amount_fen": part} for one, part in zip(stages, balance, strict=True)]


def _before(contract: Contract, rows: Sequence[Milestone]) -> dict[str, Any]:
    return {
        "total_fen": contract.total_fen,
        "end_on": contract.end_on.isoformat() if contract.end_on else "",
        "plan": [_line(one) for one in rows],
    }


def _line(row: Milestone) -> str:
    amount = money.format_money(row.amount_fen, unit=Unit.YUAN)
    return f"第 {row.seq} 期 {row.name}，{row.due_on} 前，{amount}（{row.state.label}）"


def comparison(supplement: Supplement) -> list[tuple[str, str, str]]:
    """Return (label, before, after) for the two versions side by side."""
    before = supplement.before
    paid = [line for line in before.get("plan", []) if line.endswith(f"（{M.PAID.label}）")]
    after = [terms.plan_line(stage) for stage in supplement.plan]
    return [
        ("合同成交额", _yuan(before["total_fen"]), _yuan(supplement.total_fen)),
        ("截止日", before["end_on"], supplement.end_on.isoformat()),
        ("里程碑与付款", "\n".join(before["plan"]), "\n".join([*paid, *after])),
    ]


def _yuan(fen: int) -> str:
    return money.format_money(fen, unit=Unit.YUAN)


def _next_number(contract: Contract) -> int:
    query = select(func.max(Supplement.number)).where(Supplement.contract_id == contract.id)
    return (db.session.scalar(query) or 0) + 1


def _confirm(supplement: Supplement, side: Side, *, by: Any, now: datetime) -> None:
    setattr(supplement, f"{side.value}_confirmed_at", now)
    setattr(supplement, f"{side.value}_confirmed_by_id", by.id)


def confirm(contract: Contract, supplement: Supplement, *, by: Any, now: datetime) -> None:
    """Confirm the supplement for one's side."""
    side = people.side_of(contract, by)
    if side is None:
        raise NotAllowed("由合同双方的单位管理员确认。")
    _confirm(supplement, side, by=by, now=now)
    told = {"side": side.value}
    trail.record("confirm_supplement", "supplement", supplement.public_id, by=by, now=now, **told)
    _tell("confirmed", contract, now=now)


def drop(
    contract: Contract, supplement: Supplement, *, reason: str, by: Any, now: datetime
) -> None:
    """Take the supplement back; the contract goes on as it was."""
    trail.advance(supplement, "drop", by=by, now=now, reason=reason)
    trail.advance(contract, "amend_drop", by=by, now=now, reason=reason)
    _tell("dropped", contract, now=now)


def apply(
    contract: Contract, supplement: Supplement, *, scan: Received | None, by: Any, now: datetime
) -> None:
    """Put the supplement in force: unpaid milestones become 已变更, the new ones follow the paid.

    Raises `Invalid` without both confirmations or the scan.
    """
    problems = {}
    if not (supplement.buyer_confirmed_at and supplement.seller_confirmed_at):
        problems["scan"] = "双方都确认后才能生效"
    if scan is None:
        problems.setdefault("scan", "请上传双方签章的补充协议扫描件")
    if problems:
        raise Invalid(problems)
    assert scan is not None  # noqa: S101 - refused above
    about = f"supplement:{supplement.number}"
    filing.keep(contract, scan, FileKind.SUPPLEMENT, about=about, by=by, now=now)
    rows = bounty_steps.live_milestones(contract)
    paid = [one for one in rows if one.state is M.PAID]
    for row in rows:
        if row.state is not M.PAID:
            trail.advance(row, "change", by=by, now=now, supplement=supplement.public_id)
    signing.add_milestones(
        contract, supplement.plan, plan_no=supplement.number, first_seq=len(paid) + 1, by=by,
        now=now,
    )  # fmt: skip
    _take_over(contract, supplement, paid)
    supplement.effective_at = now
    trail.advance(supplement, "apply", by=by, now=now, scan=scan.digest)
    trail.advance(contract, "amend_apply", by=by, now=now, total_fen=contract.total_fen)
    performing.complete_if_paid(contract, now=now)
    _tell("effective", contract, now=now)


def _take_over(contract: Contract, supplement: Supplement, paid: Sequence[Milestone]) -> None:
    kept = [
        {"name": one.name, "due_on": one.due_on.isoformat(), "deliverables": one.deliverables,
         "share": one.share, "amount_fen": one.amount_fen, "is_main": one.is_main}
        for one in paid
    ]  # fmt: skip
    contract.plan = [*kept, *supplement.plan]
    contract.total_fen, contract.end_on = supplement.total_fen, supplement.end_on
    contract.planned_fen = sum(one["amount_fen"] for one in contract.plan)
    bounty = contract.bounty
    race = bounty is not None and bounty.mode is BountyMode.HORSE_RACE
    if race and negotiating.committed(contract) > (bounty.amount_fen or 0):  # type: ignore[union-attr]
        raise Invalid({"scan": "变更后各家阶段付款与主榜金合计超过榜额"})


def _tell(what: str, contract: Contract, *, now: datetime) -> None:
    payload = {"what": what, "contract": contract.id, "on": clock.today(now).isoformat()}
    outbox.add("supplement.moved", payload, now=now)
