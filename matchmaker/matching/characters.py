"""The second channel: single characters and pairs of neighbours, whatever a dictionary knows.

Two texts that word things differently still share characters (打磨 and 磨抛, 抗污 and 防污), and a
word cut wrongly costs nothing here. Synonyms are written as their group's first word before the
characters are read, so that they meet in this channel too.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import add
from typing import NamedTuple

from matchmaker.matching.folding import fold
from matchmaker.matching.text import Segmenter, Token

MARK = "·"  # before each term of this channel; no word begins with it
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:[-.+#_][a-z0-9]+)*")
_LETTER = re.compile(r"[a-z]")
_ALPHANUMERIC = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def is_character_term(term: str) -> bool:
    """Tell the terms of this channel from words."""
    return term.startswith(MARK)


def grams(text: str, segmenter: Segmenter) -> list[Token]:
    """The characters, pairs and Latin words of a text, each with its place as written.

    Figures and units bring nothing. A synonym's characters all stand where the synonym stands.
    """
    folded, starts, ends = _rewritten(text, segmenter)
    found: list[Token] = []
    for run in _RUN.finditer(folded):
        first, last = run.span()
        if folded[first] > "\u33ff":
            found += _of_han(folded, first, last, starts, ends)
        elif _tells(run[0], segmenter):
            found.append(Token(MARK + run[0], starts[first], ends[last - 1]))
    return found


def counted(text: str, segmenter: Segmenter) -> dict[str, int]:
    """How often `grams` gives each term, in a fraction of its time."""
    folded = fold(text)[0]
    if spans := _synonyms(folded, segmenter):
        folded = "".join(_pieces(folded, spans, segmenter))
    found: Counter[str] = Counter()
    for run in _RUN.findall(folded):
        if run[0] > "\u33ff":
            found.update(run)
            found.update(map(add, run, run[1:]))
        elif _tells(run, segmenter):
            found[run] += 1
    return {MARK + term: count for term, count in found.items()}


def _of_han(
    folded: str, first: int, last: int, starts: Sequence[int], ends: Sequence[int]
) -> Iterator[Token]:
    for place in range(first, last):
        yield Token(MARK + folded[place], starts[place], ends[place])
    for place in range(first, last - 1):
        yield Token(MARK + folded[place : place + 2], starts[place], ends[place + 1])


def _tells(run: str, segmenter: Segmenter) -> bool:
    return bool(_LETTER.search(run)) and segmenter.tells(run)


def _rewritten(text: str, segmenter: Segmenter) -> tuple[str, Sequence[int], Sequence[int]]:
    """Fold a text and put each group's first word for its synonyms, with the places of each."""
    folded, places = fold(text)
    ends: Sequence[int] = [place + 1 for place in places]
    spans = _synonyms(folded, segmenter)
    if not spans:
        return folded, places, ends
    starts: list[int] = []
    stops: list[int] = []
    done = 0
    for first, last in spans:
        size = len(segmenter.canonical(folded[first:last]))
        starts += [*places[done:first], *[places[first]] * size]
        stops += [*ends[done:first], *[ends[last - 1]] * size]
        done = last
    rewritten = "".join(_pieces(folded, spans, segmenter))
    return rewritten, [*starts, *places[done:]], [*stops, *ends[done:]]


def _pieces(folded: str, spans: Sequence[tuple[int, int]], segmenter: Segmenter) -> Iterator[str]:
    """The text with its group's first word in the place of each of these synonyms."""
    done = 0
    for first, last in spans:
        yield folded[done:first]
        yield segmenter.canonical(folded[first:last])
        done = last
    yield folded[done:]


def _synonyms(folded: str, segmenter: Segmenter) -> list[tuple[int, int]]:
    """Where a synonym stands that is not its group's first word: leftmost, then longest."""
    known = rewriting(segmenter)
    kept: list[tuple[int, int]] = []
    for start in known.starts.finditer(folded) if known.starts else ():
        first = start.start()
        if kept and first < kept[-1][1]:
            continue
        for length in known.lengths[start[0]]:
            word = folded[first : first + length]
            last = first + len(word)
            if word in known.words and _is_whole(folded, first, last):
                kept.append((first, last))
                break
    return kept


class Rewriting(NamedTuple):
    """The synonyms to rewrite: their first characters, what lengths begin so, the words.

    Looked up by length and not as a pattern of alternatives, whose time would grow with them.
    """

    starts: "re.Pattern[str] | None"
    lengths: dict[str, tuple[int, ...]]
    words: frozenset[str]


def rewriting(segmenter: Segmenter) -> Rewriting:
    """Return what finds the synonyms that are not their group's first word."""
    known: Rewriting | None = segmenter.__dict__.get("_rewriting")
    if known is None:
        words = frozenset(word for group in segmenter.groups for word in group[1:])
        lengths: dict[str, set[int]] = {}
        for word in words:
            lengths.setdefault(word[0], set()).add(len(word))
        known = Rewriting(
            re.compile(f"[{re.escape(''.join(sorted(lengths)))}]") if words else None,
            {first: tuple(sorted(some, reverse=True)) for first, some in lengths.items()},
            words,
        )
        segmenter.__dict__["_rewriting"] = known
    return known


def _is_whole(folded: str, first: int, last: int) -> bool:
    """A Latin word is one only between other characters."""
    before, after = folded[max(0, first - 1) : first], folded[last : last + 1]
    joined_before = folded[first].isascii() and before in _ALPHANUMERIC
    return not joined_before and not (folded[last - 1].isascii() and after in _ALPHANUMERIC)
