"""Delivery, check, filing and payment of milestones, in their order, to the 分."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, money, outbox, web
from matchmaker.audit import trail
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import bounty_steps, filing, people, signing
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.contracts.parameters import MOST_REWORKS
from matchmaker.contracts.performing_models import Milestone, Payment
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.files.documents import Received
from matchmaker.lifecycles import ContractState, MilestoneState, PaymentState
from matchmaker.money import Unit

M = MilestoneState
LEAST_NOTE = 10


def milestone_of(contract: Contract, public_id: str) -> Milestone:
    """Return a milestone of this very contract; raise `NotFound` for another's."""
    query = select(Milestone).where(
        Milestone.contract_id == contract.id, Milestone.public_id == public_id
    )
    return web.found(db.session.scalars(query).one_or_none())


def payment_of(contract: Contract, public_id: str) -> Payment:
    """Return a payment of this very contract; raise `NotFound` for another's."""
    query = select(Payment).where(
        Payment.contract_id == contract.id, Payment.public_id == public_id
    )
    return web.found(db.session.scalars(query).one_or_none())


def _require_performing(contract: Contract, *, now: datetime) -> None:
    if contract.state is ContractState.SIGNED:
        signing.start(contract, by=trail.SYSTEM, now=now)
    if contract.state is not ContractState.PERFORMING:
        raise WrongState(f"合同当前为“{contract.state.label}”，这一步暂不能办理。")


def _earlier(contract: Contract, row: Milestone) -> list[Milestone]:
    rows = bounty_steps.live_milestones(contract)
    return [one for one in rows if one.seq < row.seq]


def submit(
    contract: Contract,
    row: Milestone,
    *,
    note: str,
    files: Sequence[Received],
    by: Any,
    now: datetime,
) -> None:
    """Hand the deliverables in, as the seller; earlier milestones must have passed."""
    people.require_side(contract, by, Side.SELLER)
    _require_performing(contract, now=now)
    waiting = next(
        (one for one in _earlier(contract, row) if one.state not in (M.PAYABLE, M.PAID)), None
    )
    if waiting is not None:
        raise WrongState(f"请先办结第 {waiting.seq} 期“{waiting.name}”（{waiting.state.label}）。")
    if len(note.strip()) < LEAST_NOTE:
        raise Invalid({"note": f"请写明完成情况，不少于 {LEAST_NOTE} 字"})
    if not files:
        raise Invalid({"files": "请上传交付物或进展报告"})
    row.delivery_note, row.submitted_at = note.strip()[:3000], now
    for one in files:
        about = f"milestone:{row.id}"
        filing.keep(contract, one, FileKind.DELIVERY, about=about, by=by, now=now)
    trail.advance(row, "submit", by=by, now=now, files=[one.digest for one in files])
    _tell("milestone.submitted", row, now=now)


def check(
    contract: Contract,
    row: Milestone,
    verdict: str,
    *,
    note: str,
    sheet: Received | None,
    by: Any,
    now: datetime,
) -> None:
    """Say whether the delivery passes, must be reworked (twice at most) or fails, as the buyer."""
    people.require_side(contract, by, Side.BUYER)
    _require_performing(contract, now=now)
    if verdict not in ("pass", "rework", "fail"):
        raise Invalid({"verdict": "请选择检查结论"})
    if verdict == "rework" and row.rework_count >= MOST_REWORKS:
        raise Invalid({"verdict": f"已返工 {MOST_REWORKS} 次，请判定通过或不合格"})
    if verdict != "pass" and len(note.strip()) < LEAST_NOTE:
        raise Invalid({"note": f"请写明不符合之处，不少于 {LEAST_NOTE} 字"})
    row.check_note, row.checked_at = note.strip()[:3000], now
    row.rework_count += verdict == "rework"
    if sheet is not None:
        about = f"milestone:{row.id}"
        filing.keep(contract, sheet, FileKind.CHECK, about=about, by=by, now=now)
    trail.advance(row, verdict, by=by, now=now, reason=note)
    if verdict == "fail":
        reason = f"第 {row.seq} 期“{row.name}”检查不合格：{note.strip()}"
        trail.advance(contract, "dispute", by=by, now=now, reason=reason)
    _tell(f"milestone.{verdict}", row, now=now)


def file(contract: Contract, row: Milestone, *, by: Any, now: datetime) -> None:
    """File a passed check: the instalment is due."""
    _require_performing(contract, now=now)
    row.filed_at = now
    trail.advance(row, "file", by=by, now=now)
    _tell("milestone.payable", row, now=now)


def retry(contract: Contract, row: Milestone, *, reason: str, by: Any, now: datetime) -> None:
    """Let a failed milestone be delivered again, once the dispute is over."""
    _require_performing(contract, now=now)
    trail.advance(row, "retry", by=by, now=now, reason=reason)


