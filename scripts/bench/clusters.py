"""The same ranking here and over workers, step by step, and what 16 machines would take."""

import argparse
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import distributed
import numpy as np
import psutil

from bench.corpus import Corpus, Source
from bench.timing import load, seconds
from matchmaker import cluster
from matchmaker.cluster.linking import MEGABYTE
from matchmaker.matching import (
    DEFAULT,
    THRESHOLD,
    CandidateFacts,
    Document,
    Index,
    NeedFacts,
    PairFacts,
    Ranking,
    engine,
    parcels,
    rank,
    refresh,
    sharding,
)
from matchmaker.matching.names import pack

ROOT = Path(__file__).resolve().parents[2]
TOP, TODAY = 10, date(2026, 11, 20)
FIELDS = ("804", "805", "101", "")
CALLS, CHEAP = 20, 2_000  # empty calls one by one; empty tasks at once
ASKED = 200  # needs put to a shard of the projected size
GIGABIT = 1e9 / 8  # bytes a second
STEPS = ("cut, count", "index", "ask, merge", "explain")
Row = tuple[Document, Any]


@dataclass
class Run:
    """Seconds of each step, and what came of it."""

    took: dict[str, float] = field(default_factory=dict)
    rankings: list[Ranking] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    spent: float = 0.0  # processor seconds of all processes, the client's included
    peak: float = 0.0
    cutting: float = 0.0  # processor seconds
    explaining: float = 0.0
    call: float = 0.0  # seconds of one empty call
    task: float = 0.0  # seconds of each of many empty tasks


def rows(corpus: Corpus, seed: int, *, needs: bool) -> list[Row]:
    """Documents written out, each with facts."""
    chance = random.Random(seed)  # noqa: S311
    texts = (corpus.text(number) for number in range(len(corpus.ids)))
    fields = (chance.choice(FIELDS) for _ in corpus.ids)
    if needs:
        return [(t, _need(f)) for t, f in zip(texts, fields, strict=True)]
    return [
        (t, CandidateFacts(tech_fields=frozenset(filter(None, [f]))))
        for t, f in zip(texts, fields, strict=True)
    ]


def _need(tech_field: str) -> NeedFacts:
    """A need that facts may lift a pair of by all points but the town's."""
    return NeedFacts(
        tech_field=tech_field, coop_modes=frozenset({"joint"}), target_trl=7, budget_fen=10**8
    )


def ranked(hits: list[Any], own: NeedFacts, facts: dict[str, CandidateFacts]) -> Ranking:
    """The first pairs of some hits."""
    return rank(
        hits, lambda name: PairFacts(own, facts[name]), today=TODAY, top=TOP, threshold=THRESHOLD
    )


def winners(run: Run, needs: list[Row], offered: list[Row]) -> list[Any]:
    """Each need with the texts of its pairs."""
    texts = {text.id: text for text, _ in offered}
    return [
        (need, [texts[pair.id] for pair in ranking.pairs])
        for (need, _), ranking in zip(needs, run.rankings, strict=True)
    ]


def here(needs: list[Row], offered: list[Row], rules: parcels.Rules) -> Run:
    """One process, as `flask match` without a scheduler."""
    run, segmenter = Run(), parcels.segmenter_of(rules.words)
    facts = {text.id: known for text, known in offered}

    def build() -> Index:
        index = Index.build((text for text, _ in offered), segmenter=segmenter)
        refresh(index, Index.build((text for text, _ in needs), segmenter=segmenter))
        return index

    def ask() -> list[Ranking]:
        return [
            ranked(index.search(need, top=len(index), at_least=THRESHOLD), own, facts)
            for need, own in needs
        ]

    started = time.process_time()
    run.took["cut, count"], index = seconds(build)
    run.cutting = time.process_time() - started
    run.took["index"] = 0.0
    run.took["ask, merge"], run.rankings = seconds(ask)
    pairs = winners(run, needs, offered)
    before = time.process_time()
    run.took["explain"], run.told = seconds(lambda: sharding.explained(pairs, index.idf, rules))
    run.spent = time.process_time() - started
    run.explaining = time.process_time() - before
    return run


