"""Contracts, payments and subsidies as lists: filters, columns, export, and totals in 分."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, codes, listing, money, policy, web
from matchmaker.accounts.models import Organisation
from matchmaker.brokering.listing import labels, named, officer_choices, town_choices
from matchmaker.contracts.closing_models import Registration
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone, Payment
from matchmaker.contracts.subsidy_models import SubsidyBatch
from matchmaker.extensions import db
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import (
    UNSIGNED,
    ContractState,
    MilestoneState,
    PaymentState,
    RegistrationState,
    SubsidyState,
)
from matchmaker.listing import Column, Filter, Spec
from matchmaker.money import Unit

AWAITED = (MilestoneState.PLANNED, MilestoneState.REWORK)
RUNNING = (ContractState.SIGNED, ContractState.PERFORMING)


class Late:
    """What the list prints for a contract that is late: a red badge."""

    label, tone = "逾期", "bad"


def visible(viewer: Any) -> Select[Any]:
    """Return the query of the contracts the viewer may see in a list."""
    query = policy.scope(viewer, "contract", "read", "read_metadata")
    return query.options(
        joinedload(Contract.buyer),
        joinedload(Contract.seller),
        joinedload(Contract.bounty),
        joinedload(Contract.handler),
    )


def payments(viewer: Any) -> Select[Any]:
    """Return the query of the payments the viewer may see."""
    query = policy.scope(viewer, "payment", "list")
    contract = joinedload(Payment.contract)
    return query.options(
        contract.joinedload(Contract.buyer),
        contract.joinedload(Contract.seller),
        joinedload(Payment.milestone),
    )


def batches(viewer: Any) -> Select[Any]:
    """Return the query of the subsidies the viewer may see."""
    return policy.scope(viewer, "subsidy", "list")


def total(spec: Spec, query: Select[Any], args: Any, column: Any) -> int:
    """Sum a column of the filtered list, in 分: converted only when shown."""
    narrowed = listing.narrowed(spec, query, args).order_by(None)
    ids = narrowed.with_only_columns(column.class_.id).subquery()
    summed = select(func.coalesce(func.sum(column), 0)).where(
        column.class_.id.in_(select(ids.c[0]))
    )
    return int(db.session.scalar(summed) or 0)


def overdue(today: date) -> Any:
    """Hold for contracts whose time to sign, or whose next milestone's day, has passed."""
    late = select(Milestone.contract_id).where(
        Milestone.state.in_(AWAITED), Milestone.due_on < today
    )
    return or_(
        Contract.state.in_(UNSIGNED) & (Contract.sign_by < today),
        Contract.state.in_(RUNNING) & Contract.id.in_(late),
    )


def _state(model: Any, states: Any) -> Any:
    known = {str(one.value): one for one in states}
    return lambda query, value: (
        query.where(model.state == known[value]) if value in known else (query)
    )


def _kind(query: Select[Any], value: str) -> Select[Any]:
    return query.where(Contract.kind == value)


def _registered(query: Select[Any], value: str) -> Select[Any]:
    known = {str(one.value): one for one in RegistrationState}
    if value not in known:
        return query
    ids = select(Registration.contract_id).where(Registration.state == known[value])
    return query.where(Contract.id.in_(ids))


def _town(query: Select[Any], value: str) -> Select[Any]:
    number = row_number(value)
    firms = select(Organisation.id).where(Organisation.town_id == number)
    return query if number is None else query.where(Contract.buyer_id.in_(firms))


def _officer(query: Select[Any], value: str) -> Select[Any]:
    number = row_number(value)
    return query if number is None else query.where(Contract.handler_id == number)


def _text(query: Select[Any], value: str) -> Select[Any]:
    units = select(Organisation.id).where(Organisation.name.icontains(value, autoescape=True))
    return query.where(
        or_(
            Contract.contract_no.icontains(value, autoescape=True),
            Contract.title.icontains(value, autoescape=True),
            Contract.buyer_id.in_(units),
            Contract.seller_id.in_(units),
        )
    )


def _day(column: Any, *, last: bool) -> Any:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return query
        return query.where(column <= day if last else column >= day)

    return apply


def yuan(fen: Any) -> str:
    """Show an amount in 元 with both decimals: the ledger is exact to the 分."""
    return money.format_money(int(fen), unit=Unit.YUAN) if isinstance(fen, int) else str(fen or "")


