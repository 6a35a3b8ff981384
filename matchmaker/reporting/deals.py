"""技术合同 in figures: signed, 成交额 by the day of registration, 输出 and 吸纳, and what was paid.

Amounts are added up in 分 and converted when shown. Only registered contracts count as 成交额.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from matchmaker.accounts.models import Organisation
from matchmaker.contracts.closing_models import Registration
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Payment
from matchmaker.contracts.subsidy_models import Subsidy
from matchmaker.extensions import db
from matchmaker.lifecycles import PaymentState, RegistrationState
from matchmaker.places import operations as places
from matchmaker.reporting.periods import Period, growth


@dataclass(frozen=True)
class Line:
    """One figure: how many, how much in 分, the same a year before, and 同比 of the amount."""

    label: str
    count: int
    fen: int
    before_fen: int
    growth: str


def lines(period: Period) -> list[Line]:
    """Return the figures of the period beside those of the same days a year before."""
    before = dict(_all(period.year_before()))
    return [
        Line(label, count, fen, before[label][1], growth(fen, before[label][1]))
        for label, (count, fen) in _all(period)
    ]


def _all(period: Period) -> Iterable[tuple[str, tuple[int, int]]]:
    buyer, seller = aliased(Organisation), aliased(Organisation)
    registered = (
        select(func.count(Registration.id), func.coalesce(func.sum(Registration.total_fen), 0))
        .join(Contract, Contract.id == Registration.contract_id)
        .join(buyer, buyer.id == Contract.buyer_id)
        .join(seller, seller.id == Contract.seller_id)
        .where(
            Registration.state == RegistrationState.REGISTERED,
            *_within(Registration.reg_on, period),
        )
    )
    technical = registered.with_only_columns(
        func.count(Registration.id), func.coalesce(func.sum(Registration.tech_fen), 0)
    )
    yield "签订技术合同", _sum(Contract, Contract.total_fen, _within(Contract.signed_on, period))
    yield "登记成交额", _read(registered)
    yield "其中技术交易额", _read(technical)
    yield "输出（卖方在本区）", _read(registered.where(_here(seller)))
    yield "吸纳（买方在本区）", _read(registered.where(_here(buyer)))
    verified = (Payment.state == PaymentState.VERIFIED, *_within(Payment.paid_on, period))
    yield "兑付（已核对付款）", _sum(Payment, Payment.amount_fen, verified)
    yield "拨付财政补助", _sum(Subsidy, Subsidy.amount_fen, _within(Subsidy.paid_on, period))


def _within(day: Any, period: Period) -> tuple[ColumnElement[bool], ...]:
    return day >= period.first, day <= period.last


def _here(unit: Any) -> ColumnElement[bool]:
    """Hold for organisations of the district: by its code, or by one of its towns."""
    return or_(unit.region_code == places.settings()["region_code"], unit.town_id.is_not(None))


def _sum(model: Any, amount: Any, conditions: Iterable[ColumnElement[bool]]) -> tuple[int, int]:
    counted = select(func.count(model.id), func.coalesce(func.sum(amount), 0))
    return _read(counted.where(*conditions))


def _read(query: Select[Any]) -> tuple[int, int]:
    count, fen = db.session.execute(query).one()
    return int(count), int(fen)
