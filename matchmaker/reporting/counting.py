"""Counting: a figure carries the filters of its list, so both are the same question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, true

from matchmaker import listing
from matchmaker.extensions import db
from matchmaker.reporting.subjects import NONE, Subject, fields, towns

Args = Mapping[str, str]
DRAFTS = frozenset({"draft"})


@dataclass(frozen=True)
class Cell:
    """One number and the list it counts: the subject and that list's filters."""

    label: str
    value: int
    subject: str
    args: Args = field(default_factory=dict)


@dataclass(frozen=True)
class Distribution:
    """Numbers side by side (各状态, 各镇街): what they are of, and the cells."""

    title: str
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        """The sum of the cells."""
        return sum(cell.value for cell in self.cells)

    @property
    def most(self) -> int:
        """The largest cell, 1 where all are empty: what a full bar stands for."""
        return max([cell.value for cell in self.cells] + [1])


def condition(subject: Subject, args: Args, *, now: datetime) -> ColumnElement[bool]:
    """Return the WHERE of the list with these filters; a draft is nobody's figure yet."""
    narrowed = listing.narrowed(subject.spec(now=now), select(subject.model), args)
    found = narrowed.where(subject.model.state.not_in(DRAFTS)).whereclause
    return true() if found is None else found


def count(subject: Subject, *questions: Args, now: datetime) -> list[int]:
    """Count the rows of several lists of one noun in one statement."""
    counted = [
        func.count(case((condition(subject, args, now=now), subject.model.id)))
        for args in questions
    ]
    return [int(number) for number in db.session.execute(select(*counted)).one()]


def cells(subject: Subject, named: Mapping[str, Args], *, now: datetime) -> list[Cell]:
    """Count several named lists of one noun in one statement."""
    numbers = count(subject, *named.values(), now=now)
    return [
        Cell(label, number, subject.key, args)
        for (label, args), number in zip(named.items(), numbers, strict=True)
    ]


def tally(subject: Subject, dimension: Any, args: Args, *, now: datetime) -> dict[str | None, int]:
    """Count a list's rows by a dimension in one statement: value as text → rows."""
    value = dimension.label("value")
    inner = select(value).where(condition(subject, args, now=now)).subquery()
    query: Select[Any] = select(inner.c.value, func.count()).group_by(inner.c.value)
    rows = db.session.execute(query).all()
    return {None if key is None else str(key): int(number) for key, number in rows}


def by_state(subject: Subject, args: Args, *, now: datetime) -> Distribution:
    """Count by state, in the order of the lifecycle."""
    found = tally(subject, subject.model.state, args, now=now)
    cells = tuple(
        Cell(state.label, found.get(str(state), 0), subject.key, {**args, "state": str(state)})
        for state in subject.model.lifecycle.states
        if str(state) not in DRAFTS
    )
    return Distribution(f"{subject.label}（按状态）", cells)


def by_town(subject: Subject, title: str, args: Args, *, now: datetime) -> Distribution:
    """Count by town in the bureau's order; rows without a town come last."""
    found = tally(subject, subject.town, args, now=now)
    cells = tuple(
        Cell(label, found.get(None if key == NONE else key, 0), subject.key, {**args, "town": key})
        for key, label in towns()
    )
    return Distribution(title, cells)


def by_field(subject: Subject, title: str, args: Args, *, now: datetime) -> Distribution:
    """Count by technology field of the first level."""
    found = tally(subject, subject.field, args, now=now)
    cells = tuple(
        Cell(label, found.get(None if key == NONE else key, 0), subject.key, {**args, "field": key})
        for key, label in fields()
    )
    return Distribution(title, cells)
