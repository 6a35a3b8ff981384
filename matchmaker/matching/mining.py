"""New words from the pools' own texts, and likely synonyms from the pairs officers accepted.

**Words.** A candidate is a run of neighbouring pieces of the plain cut, one of which at least is a
character no dictionary word claims (电|弧|喷涂). It must recur, hold together and stand free:

    cohesion = min over its joints of ln(N * n(ab) / (n(a) * n(b))) / -ln(n(ab) / N)
    freedom  = min over both sides of the entropy, in nats, of the character beside it

n counts runs among N pieces. The first is the normalised pointwise mutual information, in [-1, 1]
(Church & Hanks 1990, Computational Linguistics 16(1); Bouma 2009, GSCL); the second the branching
entropy (Jin & Tanaka-Ishii 2006, ACL anthology P06-2056); the edge of a clause is a neighbour of
its own each time. Longer runs are counted only over pairs that recur (Agrawal & Srikant 1994).

**Synonyms.** Of each accepted pair, the words of either side that the other does not hold, two by
two, where they share a character and the matcher has only that: 打磨 / 磨抛. What counts is in how
many accepted pairs they stand opposite each other, and in what share of those that could show it.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from matchmaker.matching.folding import fold
from matchmaker.matching.text import LONGEST_TERM, Segmenter

MOST_PIECES = 5
LONGEST = 8  # characters of a proposed word
TEXTS, TIMES = 3, 5  # what a word must reach: texts that hold it, times it stands in them
COHESION, FREEDOM = 0.3, 0.8
NESTED = 0.8  # of a run's times inside a longer proposed one that make it part of that one
EXAMPLES, AROUND = 3, 16  # snippets kept, characters on each side of the word
PAIRS, SHARE = 2, 0.5  # what two words must reach as synonyms
_APART = "\x1f"
_CLAUSE = re.compile(r"[^\u4e00-\u9fffa-z0-9+#-]+")
_HAN = re.compile("[\u4e00-\u9fff]+")
_COUNTED = re.compile("[0-9.]+[\u4e00-\u9fff]+")  # 1次, 3d stays
Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewWord:
    """A run that looks like a word.

    times : how often it stands in the texts.  texts : how many hold it.
    examples : (name of the text, snippet around the word).
    """

    word: str
    times: int
    texts: int
    cohesion: float
    freedom: float
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NewSynonyms:
    """Two words that stand opposite each other in `pairs` accepted pairs; the need's word first.

    share : `pairs` of those accepted pairs in which the rarer of the two is unmet.
    examples : the names of the pairs.
    """

    words: tuple[str, str]
    pairs: int
    share: float
    examples: tuple[str, ...]


@dataclass
class _Count:
    """How often a run stands, in how many texts, beside what, and where it is seen."""

    times: int = 0
    texts: set[int] = field(default_factory=set)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)


def new_words(
    texts: Sequence[tuple[str, str]],
    segmenter: Segmenter,
    *,
    at_least: int = TEXTS,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[NewWord]:
    """Return the runs that look like words, those of most texts first.

    texts : (name, text) of each document.  at_least : texts that must hold a word.
    progress : called with the number of texts cut so far.
    """
    clauses: list[tuple[int, str]] = []
    for place, (_name, text) in enumerate(texts):
        clauses += [(place, _APART.join(clause)) for clause in _clauses(text, segmenter)]
        progress(place + 1)
    single, pairs = _pairs(clauses)
    total = sum(single.values())
    frequent = {pair for pair, times in pairs.items() if times >= TIMES}
    counts = _runs(clauses, frequent, segmenter)
    known: dict[Run, int] = {(piece,): times for piece, times in single.items()}
    known |= {run: count.times for run, count in counts.items()}
    known |= {(a, b): times for (a, b), times in pairs.items()}
    found = [
        word
        for run, count in counts.items()
        if len(count.texts) >= at_least and count.times >= TIMES
        for word in _judged(run, count, known, total, texts)
        if not segmenter.knows(word.word) and not _COUNTED.fullmatch(word.word)
    ]
    return _outermost(sorted(found, key=lambda one: (-one.texts, -one.times, one.word)))


def _clauses(text: str, segmenter: Segmenter) -> Iterator[list[str]]:
    """The plain cut of a text, parted where no word can go on: at punctuation and stop words."""
    clause: list[str] = []
    for piece in segmenter.pieces(text):
        if _CLAUSE.search(piece) or piece in segmenter.stop_words:
            if len(clause) > 1:
                yield clause
            clause = []
        else:
            clause.append(piece)
    if len(clause) > 1:
        yield clause


def _pairs(clauses: Iterable[tuple[int, str]]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for _place, clause in clauses:
        pieces = clause.split(_APART)
        single.update(pieces)
        pairs.update(pairwise(pieces))
    return single, pairs


def _runs(
    clauses: Iterable[tuple[int, str]], frequent: set[tuple[str, str]], segmenter: Segmenter
) -> dict[Run, _Count]:
    counts: dict[Run, _Count] = defaultdict(_Count)
    for place, clause in clauses:
        pieces = clause.split(_APART)
        for first, last in _candidates(pieces, frequent):
            run = tuple(pieces[first:last])
            if not any(_is_fragment(piece, segmenter) for piece in run):
                continue
            count = counts[run]
            count.times += 1
            count.texts.add(place)
            edge = f"edge {count.times}"
            count.before[pieces[first - 1][-1] if first else edge] += 1
            count.after[pieces[last][0] if last < len(pieces) else edge] += 1
    return counts


def _candidates(pieces: Sequence[str], frequent: set[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Every run of two pieces or more, all of whose joints recur."""
    for first in range(len(pieces) - 1):
        length = len(pieces[first])
        for last in range(first + 1, min(len(pieces), first + MOST_PIECES)):
            length += len(pieces[last])
            if (pieces[last - 1], pieces[last]) not in frequent or length > LONGEST:
                break
            yield first, last + 1


