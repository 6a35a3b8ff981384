"""Rows that look like another one: shown to a human, never decided here."""

from typing import Any

from sqlalchemy import Select, select

from matchmaker import disclosure
from matchmaker.disclosure import Shown
from matchmaker.extensions import db
from matchmaker.matching.text import plain_words
from matchmaker.similar import TitleCandidate, similar_titles

MOST_SHOWN = 5


def near(
    row: Any, model: type[Any], *, readable: Select[Any], compared: Select[Any], viewer: Any
) -> list[tuple[Shown, float]]:
    """Return the rows most like this one, with the likeness (0–100), best first.

    readable : the rows of `model` the viewer may read.  compared : those of them looked at.
    """
    if not row.title:
        return []
    known = compared.subquery()
    rows = db.session.execute(select(known.c.id, known.c.title, known.c.keywords))
    candidates = (TitleCandidate(one.id, one.title, one.keywords or []) for one in rows)
    found = similar_titles(row.title, row.keywords, candidates, segment=plain_words)[:MOST_SHOWN]
    if not found:
        return []
    query = readable.where(model.id.in_([number for number, _ in found]))
    shown = {one.id: one for one in disclosure.shown(query, viewer, str(model.lifecycle.noun))}
    return [(shown[number], ratio) for number, ratio in found if number in shown]
