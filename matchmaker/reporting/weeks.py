"""The matcher's course over weeks (逐周走势), and when the bureau should look into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case

from matchmaker.reporting import periods, rates
from matchmaker.reporting.measures import iso_week
from matchmaker.reporting.periods import Period
from matchmaker.reporting.rates import Rate
from matchmaker.reporting.ratios import Definition

RECENT, BEFORE = 4, 12  # whole weeks
RULE = (
    f"预警规则：最近 {RECENT} 个完整周合计的比率，低于此前 {BEFORE} 周合计的 95% 置信区间下限，"
    "即标为“下降”。"
    f"两段各须有 {rates.MINIMUM} 条以上处理过的推荐，否则不判断；未完的一周不参与。"
    "标为“下降”时，先看下面的算法版本和词典改动，再看是否来了一批库里没有对应成果的需求。"
)


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday in Beijing; `complete` once its Sunday has passed."""

    first: date
    complete: bool

    @property
    def last(self) -> date:
        """The Sunday."""
        return self.first + timedelta(days=6)

    @property
    def key(self) -> str:
        """The ISO week, as 2026-W47."""
        year, week = iso_week(self.first)
        return f"{year}-W{week:02}"

    @property
    def label(self) -> str:
        """The two days as text."""
        return f"{self.first:%Y-%m-%d} 至 {self.last:%m-%d}"

    @property
    def args(self) -> dict[str, str]:
        """The week as a list's filters."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True)
class Alarm:
    """One rate of the last four weeks beside the twelve before: fell, did not, or too few."""

    definition: Definition
    recent: Rate
    before: Rate

    @property
    def fell(self) -> bool | None:
        """See `rates.fell`."""
        return rates.fell(self.recent, self.before)

    @property
    def told(self) -> str:
        """The finding in a word."""
        return {True: "下降", False: "正常", None: rates.FEW}[self.fell]


def weeks(period: Period, today: date) -> list[Week]:
    """Return sixteen whole weeks up to the period's end, and the running one if it is in it.

    A period that ends within a past week ends with that week.
    """
    end = min(period.last, today)
    monday = end - timedelta(days=end.weekday())
    complete = monday + timedelta(days=6) < today
    count = RECENT + BEFORE + (not complete)
    return [
        Week(monday - timedelta(weeks=back), complete or back > 0)
        for back in range(count - 1, -1, -1)
    ]


def span(found: Sequence[Week]) -> dict[str, str]:
    """Return the filters of all the weeks together."""
    return {"from": found[0].args["from"], "to": found[-1].args["to"]}


def number(found: Sequence[Week], moment: Any) -> Any:
    """Return in which of these weeks a moment lies, from 0 on; the last takes what is later."""
    bounds = [(moment < periods.starts(week.first), place) for place, week in enumerate(found[1:])]
    return case(*bounds, else_=len(found) - 1)


def alarm(definition: Definition, whole: Sequence[Rate]) -> Alarm:
    """Hold the last four whole weeks against the twelve before them."""
    recent = sum(whole[-RECENT:], Rate(0, 0))
    return Alarm(definition, recent, sum(whole[-RECENT - BEFORE : -RECENT], Rate(0, 0)))
