"""The consumer's matcher: built from the database once, then kept current by the outbox.

The idf in force lies in `Corpus`, so that every consumer scores alike. Each consumer reads all
`<noun>.saved` events, those another one handles too: the index is a projection of the outbox.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from matchmaker import clock
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import candidates, vectors, weight_sets
from matchmaker.brokering.candidates import Matcher
from matchmaker.brokering.likenesses import Likenesses
from matchmaker.brokering.models import Corpus, SynonymGroup, Term
from matchmaker.brokering.term_models import BaseGroupOff
from matchmaker.experts.models import Expert
from matchmaker.extensions import db, new_public_id
from matchmaker.lifecycles import OPEN_NEEDS, ExpertState, PoolState
from matchmaker.matching import Document, Idf, Reading, Segmenter, Weights
from matchmaker.needs.models import Need
from matchmaker.outbox.models import Event
from matchmaker.services.models import Service

SAVED: dict[str, type[Any]] = {
    "need.saved": Need,
    "achievement.saved": Achievement,
    "expert.saved": Expert,
    "service.saved": Service,
}
KNOWN = {f"vector.{kind.removesuffix('.saved')}": model for kind, model in SAVED.items()}
TAKEN_IN = SAVED | KNOWN  # what changes a row in memory: its saving, and its vector worked out
WINDOW = 500  # ids below the newest one looked through again: events may commit out of order
MANY = 500  # events at once after which everything is computed anew rather than one by one
GROWTH = 1.5  # times the documents the idf was fitted on
SMALL = 10
REMEMBERED = 32  # texts a page's explanations share


@dataclass
class Held:
    """A matcher, the corpus it agrees with, and the events it has taken in."""

    matcher: Matcher
    token: str
    newest: int = 0
    seen: set[int] = field(default_factory=set)
    touched: list[tuple[type[Any], int]] = field(default_factory=list)  # rows taken in since built
    crowded: bool = False  # so much arrived at once that a refit is called for


def current(*, now: datetime) -> Held:
    """Return this process's matcher with everything committed so far taken in."""
    stored = db.session.get(Corpus, 1)
    held = cast("Held | None", current_app.extensions.get("matcher"))
    if held is None or stored is None or held.token != stored.token:
        held = _build(stored, now=now)
        current_app.extensions["matcher"] = held
        return held
    _catch_up(held, now=now)
    return held


def refitted(*, now: datetime) -> Held:
    """Build a matcher of the words, weights and rows as they stand, at a new idf, for later use."""
    return _build(None, now=now)


def use(held: Held) -> None:
    """Make it this process's matcher."""
    current_app.extensions["matcher"] = held


def _build(stored: Corpus | None, *, now: datetime) -> Held:
    newest = db.session.scalar(select(func.max(Event.id))) or 0
    seen = set(db.session.scalars(select(Event.id).where(Event.id > newest - WINDOW)))
    known, own = dictionary(), vectors.encoder()
    likenesses = Likenesses(own, vectors.stored(own).get) if own else Likenesses()
    matcher = Matcher.build(
        standing,
        words=known.words,
        groups=known.groups,
        off=known.off,
        fitted=(stored.documents, stored.counts) if stored else None,
        today=clock.today(now),
        weights=Weights.from_dict(stored.weights if stored else weight_sets.published()),
        likenesses=likenesses,
    )
    likenesses.find = vectors.find  # from now on one by one
    return Held(matcher, stored.token if stored else new_public_id(), newest, seen)


class Dictionary(NamedTuple):
    """The bureau's words and synonyms in force, and the shipped groups it switched off."""

    words: Sequence[str]
    groups: Sequence[list[str]]
    off: frozenset[str]


def dictionary() -> Dictionary:
    """Read the words as they stand."""
    words = select(Term.word).where(Term.removed_at.is_(None)).order_by(Term.word)
    groups = select(SynonymGroup.words).where(SynonymGroup.removed_at.is_(None))
    return Dictionary(
        db.session.scalars(words).all(),
        db.session.scalars(groups.order_by(SynonymGroup.id)).all(),
        frozenset(db.session.scalars(select(BaseGroupOff.word))),
    )


class Explainer(NamedTuple):
    """What it takes to explain a pair at the idf in force, without an index."""

    token: str
    segmenter: Segmenter
    idf: Idf
    read: Callable[[Document], Reading]  # remembers the last few texts
    weights: Weights


