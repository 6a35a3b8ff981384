"""The pairs of two tables, ranked and explained: here, or spread over a cluster."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from matchmaker import cluster
from matchmaker.cli.failing import Failure
from matchmaker.cli.pair_tables import Pool, candidate_facts, need_facts
from matchmaker.cluster.linking import MEGABYTE
from matchmaker.matching import (
    DEFAULT,
    Document,
    Explanation,
    Hit,
    Index,
    PairFacts,
    Ranking,
    Segmenter,
    engine,
    explain,
    rank,
    refresh,
)
from matchmaker.matching.parcels import Rules, Words


@dataclass(frozen=True, slots=True)
class Answer:
    """The pairs of one need with what explains each."""

    need: Document
    ranking: Ranking
    explanations: Sequence[Explanation]


def match(
    asked: Pool,
    offered: Pool,
    *,
    segmenter: Segmenter,
    top: int,
    threshold: float,
    today: date,
) -> list[Answer]:
    """Rank the achievements for every need, with a progress bar."""
    index = Index.build(_bar(offered.documents, "读成果"), segmenter=segmenter)
    refresh(index, Index.build(_bar(asked.documents, "读需求"), segmenter=segmenter))
    texts = {document.id: document for document in offered.documents}
    candidates = {name: candidate_facts(values) for name, values in offered.values.items()}
    answers = []
    for need in _bar(asked.documents, "配对"):
        own = need_facts(asked.values[need.id])
        hits = index.search(need, top=len(index), at_least=threshold)
        facts = {hit.id: PairFacts(own, candidates[hit.id]) for hit in hits}
        ranking = rank(hits, facts.__getitem__, today=today, top=top, threshold=threshold)
        why = [
            explain(need, texts[pair.id], segmenter=segmenter, idf=index.idf)
            for pair in ranking.pairs
        ]
        answers.append(Answer(need, ranking, why))
    return answers


def _bar(documents: Sequence[Document], label: str) -> Iterator[Document]:
    with click.progressbar(documents, label=label, file=sys.stderr) as bar:
        yield from bar


def match_spread(
    asked: Pool,
    offered: Pool,
    *,
    segmenter: Segmenter,
    top: int,
    threshold: float,
    today: date,
    scheduler: str,
) -> list[Answer]:
    """`match` over the workers of a Dask scheduler, with the same result."""
    rules = Rules(Words.of(segmenter), DEFAULT, top, threshold, today, engine.name())
    try:
        with cluster.connected(scheduler) as link:
            answers = _answers(asked, offered, cluster.Spread(link, rules, progress=_steps), rules)
            limits, peaks = link.limits(), link.peaks()
    except cluster.ClusterFailed as failed:
        raise Failure(str(failed)) from None
    bound = f"{min(limits.values()) / MEGABYTE:,.0f} MB" if all(limits.values()) else "无"
    most = max(peaks.values()) / MEGABYTE
    click.echo(f"工作进程 {len(peaks)} 个，每个内存上限 {bound}，最多用到 {most:,.0f} MB", err=True)
    return answers


def _answers(asked: Pool, offered: Pool, spread: cluster.Spread, rules: Rules) -> list[Answer]:
    own = [need_facts(asked.values[need.id]) for need in asked.documents]
    facts = {name: candidate_facts(values) for name, values in offered.values.items()}
    pieces = spread.cut([(document, facts[document.id]) for document in offered.documents])
    batches = spread.batches(list(zip(asked.documents, own, strict=True)))
    spread.fit(pieces, batches, label="分词")
    shards = spread.place(pieces)
    del pieces
    found = spread.ask(shards, batches, label="配对")
    rankings = [
        _ranking(hits, {hit.id: PairFacts(mine, facts[hit.id]) for hit in hits}, rules)
        for hits, mine in zip(found, own, strict=True)
    ]
    texts = {document.id: document for document in offered.documents}
    winners = [
        (need, [texts[pair.id] for pair in ranking.pairs])
        for need, ranking in zip(asked.documents, rankings, strict=True)
    ]
    told = spread.explain(winners, label="写理由")
    return [Answer(*each) for each in zip(asked.documents, rankings, told, strict=True)]


def _ranking(hits: Sequence[Hit], facts: dict[str, PairFacts], rules: Rules) -> Ranking:
    return rank(
        hits, facts.__getitem__, today=rules.today, top=rules.top, threshold=rules.threshold
    )


def _steps(label: str, steps: Iterable[Any], count: int) -> Iterator[Any]:
    with click.progressbar(steps, length=count, label=label, file=sys.stderr) as bar:
        yield from bar
