"""What is counted: each noun with its filters, so that a figure and its list are one query."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from matchmaker import codes
from matchmaker.accounts.models import Organisation
from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.listing import Choices, Column, Filter, Spec
from matchmaker.places.models import Town
from matchmaker.reporting import periods
from matchmaker.workflow import State

NONE = "none"  # the filter's value for rows without a town or field
Apply = Callable[[Select[Any], str], Select[Any]]


@dataclass(frozen=True)
class Dates:
    """One kind of day a row has: its filters are `<prefix>from` and `<prefix>to`."""

    label: str
    moment: Any
    prefix: str = ""

    def filters(self) -> tuple[Filter, ...]:
        """Return the two filters, both days included, as Beijing counts days."""
        return (
            Filter(f"{self.prefix}from", f"{self.label}不早于", self._bound(last=False), "date"),
            Filter(f"{self.prefix}to", f"{self.label}不晚于", self._bound(last=True), "date"),
        )

    def _bound(self, *, last: bool) -> Apply:
        def apply(query: Select[Any], value: str) -> Select[Any]:
            try:
                day = date.fromisoformat(value)
            except ValueError:
                return query
            if last:
                return query.where(self.moment < periods.starts(day + timedelta(days=1)))
            return query.where(self.moment >= periods.starts(day))

        return apply


@dataclass(frozen=True)
class Subject:
    """A noun to be counted.

    action : the policy's action that opens every row of the noun to the bureau's list.
    standing : the states that count as 在库 or 进行中, and what that is called.
    dates : the first is the day a row enters the count (受理, 上架, 入库, 推荐, 发起).
    """

    key: str
    label: str
    resource: str
    action: str
    model: Any
    standing: Collection[State]
    standing_label: str
    dates: tuple[Dates, ...]
    columns: tuple[Column, ...]
    row: tuple[str, str]  # endpoint of the row's page, attribute that names it
    options: tuple[Any, ...] = ()
    town: ColumnElement[Any] | None = None
    field: ColumnElement[Any] | None = None
    more: Callable[[datetime], tuple[Filter, ...]] = lambda _now: ()

    def spec(self, *, now: datetime) -> Spec:
        """Return the list of this noun with every filter a figure may use, as of `now`."""
        filters = [self._by_state(), self._by_standing(), *self.more(now)]
        filters += [one for dates in self.dates for one in dates.filters()]
        if self.town is not None:
            filters.append(
                Filter("town", "镇街园区", _equals(self.town, number=True), choices=towns)
            )
        if self.field is not None:
            filters.append(Filter("field", "技术领域", _equals(self.field), choices=fields))
        return Spec(self.resource, self.columns, tuple(filters), "", tie=self.model.id)

    def _by_state(self) -> Filter:
        states = self.model.lifecycle.states

        def apply(query: Select[Any], value: str) -> Select[Any]:
            return query.where(self.model.state == value) if value in set(states) else query

        return Filter("state", "状态", apply, choices=lambda: [(str(s), s.label) for s in states])

    def _by_standing(self) -> Filter:
        def apply(query: Select[Any], _value: str) -> Select[Any]:
            return query.where(self.model.state.in_(self.standing))

        return Filter("standing", self.standing_label, apply, kind="check")


def _equals(expression: ColumnElement[Any], *, number: bool = False) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        if value == NONE:
            return query.where(expression.is_(None))
        if not value.isdecimal() or len(value) > 9:  # noqa: PLR2004 - a 32-bit number
            return query
        return query.where(expression == (int(value) if number else value))

    return apply


def towns() -> Choices:
    """Return every town, retired ones too: history stays theirs."""
    rows = db.session.execute(select(Town.id, Town.name).order_by(Town.position, Town.id))
    return [*((str(key), name) for key, name in rows), (NONE, "未填镇街")]


def fields() -> Choices:
    """Return the technology fields of the first level by their first digit."""
    return [*((top.code[0], top.name) for top in codes.tech_fields()), (NONE, "未填领域")]


def town_of(owner: Any) -> ColumnElement[Any]:
    """Return the town of the organisation that `owner` names, in the row's own query."""
    return select(Organisation.town_id).where(Organisation.id == owner).scalar_subquery()


def top_field(code: Any) -> ColumnElement[Any]:
    """Return the first digit of a field's code, NULL where none is given."""
    return func.nullif(func.substr(code, 1, 1), "")


def first_reached(model: Any, states: Collection[State]) -> ColumnElement[datetime]:
    """Return when the trail first saw the row in one of the states."""
    return _reached(func.min(Entry.at), model, states)


def last_reached(model: Any, state: State) -> ColumnElement[datetime | None]:
    """Return when a row that is in this state now came into it."""
    return case((model.state == state, _reached(func.max(Entry.at), model, (state,))))


def _reached(moment: Any, model: Any, states: Collection[State]) -> ColumnElement[datetime]:
    query = select(moment).where(
        Entry.noun == model.lifecycle.noun,
        Entry.object_id == model.public_id,
        Entry.to_state.in_([str(state) for state in states]),
    )
    return query.correlate(model).scalar_subquery()


def entered(model: Any, standing: Collection[State]) -> ColumnElement[datetime | None]:
    """Return when a row first entered its pool; of one in it without a trail, its creation."""
    seen = first_reached(model, standing)
    return case((model.state.in_(standing), func.coalesce(seen, model.created_at)), else_=seen)
