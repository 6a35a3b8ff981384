"""The bureau's figures (统计): one SQL statement a figure, each with the list it counts.

A figure counts every row, whoever asks, and names nobody; its list is scoped to the reader.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from sqlalchemy import func, select

from matchmaker import clock
from matchmaker.brokering.lead_models import Lead
from matchmaker.extensions import db
from matchmaker.needs.models import Need
from matchmaker.reporting import counting, periods
from matchmaker.reporting.brokered import LEAD, PAIRING
from matchmaker.reporting.counting import Cell, Distribution
from matchmaker.reporting.periods import Period
from matchmaker.reporting.pools import ACHIEVEMENT, NEED, POOLS
from matchmaker.reporting.subjects import Subject

STANDING = {"standing": "1"}
OVERDUE = {"overdue": "1"}
DAY = 24 * 3600  # seconds


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
class Outcome:
    """对接成效: leads of the period, those open now, and how soon a need finds its first lead."""

    started: Cell
    signed: Cell
    resolved: Cell
    open: Cell
    overdue: Cell
    first_lead_days: str
    first_lead_needs: Cell


@dataclass(frozen=True)
class Board:
    """Everything the page shows."""

    period: Period
    as_of: datetime
    pools: tuple[PoolLine, ...]
    states: tuple[Distribution, ...]
    acceptance: Acceptance
    outcome: Outcome
    towns: tuple[Distribution, ...]
    fields: tuple[Distribution, ...]


def board(period: Period, *, now: datetime) -> Board:
    """Read every figure of the page."""
    nouns = [(pool, subject) for pool, group in POOLS for subject in group]
    return Board(
        period=period,
        as_of=now,
        pools=tuple(pool_line(pool, subject, period, now=now) for pool, subject in nouns),
        states=tuple(
            counting.by_state(subject, {}, now=now) for subject in (LEAD, *(s for _, s in nouns))
        ),
        acceptance=acceptance(period, now=now),
        outcome=outcome(period, now=now),
        towns=(
            counting.by_town(NEED, "在库需求", STANDING, now=now),
            counting.by_town(NEED, "时段内受理需求", period.args, now=now),
            counting.by_town(LEAD, "进行中对接", STANDING, now=now),
            counting.by_town(LEAD, "时段内发起对接", period.args, now=now),
            counting.by_town(LEAD, "逾期对接", OVERDUE, now=now),
        ),
        fields=(
            counting.by_field(NEED, "在库需求", STANDING, now=now),
            counting.by_field(ACHIEVEMENT, "在库成果", STANDING, now=now),
            counting.by_field(LEAD, "进行中对接", STANDING, now=now),
        ),
    )


def pool_line(pool: str, subject: Subject, period: Period, *, now: datetime) -> PoolLine:
    """Count one noun of a pool in one statement."""
    today = clock.today(now)
    named = {
        "在库": STANDING,
        "本月新增": periods.current("month", today).args,
        "本年新增": periods.current("year", today).args,
        "时段新增": period.args,
        "上年同期": period.year_before().args,
    }
    return PoolLine(pool, subject.label, *counting.cells(subject, named, now=now))


def acceptance(period: Period, *, now: datetime) -> Acceptance:
    """Count the decided pairs of the period and those that wait now, in one statement."""
    named = {
        "采纳": {"state": "accepted", **period.args},
        "不相关": {"state": "rejected", **period.args},
        "待处理": {"waiting": "1"},
    }
    return Acceptance(*counting.cells(PAIRING, named, now=now))


def outcome(period: Period, *, now: datetime) -> Outcome:
    """Count leads and what came of them: three statements, one a noun and one for the days."""
    resolved, led = counting.cells(
        NEED,
        {
            "解决技术难题": period.args_as("resolved_"),
            "已有对接的需求": {"led": "1", **period.args},
        },
        now=now,
    )
    started, signed, standing, overdue = counting.cells(
        LEAD,
        {
            "发起对接": period.args,
            "签约": {"state": "signed", **period.args_as("signed_")},
            "进行中": STANDING,
            "逾期": OVERDUE,
        },
        now=now,
    )
    days = median_days(led.args, now=now)
    return Outcome(started, signed, resolved, standing, overdue, days, led)


def median_days(args: counting.Args, *, now: datetime) -> str:
    """Return the median of days from acceptance to the first lead, one decimal; — of nothing.

    args : the filters of the needs in question.  A lead older than the acceptance counts 0 days.
    """
    query = (
        select(Need.accepted_at, func.min(Lead.created_at))
        .join(Lead, Lead.need_id == Need.id)
        .where(counting.condition(NEED, args, now=now))
        .group_by(Need.id, Need.accepted_at)
    )
    waits = [max(led - since, timedelta()) for since, led in db.session.execute(query)]
    if not waits:
        return "—"
    days = Decimal(median(wait.total_seconds() for wait in waits)) / DAY
    return f"{days.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)} 天"
