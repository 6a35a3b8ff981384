import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.matching import kernel

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), max_size=300)


def test_scores_are_the_product_of_rows_and_query():
    generator = np.random.default_rng(1)
    dense = generator.random((40, 90), np.float32) * (generator.random((40, 90)) < 0.2)
    columns, weights = np.array([3, 17, 39], np.int32), np.array([0.5, 0.1, 0.7], np.float32)
    found = kernel.scores(csr_array(dense), columns, weights)
    assert found == pytest.approx(dense[columns].T @ weights, abs=1e-6)


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
