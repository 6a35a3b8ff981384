"""One text read for explaining: what each term weighs, and upon which words it stands.

A `Reading` is of one document alone and may be kept for many pairs; a `Side` is a reading in the
light of the other text, which decides which longer words are taken apart.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from matchmaker.matching.folding import fold
from matchmaker.matching.text import Segmenter, Token
from matchmaker.matching.weighting import CHANNELS, FIELDS, Document, Idf, channel, part, tokens

Extent = tuple[int, int]  # start and end in characters


class Inner(NamedTuple):
    """A known word inside a longer one: the field, the place of the longer one, and itself."""

    field: str
    unit: int
    token: Token


class Laid(NamedTuple):
    """Part of a term's weight, upon the word that holds it."""

    field: str
    unit: Token
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A document's terms and words at an idf. Treat as read-only.

    folded : field → its text in unified writing.  units : field → its words in order.
    cover : field → for each character its word, or the one before it.
    counts : field → how often each term stands there.  extents : term → field → where it stands.
    inner : term → where it stands inside a longer word.
    parts : term → field → its part of the score, scaled by norm and channel; `weights` their sums.
    strengths : term → its parts before rarity and scaling; squares : by channel, of strength × idf.
    words : the terms of the word channel; unit_terms : the meanings of `units`.
    written : meaning of a word or term → the ways it is written, counted.
    """

    document: Document
    segmenter: Segmenter
    idf: Idf
    folded: dict[str, str] = field(default_factory=dict)
    units: dict[str, list[Token]] = field(default_factory=dict)
    cover: dict[str, list[Token]] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    extents: dict[str, dict[str, list[Extent]]] = field(default_factory=dict)
    inner: dict[str, list[Inner]] = field(default_factory=dict)
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    strengths: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    squares: list[float] = field(default_factory=lambda: [0.0] * len(CHANNELS))
    words: set[str] = field(default_factory=set)
    unit_terms: set[str] = field(default_factory=set)
    written: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, segmenter: Segmenter, idf: Idf) -> "Reading":
        """Read all fields of a document at an idf."""
        reading = cls(document, segmenter, idf)
        for name in FIELDS:
            reading._read_field(name)
        reading._weigh()
        return reading

    def _read_field(self, name: str) -> None:
        text = self.document.text(name)
        self.folded[name] = fold(text)[0]
        units = self.units[name] = self.segmenter.units(text)
        self.unit_terms.update(unit.term for unit in units)
        for unit in units:
            self._note(unit.term, text[unit.start : unit.end])
        self.cover[name] = cover = _cover(units, 0, len(text))
        starts = {unit.start: place for place, unit in enumerate(units)}
        found = tokens(text, self.segmenter)
        self.counts[name] = Counter(token.term for token in found)
        for token in found:
            term, start, end = token
            self.extents.setdefault(term, {}).setdefault(name, []).append((start, end))
            if channel(term) == 0:
                self.words.add(term)
                self._note(term, text[start:end])
                unit = cover[start]
                if unit.start <= start and end <= unit.end and end - start < unit.end - unit.start:
                    self.inner.setdefault(term, []).append(Inner(name, starts[unit.start], token))

    def _note(self, term: str, surface: str) -> None:
        self.written.setdefault(term, Counter())[surface] += 1

    def surface(self, term: str) -> str:
        """The term as this document writes it most."""
        return self.written[term].most_common(1)[0][0]

    def _weigh(self) -> None:
        for name in FIELDS:
            once = part(name, 1)
            for term, count in self.counts[name].items():
                value = once if count == 1 else part(name, count)
                self.parts.setdefault(term, {})[name] = value
        for term, found in self.parts.items():
            strength = self.strengths[term] = sum(found.values())
            weight = self.weights[term] = strength * self.idf.of(term)
            self.squares[channel(term)] += weight * weight
        weights = zip(CHANNELS.values(), self.squares, strict=True)
        scales = [math.sqrt(weight / square) if square else 0.0 for weight, square in weights]
        for term, found in self.parts.items():
            self.weights[term] *= scales[channel(term)]
            scale = self.weights[term] / self.strengths[term]
            for name in found:
                found[name] *= scale


@dataclass(frozen=True, slots=True)
class Side:
    """A reading in the light of the other text.

    cover : as the reading's, with the longer words taken apart.  pieces : the words that came of
    it and the ways they are written.
    """

    reading: Reading
    cover: Mapping[str, Sequence[Token]]
    pieces: Mapping[str, Counter[str]]

    @classmethod
    def of(cls, reading: Reading, other: Reading) -> "Side":
        """Take apart each word that holds one of the other text (动力电池 against 电池).

        A word that the other text holds as it is stays whole.
        """
        held: dict[tuple[str, int], list[Token]] = {}
        for term in reading.inner.keys() & other.words:
            for name, place, token in reading.inner[term]:
                whole = reading.units[name][place].term
                if whole not in other.words and whole not in other.unit_terms:
                    held.setdefault((name, place), []).append(token)
        cover = dict(reading.cover)
        pieces: dict[str, Counter[str]] = {}
        for (name, place), inside in held.items():
            if cover[name] is reading.cover[name]:
                cover[name] = list(cover[name])
            text, units = reading.document.text(name), reading.units[name]
            end = units[place + 1].start if place + 1 < len(units) else len(text)
            start = units[place].start if place else 0
            cut = list(_apart(units[place], _fitting(inside), text, reading.segmenter))
            cover[name][start:end] = _cover(cut, start, end)
            for piece in cut:
                surface = text[piece.start : piece.end]
                pieces.setdefault(piece.term, Counter())[surface] += 1
        return cls(reading, cover, pieces)

    def laid(self, term: str) -> Iterator[Laid]:
        """Lay a term upon the words it stands in, by its characters there."""
        for name, extents in self.reading.extents[term].items():
            each = self.reading.parts[term][name] / len(extents)
            cover = self.cover[name]
            for start, end in extents:
                if cover[start] is cover[end - 1]:
                    yield Laid(name, cover[start], each)
                else:
                    part_of_it = each / (end - start)
                    for place in range(start, end):
                        yield Laid(name, cover[place], part_of_it)

    def holds(self, term: str) -> bool:
        """Whether this text holds the word."""
        return term in self.reading.written or term in self.pieces

    def surfaces(self, term: str) -> tuple[str, ...]:
        """The term as this document writes it, most frequent first."""
        found = self.reading.written.get(term)
        if not found or term in self.pieces:
            found = (found or Counter()) + self.pieces.get(term, Counter())
        return tuple(found) if len(found) == 1 else tuple(word for word, _ in found.most_common())


def pair(need: Reading, candidate: Reading) -> tuple[Side, Side]:
    """Both texts of a pair, each in the light of the other."""
    return Side.of(need, candidate), Side.of(candidate, need)


def _apart(
    unit: Token, inside: Sequence[Token], text: str, segmenter: Segmenter
) -> Iterator[Token]:
    """A word cut into those it holds and what lies between."""
    done = unit.start
    for token in inside:
        yield from _piece(text, done, token.start, segmenter)
        yield token
        done = token.end
    yield from _piece(text, done, unit.end, segmenter)


def _fitting(tokens: Sequence[Token]) -> list[Token]:
    """The longest tokens that do not overlap, the first of equal ones; in order."""
    taken: set[int] = set()
    kept: list[Token] = []
    for token in sorted(tokens, key=lambda token: (token.start - token.end, token.start)):
        places = range(token.start, token.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(token)
    return sorted(kept, key=lambda token: token.start)


def _piece(text: str, start: int, end: int, segmenter: Segmenter) -> Iterator[Token]:
    if start < end:
        yield Token(segmenter.canonical(fold(text[start:end])[0]), start, end)


def _cover(units: Sequence[Token], start: int, end: int) -> list[Token]:
    """For each character from `start` to `end` the word it belongs to, or the one before it."""
    covered: list[Token] = []
    for unit, after in zip(units, [*[one.start for one in units[1:]], end], strict=False):
        covered += [unit] * (after - start - len(covered))
    return covered
