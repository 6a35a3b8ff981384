"""A ranking spread over workers: pools in shards, needs put to all of them, the best merged."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from matchmaker.cluster.linking import MEGABYTE, ClusterFailed, Link
from matchmaker.matching import Document, Explanation, Hit, Idf, parcels, sharding
from matchmaker.matching.parcels import Rules
from matchmaker.matching.sharding import Best

PIECE = 1_000  # documents cut together at most
NEEDS_LEAST, NEEDS_MOST = 16, 1_024  # needs put together
AHEAD = 2  # pieces of needs under way for each worker
EXPLAINED = 16  # needs whose winners are explained together
FAN_IN = 16  # tallies summed at once
BASE = 550 * MEGABYTE  # bytes of a worker process without documents: dictionaries and libraries
FACTOR = 6  # bytes a worker needs at most for each byte of its rows
SHARE = 0.7  # of a worker's limit; from there on Dask writes to disk
T = TypeVar("T")
Row = tuple[Document, Any]  # a text with its facts
Progress = Callable[[str, Iterable[T], int], Iterable[T]]


def silent(_label: str, steps: Iterable[T], _count: int) -> Iterable[T]:
    """Show no progress."""
    return steps


@dataclass(frozen=True, slots=True)
class Shards:
    """A pool on the workers: the future of each shard, and the worker it should lie on."""

    futures: tuple[Any, ...]
    homes: tuple[str, ...]


class Spread:
    """Pools and needs under one set of rules and one idf. Lives as long as its link."""

    def __init__(self, link: Link, rules: Rules, *, progress: Progress[Any] = silent) -> None:
        self.link, self.progress, self._top = link, progress, rules.top
        self.workers = link.workers()
        self._rules = link.submit(parcels.given, rules)
        self._idf: Any = None

    def cut(self, rows: Sequence[Row], *, most: int = PIECE) -> list[Any]:
        """Have texts cut on all workers; return the futures of the pieces, none empty."""
        size = max(1, min(most, -(-len(rows) // len(self.workers))))
        pieces = (rows[first : first + size] for first in range(0, len(rows), size))
        return [
            self.link.submit(
                parcels.cut,
                parcels.packed(*zip(*piece, strict=True)),
                self._rules,
                near=self._home(number),
            )
            for number, piece in enumerate(pieces)
        ]

    def fit(self, *pools: Sequence[Any], label: str = "分词") -> None:
        """Fit one idf over the pieces of all pools. Raises ClusterFailed if memory is too short."""
        pieces = [piece for pool in pools for piece in pool]
        counted = [[piece] for piece in pieces] or [[]]
        tallies = [self.link.submit(parcels.tally, each) for each in counted]
        self._weighed(pieces, label)
        while len(tallies) > 1:
            groups = (tallies[n : n + FAN_IN] for n in range(0, len(tallies), FAN_IN))
            tallies = [self.link.submit(parcels.total, group) for group in groups]
        self._idf = self.link.submit(parcels.fitted, tallies[0])

    def fix(self, idf: Idf, *pools: Sequence[Any], label: str = "分词") -> None:
        """Use an idf fitted elsewhere. Raises ClusterFailed if memory is too short."""
        self._weighed([piece for pool in pools for piece in pool], label)
        counted = self.link.submit(parcels.given, parcels.tally_of(idf))
        self._idf = self.link.submit(parcels.fitted, counted)

    def place(self, pieces: Sequence[Any]) -> Shards:
        """Index a pool's pieces, a shard on each worker; an empty pool is one empty shard."""
        count = len(self.workers)
        groups = [list(pieces[number::count]) for number in range(min(count, len(pieces)))] or [[]]
        homes = tuple(self._home(number) for number in range(len(groups)))
        futures = tuple(
            self.link.submit(sharding.Shard.of, group, self._idf, self._rules, near=home)
            for group, home in zip(groups, homes, strict=True)
        )
        return Shards(futures, homes)

    def batches(self, needs: Sequence[Row]) -> list[Any]:
        """Have needs cut in pieces that are put together."""
        wanted = -(-len(needs) // (4 * len(self.workers)))
        return self.cut(needs, most=min(max(wanted, NEEDS_LEAST), NEEDS_MOST))

    def ask(
        self, shards: Shards, batches: Sequence[Any], *, label: str = "配对"
    ) -> list[list[Hit]]:
        """Return for each need what `rank` makes the same of as of all hits, in their order."""
        steps = self.progress(label, self._asked(shards, batches), len(batches))
        return [best.hits for found in steps for best in found]

    def explain(
        self,
        winners: Sequence[tuple[Document, Sequence[Document]]],
        *,
        label: str = "写理由",
    ) -> list[list[Explanation]]:
        """Explain each need's winners, in their order."""
        parts = [winners[n : n + EXPLAINED] for n in range(0, len(winners), EXPLAINED)]
        steps = self._under_way(
            lambda number: self.link.submit(
                sharding.explained, parts[number], self._idf, self._rules
            ),
            len(parts),
        )
        return [each for told in self.progress(label, steps, len(parts)) for each in told]

    def _asked(self, shards: Shards, batches: Sequence[Any]) -> Iterator[list[Best]]:
        def begin(number: int) -> Any:
            asking = self.link.submit(parcels.weigh_needs, batches[number], self._idf)
            answers = [
                self.link.submit(sharding.ask, shard, asking, self._rules, near=home)
                for shard, home in zip(shards.futures, shards.homes, strict=True)
            ]
            return self.link.submit(sharding.merge, answers, self._top)

        return self._under_way(begin, len(batches))

    def _under_way(self, begin: Callable[[int], Any], count: int) -> Iterator[Any]:
        """Yield the result of each piece of work in order, a few of them under way at once."""
        waiting: deque[Any] = deque()
        for number in range(count):
            waiting.append(begin(number))
            if len(waiting) >= AHEAD * len(self.workers):
                yield self.link.result(waiting.popleft())
        yield from self.link.results(waiting)

    def _weighed(self, pieces: Sequence[Any], label: str) -> None:
        weights = [self.link.submit(parcels.weight, piece) for piece in pieces]
        for _ in self.progress(label, map(self.link.settle, weights), len(weights)):
            pass
        self._allow(self.link.result(self.link.submit(sum, weights)))

    def _home(self, number: int) -> str:
        return self.workers[number % len(self.workers)]

    def _allow(self, rows: int) -> None:
        """Raise ClusterFailed where the workers' memory cannot hold so many bytes of rows."""
        limits = [limit for limit in self.link.limits().values() if limit]
        if not limits:
            return
        room = SHARE * min(limits) - BASE
        each = FACTOR * rows / len(self.workers)
        if each > room:
            wanted = (each + BASE) / SHARE / MEGABYTE
            raise ClusterFailed(
                f"工作进程内存不够：每个至少要 {wanted:,.0f} MB，现在的上限是"
                f" {min(limits) / MEGABYTE:,.0f} MB。请增加工作进程或调高 --memory-limit。"
            )
