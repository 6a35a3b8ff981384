"""What a word weighs in a text: sublinear frequency, summed over the fields, times rarity.

    part(t, f)   = FIELD_WEIGHTS[f] * (1 + ln count of t in f), 0 if t does not stand in f
    weight(t, d) = idf(t) * sum of part(t, f) over the fields f of d
    idf(t)       = ln((1 + N) / (1 + documents that hold t)) + 1

The text score of two texts is the cosine of their weights. It is linear in the parts, so it can
be told apart by word and by field without a remainder. Source: Salton & Buckley (1988),
doi:10.1016/0306-4573(88)90021-0; idf smoothed as if one more document held every word.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from matchmaker.matching.text import Segmenter

FIELD_WEIGHTS: Mapping[str, float] = {"title": 3.0, "keywords": 2.0, "body": 1.0}
FIELDS = tuple(FIELD_WEIGHTS)


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


def part(name: str, count: int) -> float:
    """What a term that stands `count` >= 1 times in the field `name` brings, rarity apart."""
    return FIELD_WEIGHTS[name] * (1 + math.log(count))


def strengths(document: Document, segmenter: Segmenter) -> dict[str, float]:
    """Each term of a document with the sum of its parts."""
    total: dict[str, float] = {}
    for name in FIELDS:
        for term, count in Counter(segmenter.terms(document.text(name))).items():
            total[term] = total.get(term, 0.0) + part(name, count)
    return total


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
        """At least 1; a term the corpus has not seen is the rarest."""
        return math.log((1 + self.documents) / (1 + self.counts.get(term, 0))) + 1
