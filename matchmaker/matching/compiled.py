"""The loops as numba compiles them: term at a time, block after block. Same results as `plain`.

No function here checks bounds; `segments.py` and `kernel.py` hand in what fits.
"""

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.compiled_rows import exact, invert_block, squares
from matchmaker.matching.compiling import jit
from matchmaker.matching.postings import BLOCK, CHUNK, Postings, Queries
from matchmaker.matching.rows import Codes, Floats, Places

__all__ = ["best", "everything", "exact", "invert_block", "squares"]
Runs = NDArray[np.int64]
BOTH = 0b11  # channels, as bits


@jit
def _add(
    total: Floats,
    places: NDArray[np.uint16],
    codes: Codes,
    start: int,
    plain: int,
    coded: int,
    mark: int,
    weight: np.float32,
    table: Floats,
) -> None:
    """Add what one run brings."""
    once = weight * table[0]
    for place in range(start, start + plain):
        total[places[place]] += once
    start += plain
    for number in range(coded):
        total[places[start + number]] += weight * table[codes[mark + number]]


@jit
def _push(scores: Floats, places: Places, score: np.float32, place: int) -> None:
    """Put a score in the place of the least of a heap."""
    hole, size = 0, len(scores)
    while 2 * hole + 1 < size:
        child = 2 * hole + 1
        if child + 1 < size and scores[child + 1] < scores[child]:
            child += 1
        if scores[child] >= score:
            break
        scores[hole], places[hole] = scores[child], places[child]
        hole = child
    scores[hole], places[hole] = score, place


@jit
def _sieve(
    totals: Floats,
    low: int,
    size: int,
    norms: Floats,
    peaks: Floats,
    scores: Floats,
    places: Places,
    base: int,
) -> None:
    """Push what beats the least of the heap; totals, norms, peaks : of one channel."""
    bound = scores[0]
    for first in range(0, size, CHUNK):
        last, peak, beaten = min(first + CHUNK, size), peaks[(low + first) // CHUNK], np.uint32(0)
        for place in range(first, last):
            beaten |= np.uint32(totals[place] * peak > bound)
        if beaten:
            for place in range(first, last):
                score = totals[place] * norms[low + place]
                if score > bound:
                    _push(scores, places, score, base + low + place)
                    bound = scores[0]


@jit
def _sieve_both(
    totals: Floats,
    low: int,
    size: int,
    norms: Floats,
    peaks: Floats,
    scores: Floats,
    places: Places,
    base: int,
) -> None:
    """The same for two channels: (2, documents)."""
    bound = scores[0]
    for first in range(0, size, CHUNK):
        last, beaten, at = min(first + CHUNK, size), np.uint32(0), (low + first) // CHUNK
        one, two = peaks[0, at], peaks[1, at]
        for place in range(first, last):
            beaten |= np.uint32(totals[0, place] * one + totals[1, place] * two > bound)
        if beaten:
            for place in range(first, last):
                score = totals[0, place] * norms[0, low + place]
                score += totals[1, place] * norms[1, low + place]
                if score > bound:
                    _push(scores, places, score, base + low + place)
                    bound = scores[0]


@jit
def _cursors(
    queries: Queries, terms: Runs, blocks: NDArray[np.uint16], first: int
) -> tuple[Runs, Runs]:
    """The first run of each query term at or past a block, and where its runs end."""
    now, ends = np.zeros(len(queries.columns), np.int64), np.zeros(len(queries.columns), np.int64)
    for number in range(len(queries.columns)):
        column = queries.columns[number]
        if column < len(terms) - 1:
            now[number], ends[number] = terms[column], terms[column + 1]
            while now[number] < ends[number] and blocks[now[number]] < first:
                now[number] += 1
    return now, ends


@jit
def _gather(
    queries: Queries,
    query: int,
    block: int,
    postings: Postings,
    table: Floats,
    now: NDArray[np.int64],
    ends: NDArray[np.int64],
    totals: Floats,
) -> int:
    """Add up one query's runs in a block; tell the channels met, as bits."""
    met, first, second = 0, totals[0], totals[1]
    for number in range(queries.offsets[query], queries.offsets[query + 1]):
        run = now[number]
        if run < ends[number] and postings.blocks[run] == block:
            now[number] = run + 1
            channel = queries.channels[number]
            met |= 1 << channel
            _add(
                second if channel else first,
                postings.places,
                postings.codes,
                postings.starts[run],
                postings.plain[run],
                postings.coded[run],
                postings.marks[run],
                queries.weights[number],
                table,
            )
    return met


@jit
def best(
    queries: Queries,
    postings: Postings,
    table: Floats,
    norms: Floats,
    peaks: Floats,
    span: tuple[int, int],
    base: int,
    scores: Floats,
    places: Places,
) -> None:
    """Put the best documents of some blocks into each query's heap.

    norms, peaks : (2, documents), (2, chunks).  span : first block and last, that one left out.
    base : what to add to a document's number.  scores, places : (queries, room), heaps.
    """
    documents = norms.shape[1]
    now, ends = _cursors(queries, postings.terms, postings.blocks, span[0])
    totals = np.zeros((2, BLOCK), np.float32)
    for block in range(span[0], span[1]):
        low = block * BLOCK
        size = min(BLOCK, documents - low)
        for query in range(len(queries.offsets) - 1):
            met = _gather(queries, query, block, postings, table, now, ends, totals)
            heap, kept = scores[query], places[query]
            if met == BOTH:
                _sieve_both(totals, low, size, norms, peaks, heap, kept, base)
                totals[:, :size] = 0
            elif met:
                one = met - 1
                _sieve(totals[one], low, size, norms[one], peaks[one], heap, kept, base)
                totals[one, :size] = 0


@jit
def everything(
    queries: Queries, postings: Postings, table: Floats, norms: Floats, found: Floats
) -> None:
    """The score of every document for a single query; found : (documents,)."""
    now, ends = _cursors(queries, postings.terms, postings.blocks, 0)
    totals = np.zeros((2, BLOCK), np.float32)
    for low in range(0, len(found), BLOCK):
        size = min(BLOCK, len(found) - low)
        _gather(queries, 0, low // BLOCK, postings, table, now, ends, totals)
        for place in range(size):
            score = totals[0, place] * norms[0, low + place]
            found[low + place] = score + totals[1, place] * norms[1, low + place]
        totals[:, :size] = 0
