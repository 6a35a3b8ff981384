"""The child process that opens a foreign file, under limits, and prints its rows.

One JSON request on standard input, JSON lines on standard output: first the head of the chosen
sheet, then a line for each row below its heading, at last {"end": rows}; or {"refusal": code,
"message": text}. Imports nothing of the application beside this package's plain modules.
"""

import json
import os
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from .archives import inspect_archive
from .delimited import delimited_rows, find_dialect
from .faults import Faults, find_faults
from .folding import count_known, find_heading_row
from .limits import Limits
from .merging import fill_merged
from .refusals import Refusal, SpreadsheetError, refuse
from .sniffing import FileFormat, sniff

HEAD_ROWS: Final = 30
_MAX_MERGED: Final = 200_000
_ROW_TEXTS: Final = 5
_LOWEST_FILES: Final = 32
NumberedRow = tuple[int, list[object]]


@dataclass(frozen=True, slots=True)
class Request:
    """What the parent asks: a file, a sheet or "" for the best one, and folded aliases."""

    path: Path
    sheet: str
    known: frozenset[str]
    limits: Limits

    @classmethod
    def from_json(cls, text: str) -> "Request":
        """Read the request the parent wrote."""
        asked = json.loads(text)
        return cls(
            path=Path(asked["path"]),
            sheet=asked["sheet"],
            known=frozenset(asked["known"]),
            limits=Limits(**asked["limits"]),
        )


def confine(limits: Limits) -> None:
    """Bound memory, processor time and files of this process; it can no longer write a file."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_LOWEST_FILES, _LOWEST_FILES))


def answer(request: Request) -> Iterator[dict[str, Any] | list[Any]]:
    """Yield the head, the rows and the end; raises SpreadsheetError to refuse the file."""
    found = sniff(request.path, limits=request.limits)
    if found is FileFormat.CSV:
        head, rows = _open_text(request)
    else:
        if found is not FileFormat.XLS:
            inspect_archive(request.path, found=found, limits=request.limits)
        head, rows = _open_workbook(request, found=found)
    checked = _checked(rows, limits=request.limits)
    first = list(islice(checked, HEAD_ROWS))
    if not first:
        raise refuse(Refusal.EMPTY)
    heading = find_heading_row([row for _number, row in first], known=request.known)
    yield {**head, "format": found.value, "rows": first[: heading + 1]}
    count = 0
    for numbered in chain(first[heading + 1 :], checked):
        count += 1
        if count > request.limits.rows:
            raise refuse(Refusal.TOO_MANY_ROWS, limit=request.limits.rows)
        yield list(numbered)
    yield {"end": count}


def _open_text(request: Request) -> tuple[dict[str, Any], Iterator[list[object]]]:
    dialect = find_dialect(request.path)
    rows = delimited_rows(request.path, dialect, limits=request.limits)
    head = {"sheets": [], "hidden": [], "sheet": "", "encoding": dialect.encoding}
    return head, ([_plain(cell) for cell in row] for row in rows)


def _open_workbook(
    request: Request, *, found: FileFormat
) -> tuple[dict[str, Any], Iterator[list[object]]]:
    book = CalamineWorkbook.from_path(request.path)
    if any(sheet.typ is SheetTypeEnum.MacroSheet for sheet in book.sheets_metadata):
        raise refuse(Refusal.MACROS)
    names = [each.name for each in book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]
    shown = [
        each.name
        for each in book.sheets_metadata
        if each.name in names and each.visible is SheetVisibleEnum.Visible
    ]
    if request.sheet and request.sheet not in names:
        raise refuse(Refusal.NO_SUCH_SHEET, found=request.sheet[:31])
    candidates = [request.sheet] if request.sheet else shown
    if not candidates:
        raise refuse(Refusal.EMPTY)
    sheet = _best_sheet(book, candidates, known=request.known)
    hidden = [name for name in names if name not in shown]
    head = {"sheets": names, "hidden": hidden, "sheet": sheet.name, "encoding": ""}
    faults = find_faults(request.path, sheet.name) if found is FileFormat.XLSX else {}
    return head, _with_faults(_sheet_rows(sheet), faults)


def _best_sheet(
    book: CalamineWorkbook, names: list[str], *, known: frozenset[str]
) -> CalamineSheet:
    """The first sheet with two known headings, else with one, else with any row, else the first."""
    best, best_score = book.get_sheet_by_name(names[0]), -1
    for name in names if names[1:] else ():
        sheet = book.get_sheet_by_name(name)
        head = list(islice((row for row in _sheet_rows(sheet) if any(row)), HEAD_ROWS))
        score = min(2, max((count_known(row, known) for row in head), default=-1))
        if score > best_score:
            best, best_score = sheet, score
    return best


def _sheet_rows(sheet: CalamineSheet) -> Iterator[list[object]]:
    """Rows from the sheet's first line on, columns from its first column on."""
    before: list[object] = [None] * (sheet.start or (0, 0))[1]
    rows = (before + [_plain(cell) for cell in row] for row in sheet.iter_rows())
    return fill_merged(rows, (sheet.merged_cell_ranges or [])[:_MAX_MERGED])


