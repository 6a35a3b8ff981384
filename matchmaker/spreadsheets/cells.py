"""A row of cells read by its fields' specifications; all errors of a row at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz, process

from .fields import FieldKind, FieldSpec
from .headings import ColumnMapping
from .reading import Cell, Row
from .texts import UnreadableError, folded_text, has_invisible, shown, text_of
from .values import (
    read_boolean,
    read_date,
    read_decimal,
    read_integer,
    read_money,
    read_percent,
)

Value = str | int | bool | Decimal | date | tuple[str, ...] | None
_SEPARATORS: Final = re.compile(r"[、,\uff0c;\uff1b\n\t|]+|(?<!\d)[/\uff0f]|[/\uff0f](?!\d)")
_CODE_TAIL: Final = re.compile(r"[-—–::.、,()\[\]【】]+")
_MOST_ITEMS: Final = 200
_ALIKE: Final = 50
_LONGEST_COMPARED: Final = 100


@dataclass(frozen=True, slots=True)
class CellError:
    """One wrong cell: where, why, and what to do. `column` is the index from 0, -1 if absent."""

    row: int
    column: int
    key: str
    label: str
    cause_zh: str
    cure_zh: str

    def __str__(self) -> str:
        return f"第 {self.row} 行“{self.label}”：{self.cause_zh}。{self.cure_zh}。"


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """What a row says: values by field key (None where blank), and everything wrong with it."""

    number: int
    values: Mapping[str, Value]
    errors: tuple[CellError, ...] = ()
    notices: tuple[str, ...] = field(default=())


def parse_row(row: Row, mapping: ColumnMapping, specs: Sequence[FieldSpec]) -> ParsedRow:
    """Read every mapped cell of the row; fields without a column are left out of the values.

    A required field that is blank, or whose column is missing, is an error of the row.
    """
    values: dict[str, Value] = {}
    errors: list[CellError] = []
    notices: list[str] = []
    for spec in specs:
        index = mapping.columns.get(spec.key, -1)
        cell = row.cells[index] if 0 <= index < len(row.cells) else None
        if has_invisible(cell):
            notices.append(f"第 {row.number} 行“{spec.label}”含不可见字符，已去除。")
        try:
            value = parse_cell(cell, spec, unit=mapping.units.get(spec.key, ""))
        except UnreadableError as wrong:
            place = (row.number, index, spec.key, spec.label)
            errors.append(CellError(*place, wrong.cause_zh, wrong.cure_zh))
            value = None
        if index >= 0:
            values[spec.key] = value
    return ParsedRow(row.number, MappingProxyType(values), tuple(errors), tuple(notices))


def parse_cell(cell: Cell, spec: FieldSpec, *, unit: str = "") -> Value:
    """Read one cell as `spec` wants it; None when blank. Raises UnreadableError.

    unit : money unit of the heading; it outranks the specification's own.
    """
    if not text_of(cell):
        if spec.required:
            raise UnreadableError("必填项未填写", f"请填写“{spec.label}”")
        return None
    if spec.kind is FieldKind.MONEY:
        return read_money(cell, unit=unit or spec.unit)
    return _READERS[spec.kind](cell, spec)


def _read_text(cell: Cell, spec: FieldSpec) -> str:
    text = text_of(cell)
    if len(text) > spec.max_length:
        raise UnreadableError(
            f"共 {len(text)} 个字，超过上限", f"请精简到 {spec.max_length} 个字以内"
        )
    return text


def _read_list(cell: Cell, spec: FieldSpec) -> tuple[str, ...]:
    """Items in their order, without repeats."""
    parts = (part.strip() for part in _SEPARATORS.split(_read_text(cell, spec)))
    items = tuple(dict.fromkeys(part for part in parts if part))
    if len(items) > _MOST_ITEMS:
        raise UnreadableError(f"共 {len(items)} 项，过多", f"请精简到 {_MOST_ITEMS} 项以内")
    return items


def _read_code(cell: Cell, spec: FieldSpec) -> str:
    """The code meant by a code, a label, or both in one cell."""
    codes = spec.codes or {}
    by_text = {_fold_code(code): code for code in codes}
    by_text |= {_fold_code(label): code for code, label in codes.items()}
    by_text |= {_fold_code(f"{code}{label}"): code for code, label in codes.items()}
    by_text |= {_fold_code(f"{label}{code}"): code for code, label in codes.items()}
    wanted = _fold_code(folded_text(cell))
    if wanted in by_text:
        return by_text[wanted]
    raise _no_code(text_of(cell), codes)


def _fold_code(text: str) -> str:
    return _CODE_TAIL.sub("", folded_text(text)).lower()


def _no_code(text: str, codes: Mapping[str, str]) -> UnreadableError:
    labels = dict(codes)
    best = process.extractOne(
        text[:_LONGEST_COMPARED], labels, scorer=fuzz.WRatio, score_cutoff=_ALIKE
    )
    near = f"，是否为“{best[2]} {best[0]}”" if best else ""
    some = "、".join(list(labels.values())[:3])
    return UnreadableError(f"{shown(text)}不在代码表中{near}", f"请从下拉框中选择，如 {some}")


def _read_codes(cell: Cell, spec: FieldSpec) -> tuple[str, ...]:
    """Codes in their order, without repeats; a label that holds a separator is met whole."""
    try:
        return (_read_code(cell, spec),)
    except UnreadableError:
        items = _read_list(cell, spec)
    return tuple(dict.fromkeys(_read_code(item, spec) for item in items))


_READERS: Final[Mapping[FieldKind, Callable[[Cell, FieldSpec], Value]]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.INTEGER: lambda cell, _spec: read_integer(cell),
    FieldKind.DECIMAL: lambda cell, _spec: read_decimal(cell),
    FieldKind.PERCENT: lambda cell, _spec: read_percent(cell),
    FieldKind.DATE: lambda cell, _spec: read_date(cell),
    FieldKind.BOOLEAN: lambda cell, _spec: read_boolean(cell),
    FieldKind.LIST: _read_list,
    FieldKind.CODE: _read_code,
    FieldKind.CODES: _read_codes,
}
