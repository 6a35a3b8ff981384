"""新旧排序对照: a need's stored pairs under a set's weights, and under those in force before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, policy, web
from matchmaker.brokering import candidates, corpus
from matchmaker.brokering.facts import candidate_facts, need_facts
from matchmaker.brokering.models import CandidateKind, Pairing
from matchmaker.brokering.weight_models import WeightSet
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState
from matchmaker.matching import LABELS, PairFacts, Reader, Weights, adjustments
from matchmaker.needs.models import Need

TOP = 10
MOST_NEEDS = 60  # offered for choosing
FEWEST_PAIRS = 2  # that can change places
TEXT_WEIGHT = "."  # in the name of a weight of the text


@dataclass(frozen=True)
class WeightLine:
    """One weight as the table shows it: in force before, learnt, and the change."""

    label: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """By how much it moved."""
        return self.after - self.before


@dataclass(frozen=True)
class Place:
    """A candidate's place in one of the rankings; `moved` > 0 is up, None if it comes in anew."""

    public_id: str
    title: str
    owner: str
    state: PairingState
    score: float
    rank: int
    moved: int | None


@dataclass(frozen=True)
class Comparison:
    """Both rankings of a need's achievements, and how many of the first ten changed places."""

    need_title: str
    need_public_id: str
    before: Sequence[Place]
    after: Sequence[Place]
    pairs: int

    @property
    def changed(self) -> int:
        """How many of the first ten stand elsewhere now."""
        return sum(place.moved != 0 for place in self.after)


def lines(row: Any) -> tuple[list[WeightLine], list[WeightLine]]:
    """Return the weights of a set in words: those of the text, and those of the facts."""
    before, after = Weights.from_dict(row.base), Weights.from_dict(row.weights)
    told = zip(LABELS.items(), before.values, after.values, strict=True)
    found = [(name, WeightLine(label, one, other)) for (name, label), one, other in told]
    return (
        [line for name, line in found if TEXT_WEIGHT in name],
        [line for name, line in found if TEXT_WEIGHT not in name],
    )


def choices(viewer: Any) -> list[tuple[str, str]]:
    """Return (public id, number and title) of needs whose order can differ, newest deeds first."""
    counted = (
        select(Pairing.need_id)
        .where(Pairing.kind == CandidateKind.ACHIEVEMENT)
        .group_by(Pairing.need_id)
        .having(func.count() >= FEWEST_PAIRS)
    )
    query = policy.scope(viewer, "need", "see_matches").where(Need.id.in_(counted))
    rows = db.session.scalars(query.order_by(Need.id.desc()).limit(MOST_NEEDS))
    return [(need.public_id, " ".join(filter(None, (need.need_no, need.title)))) for need in rows]


def compare(row: WeightSet, need_public_id: str, *, viewer: Any, now: datetime) -> Comparison:
    """Rank the stored pairs of a need both ways, on the texts as they are now.

    Raises `NotFound` for a need whose matches the viewer may not see.
    """
    query = policy.scope(viewer, "need", "see_matches").where(Need.public_id == need_public_id)
    need: Need = web.found(db.session.scalars(query).one_or_none())
    stored = select(Pairing).where(
        Pairing.need_id == need.id, Pairing.kind == CandidateKind.ACHIEVEMENT
    )
    pairs = db.session.scalars(stored.options(joinedload(Pairing.achievement))).all()
    sets = Weights.from_dict(row.base), Weights.from_dict(row.weights)
    before, after = _scores(need, pairs, sets, now=now)
    places = [_ranks(pairs, scores) for scores in (before, after)]
    return Comparison(
        need.title,
        need.public_id,
        _first(pairs, before, places[0], places[0]),
        _first(pairs, after, places[1], places[0]),
        len(pairs),
    )


def _scores(
    need: Need, pairs: Sequence[Pairing], sets: Sequence[Weights], *, now: datetime
) -> list[list[float]]:
    """Return each pair's score under each set of weights."""
    held, today = corpus.explainer(), clock.today(now)
    reader = Reader(held.segmenter, held.idf)
    offered = [reader.read(candidates.document_of(pair.candidate)) for pair in pairs]
    texts = reader.of_need(reader.read(candidates.document_of(need)), offered)
    asked = need_facts(need, today=today)
    facts = [PairFacts(asked, candidate_facts(pair.candidate, today=today)) for pair in pairs]
    third = [pair.semantic_points or 0.0 for pair in pairs]  # no weight is learnt for these
    return [
        [
            float(text) + sum(one.points for one in adjustments(both, weights)) + points
            for text, both, points in zip(
                texts @ weights.values[: texts.shape[1]], facts, third, strict=True
            )
        ]
        for weights in sets
    ]


def _ranks(pairs: Sequence[Pairing], scores: Sequence[float]) -> dict[int, int]:
    """Return each pair's rank by its id."""
    order = sorted(range(len(pairs)), key=lambda n: (-round(scores[n], 12), pairs[n].id))
    return {pairs[n].id: rank for rank, n in enumerate(order, start=1)}


def _first(
    pairs: Sequence[Pairing],
    scores: Sequence[float],
    ranks: dict[int, int],
    before: dict[int, int],
) -> list[Place]:
    kept = [(ranks[pair.id], pair, score) for pair, score in zip(pairs, scores, strict=True)]
    return [
        Place(
            pair.public_id,
            pair.candidate_title,
            pair.candidate_owner,
            pair.state,
            score,
            rank,
            before[pair.id] - rank if before[pair.id] <= TOP else None,
        )
        for rank, pair, score in sorted(kept, key=lambda one: one[0])[:TOP]
    ]
