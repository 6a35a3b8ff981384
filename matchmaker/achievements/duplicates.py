"""Which achievements are looked at for likeness to one on the officer's desk."""

from typing import Any

from matchmaker.achievements.models import Achievement
from matchmaker.achievements.operations import POOL
from matchmaker.disclosure import Shown
from matchmaker.lifecycles import PoolState
from matchmaker.pools import alike, reading

A = Achievement
MOST_COMPARED = 2000
"""The latest rows of the same field or institution; a whole district's are not read for a page."""


def near(row: Any, *, viewer: Any) -> list[tuple[Shown, float]]:
    """Return like achievements the viewer may read, with the likeness (0–100), best first."""
    kin = (A.tech_field_code == row.tech_field_code) | (A.institution_id == row.institution.id)
    known = reading.readable(POOL, viewer).where(A.id != row.id, A.state != PoolState.DRAFT, kin)
    latest = known.order_by(A.updated_at.desc(), A.id).limit(MOST_COMPARED)
    return alike.near(row, A, readable=known, compared=latest, viewer=viewer)
