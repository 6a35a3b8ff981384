"""The only reader of the clock, and how people read times."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return the moment in 北京时间."""
    return moment.astimezone(BEIJING)


def today(moment: datetime) -> date:
    """Return the date on the wall in Beijing at this moment."""
    return local(moment).date()
