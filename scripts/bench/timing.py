"""Clocks, and the memory bandwidth everything is held against."""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

ROUNDS = 3
MEGABYTES = 256


class Times(NamedTuple):
    """Milliseconds of a query: the median and the 99th percentile over queries, and how many."""

    p50: float
    p99: float
    count: int


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long one run takes, and what it gives."""
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def times(ask: Callable[[Any], Any], queries: Iterable[Any], *, most: int) -> Times:
    """Time each query, the median of some rounds; first some are asked to warm up."""
    queries = list(queries)[:most]
    rounds = ROUNDS if len(queries) > 20 else 1
    for query in queries[: min(5, len(queries) // 2)]:
        ask(query)
    taken = [[seconds(lambda q=q: ask(q))[0] for q in queries] for _ in range(rounds)]
    each = 1e3 * np.median(taken, axis=0)
    return Times(float(np.median(each)), float(np.percentile(each, 99)), len(queries))


def bandwidth() -> float:
    """Bytes a second one core reads and writes in copying, the best of some rounds."""
    source = np.ones(MEGABYTES << 17)
    target = np.empty_like(source)
    best = min(seconds(lambda: np.copyto(target, source))[0] for _ in range(5))
    return 2 * source.nbytes / best


def load() -> str:
    """What else the machine is doing."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
