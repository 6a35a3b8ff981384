"""The bureau's figures (统计): one SQL statement a figure, each with the list it counts.

A figure counts every row, whoever asks, and names nobody; its list is scoped to the reader.
"""

from dataclasses import dataclass
from datetime import date, datetime

from matchmaker import clock
from matchmaker.reporting import counting, periods
from matchmaker.reporting.counting import Cell, Distribution
from matchmaker.reporting.periods import Period
from matchmaker.reporting.pools import ACHIEVEMENT, NEED, PAIRING, POOLS
from matchmaker.reporting.subjects import Subject

STANDING = {"standing": "1"}


@dataclass(frozen=True)
class PoolLine:
    """One noun of a pool: how many stand in it, how many came in and when."""

    pool: str
    label: str
    total: Cell
    month: Cell
    year: Cell
    period: Cell
    before: Cell

    @property
    def growth(self) -> str:
        """同比 of the period against the same days of the year before."""
        return periods.growth(self.period.value, self.before.value)


@dataclass(frozen=True)
class Acceptance:
    """采纳情况: what officers made of the recommendations in the period, and what waits now."""

    accepted: Cell
    rejected: Cell
    waiting: Cell

    @property
    def rate(self) -> str:
        """Accepted among the decided."""
        return periods.share(self.accepted.value, self.accepted.value + self.rejected.value)


@dataclass(frozen=True)
class Board:
    """Everything the page shows."""

    period: Period
    as_of: datetime
    pools: tuple[PoolLine, ...]
    states: tuple[Distribution, ...]
    acceptance: Acceptance
    resolved: Cell
    towns: tuple[Distribution, ...]
    fields: tuple[Distribution, ...]


def board(period: Period, *, now: datetime) -> Board:
    """Read every figure of the page."""
    today = clock.today(now)
    (resolved,) = counting.count(NEED, _resolved(period))
    return Board(
        period=period,
        as_of=now,
        pools=tuple(
            pool_line(pool, subject, period, today) for pool, group in POOLS for subject in group
        ),
        states=tuple(counting.by_state(subject, {}) for _pool, group in POOLS for subject in group),
        acceptance=acceptance(period),
        resolved=Cell("解决技术难题", resolved, NEED.key, _resolved(period)),
        towns=(
            counting.by_town(NEED, "在库需求", STANDING),
            counting.by_town(NEED, "时段内受理需求", period.args),
        ),
        fields=(
            counting.by_field(NEED, "在库需求", STANDING),
            counting.by_field(ACHIEVEMENT, "在库成果", STANDING),
        ),
    )


def _resolved(period: Period) -> dict[str, str]:
    return {f"resolved_{key}": day for key, day in period.args.items()}


def pool_line(pool: str, subject: Subject, period: Period, today: date) -> PoolLine:
    """Count one noun of a pool in one statement."""
    named = {
        "在库": STANDING,
        "本月新增": periods.current("month", today).args,
        "本年新增": periods.current("year", today).args,
        "时段新增": period.args,
        "上年同期": period.year_before().args,
    }
    numbers = counting.count(subject, *named.values())
    cells = [
        Cell(label, number, subject.key, args)
        for (label, args), number in zip(named.items(), numbers, strict=True)
    ]
    return PoolLine(pool, subject.label, *cells)


def acceptance(period: Period) -> Acceptance:
    """Count the decided pairs of the period and those that wait now, in one statement."""
    named = {
        "采纳": {"state": "accepted", **period.args},
        "不相关": {"state": "rejected", **period.args},
        "未处理": {"state": "new"},
    }
    numbers = counting.count(PAIRING, *named.values())
    cells = [
        Cell(label, number, PAIRING.key, args)
        for (label, args), number in zip(named.items(), numbers, strict=True)
    ]
    return Acceptance(*cells)
