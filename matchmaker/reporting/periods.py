"""The period a figure is of: dates on the wall in Beijing, both ends included."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from matchmaker import clock
from matchmaker.errors import Invalid

KINDS = (("month", "本月"), ("quarter", "本季度"), ("year", "本年"), ("custom", "自定"))
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Period:
    """Days `first` to `last`; the running month, quarter and year end today."""

    kind: str
    first: date
    last: date

    @property
    def label(self) -> str:
        """The period as a heading says it."""
        return dict(KINDS)[self.kind] if self.kind != "custom" else "时段"

    @property
    def span(self) -> str:
        """The two dates as text."""
        return f"{self.first:%Y-%m-%d} 至 {self.last:%Y-%m-%d}"

    @property
    def args(self) -> dict[str, str]:
        """The period as a list's filters."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    def args_as(self, prefix: str) -> dict[str, str]:
        """Return the filters of another of the row's days (签约, 解决)."""
        return {f"{prefix}{key}": day for key, day in self.args.items()}

    @property
    def page_args(self) -> dict[str, str]:
        """The period as the page's own address says it."""
        return {"period": self.kind, **(self.args if self.kind == "custom" else {})}

    def year_before(self) -> "Period":
        """Return the same days of the year before (上年同期); a month's end stays its end."""
        return Period(self.kind, _year_before(self.first), _year_before(self.last))


def _year_before(day: date) -> date:
    year = day.year - 1
    month_end = calendar.monthrange(day.year, day.month)[1]
    last = calendar.monthrange(year, day.month)[1]
    return date(year, day.month, last if day.day == month_end else min(day.day, last))


def current(kind: str, today: date) -> Period:
    """Return the running month, quarter or year up to today."""
    month = {"year": 1, "quarter": (today.month - 1) // 3 * 3 + 1}.get(kind, today.month)
    return Period(kind, date(today.year, month, 1), today)


def chosen(args: Mapping[str, str], today: date) -> Period:
    """Return the period a page's address asks for; this month where it asks for none.

    Raises Invalid naming the date at fault and the cure.
    """
    kind = args.get("period", "month")
    if kind != "custom":
        return current(kind if kind in dict(KINDS) else "month", today)
    read = {key: _read(args.get(key, "")) for key in ("from", "to")}
    first, last = read["from"], read["to"]
    if first is None or last is None:
        missing = [key for key, day in read.items() if day is None]
        raise Invalid(dict.fromkeys(missing, "请按 2026-11-01 的格式填写日期"))
    if first > last:
        raise Invalid({"to": "截止日期早于起始日期，请把截止日期改为起始日期当天或之后"})
    if first < EARLIEST:
        raise Invalid({"from": f"起始日期不能早于 {EARLIEST:%Y-%m-%d}"})
    return Period("custom", first, last)


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def starts(day: date) -> datetime:
    """Return the moment the day begins in Beijing."""
    return datetime.combine(day, time(), tzinfo=clock.BEIJING)


def growth(now: int, before: int) -> str:
    """Return 同比 with its sign and one decimal, rounded half up; — where there is no base.

    now, before : both counted from the first of January; the change is told of the base's size.
    """
    if not before:
        return "—"
    percent = Decimal(now - before) * 100 / abs(Decimal(before))
    rounded = percent.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{rounded:+}%" if rounded else "0.0%"


def share(part: int, whole: int) -> str:
    """Return a share in percent with one decimal, rounded half up; — of nothing."""
    if not whole:
        return "—"
    percent = Decimal(part) * 100 / Decimal(whole)
    return f"{percent.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}%"
