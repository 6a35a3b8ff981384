"""What a term weighs in a text: damped frequency, summed over the fields, times rarity.

    part(t, f)   = FIELD_WEIGHTS[f] * (1 + ln(1 + ln count of t in f)), 0 if t does not stand in f
    weight(t, d) = idf(t) * sum of part(t, f) over the fields f of d
    idf(t)       = emphasis(t) * ln((1 + N + B) / (1 + documents that hold t + B * background(t)))
    emphasis(t)  = 1.25 for a single character, 1.3 for a Latin word among the characters, else 1

A term is a word (`Segmenter.terms`) or a character or pair (`characters.grams`): two channels. The
text score of two texts is the sum over the channels of CHANNELS[c] * the cosine of their weights
in c. It is linear in the parts, so it can be told apart by term and by field without a remainder.

background(t) is how many of B imagined documents of everyday Chinese would hold t, by jieba's own
frequencies: in a district of three needs a shared 的 must not weigh like a shared 皂苷.
Sources: Salton & Buckley (1988), doi:10.1016/0306-4573(88)90021-0; Spärck Jones (1972) for idf;
Singhal et al. (1999) for the doubly damped frequency. docs/matching.md has the measurements.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from matchmaker.matching.characters import MARK, counted, grams, is_character_term
from matchmaker.matching.text import Segmenter, Token, dictionary

FIELD_WEIGHTS: Mapping[str, float] = {"title": 3.0, "keywords": 2.0, "body": 1.0}
FIELDS = tuple(FIELD_WEIGHTS)
CHANNELS: Mapping[str, float] = {"words": 0.1, "characters": 0.9}  # sum to 1
SINGLE, LATIN = 1.25, 1.3  # what a single character and a Latin word count beside a pair
BACKGROUND = 50  # imagined documents
BACKGROUND_WORDS, BACKGROUND_CHARACTERS = 110, 200  # of each imagined document
INSIDE = 0.6  # of the times a pair stands in a text, those in which it is a word


@dataclass(frozen=True, slots=True)
class Document:
    """One side of a pairing as plain text: a need, an achievement, an expert, a service."""

    id: str
    title: str = ""
    keywords: str = ""
    body: str = ""

    def text(self, name: str) -> str:
        """The text of one of `FIELDS`."""
        return {"title": self.title, "keywords": self.keywords, "body": self.body}[name]


@lru_cache(maxsize=10_000)
def part(name: str, count: int) -> float:
    """What a term that stands `count` >= 1 times in the field `name` brings, rarity apart."""
    return FIELD_WEIGHTS[name] * (1 + math.log(1 + math.log(count)))


def channel(term: str) -> int:
    """The place of a term's channel in `CHANNELS`."""
    return int(is_character_term(term))


def emphasis(term: str) -> float:
    """How much a term counts among those of its channel, rarity apart."""
    if not is_character_term(term):
        return 1.0
    if term[len(MARK) :].isascii():
        return LATIN
    return SINGLE if len(term) == len(MARK) + 1 else 1.0


def tokens(text: str, segmenter: Segmenter) -> list[Token]:
    """The terms of both channels with their places."""
    return [*segmenter.tokens(text), *grams(text, segmenter)]


def strengths(document: Document, segmenter: Segmenter) -> dict[str, float]:
    """Each term of a document with the sum of its parts."""
    total: dict[str, float] = {}
    for name in FIELDS:
        text = document.text(name)
        for counts in (Counter(segmenter.terms(text)), counted(text, segmenter)):
            for term, count in counts.items():
                total[term] = total.get(term, 0.0) + part(name, count)
    return total


@lru_cache(maxsize=1)
def _characters() -> tuple[dict[str, int], int]:
    """How often each character stands in jieba's word list, words counted by frequency."""
    found: Counter[str] = Counter()
    for word, frequency in dictionary()[0].items():
        if frequency:
            for character in word:
                found[character] += frequency
    return dict(found), sum(found.values())


@lru_cache(maxsize=200_000)
def background(term: str) -> float:
    """The share of everyday documents that hold a term, in [0, 1)."""
    frequencies, total = dictionary()
    if not is_character_term(term):
        often, times = frequencies.get(term, 0) / total, BACKGROUND_WORDS
    elif len(term) > len(MARK) + 1:
        often, times = INSIDE * frequencies.get(term[1:], 0) / total, BACKGROUND_CHARACTERS
    else:
        known, total = _characters()
        often, times = known.get(term[1:], 0) / total, BACKGROUND_CHARACTERS
    return 1 - (1 - often) ** times


@dataclass(frozen=True)
class Idf:
    """How rare each term is over a corpus; frozen until the caller fits another.

    documents : N.  counts : in how many of them each term stands.
    """

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def fit(cls, corpus: Iterable[Iterable[str]]) -> "Idf":
        """Count over the distinct terms of each document, needs and candidates together."""
        counts: Counter[str] = Counter()
        documents = 0
        for terms in corpus:
            counts.update(terms)
            documents += 1
        return cls(documents, counts)

    def of(self, term: str) -> float:
        """At least 0; a term the corpus has not seen is the rarest."""
        held = self.counts.get(term, 0) + BACKGROUND * background(term)
        rarity = math.log((1 + self.documents + BACKGROUND) / (1 + held))
        return max(0.0, emphasis(term) * rarity)
