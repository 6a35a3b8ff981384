"""What of a ranking travels between machines before there are shards: words, cuts, counts, needs.

    packed → cut → tally → total → fitted → weigh_needs

Every step is a plain function of plain values, so that whoever runs them (matchmaker/cluster) may
run any of them again elsewhere.
"""

import pickle
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching import engine
from matchmaker.matching.features import DEFAULT, Weights
from matchmaker.matching.index import weigh
from matchmaker.matching.names import Packed, pack, unpack
from matchmaker.matching.ranking import NeedFacts
from matchmaker.matching.rows import Doubles, Places, Rows, Table
from matchmaker.matching.storage import StoredCounts
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import Document, Idf, channel, strengths

T = TypeVar("T")
OF_EACH = 200  # bytes of a document's id and facts, about


class Words(NamedTuple):
    """What makes a `Segmenter`, as plain values that travel: its own tokenizer does not."""

    words: tuple[str, ...]
    synonyms: tuple[tuple[str, ...], ...]
    stop_words: frozenset[str]
    base: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, segmenter: Segmenter) -> "Words":
        """The bureau's words and all groups in force, shipped ones included."""
        return cls(segmenter.words, segmenter.synonyms, segmenter.stop_words, segmenter.base)


class Rules(NamedTuple):
    """What a ranking follows beside texts and facts; the same for every shard.

    engine : `engine.name()` of whoever asks; the plain loops are kept to, compiled ones are used
    where they are installed, and give the same scores.
    """

    words: Words
    weights: Weights
    top: int
    threshold: float
    today: date
    engine: str

    @property
    def loops(self) -> AbstractContextManager[None]:
        """Keeps to the engine."""
        return engine.using(engine.PLAIN) if self.engine == engine.PLAIN else nullcontext()


class Cut(NamedTuple):
    """Documents cut into terms, in their order, without an idf.

    terms : by column.  table : strengths by code.  facts : of each document.
    documents : their texts; none unless learnt weights need them.
    """

    ids: tuple[str, ...]
    terms: Packed
    rows: Rows
    table: Doubles
    facts: tuple[Any, ...]
    documents: tuple[Document, ...]

    def __sizeof__(self) -> int:
        """Bytes, for whoever keeps count of a worker's memory."""
        return size_of(*self.terms, *self.rows) + OF_EACH * len(self.ids)


class Tally(NamedTuple):
    """In how many of so many documents each term stands."""

    documents: int
    terms: Packed
    counts: NDArray[np.int64]


class Asking(NamedTuple):
    """Needs weighed at the idf of all, whatever shard they are put to.

    terms : of all needs.  offsets : where each need begins, and the end.
    numbers : its terms.  weights : unit weights times rarity.  channels : of each.
    """

    terms: list[str]
    offsets: NDArray[np.int64]
    numbers: Places
    weights: Doubles
    channels: NDArray[np.uint8]
    facts: tuple[NeedFacts, ...]
    documents: tuple[Document, ...]


@lru_cache(maxsize=2)
def segmenter_of(words: Words) -> Segmenter:
    """The segmenter of these words; one is made in a process, not one a task."""
    return Segmenter(*words)


def packed(documents: Sequence[Document], facts: Sequence[Any]) -> bytes:
    """Documents and the facts of each, small enough to lie waiting by the million."""
    return zlib.compress(pickle.dumps((tuple(documents), tuple(facts))), 1)


def cut(parcel: bytes, rules: Rules) -> Cut:
    """Cut what `packed` gave: by far the dearest step of building."""
    documents, facts = pickle.loads(zlib.decompress(parcel))  # noqa: S301 - our own client's
    segmenter, table = segmenter_of(rules.words), Table()
    numbers: dict[str, int] = {}
    lengths, columns, codes = [0], [], []
    for document in documents:
        found = strengths(document, segmenter)
        columns += [numbers.setdefault(term, len(numbers)) for term in found]
        codes += [table.code(strength) for strength in found.values()]
        lengths.append(len(found))
    rows = Rows(np.cumsum(lengths), np.array(columns, np.int32), np.array(codes, np.uint16))
    ids = tuple(document.id for document in documents)
    kept = () if rules.weights == DEFAULT else documents
    return Cut(ids, pack(numbers), rows, table.values, facts, kept)


def tally(cuts: Iterable[Cut]) -> Tally:
    """Count over the documents of some cuts."""
    counts: Counter[str] = Counter()
    documents = 0
    for each in cuts:
        held = np.bincount(each.rows.columns, minlength=len(each.terms.order))
        counts.update(dict(zip(unpack(each.terms), held.tolist(), strict=True)))
        documents += len(each.ids)
    return _tally(documents, counts)


def total(tallies: Iterable[Tally]) -> Tally:
    """Some tallies in one."""
    counts: Counter[str] = Counter()
    documents = 0
    for each in tallies:
        counts.update(dict(zip(unpack(each.terms), each.counts.tolist(), strict=True)))
        documents += each.documents
    return _tally(documents, counts)


def tally_of(idf: Idf) -> Tally:
    """An idf fitted elsewhere, to be used as it is."""
    return _tally(idf.documents, idf.counts)


def _tally(documents: int, counts: Mapping[str, int]) -> Tally:
    numbers = np.fromiter(counts.values(), np.int64, len(counts))
    return Tally(documents, pack(counts), numbers)


def fitted(counted: Tally) -> Idf:
    """The idf of everything that was counted."""
    return Idf(counted.documents, StoredCounts(counted.terms, counted.counts))


def weigh_needs(needs: Cut, idf: Idf) -> Asking:
    """Weigh needs at the idf of all."""
    terms, (offsets, numbers, codes) = unpack(needs.terms), needs.rows
    rarity = np.array([idf.of(term) for term in terms])[numbers]
    channels = np.array([channel(term) for term in terms], np.uint8)[numbers]
    strong, weights = needs.table[codes], np.empty(len(numbers))
    for start, end in pairwise(offsets.tolist()):
        part = slice(start, end)
        weights[part] = weigh(strong[part], rarity[part], channels[part])
    return Asking(terms, offsets, numbers, weights, channels, needs.facts, needs.documents)


def given(value: T) -> T:
    """A value as a step of its own, for many others to share."""
    return value


def weight(cut_: Cut) -> int:
    """Bytes of its rows."""
    return size_of(*cut_.rows)


def size_of(*arrays: NDArray[Any]) -> int:
    """Bytes."""
    return sum(array.nbytes for array in arrays)
