"""Which needs are looked at for likeness to one being written or decided."""

from typing import Any

from matchmaker.disclosure import Shown
from matchmaker.lifecycles import OPEN_NEEDS, NeedState
from matchmaker.needs.models import Need
from matchmaker.needs.operations import visible
from matchmaker.pools import alike

COMPARED = (*OPEN_NEEDS, NeedState.SUBMITTED, NeedState.SCREENED)


def near(need: Need, *, viewer: Any) -> list[tuple[Shown, float]]:
    """Return like needs the viewer may read, with the likeness (0–100), best first."""
    known = visible(viewer).where(Need.id != need.id, Need.state.in_(COMPARED))
    return alike.near(need, Need, readable=known, compared=known, viewer=viewer)
