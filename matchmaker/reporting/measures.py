"""How the bureau measures (统计口径): pure, every figure's inputs are arguments.

成交额 counts registered contracts by the day of registration, never of signing; what leaves and
what enters the district are told apart, a contract within it counts once in the whole.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from matchmaker.reporting.periods import Period

_TENTH = Decimal("0.1")
AMBER_FROM = Decimal("0.8")  # of the share of the year that has passed


@dataclass(frozen=True)
class Registered:
    """A technical contract as the agency registered it; amounts in 分."""

    registered_on: date
    total_fen: int
    tech_fen: int
    seller_here: bool
    buyer_here: bool


@dataclass(frozen=True)
class Trade:
    """Registered contracts of a period: number, 成交额, 技术交易额, 输出, 吸纳; amounts in 分."""

    count: int = 0
    total_fen: int = 0
    tech_fen: int = 0
    sold_fen: int = 0
    bought_fen: int = 0


def trade(contracts: Iterable[Registered], period: Period) -> Trade:
    """Add up the contracts registered in the period of which at least one side is here.

    A contract between two firms of the district is in 输出 and in 吸纳 but once in the whole.
    """
    rows = [
        one
        for one in contracts
        if period.first <= one.registered_on <= period.last and (one.seller_here or one.buyer_here)
    ]
    return Trade(
        count=len(rows),
        total_fen=sum(one.total_fen for one in rows),
        tech_fen=sum(one.tech_fen for one in rows),
        sold_fen=sum(one.total_fen for one in rows if one.seller_here),
        bought_fen=sum(one.total_fen for one in rows if one.buyer_here),
    )


def points(now: Decimal, before: Decimal | None) -> str:
    """Return how far a share moved, in 百分点, never in percent; — where there is no base.

    now, before : shares in percent.
    """
    if before is None:
        return "—"
    moved = (now - before).quantize(_TENTH, rounding=ROUND_HALF_UP)
    return f"{moved:+} 个百分点" if moved else "0.0 个百分点"


def completion(actual: Decimal | int, target: Decimal | int) -> Decimal | None:
    """Return 完成率 in percent with one decimal; None for a target of nothing or less.

    For targets of growth, give the growth rates themselves.
    """
    if target <= 0:
        return None
    percent = Decimal(actual) * 100 / Decimal(target)
    return percent.quantize(_TENTH, rounding=ROUND_HALF_UP)


class Light(Enum):
    """灯号 of a target during its year."""

    GREEN = "绿"
    AMBER = "黄"
    RED = "红"


def light(
    actual: Decimal | int, target: Decimal | int, day: date, *, amber_from: Decimal = AMBER_FROM
) -> Light | None:
    """Return the light: as much done as of the year has passed is green, 80 % of that amber.

    "不少于" is met by the very number. None for a target of nothing or less.
    """
    if target <= 0:
        return None
    days = 366 if calendar.isleap(day.year) else 365
    done = Decimal(actual) / Decimal(target)
    expected = Decimal(day.timetuple().tm_yday) / days
    if done >= expected:
        return Light.GREEN
    return Light.AMBER if done >= expected * amber_from else Light.RED


def to_month(year: int, month: int) -> Period:
    """Return 1 至 N 月 (年初累计): from January first to the month's last day, both included."""
    return Period(
        "custom", date(year, 1, 1), date(year, month, calendar.monthrange(year, month)[1])
    )


def iso_week(day: date) -> tuple[int, int]:
    """Return (year, week) of a weekly report: Monday first, the year is that of the Thursday."""
    found = day.isocalendar()
    return found.year, found.week
