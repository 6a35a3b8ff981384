"""Which rows stand behind a figure, for whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select

from matchmaker import policy
from matchmaker.errors import NotFound
from matchmaker.listing import Spec
from matchmaker.reporting.brokered import LEAD, PAIRING
from matchmaker.reporting.counting import DRAFTS
from matchmaker.reporting.pools import POOLS
from matchmaker.reporting.subjects import Subject

SUBJECTS = {one.key: one for one in (*(s for _pool, group in POOLS for s in group), PAIRING, LEAD)}


def subject(key: str) -> Subject:
    """Return the noun that is counted under this key; raise `NotFound` for any other."""
    if key not in SUBJECTS:
        raise NotFound
    return SUBJECTS[key]


def spec(subject: Subject, *, now: datetime) -> Spec:
    """Return the list of a noun as of this moment."""
    return subject.spec(now=now)


def readable(subject: Subject, *, viewer: Any) -> Select[Any]:
    """Return the rows this viewer may list, no drafts; raise `NotFound` for another's noun."""
    if subject.key not in open_to(viewer):
        raise NotFound
    query = policy.scope(viewer, subject.resource, subject.action).options(*subject.options)
    return query.where(subject.model.state.not_in(DRAFTS))


def open_to(viewer: Any) -> frozenset[str]:
    """Return the nouns whose every row the viewer may list: their figures lead to rows."""
    return frozenset(
        key for key, one in SUBJECTS.items() if policy.may(viewer, one.resource, one.action)
    )
