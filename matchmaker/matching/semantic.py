"""The optional third channel: how alike two texts are as wholes, by a sentence encoder.

    points = weight * (cosine - neutral) * max(0, 1 - text score / SURE)

A text's vector is that of its title, twice, and that of its keywords and body, summed and brought
to length 1; it is kept in half precision, and every cosine is taken in double precision of what was
kept, so that a score and its explanation agree. Where the words are sure of a pair the encoder has
no say: it would rather confuse what they tell apart. `neutral` is the cosine of a usual pair over
the threshold: a pair whose vectors are not known yet stands beside a usual one, and grades keep
their meaning. Points reorder pairs and hold them back like those of a fact (`ranking.py`); they
lift none over the threshold. The encoder itself is handed in; docs/matching.md tells which and why.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.weighting import FIELDS, Document

Vector = NDArray[np.float16]
SURE = 0.2  # the text score from which the words decide alone, that of the grade 强
TITLE = 2.0  # how often the title's vector counts beside the body's
SHORTEST = 4  # characters; a shorter piece between two marks is no sentence
MOST_SENTENCES = 12  # of a text compared with those of another, its title among them
LONGEST = 120  # characters of a sentence that are read
_ENDS = re.compile(r"[。；;！!？?\n]+")


class Encoder(Protocol):
    """What makes a vector of a text, and what its cosines mean.

    key : names encoder and version, at most 16 characters; vectors of two keys never meet.
    weight : points for a cosine one higher, where the words say nothing.  neutral : the cosine that
    brings no points.
    """

    @property
    def key(self) -> str:
        """The name of encoder and version."""

    @property
    def weight(self) -> float:
        """Points for a cosine one higher."""

    @property
    def neutral(self) -> float:
        """The cosine that brings no points."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) vectors of length 1, one for each text; none of the texts is blank."""


class Likeness(NamedTuple):
    """The cosine of two texts, in [-1, 1], and the points it brings where the words say nothing."""

    cosine: float
    points: float

    def reason_zh(self, text_score: float) -> str:
        """What it says to a person of a pair with this text score."""
        told = "整体语义相近" if self.points > 0 else "整体语义不够相近"
        sure = "" if room(text_score) else f"，文字匹配度已达 {SURE:g}，不再加减分"
        return f"{told}（相似度 {self.cosine:.2f}{sure}）"


def room(text_score: float) -> float:
    """What share of its points the words leave to the encoder, in [0, 1]."""
    return max(0.0, 1 - text_score / SURE)


class Nearest(NamedTuple):
    """The two sentences that are most alike, as written, and their cosine."""

    need: str
    candidate: str
    cosine: float


def digest(document: Document) -> str:
    """Name a text by its content: 32 hexadecimal digits. Only the id plays no part."""
    parts = json.dumps([document.text(name) for name in FIELDS])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def vectors(encoder: Encoder, documents: Sequence[Document]) -> list[Vector]:
    """A vector for each document; all zeros where it says nothing."""
    heads = [document.title.strip() for document in documents]
    bodies = ["。".join(filter(str.strip, (d.keywords, d.body))).strip() for d in documents]
    texts = [text for text in (*heads, *bodies) if text]
    if not texts:
        return [np.zeros(1, np.float16) for _ in documents]
    found = iter(np.asarray(encoder.encode(texts), np.float64))
    halves = [[next(found) if text else 0.0 for text in side] for side in (heads, bodies)]
    sums = (TITLE * head + body for head, body in zip(*halves, strict=True))
    return [_unit(one) for one in sums]


def _unit(vector: NDArray[np.float64] | float) -> Vector:
    length = float(np.linalg.norm(vector))
    if not length:
        return np.zeros(1, np.float16)
    return np.asarray(vector / length, np.float16)


def likeness(encoder: Encoder, one: Vector | None, other: Vector | None) -> Likeness | None:
    """How alike two texts are; None where a vector is not known or says nothing."""
    if one is None or other is None or not one.any() or not other.any():
        return None
    cosine = float(np.dot(one.astype(np.float64), other.astype(np.float64)))
    return Likeness(cosine, encoder.weight * (cosine - encoder.neutral))


def sentences(document: Document) -> list[str]:
    """The first sentences of a document, its title first."""
    pieces = (document.title, *_ENDS.split(document.body))
    told = (piece.strip()[:LONGEST] for piece in pieces)
    return [piece for piece in told if len(piece) >= SHORTEST][:MOST_SENTENCES]


def nearest(encoder: Encoder, need: Document, candidate: Document) -> Nearest | None:
    """The nearest pair of sentences, the earlier one where two are level; None without any."""
    asked, offered = sentences(need), sentences(candidate)
    if not asked or not offered:
        return None
    found = np.asarray(encoder.encode([*asked, *offered]), np.float64)
    cosines = found[: len(asked)] @ found[len(asked) :].T
    mine, other = divmod(int(cosines.argmax()), len(offered))
    return Nearest(asked[mine], offered[other], float(cosines[mine, other]))
