"""疑似重复: reading, judging, and what stands beside a text for whoever writes or decides it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from matchmaker import disclosure, policy, web
from matchmaker.audit import trail
from matchmaker.disclosure import Shown
from matchmaker.duplicates import checking
from matchmaker.duplicates.models import DuplicatePair
from matchmaker.duplicates.sources import Source, known
from matchmaker.errors import Invalid, NotFound, Stale
from matchmaker.extensions import db
from matchmaker.lifecycles import DuplicateState
from matchmaker.matching import near
from matchmaker.matching.clauses import Sides, side_by_side
from matchmaker.matching.near import Kind
from matchmaker.matching.text import plain_words
from matchmaker.similar import TitleCandidate, similar_titles

READ = ("read", "list")
LONGEST_REASON = 500
MOST_COMPARED = 2000  # texts read for one page; the list in the background knows them all
MOST_SHOWN = 5
P = DuplicatePair


@dataclass(frozen=True)
class Hint:
    """One row like the one on the page: what it is, how alike (0–100), and the bureau's word."""

    other: Shown
    owner: str
    percent: int
    label: str
    pair: DuplicatePair | None = None


@dataclass(frozen=True)
class Compared:
    """Two rows side by side, field by field."""

    a: Shown
    b: Shown
    source: Source
    fields: list[tuple[str, Sides]]


def listed(viewer: Any) -> Select[Any]:
    """Return the query of the pairs the viewer may see."""
    return policy.scope(viewer, "duplicate", *READ).options(joinedload(P.decided_by))


def current(viewer: Any) -> Select[Any]:
    """Return those of which both rows stand and are still alike: what the list shows."""
    return listed(viewer).where(P.is_current)


def get(public_id: str, *, viewer: Any, action: str = "read") -> DuplicatePair:
    """Return the pair on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "duplicate", action).where(P.public_id == public_id)
    found: DuplicatePair = web.found(db.session.scalar(query))
    return found


def judge(
    pair: DuplicatePair, action: str, *, reason: str, version: str, by: Any, now: datetime
) -> None:
    """Say that two texts are duplicates or are not, or take that back (with a reason).

    Raises `Stale`, `Invalid` (too long, or none where one is needed), `WrongState`.
    """
    if version != str(pair.version):
        raise Stale
    told = reason.strip()
    if len(told) > LONGEST_REASON:
        raise Invalid({"reason": f"说明请控制在 {LONGEST_REASON} 字以内"})
    if action == "reopen" and not told:
        raise Invalid({"reason": "重新认定须写明原因"})
    trail.advance(pair, action, by=by, now=now, reason=told, fingerprint=pair.fingerprint)
    judged = pair.state is not DuplicateState.OPEN
    pair.reason = told if judged else ""
    pair.decided_at, pair.decided_by_id = (now, by.id) if judged else (None, None)
    db.session.flush()


def check_again(noun: str, *, by: Any, now: datetime) -> None:
    """Have all texts of a noun compared anew; raise `NotFound` for a noun that is not compared."""
    policy.require(by, "duplicate", "recheck")
    if noun not in known():
        raise NotFound
    checking.again(noun, now=now)
    trail.record("recheck", "duplicate", noun, by=by, now=now)


def beside(noun: str, row: Any, *, viewer: Any) -> list[Hint]:
    """Return what is like this row among the rows whose inside the viewer knows, best first.

    The latest texts are compared as they are now; the background's pairs add the older ones.
    """
    source = known()[noun]
    found = _alike(source, row, viewer=viewer)
    pairs = _pairs_of(source, row.id) if policy.may(viewer, "duplicate", "read") else {}
    for other, pair in pairs.items():
        if other not in found and pair.is_current:
            found[other] = (pair.score, pair.kind)
    best = sorted(found.items(), key=lambda one: (one[1][1] is Kind.TITLE, -one[1][0], one[0]))
    best = best[:MOST_SHOWN]
    query = source.inner(viewer).where(source.model.id.in_([other for other, _ in best]))
    shown = {one.id: one for one in disclosure.shown(query, viewer, noun)}
    return [
        Hint(shown[other], source.owner_name(shown[other]), round(100 * score), kind.label,
             pairs.get(other))
        for other, (score, kind) in best
        if other in shown
    ]  # fmt: skip


def _alike(source: Source, row: Any, *, viewer: Any) -> dict[int, tuple[float, Kind]]:
    """Compare a row with the latest the viewer may read inside: id → score and kind."""
    model = source.model
    known_rows = source.inner(viewer).where(model.id != row.id, source.compared)
    latest = known_rows.order_by(model.updated_at.desc(), model.id).limit(MOST_COMPARED)
    table = latest.with_only_columns(
        model.id, model.title, model.keywords, *source.columns, maintain_column_froms=True
    )
    others = db.session.execute(table.order_by(None).order_by(model.updated_at.desc())).all()
    texts = [source.text(row), *map(source.text, others)]
    found = {others[one.b - 1].id: (one.score, one.kind) for one in near.find(texts, asked=[0])}
    if row.title:
        candidates = (TitleCandidate(one.id, one.title, one.keywords or []) for one in others)
        titles = similar_titles(row.title, row.keywords, candidates, segment=plain_words)
        for other, ratio in titles[:MOST_SHOWN]:
            found.setdefault(other, (ratio / 100, Kind.TITLE))
    return found


def _pairs_of(source: Source, row_id: int) -> dict[int, DuplicatePair]:
    """Return other row's id → pair, of every pair this row is in."""
    of_row = and_(P.noun == source.noun, or_(P.a_id == row_id, P.b_id == row_id))
    pairs = db.session.scalars(select(P).where(of_row))
    return {one.b_id if one.a_id == row_id else one.a_id: one for one in pairs}


def compare(noun: str, a: str, b: str, *, viewer: Any) -> Compared:
    """Lay two rows side by side, each as the viewer may see it.

    Raises `NotFound` where the viewer does not know the inside of both, or they are one.
    """
    source = known().get(noun)
    if source is None or a == b:
        raise NotFound
    query = source.inner(viewer)
    rows = [
        disclosure.one(query.where(source.model.public_id == one), viewer, noun) for one in (a, b)
    ]
    left, right = (dict(source.fields(one)) for one in rows)
    names = dict.fromkeys((*left, *right))
    sides = [(name, side_by_side(left.get(name, ""), right.get(name, ""))) for name in names]
    return Compared(rows[0], rows[1], source, [one for one in sides if one[1].left or one[1].right])


def visible_text(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (label, text) of what the viewer may see: `Hidden` values are left out."""
    return [
        (label, str(value))
        for label, value in values.items()
        if value and not isinstance(value, disclosure.Hidden)
    ]
