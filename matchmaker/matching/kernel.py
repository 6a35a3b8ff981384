"""Score and select: the hot loop and nothing else."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float32]
Places = NDArray[np.int32]
STRIDE = 64  # documents sieved by their best


def scores(inverted: csr_array, columns: Places, weights: Floats) -> Floats:
    """Score every document against one query.

    inverted : (terms, documents) float32 weights, a document's squares summing to 1.
    columns, weights : (t,) the query's terms, all < terms, and their weights, likewise.
    Returns (documents,) cosines; only the postings of the query's own terms are read.
    """
    found: Floats = inverted[columns].T @ weights
    return found


def error(terms: int) -> float:
    """How far a float32 cosine over so many terms can lie from the exact one (forward bound)."""
    return (terms + 3) * float(np.finfo(np.float32).eps)


def select(found: Floats, *, top: int, at_least: float, margin: float) -> NDArray[np.intp]:
    """Places, ascending, of every document that exact scoring may put among the first `top`.

    found : (documents,) scores, each off by at most `margin`.
    Whoever is level with the last one stays in, so that the caller may break ties.
    """
    if not top:
        return np.empty(0, np.intp)
    bound = at_least - margin
    if len(found) > STRIDE * top:
        # The k-th best of the strides' best is no better than the k-th best of all: a first sieve.
        peaks = found[: len(found) // STRIDE * STRIDE].reshape(-1, STRIDE).max(axis=1)
        bound = max(bound, _nth_best(peaks, top) - 2 * margin)
    places = np.flatnonzero(found >= bound)
    if len(places) > top:
        kept = found[places]
        places = places[kept >= _nth_best(kept, top) - 2 * margin]
    return places


def _nth_best(values: Floats, nth: int) -> float:
    return float(np.partition(values, len(values) - nth)[len(values) - nth])
