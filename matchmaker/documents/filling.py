"""A context checked against its contract and written the way a Chinese document writes it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from matchmaker.documents.fields import DEADLINE, MONEY, Field, MissingField
from matchmaker.money import Unit, capital_amount, format_money

BEIJING: Final = timezone(timedelta(hours=8))
LISTS: Final = frozenset({"texts", "grid", "rows"})
PARAGRAPH: Final = "\a"  # what the template engine turns into a new paragraph
_TYPES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "text": str,
        "number": int | Decimal | str,
        MONEY: int,
        "date": date,
        "moment": datetime,
        DEADLINE: datetime,
        "switch": bool,
        "texts": list | tuple,
        "grid": list | tuple,
        "rows": list | tuple,
        "part": Mapping,
    }
)
# What no .docx may hold or what would break its lines: control characters except tab and newline,
# lone surrogates, non-characters, marks that turn the direction of the text round.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ufffe\uffff\ud800-\udfff]"
)


class Blank:
    """An optional value nobody gave: false in a condition, a dash in print."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "—"

    def __html__(self) -> str:
        return "—"


BLANK: Final = Blank()


def filled(title: str, fields: Sequence[Field], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template prints, by Chinese name.

    Raises `MissingField` naming every mandatory value that is absent, and TypeError for a key the
    contract does not know or a value of another type than it says.
    """
    missing: dict[str, str] = {}
    values = _Filling(missing).part(fields, context)
    if missing:
        raise MissingField(title, missing)
    return values


def spoken(fields: Sequence[Field], context: Mapping[str, Any]) -> dict[str, str]:
    """Return the context as text by Chinese name, each row on a line: what two versions differ in.

    Blanks may be open. `revisions.compare(spoken(a), spoken(b))` gives the pieces of a page.
    """
    values = _Filling({}).part(fields, context)
    found: dict[str, str] = {}
    for field in fields:
        value = values[field.label]
        if field.kind == "part":
            for part in field.parts:
                found[f"{field.label}·{part.label}"] = _line(value, [part]) if value else ""
        elif field.kind == "rows":
            lines = [_line(row, field.parts) for row in value]
            found[field.label] = "\n".join(f"{n}．{line}" for n, line in enumerate(lines, 1))
        else:
            found[field.label] = _plain(value)
    return found


def _line(row: Mapping[str, Any], fields: Sequence[Field]) -> str:
    return "；".join(text for field in fields if (text := _plain(row[field.label])))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "\n".join(_plain(one) for one in value)
    return str(value).replace(PARAGRAPH, "\n") if value else ""


class _Filling:
    """One context on its way into print, or one row of it; `missing` is shared by all."""

    def __init__(self, missing: dict[str, str], path: str = "", place: str = "") -> None:
        self.missing, self.path, self.place = missing, path, place

    def part(self, fields: Sequence[Field], context: Mapping[str, Any]) -> dict[str, Any]:
        unknown = set(context) - {field.key for field in fields}
        if unknown:
            named = ", ".join(sorted(self.path + key for key in unknown))
            message = f"not in the contract: {named}"
            raise TypeError(message)
        values: dict[str, Any] = {}
        for field in fields:
            value = context.get(field.key)
            if _is_open(value):
                if field.required:
                    self.missing[self.path + field.key] = self.place + field.label + field.hint
                empty: Any = [] if field.kind in LISTS else BLANK
                values.update(dict.fromkeys(field.names, empty))
            else:
                self._check(field, value)
                values.update(zip(field.names, self._written(field, value), strict=True))
        return values

    def _check(self, field: Field, value: Any) -> None:
        right = isinstance(value, _TYPES[field.kind])
        if isinstance(value, bool):
            right = field.kind == "switch"
        elif isinstance(value, datetime):  # a day depends on the zone, a moment has one
            right = field.kind in {"moment", DEADLINE} and value.tzinfo is not None
        elif isinstance(value, Decimal):
            right = right and value.is_finite()
        if not right:
            given = type(value).__name__
            message = f"{self.path}{field.key}: {field.kind} expected, {given} given"
            raise TypeError(message)

    def _written(self, field: Field, value: Any) -> tuple[Any, ...]:
        path, place = f"{self.path}{field.key}.", f"{self.place}{field.label}"
        if field.kind == "part":
            return (_Filling(self.missing, path, f"{place}的").part(field.parts, value),)
        if field.kind == "rows":
            rows = [
                _Filling(self.missing, f"{path}{number}.", f"{place}第{number}行的").part(
                    field.parts, row
                )
                for number, row in enumerate(value, start=1)
            ]
            return (rows,)
        written: tuple[Any, ...] = _WRITERS[field.kind](value)
        return written


def _is_open(value: Any) -> bool:
    if isinstance(value, str):
        return not _clean(value).strip()
    if isinstance(value, list | tuple):
        return all(_is_open(one) for one in value)
    return value is None or (isinstance(value, Mapping) and not value)


def as_money(fen: int) -> tuple[str, str, str]:
    """Write an amount in 元, in words and in 万元."""
    yuan = format_money(fen, unit=Unit.YUAN).replace(" ", "")
    return yuan, capital_amount(fen), format_money(fen, unit=Unit.WAN).replace(" ", "")


def as_date(day: date) -> str:
    """Write a day the way a 公文 does: 2026年11月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def as_moment(moment: datetime, *, ends_day: bool = False) -> str:
    """Write an aware moment in 北京时间; seconds only where there are any."""
    local = moment.astimezone(BEIJING)
    if ends_day and (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{as_date((local - timedelta(days=1)).date())}24:00"
    seconds = f":{local.second:02}" if local.second else ""
    return f"{as_date(local.date())}{local:%H:%M}{seconds}"


def as_text(value: Any) -> str:
    """Return text a .docx can hold; each line becomes a paragraph of its own."""
    lines = [line.rstrip() for line in _clean(str(value)).strip().split("\n")]
    return PARAGRAPH.join(line for line in lines if line)


def _clean(text: str) -> str:
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))


_WRITERS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "text": lambda value: (as_text(value),),
        "number": lambda value: (as_text(value),),
        MONEY: as_money,
        "date": lambda value: (as_date(value),),
        "moment": lambda value: (as_moment(value),),
        DEADLINE: lambda value: (as_moment(value, ends_day=True),),
        "switch": lambda value: (value,),
        "texts": lambda value: ([as_text(one) for one in value if not _is_open(one)],),
        "grid": lambda value: ([[as_text(cell) or BLANK for cell in row] for row in value],),
    }
)