def there(needs: list[Row], offered: list[Row], rules: parcels.Rules, workers: int) -> Run:
    """So many worker processes on this machine."""
    run, facts = Run(), {text.id: known for text, known in offered}
    with running(workers) as (address, group), cluster.connected(address) as link:
        empty(link, CALLS)  # by now every worker has loaded the program
        run.call = seconds(lambda: [empty(link, 1) for _ in range(CALLS)])[0] / CALLS
        run.task = seconds(lambda: empty(link, CHEAP))[0] / CHEAP
        warm = cluster.Spread(link, rules)
        pieces, batches = warm.cut(offered[:200]), warm.batches(needs[:20])
        warm.fit(pieces, batches)
        warm.ask(warm.place(pieces), batches)
        warm.explain([(needs[0][0], [offered[0][0]])] * 64)
        spread = cluster.Spread(link, rules)

        def cut() -> tuple[list[Any], list[Any]]:
            pieces, batches = spread.cut(offered), spread.batches(needs)
            spread.fit(pieces, batches)
            return pieces, batches

        def place() -> cluster.Shards:
            shards = spread.place(pieces)
            for future in shards.futures:
                link.settle(future)
            return shards

        def ask() -> list[Ranking]:
            found = spread.ask(shards, batches)
            return [ranked(hits, own, facts) for hits, (_, own) in zip(found, needs, strict=True)]

        before = spent(group)
        run.took["cut, count"], (pieces, batches) = seconds(cut)
        run.took["index"], shards = seconds(place)
        run.took["ask, merge"], run.rankings = seconds(ask)
        pairs = winners(run, needs, offered)
        run.took["explain"], run.told = seconds(lambda: spread.explain(pairs))
        run.spent = spent(group) - before
        run.peak = max(link.peaks().values()) / MEGABYTE
    return run


def empty(link: cluster.Link, count: int) -> None:
    """Run so many tasks that do nothing, and fetch the last one's result."""
    futures = [link.submit(parcels.given, number) for number in range(count)]
    for future in futures:
        link.settle(future)
    link.result(futures[-1])


def spent(group: psutil.Process) -> float:
    """Processor seconds of this process and of a cluster's, so far."""
    others = (one.cpu_times() for one in group.children(recursive=True))
    return time.process_time() + sum(one.user + one.system for one in others)


@contextmanager
def running(workers: int) -> Iterator[tuple[str, psutil.Process]]:
    """A scheduler and workers of our own, by `scripts/cluster`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [ROOT / "scripts/cluster", str(workers)],
            env=os.environ | {"PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            with distributed.Client(address, timeout=120) as client:
                client.wait_for_workers(workers, timeout=120)
            yield address, psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def table(runs: dict[str, Run]) -> None:
    """What each step took."""
    print(f"{'seconds':16}" + "".join(f"{name:>14}" for name in runs))
    for step in STEPS:
        print(f"{step:16}" + "".join(f"{run.took[step]:14.2f}" for run in runs.values()))
    single = runs["one process"].spent
    totals = [sum(run.took.values()) for run in runs.values()]
    print(f"{'all':16}" + "".join(f"{total:14.2f}" for total in totals))
    print(f"{'times':16}" + "".join(f"{totals[0] / total:14.2f}" for total in totals))
    print(f"{'processor s':16}" + "".join(f"{run.spent:14.2f}" for run in runs.values()))
    for name, run in list(runs.items())[1:]:
        print(
            f"{name}: {run.spent / single - 1:+.0%} processor time;"
            f" an empty call {1e3 * run.call:.1f} ms, of many at once"
            f" {1e3 * run.task:.2f} ms each; at most {run.peak:.0f} MB a process"
        )


@dataclass
class Core:
    """What one core here does with a shard of the projected size; seconds."""

    documents: int
    built: float
    need: float
    merged: float
    size: float  # MB of the shard


def worked(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds one run takes, whatever else the machine does, and what it gives."""
    started = time.process_time()
    found = work()
    return time.process_time() - started, found


def core(source: Source, rules: parcels.Rules, documents: int, shards: int, seed: int) -> Core:
    """Build one shard of so many documents and put needs to it."""
    corpus, asked = (
        source.corpus(count, seed=seed + n, name=name)
        for n, (count, name) in enumerate(((documents, "A"), (ASKED, "N")))
    )
    pool = _cut(corpus, [CandidateFacts(tech_fields=frozenset({"804"}))] * documents)
    needs = _cut(asked, [_need("805")] * ASKED)
    idf = parcels.fitted(parcels.total([parcels.tally([one]) for one in (pool, needs)]))
    asking = parcels.weigh_needs(needs, idf)
    built, shard = worked(lambda: sharding.Shard.of([pool], idf, rules))
    shard.ask(asking, rules)
    took, best = worked(lambda: shard.ask(asking, rules))
    merged = worked(lambda: sharding.merge([best] * shards, TOP))[0]
    each = took / ASKED, merged / ASKED
    return Core(documents, built, *each, shard.__sizeof__() / MEGABYTE)


