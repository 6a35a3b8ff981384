"""Filters the pools' lists share; a value that fits nothing narrows nothing."""

import json
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, false, or_

from matchmaker import codes
from matchmaker.identifiers import row_number
from matchmaker.listing import Filter
from matchmaker.workflow import State

Apply = Callable[[Select[Any], str], Select[Any]]
MOST = 999


def pattern(text: str) -> str:
    """Return the LIKE pattern that finds the text itself, wildcards taken literally."""
    plain = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


def by_name(column: Any, text: str) -> ColumnElement[bool]:
    """Hold where the column contains the text."""
    found: ColumnElement[bool] = column.ilike(pattern(text), escape="\\")
    return found


def holds(column: Any, shape: str) -> Apply:
    """Filter a JSON column by a code inside it; `shape` is how it stands there."""

    def apply(query: Select[Any], value: str) -> Select[Any]:
        if not value.replace("_", "").isalnum():
            return query.where(false())
        written = pattern(shape.format(value))
        return query.where(cast(column, String).like(written, escape="\\"))

    return apply


def number(text: str) -> int | None:
    """Read a small whole number; None where it is none."""
    found = row_number(text)
    return found if found is not None and found <= MOST else None


def where(compare: Callable[[Any], Any], read: Callable[[str], Any]) -> Apply:
    """Filter by a comparison; what `read` cannot read narrows nothing."""

    def apply(query: Select[Any], value: str) -> Select[Any]:
        wanted = read(value)
        return query if wanted is None else query.where(compare(wanted))

    return apply


def by_state(model: Any, states: type[State]) -> Filter:
    """Filter by state; what a viewer may not see stays unseen."""
    known = {str(one): one for one in states}
    return Filter(
        "state",
        "状态",
        where(model.state.__eq__, known.get),
        choices=lambda: [(str(one), one.label) for one in states],
    )


def by_field(column: Any) -> Filter:
    """Filter by technology field: a two-digit top field holds all below it."""

    def apply(query: Select[Any], value: str) -> Select[Any]:
        if codes.is_code("tech_field_top", value):
            return query.where(column.startswith(value[0]))
        return query.where(column == value)

    def choices() -> list[tuple[str, str]]:
        found = []
        for top in codes.tech_fields():
            found.append((top.code, f"{top.name}（全部）"))
            found += [(leaf.code, f"　{leaf.name}") for leaf in top.children]
        return found

    return Filter("field", "技术领域", apply, choices=choices)


def by_fields(column: Any) -> Filter:
    """Filter by one of a row's technology fields, kept as a JSON list of codes."""
    choices = partial(codes.choices, "tech_field")
    return Filter("field", "技术领域", holds(column, '"{}"'), choices=choices)


def member(labels: type[StrEnum]) -> Callable[[str], StrEnum | None]:
    """Return a reader of an enum's values; None for anything else."""
    known = {str(one): one for one in labels}
    return known.get


def names(column: Any) -> Apply:
    """Filter a JSON list by a whole name in it, however the database wrote it down."""

    def apply(query: Select[Any], value: str) -> Select[Any]:
        written = [json.dumps(value), json.dumps(value, ensure_ascii=False)]
        text = cast(column, String)
        return query.where(or_(*(text.like(pattern(one), escape="\\") for one in written)))

    return apply
