"""Headings made comparable, and the heading row found below title rows."""

import re
import unicodedata
from collections.abc import Sequence, Set
from typing import Final

_BRACKETS: Final = re.compile(r"[(\[{【〔《<][^()\[\]{}【】〔〕《》<>]*[)\]}】〕》>]")
_NOISE: Final = re.compile(r"[\s*＊:：、,，。.;；_\-/\\|★☆#\"'“”‘’?？!！]+")
_ORDINAL: Final = re.compile(r"^(?:[一二三四五六七八九十]{1,2}、|\d{1,2}[、.．])")
_TRAILING_UNIT: Final = re.compile(r"(?:单位)?(?:万元|亿元|千元|元)$")
_MONEY_UNIT: Final = re.compile(r"万元|亿元|千元|元")
_HEADING_LENGTH: Final = 40
_ENOUGH_OF_WIDTH: Final = 0.6
INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u2028\u2029\ufffe\uffff]"
)


def fold_heading(heading: str) -> str:
    """Reduce a heading to what it names: "预 算（万元）*" and "预算" fold alike.

    NFKC, lower case; bracketed remarks, required marks, ordinals, units, spaces and punctuation
    go. A heading that is nothing but a bracket keeps its content.
    """
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", heading)).lower().strip(" *")
    text = _ORDINAL.sub("", text)
    bare = text
    while (shorter := _BRACKETS.sub("", bare)) != bare:
        bare = shorter
    bare = _NOISE.sub("", bare)
    return _TRAILING_UNIT.sub("", bare) or bare or _NOISE.sub("", re.sub(r"[()\[\]]", "", text))


def unit_in_heading(heading: str) -> str:
    """The money unit a heading names (万元, 亿元, 千元, 元), or an empty string."""
    found = _MONEY_UNIT.search(unicodedata.normalize("NFKC", heading))
    return found.group() if found else ""


def count_known(row: Sequence[object], known: Set[str]) -> int:
    """How many different known headings the texts of `row` fold to."""
    return len({fold_heading(cell) for cell in row if isinstance(cell, str)} & known)


def find_heading_row(rows: Sequence[Sequence[object]], *, known: Set[str]) -> int:
    """Position of the heading row among the first rows of a sheet.

    The row with most headings of `known` (folded aliases) wins, the upper one on a tie. Where no
    row has any, the first whose cells are all short distinct texts and which is about as wide as
    the widest; failing that the first of the widest rows. Raises ValueError without rows.
    """
    if not rows:
        raise ValueError("no rows to find a heading in")
    scores = [count_known(row, known) for row in rows]
    if max(scores):
        return scores.index(max(scores))
    widths = [sum(cell is not None for cell in row) for row in rows]
    widest = max(widths)
    for position, row in enumerate(rows):
        if widths[position] >= _ENOUGH_OF_WIDTH * widest and _looks_like_headings(row):
            return position
    return widths.index(widest)


def _looks_like_headings(row: Sequence[object]) -> bool:
    filled = [cell for cell in row if cell is not None]
    texts = [cell for cell in filled if isinstance(cell, str) and len(cell) <= _HEADING_LENGTH]
    return len(texts) == len(filled) == len(set(texts))
