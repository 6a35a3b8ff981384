"""One writer at a time where a rule looks at more than its own row: numbers, panels, records.

SQLite has one writer anyway. On PostgreSQL a named lock is held until the transaction ends. Take
it before the rows it protects are written: then nobody who waits for it holds what its owner wants.
"""

from typing import Any

from sqlalchemy import func, select

from matchmaker.extensions import db


def hold(name: str) -> None:
    """Wait for the lock of this name, then keep it until this transaction ends."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def next_number(column: Any, prefix: str, digits: int, *where: Any) -> str:
    """Return the prefix and the next free serial of at least `digits` digits, kept for us alone.

    column : where the numbers stand, text; a number longer than `digits` still counts as larger.
    where : which rows count, if not all.
    """
    hold(f"number:{prefix}")
    last = db.session.scalar(
        select(column)
        .where(column.startswith(prefix, autoescape=True), *where)
        .order_by(func.length(column).desc(), column.desc())
        .limit(1)
    )
    return f"{prefix}{int(last[len(prefix) :]) + 1 if last else 1:0{digits}}"
