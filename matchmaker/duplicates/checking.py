"""Comparing what was saved with everything else: computed without a lock, then kept.

Only rows that changed since they were last compared are asked about, many at once: of a
thousand `saved` events of an import the first does the work, the others find nothing to do.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select, update

from matchmaker import clock, jobs, outbox
from matchmaker.accounts.models import Organisation
from matchmaker.audit import trail
from matchmaker.duplicates.models import DuplicateMark, DuplicatePair
from matchmaker.duplicates.sources import Source, known
from matchmaker.extensions import db
from matchmaker.lifecycles import DuplicateState
from matchmaker.matching import near
from matchmaker.matching.near import Likeness, Text

AT_ONCE = 4000  # rows asked about in one event: the progress moves, no transaction is long
IN_ONE = 500  # ids in one statement
CHANGED = "文本有改动，须重新认定"
M, P = DuplicateMark, DuplicatePair


@dataclass(frozen=True)
class Outcome:
    """What a comparison gave: rows asked about with their times, and the pairs."""

    source: Source
    asked: Mapping[int, datetime]
    rows: Sequence[Any]  # every row that was compared, by place
    texts: Sequence[Text]
    found: Sequence[Likeness]
    left: int  # rows that still wait


def _marked(source: Source) -> Any:
    return and_(M.noun == source.noun, M.row_id == source.model.id)


def waiting(source: Source) -> Select[Any]:
    """Return (id, updated_at) of the rows not compared since they changed, oldest first."""
    row = source.model
    unseen = or_(M.row_id.is_(None), M.updated_at != row.updated_at)
    query = select(row.id, row.updated_at).outerjoin(M, _marked(source))
    return query.where(source.compared, unseen).order_by(row.updated_at, row.id)


def compute(source: Source) -> Outcome | None:
    """Compare what waits with everything of its noun; writes nothing. None: nothing waits."""
    queue = db.session.execute(waiting(source)).all()
    asked = {one.id: one.updated_at for one in queue[:AT_ONCE]}
    if not asked:
        return None
    row = source.model
    query = select(
        row.id, row.public_id, row.title, source.owner.label("owner_id"), Organisation.name,
        *source.columns,
    )  # fmt: skip
    query = query.outerjoin(Organisation, Organisation.id == source.owner).where(source.compared)
    rows = db.session.execute(query.order_by(row.id)).all()
    texts = [source.text(one) for one in rows]
    places = [place for place, one in enumerate(rows) if one.id in asked]
    return Outcome(source, asked, rows, texts, near.find(texts, places), len(queue) - len(asked))


def keep(outcome: Outcome, *, now: datetime) -> None:
    """Write the pairs found, mark what was compared, and let go what is no longer alike."""
    noun = outcome.source.noun
    ids = list(outcome.asked)
    stored = _stored(noun, ids)
    seen = set()
    for likeness in outcome.found:
        a, b = outcome.rows[likeness.a], outcome.rows[likeness.b]
        seen.add((a.id, b.id))
        print_ = _fingerprint(outcome.texts[likeness.a], outcome.texts[likeness.b])
        _write(stored.get((a.id, b.id)), noun, (a, b), likeness, print_, now=now)
    for pair in stored.values():
        if (pair.a_id, pair.b_id) not in seen and pair.is_current:
            pair.is_current = False
    for start in range(0, len(ids), IN_ONE):
        part = ids[start : start + IN_ONE]
        db.session.execute(delete(M).where(M.noun == noun, M.row_id.in_(part)))
    db.session.add_all(
        M(noun=noun, row_id=at, updated_at=saved, checked_at=now)
        for at, saved in outcome.asked.items()
    )
    db.session.flush()
    if outcome.left:
        outbox.add("duplicates.check", {"noun": noun}, now=now)


def _stored(noun: str, ids: Sequence[int]) -> dict[tuple[int, int], DuplicatePair]:
    found: dict[tuple[int, int], DuplicatePair] = {}
    for start in range(0, len(ids), IN_ONE):
        part = ids[start : start + IN_ONE]
        query = select(P).where(P.noun == noun, or_(P.a_id.in_(part), P.b_id.in_(part)))
        found |= {(one.a_id, one.b_id): one for one in db.session.scalars(query)}
    return found


def _fingerprint(a: Text, b: Text) -> str:
    """Name two texts as they are compared; other blanks or punctuation change nothing."""
    parts = (near.folded(a.whole), near.folded(b.whole))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _write(
    pair: DuplicatePair | None,
    noun: str,
    rows: tuple[Any, Any],
    likeness: Likeness,
    fingerprint: str,
    *,
    now: datetime,
) -> None:
    a, b = rows
    fresh = pair is None
    if pair is None:
        pair = P(noun=noun, a_id=a.id, b_id=b.id, found_at=now, fingerprint=fingerprint)
    elif pair.fingerprint != fingerprint and pair.state is not DuplicateState.OPEN:
        trail.advance(pair, "reopen", by=trail.SYSTEM, now=now, reason=CHANGED)
        pair.decided_at, pair.decided_by_id, pair.reason = None, None, ""
    pair.a_public_id, pair.a_title, pair.a_owner = a.public_id, a.title, a.name or ""
    pair.b_public_id, pair.b_title, pair.b_owner = b.public_id, b.title, b.name or ""
    pair.is_across = a.owner_id != b.owner_id
    pair.kind, pair.score = likeness.kind, min(1.0, likeness.score)
    pair.fingerprint, pair.is_current = fingerprint, True
    if fresh:
        db.session.add(pair)
        trail.enter(pair, by=trail.SYSTEM, now=now, kind=str(likeness.kind))


def let_go(source: Source) -> None:
    """Forget marks and close pairs of rows that left the pool."""
    stands = select(source.model.id).where(source.compared)
    db.session.execute(delete(M).where(M.noun == source.noun, M.row_id.not_in(stands)))
    gone = or_(P.a_id.not_in(stands), P.b_id.not_in(stands))
    ended = update(P).where(P.noun == source.noun, P.is_current, gone)
    db.session.execute(ended.values(is_current=False))


def progress() -> list[tuple[str, int, int, datetime | None]]:
    """Return (label, texts compared, texts in all, when the last one was) of each noun."""
    found = []
    for source in known().values():
        everything = select(func.count()).select_from(source.model).where(source.compared)
        total = db.session.scalar(everything) or 0
        left = select(func.count()).select_from(waiting(source).order_by(None).subquery())
        last = db.session.scalar(select(func.max(M.checked_at)).where(M.noun == source.noun))
        found.append((source.label, total - (db.session.scalar(left) or 0), total, last))
    return found


def is_waiting(source: Source, row_id: int) -> bool:
    """Tell whether a row has not been compared yet since it changed."""
    query = waiting(source).where(source.model.id == row_id)
    return db.session.execute(query).first() is not None


def again(noun: str, *, now: datetime) -> None:
    """Have everything of a noun compared anew."""
    db.session.execute(delete(M).where(M.noun == noun))
    outbox.add("duplicates.check", {"noun": noun}, now=now)


def _handles(noun: str) -> None:
    """Compare after every save of this noun's rows."""

    def prepare(_payload: Mapping[str, Any]) -> Outcome | None:
        return compute(known()[noun])

    @outbox.handler(f"{noun}.saved", prepare=prepare)
    def saved(_payload: Mapping[str, Any], outcome: Outcome | None) -> None:
        let_go(known()[noun])
        if outcome is not None:
            keep(outcome, now=clock.now())


for _noun in ("need", "achievement"):
    _handles(_noun)


@outbox.handler("duplicates.check", prepare=lambda payload: compute(known()[payload["noun"]]))
def _check(_payload: Mapping[str, Any], outcome: Outcome | None) -> None:
    if outcome is not None:
        keep(outcome, now=clock.now())


@jobs.nightly_at_length
def refresh(now: datetime) -> None:
    """Let go what left the pools and ask for what no save announced."""
    for source in known().values():
        let_go(source)
        if db.session.execute(waiting(source).limit(1)).first() is not None:
            outbox.add("duplicates.check", {"noun": source.noun}, now=now)