def pending_fen(row: Milestone) -> int:
    """Return what was recorded for the milestone and not yet verified, in 分."""
    query = select(Payment.amount_fen).where(
        Payment.milestone_id == row.id, Payment.state == PaymentState.RECORDED
    )
    return sum(db.session.scalars(query))


def record_payment(
    contract: Contract,
    row: Milestone,
    *,
    amount_fen: int | None,
    paid_on: date | None,
    voucher_no: str,
    voucher: Received | None,
    by: Any,
    now: datetime,
) -> Payment:
    """Record what the buyer paid, with its voucher; earlier instalments must be paid in full."""
    people.require_side(contract, by, Side.BUYER)
    _require_performing(contract, now=now)
    _require_turn(contract, row)
    problems = _payment_problems(contract, row, amount_fen, paid_on, today=clock.today(now))
    if voucher is None:
        problems["voucher"] = "请上传付款凭证"
    if problems:
        raise Invalid(problems)
    assert amount_fen is not None and paid_on is not None and voucher is not None  # noqa: S101, PT018
    payment = Payment(
        contract_id=contract.id,
        milestone_id=row.id,
        amount_fen=amount_fen,
        paid_on=paid_on,
        voucher_no=voucher_no.strip()[:60],
        recorded_at=now,
        recorded_by_id=by.id,
    )
    db.session.add(payment)
    row.voucher_count += 1  # its version: two vouchers at once must not exceed the sum
    trail.enter(payment, by=by, now=now, amount_fen=amount_fen, milestone=row.public_id)
    about = f"payment:{payment.id}"
    filing.keep(contract, voucher, FileKind.VOUCHER, about=about, by=by, now=now)
    _tell("payment.recorded", row, now=now)
    return payment


def _require_turn(contract: Contract, row: Milestone) -> None:
    if row.state is not M.PAYABLE:
        raise WrongState(f"第 {row.seq} 期当前为“{row.state.label}”，检查通过并备案后才能付款。")
    unpaid = next((one for one in _earlier(contract, row) if one.state is not M.PAID), None)
    if unpaid is not None:
        raise WrongState(f"第 {unpaid.seq} 期“{unpaid.name}”尚未付清，请按顺序付款。")


def _payment_problems(
    contract: Contract, row: Milestone, amount_fen: int | None, paid_on: date | None, *, today: date
) -> dict[str, str]:
    problems = {}
    left = row.due_fen - pending_fen(row)
    if not amount_fen:
        problems["amount_fen"] = "请填写付款金额，须大于 0"
    elif amount_fen > left:
        due = money.format_money(left, unit=Unit.YUAN)
        problems["amount_fen"] = f"超过本期应付余额 {due}（含待核对的凭证）"
    if paid_on is None:
        problems["paid_on"] = "请选择付款日期"
    elif paid_on > today:
        problems["paid_on"] = "付款日期不能晚于今天"
    elif contract.signed_on and paid_on < contract.signed_on:
        problems["paid_on"] = f"付款日期不能早于签订日 {contract.signed_on}"
    return problems


def verify_payment(contract: Contract, payment: Payment, *, by: Any, now: datetime) -> None:
    """Count a payment after comparing it with its voucher; what is whole becomes 已付款."""
    _require_performing(contract, now=now)
    row = payment.milestone
    payment.verified_at, payment.verified_by_id = now, by.id
    trail.advance(payment, "verify", by=by, now=now, amount_fen=payment.amount_fen)
    if payment.amount_fen > row.due_fen:
        raise WrongState("核对后将超过本期应付金额，请退回凭证。")
    row.paid_fen += payment.amount_fen
    contract.paid_fen += payment.amount_fen
    if row.paid_fen == row.amount_fen:
        row.paid_on = payment.paid_on
        trail.advance(row, "pay", by=by, now=now, paid_fen=row.paid_fen)
        complete_if_paid(contract, now=now)
    db.session.flush()
    _tell("payment.verified", row, now=now)


def return_payment(payment: Payment, *, reason: str, by: Any, now: datetime) -> None:
    """Send a voucher back that does not fit."""
    payment.return_reason = reason.strip()[:1000]
    trail.advance(payment, "return", by=by, now=now, reason=reason)
    _tell("payment.returned", payment.milestone, now=now)


def complete_if_paid(contract: Contract, *, now: datetime) -> None:
    """End the contract well when every milestone that counts is paid; the bounty follows."""
    if contract.state is ContractState.PERFORMING and bounty_steps.all_paid(contract):
        contract.completed_at = now
        trail.advance(contract, "complete", by=trail.SYSTEM, now=now, paid_fen=contract.paid_fen)
        outbox.add("contract.completed", {"contract": contract.id}, now=now)
    if contract.bounty is not None:
        bounty_steps.settle(contract.bounty, now=now)


def _tell(what: str, row: Milestone, *, now: datetime) -> None:
    outbox.add("milestone.moved", {"what": what, "id": row.id}, now=now)
