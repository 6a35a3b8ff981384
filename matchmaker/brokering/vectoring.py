"""What brings vectors about: a saved row, the first use of an encoder, the night."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import func, select

from matchmaker import clock, jobs, outbox
from matchmaker.brokering import corpus, events, vectors
from matchmaker.brokering.facts import stands
from matchmaker.brokering.vector_models import VectorRun
from matchmaker.brokering.vectors import Texts
from matchmaker.extensions import db
from matchmaker.matching import semantic

KINDS = tuple(corpus.KNOWN)  # in the order a run goes over the pools


def _ask(kind: str, payload: dict[str, Any]) -> None:
    """Ask for the vector of a saved row's text, where it has none."""
    if vectors.encoder() is None:
        return
    model = corpus.SAVED[f"{kind.removeprefix('vector.')}.saved"]
    row = db.session.get(model, int(payload["id"]))
    if row is None or not stands(row):
        return
    (document,) = vectors.documents([row])
    if vectors.find(semantic.digest(document)) is None:
        outbox.add("vectors.wanted", {"kind": kind, "id": row.id}, now=clock.now())


for _kind in KINDS:
    outbox.handler(f"{_kind.removeprefix('vector.')}.saved")(partial(_ask, _kind))


def _encode_one(payload: dict[str, Any]) -> Texts | None:
    own, model = vectors.encoder(), corpus.KNOWN[payload["kind"]]
    row = db.session.get(model, int(payload["id"]))
    return vectors.look_at(own, vectors.documents([row])) if own and row is not None else None


@outbox.handler("vectors.wanted", prepare=_encode_one)
def wanted(payload: dict[str, Any], found: Texts | None) -> None:
    """Store one row's vector and match the row anew."""
    own = vectors.encoder()
    if own is not None and found is not None:
        vectors.keep(own, found, run=vectors.newest_id())
        outbox.add(payload["kind"], {"id": payload["id"]}, now=clock.now())


# A run over everything.


class Piece(NamedTuple):
    """The next texts of a run: where they end, and what was worked out."""

    kind: str
    after: int
    texts: Texts
    is_last: bool


def begin(now: datetime) -> None:
    """Start a run over the texts of all standing rows, where an encoder is in use."""
    own = vectors.encoder()
    if own is None:
        return
    total = sum(_count(model) for model in corpus.KNOWN.values())
    run = vectors.start(own, total, now=now)
    outbox.add("vectors.run", {"run": run.id, "kind": KINDS[0], "after": 0}, now=now)


jobs.nightly_at_length(begin)


@jobs.each_minute
def begin_first(now: datetime) -> None:
    """Start the first run of an encoder as soon as it is in use."""
    if vectors.encoder() is not None and vectors.latest() is None:
        begin(now)


def _count(model: type[Any]) -> int:
    standing = corpus.standing_query(model).subquery()
    return db.session.scalar(select(func.count()).select_from(standing)) or 0


def _next(payload: dict[str, Any]) -> Piece | None:
    """Work out the next texts; None where a newer run has begun or the encoder was put off."""
    own = vectors.encoder()
    if own is None or vectors.newest_id() != payload["run"]:
        return None
    kind, after = payload["kind"], int(payload["after"])
    model = corpus.KNOWN[kind]
    query = corpus.standing_query(model).where(model.id > after).order_by(model.id)
    rows: Sequence[Any] = db.session.scalars(query.limit(vectors.READ)).all()
    texts = vectors.look_at(own, vectors.documents(rows))
    looked = len(texts.digests)
    if looked < vectors.READ and looked == len(rows):  # the pool is through
        following = KINDS.index(kind) + 1
        is_last = following == len(KINDS)
        return Piece(kind if is_last else KINDS[following], 0, texts, is_last)
    return Piece(kind, rows[looked - 1].id, texts, is_last=False)


@outbox.handler("vectors.run", prepare=_next)
def go_on(payload: dict[str, Any], piece: Piece | None) -> None:
    """Store the next vectors of a run; the last piece has the pairs computed anew."""
    own, now = vectors.encoder(), clock.now()
    if own is None or piece is None:
        return
    run = db.session.get_one(VectorRun, payload["run"])
    vectors.keep(own, piece.texts, run=run.id)
    run.done = min(run.total, run.done + len(piece.texts.digests))
    run.computed += len(piece.texts.fresh)
    if not piece.is_last:
        cursor = {"run": run.id, "kind": piece.kind, "after": piece.after}
        outbox.add("vectors.run", cursor, now=now)
        return
    run.done, run.finished_at = run.total, now
    vectors.sweep(run)
    if run.computed:
        events.ask_refit("整体语义计算完成", {})
