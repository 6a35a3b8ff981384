"""Find and order the best: a few too many in float32, then those again in float64.

Every query keeps `top` and `SPARE` documents. If the last kept is so near the last wanted that
rounding might have cost one its place, the query is scored in full instead: the result is exact.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching import engine
from matchmaker.matching.postings import Asked, Queries
from matchmaker.matching.rows import Doubles, Floats, Places, Rows
from matchmaker.matching.segments import Segment, Weights

STRIDE = 64  # documents sieved by their best
SPARE = 16
MOST_KEPT = 256  # beyond, all scores are written down and partitioned
LEAST = 1e-30  # a document that shares nothing scores 0 and is not looked for
ROUNDINGS = 8  # of a score, beside one for each term
MANY = 4  # queries for each thread from which on they share them rather than the blocks


class Query(NamedTuple):
    """A need ready to be asked: the columns it shares with the index, and their weights.

    weights : unit weights times rarity.  channels : the channel of each.
    """

    columns: Places
    weights: NDArray[np.float64]
    channels: NDArray[np.uint8]


class Found(NamedTuple):
    """Documents that may be among the best.  owner : the number of the query, ascending."""

    owner: NDArray[np.int64]
    places: NDArray[np.int64]


def batch(queries: Sequence[Query]) -> tuple[Queries, Asked]:
    """Queries end to end, for both loops."""
    offsets = np.zeros(len(queries) + 1, np.int64)
    np.cumsum([len(query.columns) for query in queries], out=offsets[1:])
    columns, weights, channels = (np.concatenate(part) for part in zip(*queries, strict=True))
    rough = Queries(offsets, columns, weights.astype(np.float32), channels)
    return rough, Asked(offsets, columns, weights)


def error(terms: int) -> float:
    """How far a float32 score over so many terms can lie from the exact one (forward bound)."""
    return (terms + ROUNDINGS) * float(np.finfo(np.float32).eps)


def find(
    segments: Sequence[Segment],
    queries: Queries,
    table: Floats,
    *,
    top: int,
    at_least: float,
    threads: int,
) -> Found:
    """Every document exact scoring may put among each query's first `top`; 0 is not looked for."""
    count = len(queries.offsets) - 1
    margin = error(int(np.diff(queries.offsets).max(initial=0)))
    floor = max(at_least - margin, LEAST)
    if not top:
        return Found(np.empty(0, np.int64), np.empty(0, np.int64))
    if top > MOST_KEPT:
        found, unsure = [], np.arange(count)
    else:
        scores, places = _heaps(segments, queries, table, top=top, floor=floor, threads=threads)
        kept, unsure = _near_the_best(scores, top=top, floor=floor, margin=margin)
        owner, column = np.nonzero(kept)
        found = [Found(owner, _side_by_side(places)[owner, column].astype(np.int64))]
    for query in unsure:
        whole = _everything(segments, queries, int(query), table)
        chosen = select(whole, top=top, at_least=at_least, margin=margin)
        chosen = chosen[whole[chosen] > 0]
        found.append(Found(np.full(len(chosen), query), chosen))
    owner, all_places = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(owner, kind="stable")
    return Found(owner[order], all_places[order])


def _heaps(
    segments: Sequence[Segment],
    queries: Queries,
    table: Floats,
    *,
    top: int,
    floor: float,
    threads: int,
) -> tuple[Floats, Places]:
    """(parts, queries, room) scores and places; a free place holds the floor.

    Threads share the queries if there are enough of them, else the blocks of each segment.
    """
    count, loops = len(queries.offsets) - 1, engine.loops()
    by_query = threads == 1 or count >= MANY * threads
    shape = (1 if by_query else threads, count, top + SPARE)
    scores, places = np.full(shape, floor, np.float32), np.full(shape, -1, np.int32)

    def work(number: int) -> None:
        first, last = (count * n // threads for n in (number, number + 1))
        mine = _between(queries, first, last) if by_query else queries
        span, part = (slice(first, last), 0) if by_query else (slice(None), number)
        for segment in segments:
            share = (0, 1, 1) if by_query else (number, number + 1, threads)
            blocks = segment.blocks * share[0] // share[2], segment.blocks * share[1] // share[2]
            heaps = scores[part, span], places[part, span]
            kept = segment.norms, segment.peaks, blocks, segment.start
            loops.best(mine, segment.postings, table, *kept, *heaps)

    engine.share(work, threads)
    return scores, places


def _between(queries: Queries, first: int, last: int) -> Queries:
    start, end = queries.offsets[first], queries.offsets[last]
    return Queries(
        queries.offsets[first : last + 1] - start,
        queries.columns[start:end],
        queries.weights[start:end],
        queries.channels[start:end],
    )


def _near_the_best(
    scores: Floats, *, top: int, floor: float, margin: float
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which of a query's kept scores may be among the first, and the queries that kept too few."""
    flat = _side_by_side(scores)
    last = np.partition(flat, flat.shape[1] - top, axis=1)[:, flat.shape[1] - top]
    least = np.float32(floor)
    dropped = scores.min(axis=2)  # nothing better than this was given up
    unsure = ((dropped > least) & (dropped >= last - 2 * margin)).any(axis=0)
    kept = (flat > least) & (flat >= last[:, None] - 2 * margin) & ~unsure[:, None]
    return kept, np.flatnonzero(unsure)


def _side_by_side(heaps: NDArray[Any]) -> NDArray[Any]:
    return heaps.swapaxes(0, 1).reshape(heaps.shape[1], -1)


def _everything(
    segments: Sequence[Segment], queries: Queries, number: int, table: Floats
) -> Floats:
    """One query's score of each place; -1 where a document was removed."""
    alone, parts = _between(queries, number, number + 1), [np.empty(0, np.float32)]
    for segment in segments:
        found = np.empty(len(segment), np.float32)
        engine.loops().everything(alone, segment.postings, table, segment.norms, found)
        parts.append(np.nan_to_num(found, copy=False, nan=-1.0))
    return np.concatenate(parts)


def exact(
    asked: Asked, found: Found, rows: Rows, weights: Weights, scales: Doubles, *, threads: int
) -> Doubles:
    """Scores in float64; found.places count from the first of these rows."""
    scores, loops = np.empty(len(found.places)), engine.loops()
    parts = [len(scores) * number // threads for number in range(threads + 1)]
    known = weights.table, scales, weights.channels

    def work(number: int) -> None:
        span = slice(*parts[number : number + 2])
        loops.exact(asked, rows, found.owner[span], found.places[span], *known, scores[span])

    engine.share(work, threads)
    return scores


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


def order(
    found: Found, scores: NDArray[np.float64], *, top: int, name: Callable[[int], str]
) -> tuple[Found, NDArray[np.float64]]:
    """The first `top` of each query, best first, level ones by name."""
    ranks = np.lexsort((-scores, found.owner))
    owner, places, points = found.owner[ranks], found.places[ranks], scores[ranks]
    level = np.flatnonzero((points[1:] == points[:-1]) & (owner[1:] == owner[:-1]))
    for run in np.split(level, np.flatnonzero(np.diff(level) > 1) + 1) if len(level) else ():
        span = slice(run[0], run[-1] + 2)
        places[span] = sorted(places[span].tolist(), key=name)
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    first = rank < top
    return Found(owner[first], places[first]), points[first]
