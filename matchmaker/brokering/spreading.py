"""A run over all open needs computed on a cluster, where `MATCHING_SCHEDULER` names one.

The pools are sent once a run, the needs some hundred at a time; what comes back are the hits
`Matcher.for_need` would have found, and everything else happens here as ever. Rows saved since
count as they are now: they are scored here and take the place of what the cluster knew of them.
Without a cluster, or when it fails, the needs are computed here: the result is the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, cast

import structlog
from flask import current_app

from matchmaker import clock, cluster
from matchmaker.brokering import corpus, fitting, recomputing
from matchmaker.brokering.candidates import MODELS, MOST, document_of
from matchmaker.brokering.corpus import Held
from matchmaker.brokering.facts import stands
from matchmaker.brokering.models import CandidateKind
from matchmaker.matching import Document, Hit
from matchmaker.needs.models import Need

log = structlog.get_logger()
PORTION = 500  # needs asked together
MOST_TOUCHED = 200  # rows saved since from which on the pools are sent anew
Found = dict[CandidateKind, list[Hit]]


class Key(NamedTuple):
    """What hits depend on beside the rows themselves."""

    run: int
    token: str
    threshold: float
    today: date


@dataclass
class Standing:
    """The pools as they lie on the workers, and the hits of the next needs.

    mark : how many rows the matcher had taken in when they were read.
    """

    key: Key
    mark: int
    closing: ExitStack = field(default_factory=ExitStack)
    spread: cluster.Spread | None = None  # None: the cluster failed, compute here
    shards: dict[CandidateKind, cluster.Shards] = field(default_factory=dict)
    found: dict[int, Found] = field(default_factory=dict)


def hits(
    held: Held,
    run: int,
    needs: Sequence[int],
    *,
    upcoming: Callable[[int], list[int]],
    now: datetime,
) -> Mapping[int, Found]:
    """Return for these needs of a run the hits by kind; what is left out is searched for here.

    upcoming : the run's next so many needs, these first.
    """
    address = current_app.config["MATCHING_SCHEDULER"]
    if not address or not needs:
        close()
        return {}
    key = Key(run, held.token, recomputing.threshold(), clock.today(now))
    standing = cast("Standing | None", current_app.extensions.get("spread"))
    try:
        if standing is None or standing.key != key or _outdated(standing, held):
            close()
            standing = current_app.extensions["spread"] = Standing(key, len(held.touched))
            _send(standing, held, address)
        if standing.spread is not None and needs[0] not in standing.found:
            standing.found = _ask(standing, held, upcoming(PORTION))
    except cluster.ClusterFailed as failed:
        log.warning("cluster_failed", run=run, problem=str(failed))
        close()
        current_app.extensions["spread"] = Standing(key, len(held.touched))
        return {}
    return _as_now(standing, held, needs)


def failed(run: int) -> bool:
    """Tell whether this process gave the cluster up for a run."""
    standing = cast("Standing | None", current_app.extensions.get("spread"))
    return standing is not None and standing.key.run == run and standing.spread is None


def close() -> None:
    """Let go of the workers, if any are held."""
    standing = cast("Standing | None", current_app.extensions.pop("spread", None))
    if standing is not None:
        standing.closing.close()


def _outdated(standing: Standing, held: Held) -> bool:
    many = len(held.touched) - standing.mark > MOST_TOUCHED
    return many and standing.spread is not None


def _send(standing: Standing, held: Held, address: str) -> None:
    """Cut and index every pool on the workers."""
    matcher = held.matcher
    rules = matcher.rules(threshold=standing.key.threshold, today=standing.key.today)
    link = standing.closing.enter_context(cluster.connected(address))
    spread = cluster.Spread(link, rules)
    pieces = {kind: spread.cut(_rows(held, kind)) for kind in CandidateKind}
    spread.fix(matcher.needs.idf, *pieces.values())
    standing.shards = {kind: spread.place(each) for kind, each in pieces.items()}
    standing.spread = spread


def _rows(held: Held, kind: CandidateKind) -> list[tuple[Document, Any]]:
    facts = held.matcher.facts[kind]
    texts = map(document_of, corpus.standing(MODELS[kind]))
    return [(text, facts[text.id]) for text in texts if text.id in facts]


def _ask(standing: Standing, held: Held, needs: list[int]) -> dict[int, Found]:
    """Ask for the hits of needs; one that no longer stands is left out."""
    spread, known = standing.spread, held.matcher.need_facts
    assert spread is not None  # noqa: S101
    rows = [
        (document_of(row), known[str(row.id)])
        for row in recomputing.rows_of(Need, needs).values()
        if str(row.id) in known
    ]
    batches = spread.batches(rows)
    found: dict[int, Found] = {int(text.id): {} for text, _ in rows}
    for kind, shards in standing.shards.items():
        for (text, _), hits_ in zip(rows, spread.ask(shards, batches), strict=True):
            found[int(text.id)][kind] = hits_
    return found


def _as_now(standing: Standing, held: Held, needs: Sequence[int]) -> dict[int, Found]:
    """Put rows saved since in the place of what the cluster knew of them."""
    touched = held.touched[standing.mark :]
    again = {row_id for model, row_id in touched if model is Need}
    fresh = {kind: _fresh(touched, kind) for kind in CandidateKind}
    asked = [one for one in needs if one in standing.found and one not in again]
    rows = recomputing.rows_of(Need, asked) if touched else {}
    found: dict[int, Found] = {}
    for need_id in asked:
        text = document_of(rows[need_id]) if need_id in rows else None
        found[need_id] = dict(_current(standing.found[need_id], fresh, text, held))
    return found


def _fresh(touched: Sequence[tuple[Any, int]], kind: CandidateKind) -> dict[str, Document | None]:
    """The text, now, of each row of a kind that was saved since; None if it stands no more."""
    ids = sorted({row_id for model, row_id in touched if model is MODELS[kind]})
    rows = recomputing.rows_of(MODELS[kind], ids)
    return {
        str(row_id): document_of(rows[row_id]) if row_id in rows and stands(rows[row_id]) else None
        for row_id in ids
    }


def _current(
    known: Found,
    fresh: Mapping[CandidateKind, Mapping[str, Document | None]],
    need: Document | None,
    held: Held,
) -> Iterator[tuple[CandidateKind, list[Hit]]]:
    """A need's hits as of now, by kind; a full list that lost one is left out."""
    for kind, found in known.items():
        new = fresh[kind]
        kept = [hit for hit in found if hit.id not in new]
        if len(kept) < len(found) and len(found) >= MOST:
            continue
        facts = held.matcher.facts[kind]
        texts = [text for text in new.values() if text is not None and text.id in facts]
        if texts and need is not None:
            scored = fitting.among(
                held.matcher, need, texts, threshold=recomputing.threshold(), top=len(texts)
            )
            kept += [Hit(str(row_id), score) for row_id, score in scored]
        yield kind, kept