def contract_spec(now: datetime, *, bureau: bool) -> Spec:
    """Return the contracts' columns and filters."""
    today = clock.today(now)
    columns = (
        Column("title", "合同", lambda n: n.title),
        Column("contract_no", "合同编号", lambda n: n.contract_no, sort=Contract.contract_no),
        Column("state", "状态", lambda n: n.state, sort=Contract.state),
        Column("kind", "类别", lambda n: n.kind_label),
        Column("buyer", "甲方", lambda n: named(n.buyer)),
        Column("seller", "乙方", lambda n: named(n.seller)),
        Column("total_fen", "成交额", lambda n: yuan(n.total_fen), Contract.total_fen, align="end"),
        Column("paid_fen", "已付", lambda n: yuan(n.paid_fen), Contract.paid_fen, align="end"),
        Column("sign_by", "签约期限", lambda n: web.as_day(n.sign_by), sort=Contract.sign_by),
        Column("signed_on", "签订日", lambda n: web.as_day(n.signed_on), sort=Contract.signed_on),
        Column("end_on", "截止日", lambda n: web.as_day(n.end_on), Contract.end_on, default=False),
        Column("handler", "经办", lambda n: named(n.handler) or "待分派", default=bureau),
        Column(
            "created_at",
            "起草日",
            lambda n: web.as_day(n.created_at),
            sort=Contract.created_at,
            default=False,
        ),
    )
    filters = [
        Filter("text", "编号、名称或单位", _text, kind="text"),
        Filter("state", "状态", _state(Contract, ContractState), choices=labels(ContractState)),
        Filter("kind", "类别", _kind, choices=lambda: codes.choices("contract_type")),
        Filter("registered", "登记", _registered, choices=labels(RegistrationState)),
        Filter("overdue", "只看逾期", lambda q, _v: q.where(overdue(today)), kind="check"),
        Filter("signed_from", "签订不早于", _day(Contract.signed_on, last=False), kind="date"),
        Filter("signed_to", "签订不晚于", _day(Contract.signed_on, last=True), kind="date"),
    ]
    if bureau:
        filters += [
            Filter("town", "镇街园区", _town, choices=town_choices),
            Filter("officer", "经办", _officer, choices=officer_choices),
        ]
    return Spec("contract", columns, tuple(filters), "-created_at", tie=Contract.id)


def _payment_text(query: Select[Any], value: str) -> Select[Any]:
    ids = _text(select(Contract.id), value)
    return query.where(Payment.contract_id.in_(ids))


def payment_spec() -> Spec:
    """Return the ledger of payments."""
    columns = (
        Column("title", "合同", lambda n: n.contract_title),
        Column("contract_no", "合同编号", lambda n: n.contract_no),
        Column("seq", "期次", lambda n: n.seq),
        Column("milestone", "里程碑", lambda n: n.milestone_name),
        Column("buyer", "付款方", lambda n: named(n.buyer)),
        Column("seller", "收款方", lambda n: named(n.seller)),
        Column("amount_fen", "金额", lambda n: yuan(n.amount_fen), Payment.amount_fen, align="end"),
        Column("paid_on", "付款日", lambda n: web.as_day(n.paid_on), sort=Payment.paid_on),
        Column("voucher_no", "凭证号", lambda n: n.voucher_no),
        Column("state", "状态", lambda n: n.state, sort=Payment.state),
    )
    filters = (
        Filter("text", "合同或单位", _payment_text, kind="text"),
        Filter("state", "状态", _state(Payment, PaymentState), choices=labels(PaymentState)),
        Filter("paid_from", "付款不早于", _day(Payment.paid_on, last=False), kind="date"),
        Filter("paid_to", "付款不晚于", _day(Payment.paid_on, last=True), kind="date"),
    )
    return Spec("payment", columns, filters, "-paid_on", tie=Payment.id)


def subsidy_spec() -> Spec:
    """Return the ledger of subsidies."""
    columns = (
        Column("name", "批次", lambda n: n.name),
        Column("batch_no", "编号", lambda n: n.batch_no, sort=SubsidyBatch.batch_no),
        Column("year", "预算年度", lambda n: n.year, sort=SubsidyBatch.year),
        Column("count", "合同数", lambda n: n.count, align="end"),
        Column("due_fen", "按规则应补", lambda n: yuan(n.due_fen), align="end"),
        Column(
            "total_fen",
            "安排补助",
            lambda n: yuan(n.total_fen),
            SubsidyBatch.total_fen,
            align="end",
        ),
        Column("paid_fen", "已拨付", lambda n: yuan(n.paid_fen), align="end"),
        Column("state", "状态", lambda n: n.state, sort=SubsidyBatch.state),
        Column(
            "proposed_at", "提请日", lambda n: web.as_day(n.proposed_at), SubsidyBatch.proposed_at
        ),
    )
    filters = (
        Filter("state", "状态", _state(SubsidyBatch, SubsidyState), choices=labels(SubsidyState)),
        Filter("year", "年度", _year, kind="number"),
    )
    return Spec("subsidy", columns, filters, "-proposed_at", tie=SubsidyBatch.id)


def _year(query: Select[Any], value: str) -> Select[Any]:
    number = row_number(value)
    return query if number is None else query.where(SubsidyBatch.year == number)
