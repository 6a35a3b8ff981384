"""What a cell shows, as clean text."""

import re
import unicodedata
from datetime import date, datetime
from math import isfinite
from typing import Final

from .folding import INVISIBLE
from .reading import Cell

# Excel's own marks for a formula that failed.
FORMULA_FAULTS: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
FLOAT_DIGITS: Final = ".15g"  # what a spreadsheet program itself keeps of a number
_CARRIAGE_RETURN: Final = re.compile(r"_x000[dD]_|\r\n?")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class UnreadableError(ValueError):
    """A cell that does not say what its field wants; both texts are for a clerk."""

    def __init__(self, cause_zh: str, cure_zh: str) -> None:
        super().__init__(f"{cause_zh}；{cure_zh}")
        self.cause_zh = cause_zh
        self.cure_zh = cure_zh


def text_of(cell: Cell) -> str:
    """What the cell shows, trimmed: 12.0 is "12", a date 2026-01-05; emoji stay.

    NUL and control characters go. Refuses the mark of a failed formula.
    """
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _plain_number(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    text = clean(cell or "").strip()
    if text in FORMULA_FAULTS:
        raise UnreadableError(f"公式出错（{text}）", "请在原表中改正公式，或直接填写内容")
    return text


def clean(text: str) -> str:
    """Drop what no document may hold (NUL, control characters, lone surrogates), unify newlines."""
    return _SURROGATE.sub("", INVISIBLE.sub("", _CARRIAGE_RETURN.sub("\n", text)))


def has_invisible(cell: Cell) -> bool:
    """Whether `text_of` will drop characters from the cell, which deserves a notice."""
    return isinstance(cell, str) and bool(INVISIBLE.search(cell) or _SURROGATE.search(cell))


def folded_text(cell: Cell) -> str:
    """The text with full-width forms narrowed and all spaces gone, for numbers and codes."""
    return "".join(unicodedata.normalize("NFKC", text_of(cell)).split())


def shown(text: str) -> str:
    """The text cut short, in Chinese quotation marks, to be named in a message."""
    longest = 20
    return f"“{text[:longest]}…”" if len(text) > longest else f"“{text}”"


def _plain_number(number: float) -> str:
    if not isfinite(number):
        raise UnreadableError("不是有效的数字", "请重新填写")
    return str(int(number)) if number == int(number) else format(number, FLOAT_DIGITS)
