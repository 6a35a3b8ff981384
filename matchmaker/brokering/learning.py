"""Learning in shadow mode: decided pairs are read in pieces, then fitted and validated.

Nothing a user sees changes here; a set that validation supports waits for an officer. What is read
are the newest decisions, on texts that are still as they were, rejected for what they say; a pair
turned down because both work together already, or as a duplicate, says nothing of the ranking.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, jobs, outbox
from matchmaker.audit import trail
from matchmaker.brokering import candidates, corpus, weight_sets
from matchmaker.brokering.models import Pairing, RejectReason
from matchmaker.brokering.weight_models import WeightSet
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState, WeightSetState
from matchmaker.matching import Decision, Reader, Validation, Weights, learn, observed

CHUNK = 100  # decisions read per event, so that no transaction is long
MOST = 2000  # decisions a set is learnt from, the newest
NIGHTLY = 50  # new decisions after which a night learns by itself
SILENT = (RejectReason.EXISTING, RejectReason.DUPLICATE)
SUPERSEDED = "有了新的学习结果"


def _telling() -> ColumnElement[bool]:
    """Hold for pairs whose decision says whether they fit."""
    decided = Pairing.state.in_((PairingState.ACCEPTED, PairingState.REJECTED))
    spoken = or_(Pairing.reason_code.is_(None), Pairing.reason_code.not_in(SILENT))
    return and_(decided, Pairing.decided_at.is_not(None), spoken)


def _newest() -> Any:
    """Select the ids of the newest decisions."""
    query = select(Pairing.id).where(_telling())
    return query.order_by(Pairing.decided_at.desc(), Pairing.id.desc()).limit(MOST)


@jobs.nightly_at_length
def learn_nightly(now: datetime) -> None:
    """Learn anew once enough was decided since the last time."""
    last = db.session.scalar(select(func.max(WeightSet.newest_decision_at)))
    fresh = select(func.count()).select_from(Pairing).where(_telling())
    if last is not None:
        fresh = fresh.where(Pairing.decided_at > last)
    enough = (db.session.scalar(fresh) or 0) >= NIGHTLY
    if enough and weight_sets.in_slot(weight_sets.LEARNING) is None:
        weight_sets.start(cause="夜间学习", by=trail.SYSTEM, now=now)


@dataclass
class Piece:
    """What an event reads: observations, the last pair read; at the end what was learnt."""

    total: int = 0
    read: int = 0
    last: int = 0
    newest: datetime | None = None
    found: list[dict[str, Any]] = field(default_factory=list)  # as `Decision` takes them
    learnt: tuple[Weights, Validation] | None = None


def _read(payload: dict[str, Any]) -> Piece:
    """Read the next decisions; learn if there are none left."""
    row = db.session.get_one(WeightSet, payload["id"])
    piece = Piece(last=payload["after"])
    if row.state is not WeightSetState.LEARNING:
        return piece
    newest = db.session.scalars(_newest()).all()
    piece.total = len(newest)
    wanted = sorted(one for one in newest if one > piece.last)[:CHUNK]
    query = select(Pairing).where(Pairing.id.in_(wanted)).order_by(Pairing.id)
    sides = (Pairing.need, Pairing.achievement, Pairing.expert, Pairing.service)
    pairs = db.session.scalars(query.options(*map(joinedload, sides))).all()
    if not pairs:
        decisions = [Decision(**one) for one in row.observations]
        piece.learnt = learn(decisions, against=Weights.from_dict(row.base))
        return piece
    piece.found = _observations(pairs)
    piece.read, piece.last = len(pairs), pairs[-1].id
    piece.newest = max(pair.decided_at for pair in pairs if pair.decided_at)
    return piece


def _observations(pairs: Sequence[Pairing]) -> list[dict[str, Any]]:
    held = corpus.explainer()
    reader = Reader(held.segmenter, held.idf)
    found = []
    for pair in pairs:
        if pair.texts_digest != candidates.digest_of(pair.need, pair.candidate):
            continue
        need, offered = (candidates.document_of(side) for side in (pair.need, pair.candidate))
        texts = reader.of_need(reader.read(need), [reader.read(offered)])[0]
        features = observed(texts.tolist(), [one["code"] for one in pair.adjustments])
        accepted = pair.state is PairingState.ACCEPTED
        found.append({"need": str(pair.need_id), "features": list(features), "accepted": accepted})
    return found


@outbox.handler("weights.learn", prepare=_read)
def learn_on(payload: dict[str, Any], piece: Piece) -> None:
    """Keep what was read and go on, or write down what was learnt."""
    now = clock.now()
    row = db.session.get_one(WeightSet, payload["id"])
    if row.state is not WeightSetState.LEARNING:
        return
    if piece.learnt:
        _finish(row, *piece.learnt, now=now)
        return
    row.observations = [*row.observations, *piece.found]
    row.done += piece.read
    row.total = max(piece.total, row.done)
    row.skipped += piece.read - len(piece.found)
    row.newest_decision_at = max(filter(None, (row.newest_decision_at, piece.newest)))
    outbox.add("weights.learn", {"id": row.id, "after": piece.last}, now=now)


def _finish(row: WeightSet, weights: Weights, verdict: Validation, *, now: datetime) -> None:
    for older in db.session.scalars(
        select(WeightSet).where(WeightSet.state == WeightSetState.DRAFT)
    ):
        trail.advance(older, "discard", by=trail.SYSTEM, now=now, reason=SUPERSEDED)
    row.weights, row.observations, row.slot = weights.to_dict(), [], None
    row.decisions, row.accepted, row.compared = (
        verdict.decisions,
        verdict.accepted,
        verdict.compared,
    )
    row.gain, row.low, row.high = verdict.gain, verdict.low, verdict.high
    row.before, row.after = verdict.before, verdict.after
    row.verdict, row.learnt_at = verdict.reason_zh, now
    action = "support" if verdict.supported else "reject"
    trail.advance(row, action, by=trail.SYSTEM, now=now, reason=verdict.reason_zh)
