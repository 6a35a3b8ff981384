"""The only reader of the clock, and how people read times."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_NONE = timedelta(0)
_offset: list[Callable[[], timedelta]] = [lambda: _NONE]


def shift_by(source: Callable[[], timedelta]) -> None:
    """Let a demonstration instance move its time: `source` tells by how much, at each reading."""
    _offset[0] = source


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC) + _offset[0]()


def unmoved() -> datetime:
    """Return this moment by the machine's own clock: for codes that a telephone computes too."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return the moment in 北京时间."""
    return moment.astimezone(BEIJING)


def today(moment: datetime) -> date:
    """Return the date on the wall in Beijing at this moment."""
    return local(moment).date()