def _with_faults(rows: Iterator[list[object]], faults: Faults) -> Iterator[list[object]]:
    """Put the marks of failed formulas back where the parser left blanks."""
    by_row: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for (number, column), mark in faults.items():
        by_row[number].append((column, mark))
    for number, row in enumerate(rows):
        for column, mark in by_row.get(number, ()):
            if column < len(row):
                row[column] = mark
        yield row


def _plain(cell: object) -> object:
    """A cell as JSON can say it; blank is None, a date is ["d", ISO text]."""
    if isinstance(cell, str):
        return cell if cell and not cell.isspace() else None
    if isinstance(cell, datetime):
        midnight = cell.time() == time.min
        return ["d", cell.date().isoformat()] if midnight else ["t", cell.isoformat()]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]
    return str(cell) if isinstance(cell, time | timedelta) else cell


def _checked(rows: Iterator[list[object]], *, limits: Limits) -> Iterator[NumberedRow]:
    """Number the rows from 1, drop blank ones and blank ends, refuse too wide and too long."""
    for number, row in enumerate(rows, start=1):
        while row and row[-1] is None:
            row.pop()
        if not row:
            continue
        if len(row) > limits.columns:
            raise refuse(Refusal.TOO_MANY_COLUMNS, found=len(row), limit=limits.columns)
        lengths = [len(cell) for cell in row if isinstance(cell, str)]
        longest = max(lengths, default=0)
        if max(longest, sum(lengths) // _ROW_TEXTS) > limits.cell_characters:
            raise refuse(Refusal.CELL_TOO_LONG, row=number, limit=limits.cell_characters)
        yield number, row


def serve(request: Request, *, write: Callable[[str], object]) -> None:
    """Answer a request line by line; whatever the parser throws becomes a named refusal.

    A panic of the Rust parser derives from BaseException only.
    """
    try:
        for line in answer(request):
            write(json.dumps(line, ensure_ascii=False) + "\n")
    except (KeyboardInterrupt, SystemExit, BrokenPipeError):
        raise
    except BaseException as error:
        refusal = _refusal_for(error)
        write(json.dumps({"refusal": refusal.code, "message": refusal.message_zh}) + "\n")


def _refusal_for(error: BaseException) -> SpreadsheetError:
    if isinstance(error, SpreadsheetError):
        return error
    if isinstance(error, PasswordError):
        return refuse(Refusal.ENCRYPTED)
    return refuse(Refusal.BOMB if isinstance(error, MemoryError) else Refusal.DAMAGED)


def main(source: IO[str] | None = None, sink: IO[str] | None = None) -> None:
    """Read the request, take on the limits, answer."""
    request = Request.from_json((source or sys.stdin).read())
    confine(request.limits)
    out = sink or sys.stdout
    with suppress(BrokenPipeError):
        serve(request, write=out.write)
        out.flush()


if __name__ == "__main__":
    main()
    os._exit(0)  # Freeing a large sheet cell by cell would only cost time.
