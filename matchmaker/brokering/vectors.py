"""整体语义, worked out behind the scenes: which texts lack a vector, and a run over all of them.

A saved row whose text has no vector asks for one; a run goes over everything when an encoder is
first used and once a night. Until then pairs are scored without the channel and say so.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

import numpy as np
from flask import current_app
from sqlalchemy import delete, func, select, update

from matchmaker import encoding
from matchmaker.brokering.candidates import document_of
from matchmaker.brokering.vector_models import TextVector, VectorRun
from matchmaker.extensions import db
from matchmaker.matching import Document, Encoder, Vector, semantic

AT_ONCE = 64  # texts encoded for one event
READ = 500  # rows looked through for them
STORED = np.dtype("<f2")


class Texts(NamedTuple):
    """What a look at some rows found: digests of all, and vectors of those that had none."""

    digests: Sequence[str]
    fresh: dict[str, Vector]


def encoder() -> Encoder | None:
    """Return the encoder in use: the installed one where SEMANTIC says so, else None."""
    if "encoder" not in current_app.extensions:
        wanted = current_app.config.get("SEMANTIC")
        current_app.extensions["encoder"] = encoding.installed() if wanted else None
    return cast("Encoder | None", current_app.extensions["encoder"])


def stored(own: Encoder) -> dict[str, Vector]:
    """Return every vector of an encoder, by digest."""
    query = select(TextVector.digest, TextVector.vector).where(TextVector.encoder == own.key)
    rows = db.session.execute(query.execution_options(yield_per=1000))
    return {row.digest: np.frombuffer(row.vector, STORED) for row in rows}


def find(digest: str) -> Vector | None:
    """Return one text's vector by the encoder in use."""
    own = encoder()
    row = db.session.get(TextVector, (own.key, digest)) if own else None
    return np.frombuffer(row.vector, STORED) if row else None


def look_at(own: Encoder, documents: Sequence[Document]) -> Texts:
    """Work out what is missing among the first of these, until `AT_ONCE` are.

    The digests are those of the documents looked at: fewer than given where more is missing.
    """
    digests = [semantic.digest(document) for document in documents]
    known = set[str]()
    query = select(TextVector.digest).where(TextVector.encoder == own.key)
    known.update(db.session.scalars(query.where(TextVector.digest.in_(digests))))
    missing: dict[str, Document] = {}
    for seen, (digest, document) in enumerate(zip(digests, documents, strict=True)):
        if digest not in known:
            if len(missing) == AT_ONCE and digest not in missing:
                digests = digests[:seen]
                break
            missing[digest] = document
    found = semantic.vectors(own, list(missing.values()))
    return Texts(digests, dict(zip(missing, found, strict=True)))


def keep(own: Encoder, texts: Texts, *, run: int) -> None:
    """Store vectors and mark all digests as seen in a run."""
    held = TextVector.digest.in_(texts.digests)
    mine = TextVector.encoder == own.key
    there = set(db.session.scalars(select(TextVector.digest).where(mine, held)))
    db.session.execute(update(TextVector).where(mine, held).values(seen_in=run))
    for digest in texts.fresh.keys() - there:
        packed = texts.fresh[digest].astype(STORED).tobytes()
        row = TextVector(encoder=own.key, digest=digest, vector=packed, seen_in=run)
        db.session.add(row)


def sweep(run: VectorRun) -> None:
    """Delete what no standing text needs: not seen in the run, or of another encoder."""
    unseen = TextVector.seen_in < run.id
    db.session.execute(delete(TextVector).where(unseen | (TextVector.encoder != run.encoder)))


def documents(rows: Iterable[Any]) -> list[Document]:
    """Return the texts of rows as the matcher reads them."""
    return [document_of(row) for row in rows]


def start(own: Encoder, total: int, *, now: datetime) -> VectorRun:
    """Begin a run over so many texts; an unfinished earlier one gives way to it."""
    open_ones = update(VectorRun).where(VectorRun.finished_at.is_(None))
    db.session.execute(open_ones.values(finished_at=now))
    run = VectorRun(encoder=own.key, total=total, started_at=now)
    db.session.add(run)
    db.session.flush()
    return run


def latest() -> VectorRun | None:
    """Return the last run of the encoder in use; None without one."""
    own = encoder()
    if own is None:
        return None
    query = select(VectorRun).where(VectorRun.encoder == own.key)
    return db.session.scalars(query.order_by(VectorRun.id.desc()).limit(1)).first()


def newest_id() -> int:
    """Return the id of the newest run of any encoder; 0 before the first."""
    return db.session.scalar(select(func.max(VectorRun.id))) or 0
