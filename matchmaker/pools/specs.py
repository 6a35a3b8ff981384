"""What a noun of the pools tells the shared code: its fields, its form, its rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from matchmaker import codes, disclosure, web
from matchmaker.disclosure import Hidden
from matchmaker.listing import Spec

LEVELS: dict[str, tuple[str, ...]] = {
    "P": ("read_public_fields", "read_full", "read", "read_bureau", "read_own", "write"),
    "M": ("read_limited_fields", "read_full", "read", "read_bureau", "read_own", "write"),
    "O": ("read_full", "read", "read_bureau", "read_own", "write"),
    "C": ("read_confidential_fields", "read_full", "read", "read_own", "write"),
    "B": ("read_bureau", "read_own", "write"),
}
"""Which actions open which disclosure letter; `write` is one's own draft, made for others too."""


def as_text(value: Any) -> Any:
    """Return a value as people read it: labels for codes, 是/否, days; lists stay lists."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Hidden) or value is None:
        return value
    if isinstance(value, list):
        return [as_text(one) for one in value]
    if isinstance(value, datetime):
        return web.as_moment(value)
    if isinstance(value, date):
        return web.as_day(value)
    return getattr(value, "label", None) or getattr(value, "name", None) or str(value)


def field_names(shown: Any) -> str:
    """Return the names of a row's technology fields, unknown codes left out."""
    known = [code for code in shown.tech_field_codes if codes.is_code("tech_field", code)]
    return "、".join(codes.label("tech_field", code) for code in known)


@dataclass(frozen=True)
class Field:
    """One field of the noun: how it is called and how it reads.

    read : Shown row → text, a list of lines, or Hidden; the attribute itself unless given.
    wide : a long text, printed as a paragraph of its own.
    """

    name: str
    label: str
    read: Callable[[Any], Any] | None = None
    wide: bool = False

    def text(self, shown: Any) -> Any:
        """Return what a reader sees: text, lines, Hidden or None."""
        return as_text(self.read(shown) if self.read else getattr(shown, self.name))


@dataclass(frozen=True)
class Stage:
    """One page of the staged form and the form's fields on it."""

    key: str
    label: str
    fields: tuple[str, ...]


Problems = dict[str, str]


@dataclass(frozen=True)
class Pool:
    """One noun of the pools. `views` prefixes its endpoints, `owner` names its organisation.

    check : row → what is missing for submission.  refuse : (row, values) → what no draft may hold.
    hints : row → advice that binds nobody.  born : (row, by, now) sets what a new row
    gets from its author and returns what the trail notes.
    creates, writes : the policy's actions that open the form.  drafts : False where an entry is
    complete at once and never a draft.  moves : lifecycle action → the policy's actions.
    """

    resource: str
    model: type[Any]
    label: str
    title: str
    views: str
    headline: str
    owner: str
    fields: tuple[Field, ...]
    stages: tuple[Stage, ...]
    form: type[Any]
    listing: Spec
    check: Callable[[Any], Problems]
    owner_kinds: tuple[str, ...] = ()
    refuse: Callable[[Any, Mapping[str, Any]], Problems] = lambda _row, _values: {}
    hints: Callable[[Any], Problems] = lambda _row: {}
    born: Callable[[Any, Any, datetime], dict[str, Any]] = lambda _row, _by, _now: {}
    options: tuple[Any, ...] = ()
    creates: tuple[str, ...] = ("create", "create_on_behalf")
    writes: tuple[str, ...] = ("write",)
    drafts: bool = True
    public: bool = True
    verb: str = "发布"
    mine: str = ""
    intro: str = ""
    moves: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "submit": ("write",),
            "return": ("review_decide",),
            "publish": ("review_decide",),
            "withdraw": ("withdraw",),
            "republish": ("write",),
            "transform": ("manage",),
        }
    )

    @property
    def noun(self) -> str:
        """The noun of its lifecycle, trail and events."""
        return str(self.model.lifecycle.noun)

    @property
    def needs_owner(self) -> bool:
        """Whether every row must belong to an organisation."""
        return not self.model.__table__.c[f"{self.owner}_id"].nullable

    def labels(self) -> dict[str, str]:
        """Return the fields' labels by name."""
        return {one.name: one.label for one in self.fields}

    def stage(self, key: str) -> Stage:
        """Return the stage of this key; raise `NotFound`."""
        return web.found(next((one for one in self.stages if one.key == key), None))

    def stage_of(self, name: str) -> Stage:
        """Return the stage on which a field is filled in; the first where none has it."""
        return next((one for one in self.stages if name in one.fields), self.stages[0])

    def content(self, row: Any) -> dict[str, Any]:
        """Return the whole content of a row as people read it: a version to keep."""
        shown = disclosure.everything(row)
        return {one.name: one.text(shown) for one in self.fields}
