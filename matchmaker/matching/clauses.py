"""Two texts side by side: which clauses both have, moved, changed or alone, word by word.

Clauses are paired first where they read the same after folding, then by likeness, best first
(rapidfuzz). Order plays no part in the pairing; a clause whose partner stands elsewhere than its
neighbours' is marked as moved (off the longest increasing run of partners).
"""

import difflib
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from matchmaker.matching.near import folded
from matchmaker.matching.text import BLOCK
from matchmaker.workflow import Labelled

MOST = 300  # clauses of one text that are paired; what follows counts as its own
PAIRED_FROM = 55.0  # rapidfuzz ratio of two folded clauses
_CLAUSE = re.compile(rf"(?s)[^，。；！？,;!?\n]{{1,{BLOCK}}}[，。；！？,;!?\n\s]*")
_WORD = re.compile(r"[a-zA-Z0-9]+|\s+|.", re.DOTALL)


class Fate(Labelled):
    """What became of a clause in the other text."""

    SAME = "same", "相同"
    MOVED = "moved", "移位"
    CHANGED = "changed", "改写"
    ALONE = "alone", "独有"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as written; partner is the other text's clause, counted from 0.

    pieces : (text, whether both have it), together the clause.  moved : stands elsewhere there.
    """

    text: str
    fate: Fate
    partner: int | None
    pieces: tuple[tuple[str, bool], ...]
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """Both texts, clause by clause. Joined, each side gives its text back without blank starts."""

    left: tuple[Clause, ...]
    right: tuple[Clause, ...]


def clauses(text: str) -> list[str]:
    """Cut a text after its punctuation, in pieces of at most `BLOCK` characters and the marks."""
    return [piece for piece in _CLAUSE.findall(text) if piece.strip()]


def side_by_side(left: str, right: str) -> Sides:
    """Pair the clauses of two texts and mark what each has and the other lacks."""
    a, b = clauses(left), clauses(right)
    partners = _partners([folded(one) for one in a], [folded(one) for one in b])
    kept = _in_order(partners)
    moved = {one for one in partners if one not in kept}
    back = {other: one for one, other in partners.items()}
    lefts = tuple(
        _clause(a, one, b, partners.get(one), moved=one in moved) for one in range(len(a))
    )
    rights = tuple(
        _clause(b, one, a, back.get(one), moved=back.get(one) in moved) for one in range(len(b))
    )
    return Sides(lefts, rights)


def _clause(
    own: Sequence[str], at: int, others: Sequence[str], partner: int | None, *, moved: bool
) -> Clause:
    text = own[at]
    if partner is None:
        return Clause(text, Fate.ALONE, None, ((text, False),))
    same = folded(text) == folded(others[partner]) and _plain(text) == _plain(others[partner])
    if same:
        fate = Fate.MOVED if moved else Fate.SAME
        return Clause(text, fate, partner, ((text, True),), moved)
    return Clause(text, Fate.CHANGED, partner, _pieces(text, others[partner]), moved)


def _plain(text: str) -> str:
    """Return the clause without its punctuation, figures kept: a changed figure is a change."""
    return "".join(character for character in text.lower() if character.isalnum())


def _pieces(text: str, other: str) -> tuple[tuple[str, bool], ...]:
    """Cut a clause into runs of words the other clause has in the same order, and has not."""
    own, theirs = _words(text), _words(other)
    matcher = difflib.SequenceMatcher(None, own, theirs, autojunk=False)
    found: list[tuple[str, bool]] = []
    done = 0
    for block in matcher.get_matching_blocks():
        found.append(("".join(own[done : block.a]), False))
        found.append(("".join(own[block.a : block.a + block.size]), True))
        done = block.a + block.size
    return tuple(piece for piece in found if piece[0])


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _partners(left: Sequence[str], right: Sequence[str]) -> dict[int, int]:
    """Pair clauses, left → right; the same ones first, in order, then the likest."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for place, content in enumerate(right[:MOST]):
        if content:
            waiting[content].append(place)
    found: dict[int, int] = {}
    for place, content in enumerate(left[:MOST]):
        if waiting.get(content):
            found[place] = waiting[content].pop(0)
    rest_left = [p for p, content in enumerate(left[:MOST]) if content and p not in found]
    taken = set(found.values())
    rest_right = [p for p, content in enumerate(right[:MOST]) if content and p not in taken]
    if rest_left and rest_right:
        found |= _likest(left, right, rest_left, rest_right)
    return found


def _likest(
    left: Sequence[str], right: Sequence[str], rest_left: list[int], rest_right: list[int]
) -> dict[int, int]:
    ratios = process.cdist(
        [left[place] for place in rest_left],
        [right[place] for place in rest_right],
        scorer=fuzz.ratio,
        score_cutoff=PAIRED_FROM,
    )
    ranked = sorted((-float(ratios[i, j]), i, j) for i, j in zip(*ratios.nonzero(), strict=True))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _ratio, i, j in ranked:
        if rest_left[i] not in found and rest_right[j] not in taken:
            found[rest_left[i]] = rest_right[j]
            taken.add(rest_right[j])
    return found


def _in_order(partners: dict[int, int]) -> set[int]:
    """Return the left places of a longest run whose partners stand in the same order.

    Patience sorting: tails[n] ends the run of n + 1 places that ends earliest.
    """
    tails: list[int] = []
    tail_places: list[int] = []
    before: dict[int, int | None] = {}
    for place in sorted(partners):
        at = bisect_left(tails, partners[place])
        before[place] = tail_places[at - 1] if at else None
        tails[at : at + 1] = [partners[place]]
        tail_places[at : at + 1] = [place]
    kept: set[int] = set()
    last: int | None = tail_places[-1] if tail_places else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept


def shared(sides: Sides, shortest: int = 6) -> list[str]:
    """Return the passages both texts have, longest first: runs of at least `shortest` marks."""
    found = dict.fromkeys(
        piece.strip()
        for clause in sides.left
        for piece, both in clause.pieces
        if both and len(folded(piece)) >= shortest
    )
    return sorted(found, key=lambda passage: (-len(passage), passage))
