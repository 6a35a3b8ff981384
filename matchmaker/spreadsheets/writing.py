"""Tables written as .xlsx or .csv; no cell of them is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from .texts import clean

Output = Path | IO[bytes]
WrittenCell = str | int | float | bool | Decimal | date | datetime | None
_LONGEST_CELL: Final = 32_767  # UTF-16 units, the limit of the format
_CUT: Final = "…（篇幅所限，此处截断）"
_EXACT: Final = 10**15  # above this a workbook's float drops digits
_HAZARDS: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "|",
    "%",
)
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "text_wrap": True, "bg_color": "#DCE6F1", "border": 1,
                "valign": "vcenter"},
    "text": {"text_wrap": True, "valign": "top", "num_format": "@"},
    "guarded": {"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True},
    "number": {"valign": "top", "num_format": "General"},
    "money": {"valign": "top", "num_format": "#,##0.00####"},
    "percent": {"valign": "top", "num_format": "0.0%"},
    "score": {"valign": "top", "num_format": "0.0000"},
    "date": {"valign": "top", "num_format": "yyyy-mm-dd"},
    "moment": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm"},
}  # fmt: skip
_FOOTER_SHEET: Final = "说明"
_WIDEST: Final = 80


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in characters, and how its numbers are shown.

    shown_as : number, money (give 元 or 万元, not 分), percent (a fraction), or score.
    """

    heading: str
    width: int = 16
    shown_as: str = "number"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write; `rows` is walked once, so a generator keeps memory bounded."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[WrittenCell]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who took the table out, when, with which filters: pairs of label and text."""

    lines: Sequence[tuple[str, str]] = field(default=())


def write_workbook(
    output: Output, sheets: Sequence[Sheet], *, watermark: Watermark | None = None
) -> None:
    """Write the sheets as .xlsx to a path or a binary stream, row by row.

    Text is written as text, whatever it begins with; longer text than the format's 32,767 UTF-16
    units is cut with a visible remark. With a watermark a last sheet 说明 carries it.
    """
    target = str(output) if isinstance(output, Path) else output
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        formats = {name: book.add_format(each) for name, each in _FORMATS.items()}
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats)
        if watermark:
            lines = Sheet(_FOOTER_SHEET, (Column("项目"), Column("内容", _WIDEST)), watermark.lines)
            _write_sheet(book.add_worksheet(_FOOTER_SHEET), lines, formats)


def _write_sheet(page: Worksheet, sheet: Sheet, formats: dict[str, Any]) -> None:
    top = 1 if sheet.title else 0
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, min(column.width, _WIDEST))
    page.freeze_panes(top + 1, 0)
    if sheet.title:
        page.write_string(0, 0, fit(sheet.title), formats["title"])
    for index, column in enumerate(sheet.columns):
        page.write_string(top, index, fit(column.heading), formats["heading"])
    shown_as = [column.shown_as for column in sheet.columns]
    last = top
    for last, row in enumerate(sheet.rows, start=top + 1):
        for index, cell in enumerate(row):
            _write_cell(page, (last, index), cell, formats, shown_as=shown_as[index])
    page.autofilter(top, 0, last, max(len(sheet.columns) - 1, 0))


def _write_cell(
    page: Worksheet,
    at: tuple[int, int],
    cell: WrittenCell,
    formats: dict[str, Any],
    *,
    shown_as: str,
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        page.write_datetime(*at, cell.replace(tzinfo=None), formats["moment"])
    elif isinstance(cell, date):
        page.write_datetime(*at, cell, formats["date"])
    elif not isinstance(cell, str) and _is_exact(cell):
        page.write_number(*at, cell, formats[shown_as])
    else:
        text = fit(as_text(cell))
        page.write_string(*at, text, formats["guarded" if is_hazardous(text) else "text"])


def _is_exact(number: float | Decimal) -> bool:
    """Whether the number is one (not yes or no) and survives as a double."""
    return not isinstance(number, bool) and -_EXACT < number < _EXACT


def as_text(cell: object) -> str:
    """How a cell reads as text: 是/否 for yes and no, nothing for None."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return "" if cell is None else str(cell)


def fit(text: str) -> str:
    """Text a workbook cell can hold: no forbidden character, at most 32,767 UTF-16 units."""
    text = clean(text)
    if len(text) * 2 <= _LONGEST_CELL:
        return text
    units = text.encode("utf-16-le")
    if len(units) // 2 <= _LONGEST_CELL:
        return text
    kept = units[: 2 * (_LONGEST_CELL - len(_CUT))].decode("utf-16-le", errors="ignore")
    return kept + _CUT


def is_hazardous(text: str) -> bool:
    """Whether a spreadsheet program opening the text from a csv could take it for a formula."""
    return text.startswith(_HAZARDS) or text.lstrip().startswith(_HAZARDS)


def write_csv(output: Output, sheet: Sheet, *, watermark: Watermark | None = None) -> None:
    """Write one sheet as UTF-8 csv with a byte order mark, so that Excel shows the Chinese.

    Hazardous text gets an apostrophe in front; numbers stay numbers. Watermark lines come last.
    """
    if isinstance(output, Path):
        with output.open("wb") as file:
            write_csv(file, sheet, watermark=watermark)
        return
    text = io.TextIOWrapper(output, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([_escaped(column.heading) for column in sheet.columns])
    writer.writerows([_escaped(cell) for cell in row] for row in sheet.rows)
    for label, line in watermark.lines if watermark else ():
        writer.writerow([_escaped(f"{label}：{line}")])
    text.flush()
    text.detach()


def _escaped(cell: WrittenCell) -> str:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return str(cell)
    text = clean(as_text(cell)) if not isinstance(cell, str) else clean(cell)
    raw_hazard = isinstance(cell, str) and is_hazardous(cell)
    return f"'{text}" if raw_hazard or is_hazardous(text) else text
