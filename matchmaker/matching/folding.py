"""One writing for what is written in many ways: width, 繁 and 简, case, ligatures."""

import unicodedata
from collections.abc import Sequence

from matchmaker.matching.traditional import simplified


class _Folding(dict[int, str]):
    """What each character is written as, found out once; uneven : those not written as one."""

    most = 20_000  # characters remembered: more than a bureau ever reads

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        piece = _fold_character(chr(code))
        if len(piece) != 1:
            self.uneven.add(chr(code))
        if len(self) < self.most:
            self[code] = piece
        return piece


_FOLDING = _Folding()


def _fold_character(character: str) -> str:
    if unicodedata.category(character) in {"Cf", "Cs"}:
        return ""  # soft hyphens and zero-width marks pasted from web pages; halves of characters
    return "".join(map(simplified, unicodedata.normalize("NFKC", character).lower()))


def fold(text: str) -> tuple[str, Sequence[int]]:
    """Unify the writing: width, 繁 and 简, letter case, ligatures, sub- and superscripts.

    Returns the folded text and, for each of its characters, the place of the one it came from.
    """
    folded = text.translate(_FOLDING)
    if _FOLDING.uneven.isdisjoint(text):
        return folded, range(len(text))
    lengths = [len(_FOLDING[ord(character)]) for character in text]
    return folded, [place for place, length in enumerate(lengths) for _ in range(length)]
