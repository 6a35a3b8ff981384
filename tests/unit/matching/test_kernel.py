import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import Document, Index, Segmenter, engine, kernel
from matchmaker.matching.postings import BLOCK, invert
from matchmaker.matching.rows import Rows

ENGINES = [engine.PLAIN, *([engine.COMPILED] if engine.is_installed() else [])]
SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), max_size=300)
TERMS = [f"w{n}" for n in range(40)] + [f"·c{n}" for n in range(30)]
TABLE = [1.0, 3.0, 1.5, 4.25]
PLAIN = Segmenter()


@pytest.fixture(params=ENGINES)
def loops(request):
    with engine.using(request.param):
        yield request.param


def made(count, *, seed, most=8):
    """Rows of distinct random terms."""
    generator = np.random.default_rng(seed)
    lengths = generator.integers(0, most, count)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    drawn = generator.random((count, len(TERMS))).argsort(axis=1)[:, :most].astype(np.int32)
    columns = drawn[np.arange(most) < lengths[:, None]]
    codes = generator.choice(4, len(columns), p=[0.8, 0.1, 0.05, 0.05]).astype(np.uint16)
    return Rows(offsets, columns, codes)


def indexed(rows, *, ids=None):
    names = ids or [f"d{n:06}" for n in range(len(rows.offsets) - 1)]
    return Index.from_token_ids(names, TERMS, rows, TABLE, segmenter=PLAIN)


def asked(index, columns, weights):
    columns = np.array(columns, np.int32)
    channels = index.weights.channels[columns]
    return kernel.Query(columns, np.array(weights, np.float64), channels)


def naive(index, rows, query):
    """The score as a reader of weighting.py would write it, in plain loops."""
    table, rarity, channels = index.weights
    wanted = dict(zip(query.columns.tolist(), query.weights.tolist(), strict=True))
    found = []
    for number in range(len(rows.offsets) - 1):
        columns, codes = (part.tolist() for part in rows.row(number))
        score = 0.0
        for kind, share in enumerate((0.1, 0.9)):
            mine = [
                (c, table[k] * rarity[c])
                for c, k in zip(columns, codes, strict=True)
                if channels[c] == kind
            ]
            norm = math.sqrt(sum(w * w for _, w in mine))
            if norm:
                dot = sum(wanted.get(c, 0.0) / rarity[c] * w for c, w in mine)
                score += math.sqrt(share) * dot / norm
        found.append(round(score, 12))
    return found


def ordered(scores, ids, top):
    level = sorted((-s, i) for s, i in zip(scores, ids, strict=True) if s > 0)
    return [i for _, i in level[:top]]


@pytest.mark.parametrize("top", [1, 10, 300])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_best_are_those_of_a_naive_loop(loops, top, threads):
    rows = made(700, seed=3)
    index = indexed(rows)
    query = asked(index, [0, 5, 17, 39, 40, 41, 69], [0.5, 0.1, 0.3, 0.2, 0.4, 0.1, 0.9])
    hits = index.answer(query, top=top, at_least=1e-9, threads=threads)
    scores = naive(index, rows, query)
    assert [hit.id for hit in hits] == ordered(scores, index.ids, top)
    for hit in hits:
        assert hit.text_score == pytest.approx(scores[int(hit.id[1:])], abs=1e-11)


def test_one_channel_alone_is_searched_as_well(loops):
    rows = made(300, seed=4)
    index = indexed(rows)
    for columns in ([3, 9], [50, 60, 61]):
        query = asked(index, columns, [0.7] * len(columns))
        hits = index.answer(query, top=7, at_least=1e-9)
        assert [h.id for h in hits] == ordered(naive(index, rows, query), index.ids, 7)


@pytest.mark.parametrize("threads", [1, 2])
def test_blocks_do_not_show(loops, threads):
    rows = made(2 * BLOCK + 70, seed=5, most=3)
    index = indexed(rows)
    assert index.segments[0].blocks == 3
    query = asked(index, [1, 2, 45, 46], [0.6, 0.2, 0.5, 0.3])
    dense = [np.empty(len(rows.offsets) - 1, np.float32)]
    rough, _ = kernel.batch([query])
    segment = index.segments[0]
    table = index.weights.table.astype(np.float32)
    engine.loops().everything(rough, segment.postings, table, segment.norms, dense[0])
    hits = index.answer(query, top=20, threads=threads)
    best = np.sort(dense[0])[::-1][:20]
    assert [hit.text_score for hit in hits] == pytest.approx(best.tolist(), abs=1e-6)


def test_all_engines_give_the_same_to_the_last_bit():
    rows = made(BLOCK + 500, seed=6, most=5)
    found = {}
    for name in ENGINES:
        with engine.using(name):
            index = indexed(rows)
            query = asked(index, [0, 1, 2, 50, 51], [0.5, 0.4, 0.3, 0.2, 0.1])
            dense = np.empty(len(index), np.float32)
            segment, table = index.segments[0], index.weights.table.astype(np.float32)
            rough, _ = kernel.batch([query])
            engine.loops().everything(rough, segment.postings, table, segment.norms, dense)
            hits = [index.answer(query, top=top) for top in (10, 400)]
            found[name] = dense.tobytes(), segment.scales.tobytes(), hits
    assert len(set(map(repr, found.values()))) == 1


