"""Matching at once: what a saved row changes among the stored pairs.

A plan is computed outside the transaction, in plain values; the transaction applies it under the
corpus row's lock, or computes it again if another consumer wrote meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update

from matchmaker import clock, outbox
from matchmaker.brokering import candidates, corpus
from matchmaker.brokering.candidates import MODELS, MOST, Ranked
from matchmaker.brokering.corpus import Held
from matchmaker.brokering.models import CandidateKind, Corpus, Pairing
from matchmaker.extensions import db, new_public_id
from matchmaker.lifecycles import PairingState
from matchmaker.matching import Hit
from matchmaker.needs.models import Need
from matchmaker.places import operations as places

COLUMNS = {kind: getattr(Pairing, f"{kind.value}_id") for kind in CandidateKind}
KEPT = 1e-12  # a text score that moved less is the same


@dataclass
class Plan:
    """What to write, and the state of the corpus it was computed at."""

    held: Held
    writes: int
    inserts: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    deletes: list[int] = field(default_factory=list)
    again: set[int] = field(default_factory=set)  # full needs that lost a pair
    idle: bool = False  # a refit is due and will do all this


def begin(*, now: datetime) -> Plan:
    """Start an empty plan on the matcher as it stands."""
    row = db.session.execute(select(Corpus.writes, Corpus.refit_due)).one_or_none()
    writes, idle = row or (0, False)
    return Plan(corpus.current(now=now), writes, idle=idle)


def threshold() -> float:
    """Return the score under which nothing is pushed."""
    return float(places.settings()["push_threshold"])


# One need: its best candidates of every kind.


def plan_need(
    plan: Plan,
    need_id: int,
    *,
    now: datetime,
    hits: Mapping[CandidateKind, list[Hit]] | None = None,
) -> None:
    """Add what makes the need's stored pairs equal to its ranking now.

    hits : what `spreading` found for it, by kind; a kind that is left out is searched for here.
    """
    need = db.session.scalars(corpus.with_owner(Need).where(Need.id == need_id)).one_or_none()
    for kind in CandidateKind:
        known = {row.candidate_id: row for row in _known(kind, Pairing.need_id == need_id)}
        matcher, today = plan.held.matcher, clock.today(now)
        known_hits = (hits or {}).get(kind)
        found = (
            matcher.for_need(need, kind, threshold=threshold(), today=today, hits=known_hits)
            if need
            else []
        )
        rows = rows_of(MODELS[kind], [one.candidate_id for one in found])
        for one in found:
            if one.candidate_id in rows:
                pair = (need, rows[one.candidate_id])
                _plan_pair(plan, one, kind, pair, known.get(one.candidate_id), now=now)
        wanted = {one.candidate_id for one in found}
        plan.deletes += [
            row.id
            for row in known.values()
            if row.state is PairingState.NEW and row.candidate_id not in wanted
        ]


def _known(kind: CandidateKind, *where: Any) -> Iterable[Any]:
    query = select(
        Pairing.id,
        Pairing.need_id,
        COLUMNS[kind].label("candidate_id"),
        Pairing.state,
        Pairing.text_score,
        Pairing.score,
        Pairing.texts_digest,
        Pairing.algorithm_version,
        Pairing.adjustments,
    )
    return db.session.execute(query.where(Pairing.kind == kind, *where)).all()


def rows_of(model: type[Any], ids: list[int]) -> dict[int, Any]:
    """Read rows by id in pieces that fit a statement."""
    found: dict[int, Any] = {}
    for start in range(0, len(ids), 500):
        query = corpus.with_owner(model).where(model.id.in_(ids[start : start + 500]))
        found.update((row.id, row) for row in db.session.scalars(query))
    return found


def _plan_pair(
    plan: Plan,
    one: Ranked,
    kind: CandidateKind,
    pair: tuple[Any, Any],
    known: Any,
    *,
    now: datetime,
) -> None:
    """Add one pair: new, changed, or as it was; a decided one is left alone."""
    if known is not None and known.state is not PairingState.NEW:
        return
    matcher = plan.held.matcher
    scores = {
        "text_score": one.text_score,
        "score": one.score,
        "adjustments": one.adjustments,
        "algorithm_version": matcher.version,
        "computed_at": now,
    }
    if known is not None and _same_words(known, one, matcher.version, pair):
        if abs(known.score - one.score) > KEPT:
            plan.updates.append({"row_id": known.id, **scores})
        return
    scores |= {"words": one.words, "texts_digest": candidates.digest_of(*pair)}
    if known is not None:
        plan.updates.append({"row_id": known.id, **scores})
        return
    ids: dict[str, int | None] = {f"{each.value}_id": None for each in CandidateKind}
    ids |= {f"{kind.value}_id": one.candidate_id, "need_id": one.need_id}
    plan.inserts.append(
        {"public_id": new_public_id(), "kind": kind, "first_seen_at": now, **ids, **scores}
    )


def _same_words(known: Any, one: Ranked, version: str, pair: tuple[Any, Any]) -> bool:
    """Tell whether the stored words and score still hold to the last digit."""
    return bool(
        known.algorithm_version == version
        and abs(known.text_score - one.text_score) <= KEPT
        and known.texts_digest == candidates.digest_of(*pair)
    )


# One candidate: every open need it may answer.


def plan_candidate(plan: Plan, kind: CandidateKind, row_id: int, *, now: datetime) -> None:
    """Add what a saved candidate changes: its pairs with all open needs, and no other pair."""
    row = rows_of(MODELS[kind], [row_id]).get(row_id)
    known = {one.need_id: one for one in _known(kind, COLUMNS[kind] == row_id)}
    found: list[Ranked] = []
    if row is not None:
        today = clock.today(now)
        found = plan.held.matcher.for_candidate(kind, row, threshold=threshold(), today=today)
    crowd = _crowd(kind, [one.need_id for one in found] + list(known))
    fitting = [
        one
        for one in found
        if one.need_id in known or one.score > crowd.get(one.need_id, (0, -1.0))[1]
    ]
    needs = rows_of(Need, [one.need_id for one in fitting])
    for one in fitting:
        _plan_pair(plan, one, kind, (needs[one.need_id], row), known.get(one.need_id), now=now)
        if one.need_id not in known and crowd.get(one.need_id, (0, 0.0))[0] >= MOST:
            plan.deletes += _last_new(kind, one.need_id)
    wanted = {one.need_id for one in found}
    gone = [k for k in known.values() if k.state is PairingState.NEW and k.need_id not in wanted]
    plan.deletes += [one.id for one in gone]
    plan.again |= {one.need_id for one in gone if crowd.get(one.need_id, (0, 0.0))[0] >= MOST}


def _crowd(kind: CandidateKind, need_ids: list[int]) -> dict[int, tuple[int, float]]:
    """Return for each need that is full: how many pairs it has, and the lowest score."""
    full: dict[int, tuple[int, float]] = {}
    for start in range(0, len(need_ids), 500):
        part = need_ids[start : start + 500]
        query = select(Pairing.need_id, func.count(), func.min(Pairing.score)).where(
            Pairing.need_id.in_(part), Pairing.kind == kind
        )
        rows = db.session.execute(query.group_by(Pairing.need_id).having(func.count() >= MOST))
        full.update((need_id, (count, lowest)) for need_id, count, lowest in rows)
    return full


def _last_new(kind: CandidateKind, need_id: int) -> Iterator[int]:
    query = select(Pairing.id).where(
        Pairing.need_id == need_id, Pairing.kind == kind, Pairing.state == PairingState.NEW
    )
    yield from db.session.scalars(query.order_by(Pairing.score, Pairing.id.desc()).limit(1))


# Writing.


def apply(make: Callable[[], Plan], plan: Plan, *, now: datetime) -> None:
    """Write a plan; compute it again where the corpus moved since it was made."""
    stored = corpus.agree(plan.held, now=now)
    if (stored.token, stored.writes) != (plan.held.token, plan.writes):
        plan = make()
    stored.writes += 1
    if not stored.refit_due and corpus.outgrown(plan.held, stored):
        stored.refit_due = True
        outbox.add("matching.refit", {"cause": "库内数据明显增加或算法更新"}, now=now)
    if not plan.idle:
        _write(plan, now=now)


def _write(plan: Plan, *, now: datetime) -> None:
    table = Pairing.__table__
    assert isinstance(table, Table)  # noqa: S101
    new = table.c.state == PairingState.NEW
    for start in range(0, len(plan.deletes), 500):
        part = plan.deletes[start : start + 500]
        db.session.execute(delete(table).where(table.c.id.in_(part), new))
    for row in plan.updates:
        values = {name: value for name, value in row.items() if name != "row_id"}
        db.session.execute(update(table).where(table.c.id == row["row_id"], new).values(values))
    if plan.inserts:
        start_state = {"state": PairingState.NEW, "version": 1, "note": ""}
        db.session.execute(insert(table), [{**start_state, **row} for row in plan.inserts])
    for need_id in sorted(plan.again):
        outbox.add("matching.need", {"id": need_id}, now=now)