def explainer() -> Explainer:
    """Return this process's explainer; read anew after each fit."""
    token = db.session.scalar(select(Corpus.token)) or ""
    held = cast("Explainer | None", current_app.extensions.get("explainer"))
    if held is None or held.token != token:
        stored = db.session.get(Corpus, 1)
        idf = Idf(stored.documents, stored.counts) if stored else Idf()
        segmenter = candidates.segmenter_of(*dictionary())
        weights = Weights.from_dict(stored.weights if stored else {})
        read = lru_cache(maxsize=REMEMBERED)(lambda text: Reading.of(text, segmenter, idf))
        held = Explainer(token, segmenter, idf, read, weights)
        current_app.extensions["explainer"] = held
    return held


def standing(model: type[Any], *, newest: int | None = None) -> Iterable[Any]:
    """Read a pool's standing rows in pieces; only the newest ones if so many are asked for."""
    query = standing_query(model)
    query = query.order_by(model.id) if newest is None else query.order_by(model.id.desc())
    return db.session.scalars(query.limit(newest).execution_options(yield_per=500))


def standing_query(model: type[Any]) -> Any:
    """Return the query of a pool's standing rows."""
    states: Any = {Need: tuple(OPEN_NEEDS), Expert: (ExpertState.IN_POOL,)}
    return with_owner(model).where(model.state.in_(states.get(model, (PoolState.PUBLISHED,))))


def with_owner(model: type[Any]) -> Any:
    """Return `select(model)` that brings the organisation along, whose standing is a fact."""
    owner = {Need: Need.enterprise, Achievement: Achievement.institution}.get(model)
    return select(model).options(joinedload(owner if owner is not None else model.organisation))


def owner_column(model: type[Any]) -> Any:
    """Return the column that names the organisation a row belongs to."""
    columns: Any = {Need: Need.enterprise_id, Achievement: Achievement.institution_id}
    return columns.get(model, getattr(model, "organisation_id", None))


def _catch_up(held: Held, *, now: datetime) -> None:
    """Take in the rows of saved events not seen yet, whoever handles them."""
    query = select(Event.id, Event.kind, Event.payload).where(Event.id > held.newest - WINDOW)
    rows = db.session.execute(query.where(Event.kind.in_(TAKEN_IN)).order_by(Event.id)).all()
    fresh = [row for row in rows if row.id not in held.seen]
    touched = {(row.kind, int(row.payload["id"])) for row in fresh}
    for kind, model in TAKEN_IN.items():
        wanted = sorted(row_id for event, row_id in touched if event == kind)
        for start in range(0, len(wanted), 500):
            _take_in(held.matcher, model, wanted[start : start + 500], now=now)
        held.touched += [(model, row_id) for row_id in wanted]
    held.crowded = len(touched) > MANY
    if rows:
        held.newest = max(held.newest, rows[-1].id)
    held.seen = {row.id for row in rows if row.id > held.newest - WINDOW}


def _take_in(matcher: Matcher, model: type[Any], ids: list[int], *, now: datetime) -> None:
    found = {row.id: row for row in db.session.scalars(with_owner(model).where(model.id.in_(ids)))}
    for row_id in ids:
        if row_id in found:
            matcher.put(found[row_id], today=clock.today(now))
        else:
            matcher.drop(model, row_id)


def agree(held: Held, *, now: datetime) -> Corpus:
    """Return the corpus row, locked until the transaction ends; write it on first use.

    Consumers that write pairs queue here, so that no two of them write the same pair.
    """
    stored = db.session.scalars(
        select(Corpus).where(Corpus.id == 1).with_for_update()
    ).one_or_none()
    if stored is None:
        stored = fit(held, now=now)
    return stored


def fit(held: Held, *, now: datetime) -> Corpus:
    """Put the matcher's idf in force for every consumer."""
    documents, counts = held.matcher.fitted
    stored = db.session.get(Corpus, 1) or Corpus(id=1, writes=0)
    stored.token, stored.algorithm_version = held.token, held.matcher.version
    stored.documents, stored.counts = documents, dict(counts)
    stored.weights = held.matcher.weights.to_dict()
    stored.refit_due, stored.fitted_at = False, now
    db.session.add(stored)
    db.session.flush()
    return stored


def outgrown(held: Held, stored: Corpus) -> bool:
    """Tell whether the idf no longer fits: other words, many new rows, or a flood of them."""
    size = len(held.matcher)
    grown = size > GROWTH * stored.documents + SMALL
    return grown or held.crowded or held.matcher.version != stored.algorithm_version
