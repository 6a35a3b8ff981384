"""Where a need came from: the call it answers, the visit it was found on."""

from typing import Any

from matchmaker import policy
from matchmaker.calls import operations, visits
from matchmaker.calls.models import Call, Visit
from matchmaker.extensions import db
from matchmaker.needs.models import Need


def calls_of(need: Need, viewer: Any) -> list[Call]:
    """Return the call the need answers, if the viewer may know of it."""
    if need.call_id is None:
        return []
    return list(db.session.scalars(operations.visible(viewer).where(Call.id == need.call_id)))


def visits_of(need: Need, viewer: Any) -> list[Visit]:
    """Return the visits the need was found on, if the viewer may read them."""
    if not policy.may(viewer, "visit", "read_bureau"):
        return []
    query = visits.visible(viewer).where(Visit.needs.any(Need.id == need.id))
    return list(db.session.scalars(query.order_by(Visit.id)))
