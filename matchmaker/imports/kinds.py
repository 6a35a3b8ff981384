"""What a noun tells the one import machine: its columns, its rules, what it may change."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import inspect

from matchmaker.accounts.models import OrganisationKind
from matchmaker.lifecycles import INSTITUTION
from matchmaker.spreadsheets import FieldSpec
from matchmaker.workflow import State

Problem = tuple[str, str]  # cause and cure, in Chinese, without a full stop
BESIDE = frozenset({"owner", "owner_uscc", "town"})  # columns that are no attribute of the row


@dataclass(frozen=True)
class Kind:
    """One importable noun.

    headline : attribute a row is known by.  owner : relationship to the organisation, "" for none.
    owner_kind : what that organisation must be.  loose : an unknown owner stays a name in
    `org_name` instead of becoming an organisation.  number : attribute that names a row for good.
    convert : key → from the read cell to what is stored, as JSON; raises UnreadableError.
    enums : attribute → type of its stored code.  check : content → key → (cause, cure).
    derive : content → further attributes that follow from it.
    """

    noun: str
    model: type[Any]
    label: str
    specs: tuple[FieldSpec, ...]
    editable: Collection[State]
    initial: State
    headline: str = "title"
    owner: str = ""
    owner_kind: OrganisationKind | None = None
    loose: bool = False
    number: str = ""
    views: str = ""
    convert: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    enums: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    check: Callable[[Mapping[str, Any]], dict[str, Problem]] = lambda _content: {}
    stamps: tuple[str, ...] = ("created_at", "updated_at")
    derive: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda _content: {}

    @property
    def owner_column(self) -> str:
        """The attribute that holds the owner's id, "" where rows have no owner."""
        return f"{self.owner}_id" if self.owner else ""

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The attributes an import may write, beside the owner."""
        keys = [spec.key for spec in self.specs if spec.key not in BESIDE and spec.key != "number"]
        if self.noun == "organisation":
            keys.append("town_id")
        return tuple(keys)

    @cached_property
    def blanks(self) -> dict[str, Any]:
        """What an attribute holds where the file says nothing, as the model's default has it."""
        columns = inspect(self.model).columns
        return {name: _blank(columns[name].default) for name in self.attributes}

    def specs_for(self, viewer: Any) -> tuple[FieldSpec, ...]:
        """Return the columns this importer is offered; one's own organisation need not be named."""
        if not viewer.roles & INSTITUTION:
            return self.specs
        return tuple(replace(s, required=False) if s.key == "owner" else s for s in self.specs)

    def stored(self, name: str, value: Any) -> Any:
        """Return a JSON value as the model keeps it."""
        make = self.enums.get(name)
        return make(value) if make and value not in {None, ""} else value


def _blank(default: Any) -> Any:
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)
