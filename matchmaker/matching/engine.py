"""Which loops run: compiled by numba where it is installed, numpy's otherwise.

Both give the same scores to the last bit, so that a ranking never depends on what is installed.
`MATCHING_ENGINE=numpy` forces the plain ones.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module, util
from types import ModuleType

VARIABLE = "MATCHING_ENGINE"
COMPILED, PLAIN = "numba", "numpy"
_forced: list[str] = []


def name() -> str:
    """`numba` or `numpy`."""
    if _forced:
        return _forced[-1]
    return PLAIN if os.environ.get(VARIABLE) == PLAIN or not is_installed() else COMPILED


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Tell whether numba is there."""
    return util.find_spec("numba") is not None


def loops() -> ModuleType:
    """The module of the loops: `compiled` or `plain`, which offer the same functions."""
    module = "compiled" if name() == COMPILED else "plain"
    return import_module(f"matchmaker.matching.{module}")


@contextmanager
def using(engine: str) -> Iterator[None]:
    """Run with these loops, for comparing them; not meant for several threads."""
    _forced.append(engine)
    try:
        yield
    finally:
        _forced.pop()


def share(work: Callable[[int], None], threads: int) -> None:
    """Call work(0), …, work(threads - 1) at once; compiled loops do not hold the lock of Python."""
    if threads == 1:
        work(0)
        return
    waiting = [_pool(os.getpid()).submit(work, number) for number in range(1, threads)]
    work(0)
    for each in waiting:
        each.result()


@lru_cache(maxsize=1)
def _pool(_process: int) -> ThreadPoolExecutor:
    """A pool of this very process: threads do not survive a fork."""
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="matching")
