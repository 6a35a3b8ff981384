"""The database's own time, and the offset by which a demonstration instance moves it.

Deadlines are compared with `moment()` inside the statement that writes, so that a slow request or
a worker's wrong clock decides nothing. Only a demonstration instance may hold an offset.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, has_app_context
from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from matchmaker import clock
from matchmaker.extensions import Model, UTCDateTime, db

# What the tests' frozen clock is away from PostgreSQL's; nothing else ever sets it.
drift: list[Callable[[], timedelta]] = [lambda: timedelta(0)]


class ClockOffset(Model):
    """By how many seconds this demonstration instance's time is moved; no row means not at all."""

    __tablename__ = "clock_offset"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seconds: Mapped[int]


class moment(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """This moment by the database's clock, to be compared with a stored one."""

    type = UTCDateTime()
    inherit_cache = True
    name = "moment"


@compiles(moment, "sqlite")
def _embedded(_element: moment, _compiler: Any, **_options: Any) -> str:
    """SQLite's time is its process's: the function every connection of ours carries."""
    return "platform_now()"


@compiles(moment, "postgresql")
def _server(_element: moment, compiler: Any, **options: Any) -> str:
    moved = func.coalesce(select(func.max(ClockOffset.seconds)).scalar_subquery(), 0)
    return (
        "(clock_timestamp() + make_interval(secs => "
        f"{compiler.process(moved, **options)} + {compiler.process(_drift(), **options)}))"
    )


def _drift() -> BindParameter[float]:
    return bindparam(None, callable_=lambda: drift[0]().total_seconds(), unique=True)


def now_in_database() -> datetime:
    """Return the database's present moment; inside a transaction, the one that counts."""
    found = db.session.scalar(select(moment()))
    if found is None:
        message = "the database does not tell the time"
        raise RuntimeError(message)
    return found


def offset() -> timedelta:
    """Return by how much this instance's time is moved."""
    if not has_app_context():
        return timedelta(0)
    if "clock_offset" not in g:
        g.clock_offset = timedelta(0)  # what the question itself may ask meanwhile
        g.clock_offset = timedelta(seconds=_stored() or 0)
    moved: timedelta = g.clock_offset
    return moved


def _stored() -> int | None:
    """Return the seconds of the row; None where there is none, or no table before migration."""
    try:
        with db.engines["reader"].connect() as connection:
            return connection.scalar(select(func.max(ClockOffset.seconds)))
    except DBAPIError:
        return None


def set_offset(moved: timedelta) -> None:
    """Move the instance's time by so much in all, inside the caller's transaction."""
    db.session.merge(ClockOffset(id=1, seconds=int(moved.total_seconds())))
    db.session.flush()
    g.clock_offset = moved


def unset() -> None:
    """Go back to the real time, inside the caller's transaction; what happened stays."""
    db.session.execute(delete(ClockOffset))
    g.clock_offset = timedelta(0)


def init_app(app: Flask) -> None:
    """Let a demonstration instance's clock be moved; any other's never is."""
    if app.config["DEMONSTRATION"]:
        clock.shift_by(offset)


def refuse_moved(app: Flask) -> None:
    """Refuse to start (RuntimeError) where no demonstration and yet a moved time.

    A database without tables yet, or one that does not answer, is told by the readiness probe.
    """
    if app.config["DEMONSTRATION"]:
        return
    try:
        with app.app_context(), db.engines["reader"].connect() as connection:
            rows = connection.scalar(select(func.count()).select_from(ClockOffset))
    except DBAPIError:
        return
    if rows:
        message = (
            "拒绝启动：数据库的时间被移动过（clock_offset 有记录），它是演示库，不能用于正式环境。"
            "请改用正式环境的数据库。"
        )
        raise RuntimeError(message)