def _cut(corpus: Corpus, facts: list[Any]) -> parcels.Cut:
    """Rows as a shard is made of, with the terms they hold alone."""
    held, columns = np.unique(corpus.rows.columns, return_inverse=True)
    rows_ = corpus.rows._replace(columns=columns.astype(np.int32))
    terms = pack(corpus.terms[column] for column in held.tolist())
    return parcels.Cut(tuple(corpus.ids), terms, rows_, np.array(corpus.table), tuple(facts), ())


def project(one: Core, single: Run, last: Run, told: argparse.Namespace, sample: list[Row]) -> None:
    """What the same would take on many machines, and on what assumptions."""
    documents, needs = 10**7, 10**6
    cores = told.machines * told.cores
    texts = told.docs + told.needs
    winners_ = sum(len(ranking.pairs) for ranking in single.rankings)
    packing, parcel = worked(lambda: parcels.packed(*zip(*sample, strict=True)))
    size = len(parcel) / len(sample)
    batches = -(-needs // cluster.spreading.NEEDS_MOST)
    tasks = documents // cluster.spreading.PIECE * 3 + batches * (cores + 4) + needs // 16
    answers = needs * cores * TOP * 60
    steps = {
        "pack and send the texts (one client)": (documents + needs) * packing / len(sample),
        "cut and count": (documents + needs) * single.cutting / texts / cores,
        f"index {one.documents:,} documents a process": one.built,
        "ask": needs * one.need,
        "merge": needs * one.merged / cores,
        "answers between machines": answers / told.machines / (10 * GIGABIT),
        "explain": needs * TOP * single.explaining / winners_ / cores,
        f"scheduler, {tasks:,} tasks": tasks * last.task,
    }
    print(
        f"\n10^7 documents x 10^6 needs, {told.machines} machines x {told.cores} cores, projected:"
    )
    for name, took in steps.items():
        print(f"  {name:46}{took:9.0f} s")
    print(f"  {'all, one after the other':46}{sum(steps.values()) / 60:9.0f} min")
    print(
        f"Measured in processor time of a core here: a shard of {one.documents:,} documents takes"
        f"\n{one.need * 1e3:.1f} ms a need and {one.size:.0f} MB."
        f"\nAssumed: cores as fast as this one and idle, evenly loaded; 10 Gbit/s between machines;"
        f"\ntexts of {size:.0f} bytes packed, {(documents + needs) * size / 1e9:.1f} GB of which"
        f" the scheduler keeps; {TOP} pairs of each need explained;"
        f"\nno worker lost; tables read and written apart. More than two processes: not measured."
    )


def main(usage: str) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, value in (("docs", 4_000), ("needs", 240), ("seed", 1), ("machines", 16)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--cores", type=int, default=8)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--no-projection", action="store_true")
    told = parser.parse_args()
    source = Source(("words", "characters"))
    offered = rows(source.corpus(told.docs, seed=told.seed, name="A"), 1, needs=False)
    needs = rows(source.corpus(told.needs, seed=told.seed + 1, name="N"), 2, needs=True)
    words = parcels.Words.of(source.segmenter)
    rules = parcels.Rules(words, DEFAULT, TOP, THRESHOLD, TODAY, engine.name())
    print(f"{told.docs:,} documents, {told.needs:,} needs, {engine.name()}; {load()}", flush=True)
    here(needs[:20], offered[:200], rules)  # warm: dictionaries, compiled loops
    runs = {"one process": here(needs, offered, rules)}
    print(f"one process is done; {load()}", flush=True)
    for workers in told.workers:
        run = there(needs, offered, rules, workers)
        runs[f"{workers} worker{'s' * (workers > 1)}"] = run
        assert [r.pairs for r in run.rankings] == [r.pairs for r in runs["one process"].rankings]
        assert run.told == runs["one process"].told
        print(f"{workers} worker(s): the same pairs, scores and explanations; {load()}", flush=True)
    table(runs)
    if not told.no_projection:
        cores = told.machines * told.cores
        one = core(source, rules, 10**7 // cores, cores, told.seed)
        project(one, runs["one process"], [*runs.values()][-1], told, offered[:1000])
