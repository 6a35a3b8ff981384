"""The bureau's own days and what hangs on them: a preview before saving, the effects with it.

A noun whose stored days were counted in working days registers `recomputes`. It is asked twice:
for the preview, to write nothing; and inside the transaction that saves, to write. Whoever only
wants to know afterwards handles the outbox event `holidays.changed` {days: [iso, …]}.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.places import operations
from matchmaker.workdays import WorkdayCalendar

HISTORY = "recomputed"


@dataclass(frozen=True)
class Change:
    """A day that moves: of what, where to read it, from when to when, and anything to add."""

    what: str
    url: str
    before: str
    after: str
    note: str = ""


Recompute = Callable[..., list[Change]]
_registered: list[Recompute] = []


def recomputes(function: Recompute) -> Recompute:
    """Register `function(calendar, *, reason, by, now, write) -> list[Change]`.

    calendar : with the changed days.  write : False for the preview, which changes nothing.
    """
    _registered.append(function)
    return function


def preview(days: Mapping[date, bool | None], *, by: Any, now: datetime) -> list[Change]:
    """Return what would move if these days were stated (None: their statement taken back)."""
    stated = {**operations.holidays(), **{d: w for d, w in days.items() if w is not None}}
    for day in (day for day, works in days.items() if works is None):
        stated.pop(day, None)
    return _all(WorkdayCalendar(stated), reason="", by=by, now=now, write=False)


def apply(days: list[date], *, reason: str, by: Any, now: datetime) -> list[Change]:
    """Recompute everything by what is stated now; return what moved. Inside the transaction.

    reason : readable to the public beside each end that moved.
    """
    calendar = WorkdayCalendar(operations.holidays())
    moved = _all(calendar, reason=reason, by=by, now=now, write=True)
    lines = [[one.what, one.url, one.before, one.after, one.note] for one in moved]
    trail.record(
        "recompute", "holiday", HISTORY, by=by, now=now, reason=reason, changes=lines,
        days=[day.isoformat() for day in days],
    )  # fmt: skip
    outbox.add("holidays.changed", {"days": [day.isoformat() for day in days]}, now=now)
    return moved


def _all(calendar: WorkdayCalendar, **said: Any) -> list[Change]:
    return [change for function in _registered for change in function(calendar, **said)]


def fingerprint(changes: list[Change]) -> str:
    """Return a short name of a list of changes: what was shown is what is confirmed."""
    return hashlib.sha256(repr(changes).encode()).hexdigest()[:16]


def latest() -> tuple[Entry, list[Change]] | None:
    """Return the last recomputation, entry and changes; None if there was none."""
    found = trail.history("holiday", HISTORY)
    if not found:
        return None
    return found[-1], [Change(*line) for line in found[-1].details.get("changes", [])]
