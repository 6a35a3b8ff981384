"""Near duplicates: which of many texts say the same, whatever the order of their clauses.

A text is the set of its shingles, here pairs and triples of neighbouring characters after
folding (A. Broder, On the resemblance and containment of documents, 1997). Texts that share
enough rare triples are candidates, found through an inverted index with a bound on every list;
the candidates' pairs are then compared exactly. MinHash with banding (Broder; Indyk and Motwani
1998) was left: half the words replaced leaves a resemblance near 0.25, where bands that miss
nothing let a fifth of all unrelated pairs through.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from matchmaker.workflow import Labelled

Longs = NDArray[np.int64]
LONGEST = 20_000  # characters of one text that are looked at
FEWEST = 3  # rare triples two texts must share to be compared
SHARE = 0.06  # and of the triples of the text that has fewer
RARE = 64  # texts that may hold a triple for all of them to meet through it
NEXT = 4  # beyond that, each meets those that follow it, so that many copies stay connected
SAME_FROM = 0.8  # Dice's share of common pairs of characters, as are those below
ALIKE_FROM = ((40, 0.39), (16, 0.5), (0, 0.7))  # pairs of the shorter text: chance helps few
PART_FROM, PART_LEAST = 0.6, 60  # share of the shorter text, and its pairs of characters
LONGER = 2  # times as long, before a text that holds another one is said to recycle it
TITLE_FROM = 90.0  # rapidfuzz ratio of two folded titles

_BITS = 40  # of a shingle's hash: for a million shingles half a collision is expected
_MASK = np.uint64((1 << _BITS) - 1)
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_KEPT = re.compile(r"[\u3400-\u9fff]|[a-z]{2,}|[,.;:!?。、\n]")
_STOP = "\n"  # between two clauses; no shingle reaches across, so their order plays no part
_WORDS_AT, _WORDS = 0xF0000, 0x1FFFE  # private code points: one for each Latin word
_AT_ONCE = 20_000  # pairs compared in one step: bounds the memory


class Kind(Labelled):
    """What two texts have to do with each other (类型)."""

    SAME = "same", "重复"
    ALIKE = "alike", "高度相似"
    PART = "part", "部分沿用"
    TITLE = "title", "名称相近"


@dataclass(frozen=True, slots=True)
class Text:
    """A title and what stands under it."""

    title: str
    body: str = ""

    @property
    def whole(self) -> str:
        """Everything that is compared."""
        return f"{self.title}\n{self.body}"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two places of the list of texts, a < b, and how alike they are.

    score : in [0, 1]. Dice's share of common pairs of characters; for `Kind.PART` the share of
    the shorter text found in the longer one; for `Kind.TITLE` of the titles alone.
    """

    a: int
    b: int
    score: float
    kind: Kind


def folded(text: str) -> str:
    """Return what of a text is compared: Chinese characters, and each Latin word as one mark.

    Figures, units of one letter and punctuation bring nothing: two alloys share them all.
    """
    return _marks(text).replace(_STOP, "")


def _marks(text: str) -> str:
    kept = _KEPT.findall(unicodedata.normalize("NFKC", text[:LONGEST]).lower())
    return "".join(one if one > "\u33ff" else _mark(one) for one in kept)


@lru_cache(maxsize=100_000)
def _mark(word: str) -> str:
    if not word.isalpha():
        return _STOP
    return chr(_WORDS_AT + crc32(word.encode()) % _WORDS)


def find(texts: Sequence[Text], asked: Collection[int] | None = None) -> list[Likeness]:
    """Return the pairs of texts that are alike, best first.

    asked : places of the texts to compare with all others; all with all unless given. Empty
    texts are like nothing. Time and memory grow with the number of texts, not of pairs.
    """
    contents = [_marks(text.whole) for text in texts]
    pairs = _candidates(_shingles(contents, 3), len(texts), asked)
    if not len(pairs):
        return []
    shingles = _shingles(contents, 2)
    sizes = np.bincount((shingles >> np.uint64(_BITS)).astype(np.int64), minlength=len(texts))
    found = []
    for start in range(0, len(pairs), _AT_ONCE):
        part = pairs[start : start + _AT_ONCE]
        for (a, b), common in zip(part.tolist(), _common(shingles, sizes, part), strict=True):
            judged = _judged(texts[a], texts[b], int(sizes[a]), int(sizes[b]), int(common))
            if judged is not None:
                found.append(Likeness(a, b, *judged))
    return sorted(found, key=lambda one: (-one.score, one.a, one.b))


