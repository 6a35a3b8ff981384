"""A seeded corpus of any size, cut exactly as the matcher cuts it.

A document is a list of pieces with commas between them: words of jieba's dictionary drawn by their
own frequency, stop words, and sentences of the twenty example needs and achievements. No word and
no pair of characters crosses a comma, so that a document's terms are those of its pieces: each
piece is cut once by the matcher itself, and a million documents are put together as arrays. `check`
proves it on documents written out in full.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching import Document, Segmenter
from matchmaker.matching.characters import grams
from matchmaker.matching.lexicon import STOP_WORDS
from matchmaker.matching.rows import Rows
from matchmaker.matching.text import dictionary
from matchmaker.matching.weighting import part, strengths

EXAMPLES = Path(__file__).resolve().parents[2] / "tests" / "data" / "examples.json"
SENTENCES, WORDS, FILLERS = 4, 35, 14  # pieces of each sort in a document
MOST_WORDS = 110_000  # the most frequent of jieba's dictionary
TITLE = 3  # words the title is made of
FLATTENED = 0.87  # exponent laid on the dictionary's frequencies
AT_ONCE = 20_000
CHANNELS = ("words", "characters")


@dataclass
class Corpus:
    """Documents as rows of terms, and as the pieces they are written of.

    pieces : (documents, pieces of one) numbers into `written`; the first TITLE are the title.
    rows : of the channels asked for.  terms : by column.  table : strengths by code.
    """

    written: list[str]
    pieces: NDArray[np.int32]
    rows: Rows
    terms: list[str]
    table: list[float]
    ids: list[str]

    def text(self, number: int) -> Document:
        """A document written out."""
        names = [self.written[piece] for piece in self.pieces[number]]
        return Document(self.ids[number], "，".join(names[:TITLE]), "", "，".join(names[TITLE:]))


class Source:
    """Every piece there is, cut once."""

    def __init__(self, channels: tuple[str, ...]) -> None:
        self.segmenter, self.channels = Segmenter(), channels
        sentences = sorted(set(_sentences()))
        words, weights = _words()
        fillers = sorted(word for word in STOP_WORDS if len(word) > 1 and not word.isascii())
        self.written = [*words, *fillers, *sentences]
        self.words, self.ends = len(words), np.cumsum(weights) / sum(weights)
        self.fillers = len(fillers)
        columns: dict[str, int] = {}
        cut = [[columns.setdefault(t, len(columns)) for t in self.cut(p)] for p in self.written]
        self.terms = list(columns)
        self.offsets = np.concatenate([[0], np.cumsum([len(each) for each in cut])])
        self.columns = np.array([column for each in cut for column in each], np.int64)

    def cut(self, piece: str) -> list[str]:
        """The terms of a piece, in every channel asked for."""
        found = self.segmenter.terms(piece) if "words" in self.channels else []
        if "characters" in self.channels:
            found = [*found, *(token.term for token in grams(piece, self.segmenter))]
        return found

    def corpus(self, count: int, *, seed: int, name: str) -> Corpus:
        """So many documents."""
        generator = np.random.default_rng(seed)
        drawn = np.searchsorted(self.ends, generator.random((count, WORDS)))
        middle, end = self.words + self.fillers, len(self.written)
        fillers = generator.integers(self.words, middle, (count, FILLERS))
        sentences = generator.integers(middle, end, (count, SENTENCES))
        pieces = np.concatenate([drawn, fillers, sentences], axis=1).astype(np.int32)
        codes: dict[tuple[int, int], int] = {(0, 1): 0}
        parts = [self._rows(pieces[n : n + AT_ONCE], codes) for n in range(0, count, AT_ONCE)]
        lengths, columns, kept = (np.concatenate(each) for each in zip(*parts, strict=True))
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        table = [
            (part("title", title) if title else 0.0) + (part("body", body) if body else 0.0)
            for title, body in codes
        ]
        ids = [f"{name}{number:07}" for number in range(count)]
        return Corpus(self.written, pieces, Rows(offsets, columns, kept), self.terms, table, ids)

    def _rows(
        self, pieces: NDArray[np.int32], codes: dict[tuple[int, int], int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint16]]:
        """Lengths, columns and codes of some documents; a new pair of counts gets a new code."""
        flat = pieces.ravel()
        lengths = self.offsets[flat + 1] - self.offsets[flat]
        ends = np.cumsum(lengths)
        entries = np.arange(ends[-1]) + np.repeat(self.offsets[flat] - (ends - lengths), lengths)
        owner = np.repeat(np.arange(len(pieces)).repeat(pieces.shape[1]), lengths)
        in_title = np.repeat(np.tile(np.arange(pieces.shape[1]) < TITLE, len(pieces)), lengths)
        keys = owner * len(self.terms) + self.columns[entries]
        order = np.argsort(keys, kind="stable")
        keys, in_title = keys[order], in_title[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        times = np.diff(np.append(starts, len(keys)))
        title = np.add.reduceat(in_title.astype(np.int64), starts)
        pairs, which = np.unique(title * 1000 + times - title, return_inverse=True)
        known = [codes.setdefault(divmod(int(pair), 1000), len(codes)) for pair in pairs]
        found = keys[starts]
        counts = np.bincount(found // len(self.terms), minlength=len(pieces))
        columns = (found % len(self.terms)).astype(np.int32)
        return counts, columns, np.array(known, np.uint16)[which]


def check(source: Source, corpus: Corpus, *, count: int) -> None:
    """Cut the first documents as the product does; raise AssertionError if a row differs."""
    for number in range(count):
        expected = strengths(corpus.text(number), source.segmenter)
        marks = {name: name in source.channels for name in CHANNELS}
        expected = {t: s for t, s in expected.items() if marks[CHANNELS[t.startswith("·")]]}
        columns, codes = corpus.rows.row(number)
        found = {corpus.terms[c]: corpus.table[k] for c, k in zip(columns, codes, strict=True)}
        assert found.keys() == expected.keys()
        assert all(abs(found[term] - expected[term]) < 1e-12 for term in found)


def figures(corpus: Corpus, needs: Corpus) -> dict[str, float]:
    """What decides how dear a search is."""
    documents = len(corpus.ids)
    held = np.bincount(corpus.rows.columns, minlength=len(corpus.terms))
    length = np.array([len(piece) for piece in corpus.written])
    characters = length[corpus.pieces].sum(axis=1).mean() + corpus.pieces.shape[1] - 2
    return {
        "characters": float(characters),
        "terms": len(corpus.rows.columns) / documents,
        "shared": float(held[needs.rows.columns].sum() / documents / len(needs.ids)),
        "vocabulary": float((held > 0).sum()),
    }


def _sentences() -> list[str]:
    told = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    texts = [each["summary"] for each in told["achievements"]]
    texts += [each[name] for each in told["needs"] for name in ("background", "problem")]
    found: Counter[str] = Counter()
    for text in texts:
        for mark in "。；;、,：:（）()":
            text = text.replace(mark, "，")
        found.update(piece for piece in text.split("，") if 4 <= len(piece) <= 24)
    return list(found)


def _words() -> tuple[list[str], list[float]]:
    known = {
        word: count
        for word, count in dictionary()[0].items()
        if count and 2 <= len(word) <= 4 and word not in STOP_WORDS and not word.isascii()
    }
    words = sorted(known, key=lambda word: (-known[word], word))[:MOST_WORDS]
    return words, [known[word] ** FLATTENED for word in words]
