"""A connection to a Dask scheduler: checked before use, every failure told in Chinese."""

import logging
import os
import resource
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from time import monotonic
from typing import Any

from matchmaker.matching import Segmenter, algorithm_version

PACKAGE = "dask[distributed]==2026.8.0"
CONNECTING = 10.0  # seconds to reach a scheduler, and for its first worker to be there
BEAT = 1.0  # seconds of waiting after which one looks whether anybody still works
PATIENCE = 30.0  # seconds without any worker: a nanny brings one back within a few
ALIKE = ("dask", "distributed", "numpy")  # packages whose version must be ours
SCHEDULING = ("dask", "distributed")  # of these the scheduler's
MEGABYTE = 1 << 20


class ClusterFailed(Exception):
    """A run over the cluster that cannot go on; tells cause and cure in Chinese."""


class Link:
    """A connection. Whatever is submitted may be run again elsewhere: only plain functions."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self.address = client, address
        self._alive = monotonic()

    def submit(self, function: Callable[..., Any], *arguments: Any, near: str = "") -> Any:
        """Have a function run on a worker, that one if it is still there; return its future.

        Futures among the arguments, in lists as well, are replaced by what they became.
        """
        where = {"workers": [near], "allow_other_workers": True} if near else {}
        with self._telling():
            return self._client.submit(function, *arguments, pure=False, **where)

    def results(self, futures: Iterable[Any]) -> Iterator[Any]:
        """Yield what each future became, in their order."""
        return map(self.result, futures)

    def result(self, future: Any) -> Any:
        """Return what a future became; whose worker is lost is computed again."""
        with self._telling():
            while True:
                try:
                    self.settle(future)
                    return future.result(timeout=PATIENCE)
                except TimeoutError:  # lost while it was fetched
                    self._look()

    def settle(self, future: Any) -> None:
        """Wait until a future is done, its result left where it is."""
        wait = import_module("distributed").wait
        with self._telling():
            while True:
                try:
                    wait([future], timeout=BEAT)
                except TimeoutError:
                    self._look()
                    continue
                self._alive = monotonic()
                return

    def workers(self) -> list[str]:
        """Return the addresses of the worker processes there are."""
        with self._telling():
            return sorted(self._client.nthreads())

    def limits(self) -> dict[str, int]:
        """Return each worker's memory limit in bytes; 0 is none."""
        with self._telling():
            return {name: one or 0 for name, one in self._client.run(_limit).items()}

    def peaks(self) -> dict[str, int]:
        """Return the most bytes each worker process has held."""
        with self._telling():
            return dict(self._client.run(_peak))

    def processes(self) -> dict[str, int]:
        """Return the number of each worker's process on its machine."""
        with self._telling():
            return dict(self._client.run(os.getpid))

    def _look(self) -> None:
        """Raise where nobody has been working for long."""
        workers: Collection[str] = ()
        with suppress(OSError):  # the scheduler is gone: so are its futures, as `wait` will tell
            workers = self._client.nthreads()
        if workers:
            self._alive = monotonic()
        elif monotonic() - self._alive > PATIENCE:
            raise ClusterFailed(
                f"调度器 {self.address} 上的工作进程都已退出，{PATIENCE:.0f} 秒内没有恢复。"
                "请检查工作进程（内存、日志），重新启动后再运行。"
            )

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn what Dask raises into a sentence for whoever started the run."""
        distributed = import_module("distributed")
        try:
            yield
        except (ClusterFailed, GeneratorExit):
            raise
        except distributed.KilledWorker as error:
            raise ClusterFailed(
                "同一项任务使工作进程接连中断，多半是内存不够。"
                "请增加工作进程或调高 --memory-limit 后再运行。"
            ) from error
        except (
            OSError,
            distributed.CancelledError,
            distributed.client.FuturesCancelledError,
        ) as error:
            raise ClusterFailed(f"与调度器 {self.address} 的连接中断，请检查后再运行。") from error
        except Exception as error:
            raise ClusterFailed(f"工作进程出错：{type(error).__name__}：{error}") from error


@contextmanager
def connected(address: str) -> Iterator[Link]:
    """Connect to a scheduler, check it and its workers, and let go at the end.

    Raises ClusterFailed: Dask is not installed, nobody answers, other versions, no worker.
    """
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise ClusterFailed(
            f"没有安装集群组件。请在每台机器上运行：.venv/bin/pip install '{PACKAGE}'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we tell it ourselves
    client = _client(distributed, address)
    try:
        _check(client, address)
        yield Link(client, address)
    finally:
        with suppress(Exception):  # a scheduler that is gone needs no good-bye
            client.close(timeout=BEAT)


def _client(distributed: Any, address: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other versions: `_check` names them
            return distributed.Client(address, timeout=CONNECTING)
    except ValueError as error:
        raise ClusterFailed(
            f"调度器地址“{address}”不对，应如 tcp://192.168.1.10:8786：{error}"
        ) from error
    except Exception as error:
        raise ClusterFailed(
            f"连不上调度器 {address}。请检查地址、防火墙，以及 scripts/cluster 是否在运行。"
        ) from error


def _check(client: Any, address: str) -> None:
    """Raise ClusterFailed where the scheduler or a worker is not as we are."""
    told = client.get_versions(check=False)
    mine = told["client"]["packages"]
    _compare(told["scheduler"]["packages"], mine, SCHEDULING, f"调度器 {address}")
    started = monotonic()
    while not client.nthreads():
        if monotonic() - started > CONNECTING:
            raise ClusterFailed(f"调度器 {address} 上没有工作进程，请先启动（scripts/cluster）。")
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=BEAT)
    for name, one in client.get_versions(check=False)["workers"].items():
        _compare(one["packages"], mine, ALIKE, f"工作进程 {name}")
    try:
        rules = client.run(_rules)
    except Exception as error:
        raise ClusterFailed(f"工作进程上没有匹配程序，请在那里装好同一版本：{error}") from error
    for name, other in rules.items():
        if other != _rules():
            raise ClusterFailed(
                f"工作进程 {name} 的匹配程序是另一个版本（{other}，本机 {_rules()}），请更新一致。"
            )


def _compare(other: dict[str, Any], mine: dict[str, Any], names: Collection[str], who: str) -> None:
    for name in names:
        if other.get(name) != mine.get(name):
            raise ClusterFailed(
                f"{who} 的 {name} 是 {other.get(name)}，本机是 {mine.get(name)}，请装成同一版本。"
            )


def _rules() -> str:
    """Name what decides how a text is cut and scored, and the Python it runs on."""
    return f"{algorithm_version(Segmenter())}.py{sys.version_info[0]}.{sys.version_info[1]}"


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _limit(dask_worker: Any) -> int | None:
    limit: int | None = dask_worker.memory_manager.memory_limit
    return limit
