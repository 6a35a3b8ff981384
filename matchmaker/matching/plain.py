"""The loops in numpy, for where numba is not installed: the same results to the last bit.

What `compiled` documents holds here too.
"""

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.postings import BLOCK, Asked, Postings, Queries
from matchmaker.matching.rows import Codes, Doubles, Floats, Places, Rows


def invert_block(
    offsets: NDArray[np.int64], columns: Places, codes: Codes, width: int
) -> tuple[Places, NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16], Codes]:
    """The runs of one block's rows: terms, plain, coded, places, codes."""
    documents = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)).astype(np.uint16)
    order = np.lexsort((codes > 0, columns))
    marked = codes > 0
    plain = np.bincount(columns[~marked], minlength=width)
    coded = np.bincount(columns[marked], minlength=width)
    terms = np.flatnonzero(plain + coded).astype(np.int32)
    kept = codes[order]
    lengths = plain[terms].astype(np.uint16), coded[terms].astype(np.uint16)
    return terms, *lengths, documents[order], kept[kept > 0]


def squares(
    offsets: NDArray[np.int64],
    columns: Places,
    codes: Codes,
    table: Doubles,
    rarity: Doubles,
    channels: NDArray[np.uint8],
    most: int,
) -> Doubles:
    """(most, documents) sums of squared weights in each channel."""
    documents = len(offsets) - 1
    owner = np.repeat(np.arange(documents), np.diff(offsets))
    weights = table[codes] * rarity[columns]
    group = channels[columns] * np.intp(documents) + owner
    sums = np.bincount(group, weights * weights, minlength=most * documents)
    return sums.reshape(most, documents).astype(np.float64, copy=False)


def best(
    queries: Queries,
    postings: Postings,
    table: Floats,
    norms: Floats,
    peaks: Floats,  # noqa: ARG001  the compiled loops' shortcut
    span: tuple[int, int],
    base: int,
    scores: Floats,
    places: Places,
) -> None:
    """Put the best documents of some blocks into each query's heap."""
    first, last = span[0] * BLOCK, min(span[1] * BLOCK, norms.shape[1])
    found = np.empty(norms.shape[1], np.float32)
    room = scores.shape[1]
    for query in range(len(queries.offsets) - 1):
        start, end = queries.offsets[query : query + 2]
        alone = Queries(
            np.array([0, end - start]),
            queries.columns[start:end],
            queries.weights[start:end],
            queries.channels[start:end],
        )
        everything(alone, postings, table, norms, found)
        better = first + np.flatnonzero(found[first:last] > scores[query].min())
        if not len(better):
            continue
        every = np.concatenate([scores[query], found[better]])
        where = np.concatenate([places[query], base + better.astype(np.int32)])
        kept = np.argpartition(every, len(every) - room)[len(every) - room :]
        scores[query], places[query] = every[kept], where[kept]


def everything(
    queries: Queries, postings: Postings, table: Floats, norms: Floats, found: Floats
) -> None:
    """The score of every document for a single query; found : (documents,)."""
    totals = np.zeros((2, len(found)), np.float32)
    for column, weight, channel in zip(
        queries.columns, queries.weights, queries.channels, strict=True
    ):
        if column >= len(postings.terms) - 1:
            continue
        for run in range(postings.terms[column], postings.terms[column + 1]):
            block = totals[channel, int(postings.blocks[run]) * BLOCK :]
            start, mark = postings.starts[run], postings.marks[run]
            middle, others = start + postings.plain[run], postings.coded[run]
            block[postings.places[start:middle]] += weight * table[0]
            strengths = table[postings.codes[mark : mark + others]]
            block[postings.places[middle : middle + others]] += weight * strengths
    found[:] = totals[0] * norms[0] + totals[1] * norms[1]


def exact(
    asked: Asked,
    rows: Rows,
    owner: NDArray[np.int64],
    picked: NDArray[np.int64],
    table: Doubles,
    scales: Doubles,
    channels: NDArray[np.uint8],
    found: Doubles,
) -> None:
    """Scores in float64 of the rows picked, each for its owner's query, in the order of the row."""
    dense = np.zeros(len(channels))
    for query in np.unique(owner):
        span = slice(*asked.offsets[query : query + 2])
        dense[asked.columns[span]] = asked.weights[span]
        mine = owner == query
        found[mine] = _dots(dense, rows, picked[mine], table, scales, channels)
        dense[asked.columns[span]] = 0


def _dots(
    dense: Doubles,
    rows: Rows,
    picked: NDArray[np.int64],
    table: Doubles,
    scales: Doubles,
    channels: NDArray[np.uint8],
) -> Doubles:
    starts, lengths = rows.offsets[picked], rows.offsets[picked + 1] - rows.offsets[picked]
    owner, ends = np.repeat(np.arange(len(picked)), lengths), np.cumsum(lengths)
    entries = np.arange(len(owner)) + np.repeat(starts - (ends - lengths), lengths)
    columns = rows.columns[entries]
    points = dense[columns] * table[rows.codes[entries]]
    group = channels[columns] * np.intp(len(picked)) + owner
    sums = np.bincount(group, points, minlength=2 * len(picked)).reshape(2, -1)
    found: Doubles = sums[0] * scales[0, picked] + sums[1] * scales[1, picked]
    return found
