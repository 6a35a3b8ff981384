"""Which keywords would raise a match, and by exactly how much.

Adding a word to the keywords changes its own weight, those of the words and characters in it, and
the norm of the whole text in each channel. `gains` follows these few terms only; the result is
what scoring the edited text would give at the same idf.
Which words may be advised at all is told in `naming.py`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matchmaker.matching.folding import fold
from matchmaker.matching.naming import is_new, offered
from matchmaker.matching.sides import Reading
from matchmaker.matching.weighting import CHANNELS, Document, channel, part, tokens

MOST = 5  # words advised
LEAST = 0.002  # a gain below this is not worth a word
NEAR = 0.6  # of the best score: whose words are offered
JOINED_BY = "、"


@dataclass(frozen=True, slots=True)
class Advice:
    """A word for the keywords. gains : by how much each of the other texts would score higher."""

    word: str
    gains: tuple[float, ...]


def with_keywords(document: Document, words: Iterable[str]) -> Document:
    """The document with these words added to its keywords."""
    return replace(document, keywords=JOINED_BY.join(filter(None, (document.keywords, *words))))


def gains(text: Reading, words: Sequence[str], others: Sequence[Reading]) -> tuple[float, ...]:
    """By how much each other text's score rises if `words` join the keywords of this one."""
    return _gains(text, _steps(text, words), others, [_dots(text, one) for one in others])


def advise(text: Reading, others: Sequence[Reading], *, most: int = MOST) -> tuple[Advice, ...]:
    """The keywords that raise the scores of the others most in sum, the best first.

    All must be read with one segmenter at one idf. Words come from the texts that score near the
    best; a word is told only if its sum is above zero and some gain reaches `LEAST`.
    """
    dots = [_dots(text, one) for one in others]
    near = NEAR * max(map(math.fsum, dots), default=0.0)
    fitting = [one for one, dot in zip(others, dots, strict=True) if math.fsum(dot) >= near]
    found: dict[str, Advice] = {}
    for word in dict.fromkeys(word for one in fitting for word in offered(one)):
        meaning = text.segmenter.canonical(fold(word)[0])
        if meaning in found or not is_new(word, text):
            continue
        gained = _gains(text, _steps(text, [word]), others, dots)
        if gained and max(gained) >= LEAST and math.fsum(gained) > 0:
            found[meaning] = Advice(word, gained)
    ranked = sorted(found.values(), key=lambda one: (-math.fsum(one.gains), one.word))
    kept: list[Advice] = []
    for one in ranked:
        if not any(one.word in other.word or other.word in one.word for other in kept):
            kept.append(one)
    return tuple(kept[:most])


# What an edit brings.


def _dots(text: Reading, other: Reading) -> list[float]:
    """Per channel, what the two texts score."""
    found = [0.0] * len(CHANNELS)
    for term in text.weights.keys() & other.weights.keys():
        found[channel(term)] += text.weights[term] * other.weights[term]
    return found


def _steps(text: Reading, words: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Term → its weight before and after the edit, norm apart; only what changes."""
    keywords = with_keywords(text.document, words).keywords
    before = text.counts["keywords"]
    after = Counter(token.term for token in tokens(keywords, text.segmenter))
    changed: dict[str, tuple[float, float]] = {}
    for term in before.keys() | after.keys():
        old, new = before[term], after[term]
        if old != new:
            rarity = text.idf.of(term)
            weight = rarity * text.strengths.get(term, 0.0)
            lost = part("keywords", old) if old else 0.0
            won = part("keywords", new) if new else 0.0
            changed[term] = weight, weight + rarity * (won - lost)
    return changed


def _gains(
    text: Reading,
    steps: dict[str, tuple[float, float]],
    others: Sequence[Reading],
    dots: Sequence[Sequence[float]],
) -> tuple[float, ...]:
    squares = list(text.squares)
    for term, (old, new) in steps.items():
        squares[channel(term)] += new * new - old * old
    scales = [_scales(*each) for each in zip(CHANNELS.values(), text.squares, squares, strict=True)]
    found = []
    for other, known in zip(others, dots, strict=True):
        gained = [
            dot * (after / before - 1) if before else 0.0
            for dot, (before, after) in zip(known, scales, strict=True)
        ]
        for term, (old, new) in steps.items():
            there = other.weights.get(term)
            if there is not None:
                gained[channel(term)] += (new - old) * there * scales[channel(term)][1]
        found.append(math.fsum(gained))
    return tuple(found)


def _scales(weight: float, *squares: float) -> tuple[float, float]:
    """The norms' factors before and after."""
    before, after = (math.sqrt(weight / square) if square > 0 else 0.0 for square in squares)
    return before, after
