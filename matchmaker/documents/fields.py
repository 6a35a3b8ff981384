"""What a document wants filled in: read off its context's TypedDict, shown as Word shows it.

A context is a TypedDict whose keys are annotated with the Chinese name a clerk writes into the
template: `bounty_no: Annotated[str, "榜单编号"]` fills `{{ 榜单编号 }}`. The type says how a value
is written (a date as 2026年11月25日, money as 1,800,000.00元). A key that is `NotRequired` may stay
open, every other one is mandatory.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple, get_args, get_origin, get_type_hints

from matchmaker.errors import Invalid

MONEY: Final = "money"
DEADLINE: Final = "deadline"

Fen = Annotated[int, MONEY]
"""An amount in 分: fills 榜额, 榜额大写 and 榜额万元."""
Deadline = Annotated[datetime, DEADLINE]
"""An aware moment; midnight is written as 24:00 of the day that ends."""


class Hint(str):
    """Where a missing value is to be filled in, said behind its name."""

    __slots__ = ()


class Field(NamedTuple):
    """One blank: key in the context, Chinese name, whether mandatory, kind and what it holds.

    kind : text, number, money, date, moment, deadline, switch, texts, grid, part or rows.
    parts : the fields of one row (`rows`) or of the part (`part`).
    """

    key: str
    label: str
    required: bool
    kind: str
    parts: tuple["Field", ...] = ()
    hint: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return what a template may write: an amount also in words and in 万元."""
        more = ("大写", "万元") if self.kind == MONEY else ()
        return (self.label, *(self.label + one for one in more))


class MissingField(Invalid):
    """422: mandatory blanks of a document would stay open; `labels` names each in Chinese."""

    def __init__(self, title: str, labels: Mapping[str, str]) -> None:
        self.labels = tuple(labels.values())
        named = "、".join(self.labels)
        fields = {key: f"《{title}》缺少：{label}" for key, label in labels.items()}
        super().__init__(fields, f"《{title}》还不能生成，请先补齐：{named}。")


_KINDS: Final = MappingProxyType(
    {
        str: "text",
        int: "number",
        Decimal: "number",
        date: "date",
        datetime: "moment",
        bool: "switch",
    }
)


def fields_of(contract: type) -> tuple[Field, ...]:
    """Return the fields of a context's TypedDict, in the order written."""
    hints = get_type_hints(contract, include_extras=True)
    required: frozenset[str] = contract.__required_keys__  # type: ignore[attr-defined]
    return tuple(_field(key, hint, required=key in required) for key, hint in hints.items())


def _field(key: str, annotation: Any, *, required: bool) -> Field:
    while get_origin(annotation) is not Annotated:  # NotRequired[...]
        annotation = get_args(annotation)[0]
    base, *marks = get_args(annotation)
    hint = next((str(one) for one in marks if isinstance(one, Hint)), "")
    words = [one for one in marks if isinstance(one, str) and not isinstance(one, Hint)]
    special = next((one for one in words if one in {MONEY, DEADLINE}), "")
    label = next(one for one in words if one != special)
    kind, parts = _kind(base)
    return Field(key, label, required, special or kind, parts, hint)


def _kind(base: Any) -> tuple[str, tuple[Field, ...]]:
    if base in _KINDS:
        return _KINDS[base], ()
    if get_origin(base) is list:
        (item,) = get_args(base)
        if item is str:
            return "texts", ()
        return ("grid", ()) if get_origin(item) is list else ("rows", fields_of(item))
    return "part", fields_of(base)
