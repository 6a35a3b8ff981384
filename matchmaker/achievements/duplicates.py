"""Achievements that look like another one: shown beside the decision, never decided here."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from matchmaker import disclosure
from matchmaker.achievements.models import Achievement
from matchmaker.achievements.operations import POOL
from matchmaker.disclosure import Shown
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState
from matchmaker.matching.text import Segmenter
from matchmaker.pools import reading
from matchmaker.similar import TitleCandidate, similar_titles

A = Achievement
MOST_SHOWN = 5
MOST_COMPARED = 2000
"""The latest rows of the same field or institution; a whole district's are not read for a page."""
_SEGMENTER = Segmenter()


@lru_cache(maxsize=50_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_SEGMENTER.terms(text))


def _segment(text: str) -> Iterable[str]:
    return _words(text)


def near(row: Any, *, viewer: Any) -> list[tuple[Shown, float]]:
    """Return like achievements the viewer may read, with the likeness (0–100), best first."""
    alike = (A.tech_field_code == row.tech_field_code) | (A.institution_id == row.institution.id)
    known = reading.readable(POOL, viewer).where(A.id != row.id, A.state != PoolState.DRAFT, alike)
    latest = known.order_by(A.updated_at.desc(), A.id).limit(MOST_COMPARED).subquery()
    rows = db.session.execute(select(latest.c.id, latest.c.title, latest.c.keywords))
    candidates = (TitleCandidate(one.id, one.title, one.keywords or []) for one in rows)
    found = similar_titles(row.title, row.keywords, candidates, segment=_segment)[:MOST_SHOWN]
    query = known.where(A.id.in_([number for number, _ in found]))
    shown = {one.id: one for one in disclosure.shown(query, viewer, "achievement")}
    return [(shown[number], ratio) for number, ratio in found if number in shown]