def compare(left: Text, right: Text) -> tuple[float, Kind] | None:
    """Return score and kind of two texts; None where they are not alike."""
    found = find([left, right])
    return (found[0].score, found[0].kind) if found else None


def _judged(a: Text, b: Text, size_a: int, size_b: int, common: int) -> tuple[float, Kind] | None:
    least, most = sorted((size_a, size_b))
    if least >= PART_LEAST and most >= LONGER * least and common >= PART_FROM * least:
        return common / least, Kind.PART
    dice = 2 * common / (least + most) if least else 0.0
    if dice >= SAME_FROM:
        return dice, Kind.SAME
    if dice >= next(share for size, share in ALIKE_FROM if least >= size):
        return dice, Kind.ALIKE
    titles = folded(a.title), folded(b.title)
    ratio = fuzz.ratio(*titles, score_cutoff=TITLE_FROM) if all(titles) else 0.0
    return (ratio / 100, Kind.TITLE) if ratio else None


def _distinct(values: NDArray[Any]) -> tuple[NDArray[Any], Longs]:
    """Return the sorted distinct values and how often each stands there."""
    ordered = np.sort(values)
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    return ordered[first], np.diff(np.r_[first, len(ordered)])


def _shingles(contents: Sequence[str], length: int) -> NDArray[np.uint64]:
    """Return the distinct shingles of every text, sorted: place << 40 | hash of the shingle."""
    sizes = np.array([len(content) for content in contents], dtype=np.int64)
    marks = np.frombuffer("".join(contents).encode("utf-32-le"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(contents), dtype=np.uint64), sizes)
    last = len(marks) - length + 1
    if last < 1:
        return np.empty(0, dtype=np.uint64)
    hashed = np.zeros(last, dtype=np.uint64)
    for offset in range(length):
        hashed += marks[offset : offset + last].astype(np.uint64) * np.uint64(_FACTORS[offset])
    hashed ^= hashed >> np.uint64(29)
    hashed *= np.uint64(0xBF58476D1CE4E5B9)
    hashed >>= np.uint64(64 - _BITS)
    inside = owner[:last] == owner[length - 1 :]
    for offset in range(length):
        inside &= marks[offset : offset + last] != ord(_STOP)
    return _distinct((owner[:last] << np.uint64(_BITS) | hashed)[inside])[0]


def _candidates(triples: NDArray[np.uint64], count: int, asked: Collection[int] | None) -> Longs:
    """Return the pairs (p, 2) of places that share enough rare triples, a < b."""
    order = np.argsort(triples & _MASK, kind="stable")
    terms = (triples & _MASK)[order]
    owners = (triples >> np.uint64(_BITS)).astype(np.int64)[order]
    first = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]]) if len(terms) else order
    holders = np.diff(np.r_[first, len(terms)])
    ends = np.repeat(first + holders, holders)
    reach = np.repeat(np.where(holders <= RARE, RARE, NEXT), holders)
    wanted = np.ones(count, dtype=bool)
    if asked is not None:
        wanted[:] = False
        wanted[list(asked)] = True
    places = np.flatnonzero(np.arange(len(terms)) + 1 < ends)
    keys = []
    for step in range(1, RARE):
        places = places[(places + step < ends[places]) & (step <= reach[places])]
        if not len(places):
            break
        a, b = owners[places], owners[places + step]
        kept = wanted[a] | wanted[b]
        keys.append(a[kept] * count + b[kept])
    if not keys:
        return np.empty((0, 2), dtype=np.int64)
    pairs, shared = _distinct(np.concatenate(keys))
    found = np.stack([pairs // count, pairs % count], axis=1)
    held = np.bincount(owners, minlength=count)
    enough: Longs = found[shared >= np.maximum(FEWEST, SHARE * held[found].min(axis=1))]
    return enough


def _common(shingles: NDArray[np.uint64], sizes: Longs, pairs: Longs) -> Longs:
    """Return for each pair (p, 2) how many shingles both texts hold."""
    starts = np.r_[0, np.cumsum(sizes)]
    a, b = pairs[:, 0], pairs[:, 1]
    smaller, larger = np.where(sizes[a] <= sizes[b], (a, b), (b, a))
    lengths = sizes[smaller]
    owner = np.repeat(np.arange(len(pairs)), lengths)
    inside = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    own = shingles[starts[smaller][owner] + inside] & _MASK
    sought = larger[owner].astype(np.uint64) << np.uint64(_BITS) | own
    place = np.minimum(np.searchsorted(shingles, sought), len(shingles) - 1)
    counted: Longs = np.bincount(owner[shingles[place] == sought], minlength=len(pairs))
    return counted