def _is_fragment(piece: str, segmenter: Segmenter) -> bool:
    return len(piece) == 1 and bool(_HAN.match(piece)) and piece not in segmenter.stop_words


def _judged(
    run: Run,
    count: _Count,
    known: dict[Run, int],
    total: int,
    texts: Sequence[tuple[str, str]],
) -> Iterator[NewWord]:
    held = min(
        cohesion(count.times, known.get(run[:joint], 0), known.get(run[joint:], 0), total)
        for joint in range(1, len(run))
    )
    free = min(entropy(count.before), entropy(count.after))
    word = "".join(run)
    if held >= COHESION and free >= FREEDOM and _HAN.search(word) and len(word) <= LONGEST_TERM:
        seen = [texts[place] for place in sorted(count.texts)[:EXAMPLES]]
        examples = tuple((name, snippet(text, word)) for name, text in seen)
        yield NewWord(word, count.times, len(count.texts), held, free, examples)


def cohesion(both: int, left: int, right: int, total: int) -> float:
    """The normalised pointwise mutual information of two parts, in [-1, 1].

    A part that was not counted alone (its joint did not recur) is taken to stand `both` times.
    """
    left, right = max(left, both), max(right, both)
    if both >= total:
        return 1.0
    return math.log(total * both / (left * right)) / -math.log(both / total)


def entropy(counts: Counter[str]) -> float:
    """The entropy of a distribution, in nats; 0 for none."""
    total = counts.total()
    return -sum(n / total * math.log(n / total) for n in counts.values())


def snippet(text: str, word: str) -> str:
    """The word where it first stands in a text, as written, with what is around it."""
    folded, places = fold(text)
    at = max(0, folded.find(word))
    first, last = max(0, at - AROUND), min(len(folded), at + len(word) + AROUND)
    if not folded:
        return ""
    start, end = places[first], places[last - 1] + 1
    cut = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{cut}{'…' if end < len(text) else ''}"


def _outermost(found: list[NewWord]) -> list[NewWord]:
    """Leave out what nearly always stands inside a longer proposed word."""
    return [
        one
        for one in found
        if not any(
            one.word != other.word and one.word in other.word and other.times >= NESTED * one.times
            for other in found
        )
    ]


def new_synonyms(
    pairs: Iterable[tuple[str, str, str]], segmenter: Segmenter, *, at_least: int = PAIRS
) -> list[NewSynonyms]:
    """Return the words that stand opposite each other, those of most pairs first.

    pairs : (name, need's text, candidate's text) of each accepted pair.
    """
    opposite: dict[tuple[str, str], list[str]] = defaultdict(list)
    unmet: Counter[tuple[int, str]] = Counter()
    for name, asked, offered in pairs:
        mine, theirs = _unmet(asked, offered, segmenter)
        unmet.update((0, word) for word in mine)
        unmet.update((1, word) for word in theirs)
        for one in mine:
            for other in theirs:
                if _alike(one, other):
                    opposite[one, other].append(name)
    found = [
        NewSynonyms(
            words,
            len(names),
            len(names) / min(unmet[0, words[0]], unmet[1, words[1]]),
            tuple(names[:EXAMPLES]),
        )
        for words, names in opposite.items()
        if len(names) >= at_least
    ]
    kept = [one for one in found if one.share >= SHARE]
    return sorted(kept, key=lambda one: (-one.pairs, -one.share, one.words))


def _unmet(asked: str, offered: str, segmenter: Segmenter) -> tuple[set[str], set[str]]:
    """The words either text holds and the other does not, in Chinese, as the cut gives them."""
    met = {token.term for token in segmenter.tokens(asked)}
    met &= {token.term for token in segmenter.tokens(offered)}
    return _words(asked, met, segmenter), _words(offered, met, segmenter)


def _words(text: str, met: set[str], segmenter: Segmenter) -> set[str]:
    return {
        piece
        for piece in segmenter.pieces(text)
        if _HAN.fullmatch(piece)
        and len(piece) > 1
        and segmenter.tells(piece)
        and segmenter.canonical(piece) not in met
    }


def _alike(one: str, other: str) -> bool:
    """Tell whether two words share a character and neither holds the other (动力电池, 电池)."""
    return one not in other and other not in one and not set(one).isdisjoint(other)
