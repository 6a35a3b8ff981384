"""Needs in the pool that look like another one: shown to a human, never decided here."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from matchmaker import disclosure
from matchmaker.disclosure import Shown
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, NeedState
from matchmaker.matching.text import Segmenter
from matchmaker.needs.models import Need
from matchmaker.needs.operations import visible
from matchmaker.similar import TitleCandidate, similar_titles

COMPARED = (*OPEN_NEEDS, NeedState.SUBMITTED, NeedState.SCREENED)
MOST_SHOWN = 5
_SEGMENTER = Segmenter()


@lru_cache(maxsize=50_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_SEGMENTER.terms(text))


def _segment(text: str) -> Iterable[str]:
    return _words(text)


def near(need: Need, *, viewer: Any) -> list[tuple[Shown, float]]:
    """Return like needs the viewer may read, with the likeness (0–100), best first."""
    if not need.title:
        return []
    known = visible(viewer).where(Need.id != need.id, Need.state.in_(COMPARED)).subquery()
    rows = db.session.execute(select(known.c.id, known.c.title, known.c.keywords))
    candidates = (TitleCandidate(row.id, row.title, row.keywords or []) for row in rows)
    found = similar_titles(need.title, need.keywords, candidates, segment=_segment)[:MOST_SHOWN]
    if not found:
        return []
    query = visible(viewer).where(Need.id.in_([number for number, _ in found]))
    shown = {one.id: one for one in disclosure.shown(query, viewer, "need")}
    return [(shown[number], ratio) for number, ratio in found if number in shown]
