"""Foreign tables read through a confined child process, one row at a time."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import IO, Any, Final, Self

from .fields import FieldSpec
from .limits import Limits
from .refusals import Refusal, SpreadsheetError, refuse
from .sniffing import sniff

Cell = str | int | float | bool | date | datetime | None
EXAMPLE_MARK: Final = "【示例】"
_PROGRAM: Final = Path(__file__).with_name("start_child.py")
_CHUNK: Final = 256 * 1024
_LONGEST_LINE: Final = 32 * 1024 * 1024
_OUT_OF_MEMORY: Final = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}


@dataclass(frozen=True, slots=True)
class Row:
    """A filled row; `number` is its line as the spreadsheet program shows it, from 1."""

    number: int
    cells: tuple[Cell, ...]

    def is_example(self) -> bool:
        """Whether this is the example row of our template, left in."""
        return any(isinstance(cell, str) and cell.startswith(EXAMPLE_MARK) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class TableHead:
    """What is known of a table before its rows.

    sheet_names : all worksheets, hidden ones too; empty for csv.  heading_number : line from 1.
    titles : the rows above the heading.
    """

    file_format: str
    encoding: str
    sheet_names: tuple[str, ...]
    hidden_sheets: tuple[str, ...]
    sheet: str
    titles: tuple[Row, ...]
    headings: tuple[str, ...]
    heading_number: int


@dataclass(frozen=True, slots=True)
class Table(TableHead):
    """A table held whole in memory."""

    rows: tuple[Row, ...] = ()

    def iter_rows(self) -> Iterator[Row]:
        """The rows below the heading."""
        return iter(self.rows)


@dataclass(slots=True)
class TableStream:
    """A table whose rows come one at a time; `head` is known from the start."""

    head: TableHead
    _lines: Iterator[Any] = field(repr=False)

    def iter_rows(self) -> Iterator[Row]:
        """The rows below the heading, once; raises SpreadsheetError when a later row is bad.

        Whoever stores rows as they come must store all or none: the refusal may come last.
        """
        for line in self._lines:
            if isinstance(line, dict):
                return
            row = _row(line)
            if not row.is_example():
                yield row


@contextmanager
def open_table(
    path: Path, *, limits: Limits | None = None, sheet: str = "", specs: Sequence[FieldSpec] = ()
) -> Iterator[TableStream]:
    """Open the table at `path` (.xlsx, .xls, .ods, .csv) and stream it in bounded memory.

    sheet : name of the worksheet; without one the first visible sheet with headings of `specs`.
    Raises SpreadsheetError, whose message tells a clerk the cause and the cure.
    """
    limits = limits or Limits()
    sniff(path, limits=limits)
    known = sorted(set().union(*(spec.folded() for spec in specs)))
    request = {"path": str(path.resolve()), "sheet": sheet, "known": known}
    with _Child(json.dumps({**request, "limits": asdict(limits)}), limits=limits) as child:
        lines = child.lines()
        yield TableStream(_head(next(lines)), lines)


def read_table(
    path: Path, *, limits: Limits | None = None, sheet: str = "", specs: Sequence[FieldSpec] = ()
) -> Table:
    """Read the table at `path` whole; arguments and refusals as of `open_table`."""
    with open_table(path, limits=limits, sheet=sheet, specs=specs) as stream:
        rows = tuple(stream.iter_rows())
        head = {name: getattr(stream.head, name) for name in TableHead.__dataclass_fields__}
        return Table(**head, rows=rows)


def _head(line: dict[str, Any]) -> TableHead:
    *titles, heading = [_row(each) for each in line["rows"]]
    return TableHead(
        file_format=line["format"],
        encoding=line["encoding"],
        sheet_names=tuple(line["sheets"]),
        hidden_sheets=tuple(line["hidden"]),
        sheet=line["sheet"],
        titles=tuple(titles),
        headings=tuple("" if cell is None else str(cell).strip() for cell in heading.cells),
        heading_number=heading.number,
    )


def _row(line: list[Any]) -> Row:
    number, cells = line
    return Row(number, tuple(_cell(each) if isinstance(each, list) else each for each in cells))


def _cell(tagged: list[str]) -> date | datetime:
    kind, text = tagged
    return date.fromisoformat(text) if kind == "d" else datetime.fromisoformat(text)


class _Child:
    """The child process; waiting for it is limited, working on its rows is not."""

    def __init__(self, request: str, *, limits: Limits) -> None:
        self._left = limits.wall_seconds
        self._process = subprocess.Popen(  # noqa: S603 - fixed program, the path goes by stdin
            [sys.executable, "-I", "-X", "utf8", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
            close_fds=True,
        )
        self._output: IO[bytes] = self._process.stdout  # type: ignore[assignment]
        self._send(request)

    def _send(self, request: str) -> None:
        sink: IO[bytes] = self._process.stdin  # type: ignore[assignment]
        with suppress(BrokenPipeError), sink:  # A child already dead is noticed when read from.
            sink.write(request.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()

    def lines(self) -> Iterator[Any]:
        """Every line of the child, the end included; a refusal, or an end unsaid, is raised."""
        rest = b""
        while chunk := self._read():
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                raise refuse(Refusal.CELL_TOO_LONG, row="?", limit=_LONGEST_LINE)
            for each in whole:
                line = json.loads(each)
                if isinstance(line, dict) and "refusal" in line:
                    raise SpreadsheetError(Refusal(line["refusal"]), line["message"])
                yield line
        raise self._cause_of_death()

    def _read(self) -> bytes:
        """The next bytes; only the time spent here counts against the wall-clock limit."""
        started = monotonic()
        ready, _, _ = select.select([self._output], [], [], max(self._left, 0))
        self._left -= monotonic() - started
        if not ready:
            raise refuse(Refusal.TIMED_OUT)
        return os.read(self._output.fileno(), _CHUNK)

    def _cause_of_death(self) -> SpreadsheetError:
        code = self._process.wait()
        if code in {-signal.SIGXCPU, -signal.SIGKILL}:
            return refuse(Refusal.TIMED_OUT)
        return refuse(Refusal.BOMB if code in _OUT_OF_MEMORY else Refusal.DAMAGED)
