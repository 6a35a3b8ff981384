"""A search engine can keep a pool: it finds, our scores decide. Here SQLite's FTS5."""

import sqlite3
from collections import Counter

import pytest

from matchmaker.matching import DEFAULT, Document, Index, Rescorer, Retrieval, refresh
from matchmaker.matching.weighting import strengths
from tests.ranked import LEARNT, SEGMENTER, example_needs, example_pool

CANDIDATES = 30
NEEDS = [need for need, _ in example_needs()]
OFFERED = [document for document, _ in example_pool()]


class Fts5:
    """A pool in a full text index over our own terms; what it finds is scored by an `Index`."""

    def __init__(self, documents, *, segmenter, idf):
        self.segmenter, self.idf = segmenter, idf
        self._texts, self._numbers = {}, {}
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE VIRTUAL TABLE pool USING fts5(id UNINDEXED, body)")
        for document in documents:
            self.replace(document)

    def __len__(self):
        return len(self._texts)

    def __contains__(self, document_id):
        return document_id in self._texts

    def replace(self, document):
        if document.id in self:
            self.remove(document.id)
        self._texts[document.id] = document
        body = " ".join(self._written(strengths(document, self.segmenter)))
        self._base.execute("INSERT INTO pool VALUES (?, ?)", (document.id, body))

    def remove(self, document_id):
        del self._texts[document_id]
        self._base.execute("DELETE FROM pool WHERE id = ?", (document_id,))

    def refresh(self, idf):
        self.idf = idf

    def document_frequencies(self):
        counts = Counter()
        for document in self._texts.values():
            counts.update(strengths(document, self.segmenter).keys())
        return counts

    def search(self, need, *, top, at_least=0.0):
        return self._found(need).search(need, top=top, at_least=at_least)

    def met(self, need, ids, *, most):
        texts = [self._texts[one] for one in ids]
        return Index.build(texts, segmenter=self.segmenter, idf=self.idf).met(need, ids, most=most)

    def _found(self, need):
        """An index of what the engine holds nearest, by its own BM25."""
        asked = " OR ".join(self._written(strengths(need, self.segmenter)))
        query = "SELECT id FROM pool WHERE pool MATCH ? ORDER BY rank LIMIT ?"
        rows = self._base.execute(query, (asked, CANDIDATES)).fetchall() if asked else []
        texts = [self._texts[one] for (one,) in rows]
        return Index.build(texts, segmenter=self.segmenter, idf=self.idf)

    def _written(self, terms):
        """Each term as one word the engine cannot cut."""
        return [f"t{self._numbers.setdefault(term, len(self._numbers))}" for term in terms]


@pytest.fixture(scope="module")
def pools():
    index = Index.build(OFFERED, segmenter=SEGMENTER)
    idf = refresh(index, Index.build(NEEDS, segmenter=SEGMENTER))
    engine: Retrieval = Fts5(OFFERED, segmenter=SEGMENTER, idf=idf)
    yield index, engine
    engine._base.close()


@pytest.mark.parametrize("weights", [DEFAULT, LEARNT], ids=["usual", "learnt"])
def test_what_an_engine_finds_has_our_scores(pools, weights):
    index, engine = pools
    assert engine.document_frequencies() == index.document_frequencies()
    found = 0
    for need in NEEDS:
        exact, other = (_search(pool, need, weights) for pool in (index, engine))
        assert set(other) <= set(exact)
        assert other == sorted(other, key=lambda hit: (-hit.text_score, hit.id))
        found += exact[:3] == other[:3]
    assert found >= 0.9 * len(NEEDS)  # its recall: each text stands in the pool three times


def _search(pool, need, weights):
    texts = Rescorer(weights)
    for document in OFFERED:
        texts.put(document)
    return texts.for_need(pool, need, top=len(OFFERED), at_least=0.05)


def test_an_engine_takes_edits_and_tells_words(pools):
    index, engine = pools
    need = NEEDS[0]
    best = [hit.id for hit in index.search(need, top=2)]
    assert engine.met(need, best, most=6) == index.met(need, best, most=6)
    new = Document("A99", need.title, need.keywords, need.body)
    engine.replace(new)
    assert "A99" in engine
    assert engine.search(need, top=1)[0].id == "A99"
    engine.remove("A99")
    assert len(engine) == len(index)
    assert engine.search(need, top=1)[0].id == best[0]
