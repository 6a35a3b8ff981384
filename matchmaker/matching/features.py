"""The few weights a score may be learnt in, and what each of them multiplies in a pair.

    score = sum over NAMES of weight[n] * feature[n],  every weight 1 until officers' decisions say
    otherwise

A text feature is what the terms of one class (words, single characters, pairs) add to the text
score by standing in one part of the need (head: title and keywords; body) and one of the candidate.
An adjustment feature is the points of one family of `ranking.POINTS`. The twelve text features sum
to the text score of weighting.py, so a score under other weights is still linear in the parts and
`explain` still tells it apart without a remainder.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.characters import MARK, is_character_term
from matchmaker.matching.rows import Doubles
from matchmaker.matching.segments import unit
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import FIELDS, Document, Idf, channel, part, tokens

CLASSES = {"word": "词", "single": "单字", "pair": "双字和型号"}
PARTS = {"head": "标题关键词", "body": "正文"}
FAMILIES = {
    "field": "技术领域加减分",
    "mode": "合作方式加减分",
    "trl": "成熟度加减分",
    "price": "预算加减分",
    "town": "服务区域加分",
}  # of the codes of ranking.POINTS, by what stands before the first _
LABELS: Mapping[str, str] = {
    f"{kind}.{mine}.{other}": f"{label}：需求{PARTS[mine]}对供方{PARTS[other]}"
    for kind, label in CLASSES.items()
    for mine in PARTS
    for other in PARTS
} | FAMILIES
NAMES = tuple(LABELS)
TEXT = len(NAMES) - len(FAMILIES)  # the first ones, those of the text score
MOST = 3.0  # times its usual weight, for any of them
_PART_OF = {"title": 0, "keywords": 0, "body": 1}
_SINGLE = len(MARK) + 1


def class_of(term: str) -> int:
    """The place of a term's class in `CLASSES`; a Latin word among the characters is a pair."""
    if not is_character_term(term):
        return 0
    return 1 if len(term) == _SINGLE else 2


def family(code: str) -> str:
    """The family of an adjustment's code."""
    return code.partition("_")[0]


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each of `NAMES`, in [0, MOST]; as made, today's: 1 for all.

    Raises ValueError for another number of weights or one out of range.
    """

    values: tuple[float, ...] = (1.0,) * len(NAMES)

    def __post_init__(self) -> None:
        """Refuse what cannot be a set of weights."""
        fits = [math.isfinite(value) and 0 <= value <= MOST for value in self.values]
        if len(fits) != len(NAMES) or not all(fits):
            raise ValueError(f"权重须为 {len(NAMES)} 个 0 至 {MOST:g} 的数")

    @classmethod
    def from_dict(cls, stored: Mapping[str, float]) -> "Weights":
        """The weights named, 1 where none is. Raises ValueError for a name not known."""
        unknown = stored.keys() - set(NAMES)
        if unknown:
            raise ValueError(f"没有名为“{min(unknown)}”的权重")
        return cls(tuple(float(stored.get(name, 1.0)) for name in NAMES))

    def to_dict(self) -> dict[str, float]:
        """Plain values for JSON, by name."""
        return dict(zip(NAMES, self.values, strict=True))

    def text(self, term: str, need_field: str, candidate_field: str) -> float:
        """What multiplies a term's contribution in this field of each side."""
        place = 4 * class_of(term) + 2 * _PART_OF[need_field] + _PART_OF[candidate_field]
        return self.values[place]

    def adjustment(self, code: str) -> float:
        """What multiplies the points of an adjustment."""
        return self.values[NAMES.index(family(code))]

    @property
    def most(self) -> float:
        """The largest text weight: no text score grows by more than this factor."""
        return max(self.values[:TEXT])

    @property
    def version(self) -> str:
        """Eight letters that name these weights; "" for today's."""
        if self == Weights():
            return ""
        return hashlib.sha256(json.dumps(self.values).encode()).hexdigest()[:8]


DEFAULT = Weights()


class Reading(NamedTuple):
    """A document read for its features: (t,) terms, their classes, their unit weights by part.

    The squares of a channel's weights, both parts added, sum to the channel's weight.
    """

    terms: NDArray[np.int32]
    classes: NDArray[np.intp]
    head: Doubles
    body: Doubles


@dataclass
class Reader:
    """Reads documents at one idf, so that any two of its readings may be measured together.

    For one thread: it numbers the terms as they come.
    """

    segmenter: Segmenter
    idf: Idf
    _numbers: dict[str, int] = field(default_factory=dict)

    def read(self, document: Document) -> Reading:
        """Weigh a document's terms as `weighting.strengths` does, its head and its body apart."""
        found: dict[str, list[float]] = {}
        for name in FIELDS:
            counts: dict[str, int] = {}
            for token in tokens(document.text(name), self.segmenter):
                counts[token.term] = counts.get(token.term, 0) + 1
            for term, count in counts.items():
                found.setdefault(term, [0.0, 0.0])[_PART_OF[name]] += part(name, count)
        return self._weighed(found)

    def _weighed(self, found: Mapping[str, Sequence[float]]) -> Reading:
        parts = np.array(list(found.values()), np.float64).reshape(-1, 2)
        rarity = np.array([self.idf.of(term) for term in found], np.float64)
        channels = np.array([channel(term) for term in found], np.intp)
        whole = parts.sum(axis=1) * rarity
        units = unit(whole, channels)
        scale = np.divide(units, whole, out=np.zeros_like(units), where=whole > 0) * rarity
        numbers = [self._numbers.setdefault(term, len(self._numbers)) for term in found]
        classes = np.array([class_of(term) for term in found], np.intp)
        return Reading(
            np.array(numbers, np.int32), classes, parts[:, 0] * scale, parts[:, 1] * scale
        )

    def of_need(self, need: Reading, candidates: Sequence[Reading]) -> Doubles:
        """The text features of one need with many candidates, (candidates, TEXT)."""
        return self._shared(need, candidates).reshape(-1, TEXT)

    def of_candidate(self, candidate: Reading, needs: Sequence[Reading]) -> Doubles:
        """The text features of many needs with one candidate, (needs, TEXT)."""
        return self._shared(candidate, needs).swapaxes(2, 3).reshape(-1, TEXT)

    def _shared(self, asked: Reading, others: Sequence[Reading]) -> Doubles:
        """What each pair shares, (others, class, part of the asked, part of the other)."""
        found = np.zeros((len(others), len(CLASSES), 2, 2))
        if not others:
            return found
        terms, classes, head, body = (
            np.concatenate(column) for column in zip(*others, strict=True)
        )
        owner = np.repeat(np.arange(len(others)), [len(other.terms) for other in others])
        group, groups = owner * len(CLASSES) + classes, len(others) * len(CLASSES)
        for mine, weights in enumerate((asked.head, asked.body)):
            spread = np.zeros(len(self._numbers))
            spread[asked.terms] = weights
            for other, there in enumerate((head, body)):
                sums = np.bincount(group, spread[terms] * there, minlength=groups)
                found[:, :, mine, other] = sums.reshape(len(others), len(CLASSES))
        return found