def test_level_documents_beyond_the_spare_ones_still_come_by_id(loops):
    count = 500
    rows = Rows(
        np.arange(count + 1, dtype=np.int64),
        np.zeros(count, np.int32),
        np.zeros(count, np.uint16),
    )
    names = [f"d{(n * 7) % count:03}" for n in range(count)]
    index = indexed(rows, ids=names)
    hits = index.answer(asked(index, [0], [0.5]), top=10)
    assert [hit.id for hit in hits] == sorted(names)[:10]


def test_many_queries_at_once_answer_as_one_by_one(loops):
    rows = made(400, seed=8)
    index = indexed(rows)
    generator = np.random.default_rng(9)
    queries = [
        asked(index, generator.permutation(len(TERMS))[:size], generator.random(size))
        for size in [0, *generator.integers(1, 20, 30)]
    ]
    alone = [index.answer(query, top=5) for query in queries]
    for threads in (1, 2):
        assert index.answer_many(queries, top=5, threads=threads) == alone


def test_every_posting_is_kept_once(loops):
    rows = made(900, seed=10)
    postings = invert(rows, len(TERMS))
    found = set()
    for column in range(len(TERMS)):
        for run in range(*postings.terms[column : column + 2]):
            start, mark = int(postings.starts[run]), int(postings.marks[run])
            plain, coded = int(postings.plain[run]), int(postings.coded[run])
            places = postings.places[start : start + plain + coded].tolist()
            codes = [0] * plain + postings.codes[mark : mark + coded].tolist()
            found |= {(column, p, k) for p, k in zip(places, codes, strict=True)}
    owners = rows.owners().tolist()
    expected = zip(rows.columns.tolist(), owners, rows.codes.tolist(), strict=True)
    assert found == set(expected)
    assert len(postings.places) == len(rows.columns)


def test_the_plain_loops_run_where_numba_is_missing(monkeypatch):
    engine.is_installed.cache_clear()
    monkeypatch.setattr(engine.util, "find_spec", lambda _: None)
    assert engine.name() == engine.PLAIN
    assert engine.loops().__name__.endswith(".plain")
    engine.is_installed.cache_clear()


def test_the_plain_loops_can_be_asked_for(monkeypatch):
    monkeypatch.setitem(os.environ, engine.VARIABLE, "numpy")
    assert engine.name() == engine.PLAIN


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), max_size=9), st.integers(1, 4), st.sampled_from(ENGINES))
def test_a_long_tail_and_segments_rank_as_one_index(words, top, name):
    with engine.using(name):
        documents = [Document(f"d{n}", body=f"激光{w}{w}钢") for n, w in enumerate(words)]
        index = Index.build(documents[:3], segmenter=PLAIN)
        for document in documents[3:]:
            index.add(document)
        whole = Index.build(documents, segmenter=PLAIN, idf=index.idf)
        need = Document("q", body="激光aa钢bb")
        assert index.search(need, top=top) == whole.search(need, top=top)


@given(SCORES, st.integers(0, 5), st.sampled_from([0.0, 0.2, 0.5]))
def test_whoever_may_be_among_the_first_is_selected_and_few_others(scores, top, at_least):
    found = np.array(scores, np.float32)
    places = kernel.select(found, top=top, at_least=at_least, margin=1e-4).tolist()
    best = sorted((s for s in scores if s >= at_least), reverse=True)[:top]
    wanted = [n for n, s in enumerate(scores) if best and s >= best[-1]]
    assert places == (wanted if top else [])


def test_scores_within_the_margin_are_kept_for_exact_scoring():
    found = np.array([0.5, 0.50001, 0.4], np.float32)
    assert kernel.select(found, top=1, at_least=0, margin=1e-4).tolist() == [0, 1]
    assert kernel.select(found, top=9, at_least=0.50005, margin=1e-4).tolist() == [0, 1]


def test_the_margin_covers_the_rounding_of_long_queries():
    generator = np.random.default_rng(2)
    one, other = (v / np.linalg.norm(v) for v in generator.random((2, 5000)))
    rough = float(np.sum(one.astype(np.float32) * other.astype(np.float32), dtype=np.float32))
    assert abs(rough - float(one @ other)) < kernel.error(5000) < 0.001


@pytest.mark.parametrize("top", [1, 3, 15])
def test_the_first_sieve_loses_nothing(top):
    generator = np.random.default_rng(top)
    for _ in range(20):
        found = generator.random(1000, np.float32).round(2)
        places = kernel.select(found, top=top, at_least=0, margin=1e-4)
        assert places.tolist() == np.flatnonzero(found >= np.sort(found)[-top]).tolist()
