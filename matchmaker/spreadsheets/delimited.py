"""Text tables: encoding and delimiter found out, rows streamed."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from .limits import Limits
from .refusals import Refusal, refuse

_CHUNK: Final = 256 * 1024
_SAMPLE_CHARACTERS: Final = 64 * 1024
_SAMPLE_ROWS: Final = 40
_DELIMITERS: Final = (",", "\t", ";", "|")
_DECLARATION_LENGTH: Final = len("sep=;")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters no text table holds; a file with many of them is not text.
_BINARY: Final = frozenset(range(32)) - {7, 8, 9, 10, 11, 12, 13, 26, 27, 28, 29, 30, 31}
_BINARY_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text table is written: a Python codec name and one delimiter."""

    encoding: str
    delimiter: str
    has_declaration: bool = False


def find_dialect(path: Path) -> Dialect:
    """Find encoding and delimiter of the text at `path`.

    Order: byte order mark, strict UTF-8, strict GB18030. Raises SpreadsheetError when none fits.
    """
    encoding = _find_encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE_CHARACTERS)
    first = sample.partition("\n")[0].strip("\r")
    if first.lower().startswith("sep=") and len(first) == _DECLARATION_LENGTH:
        return Dialect(encoding, first[-1], has_declaration=True)
    return Dialect(encoding, max(_DELIMITERS, key=lambda mark: _score(sample, mark)))


def _find_encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            if not _decodes(path, encoding):
                raise refuse(Refusal.UNDECODABLE)
            return encoding
    if sum(byte in _BINARY for byte in head) > _BINARY_SHARE * len(head):
        raise refuse(Refusal.NOT_A_WORKBOOK, found="（内容既非表格也非文本）")
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise refuse(Refusal.UNDECODABLE)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK):
                pass
    except UnicodeError:
        return False
    return True


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    """Rate a delimiter: how many rows share the commonest width above one, and that width."""
    reader = csv.reader(sample.splitlines(keepends=True), delimiter=delimiter)
    try:
        widths = [len(row) for row in islice(reader, _SAMPLE_ROWS)]
    except csv.Error:
        return (0, 0)
    counts = {width: widths.count(width) for width in widths if width > 1}
    if not counts:
        return (0, 0)
    width = max(counts, key=lambda each: (counts[each], each))
    return (counts[width], width)


def delimited_rows(path: Path, dialect: Dialect, *, limits: Limits) -> Iterator[list[str]]:
    """Stream the rows of a text table. Quoted fields may hold newlines."""
    csv.field_size_limit(limits.cell_characters)
    with path.open(encoding=dialect.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=dialect.delimiter)
        if dialect.has_declaration:
            next(reader)
        try:
            yield from reader
        except csv.Error as cause:
            if "field larger" in str(cause):
                raise refuse(
                    Refusal.CELL_TOO_LONG, row=reader.line_num, limit=limits.cell_characters
                ) from cause
            raise refuse(Refusal.DAMAGED) from cause
