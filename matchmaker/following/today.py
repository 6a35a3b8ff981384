"""Today's work of the bounties, for the desk and for everybody's first page; overdue first."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from matchmaker import clock, policy
from matchmaker.bounties.models import Bounty
from matchmaker.brokering.desk import Group, Item
from matchmaker.extensions import db
from matchmaker.following import dates, limits, spans, timeline
from matchmaker.following.duties import DUTIES, Duty
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar, end_of

MOST_ITEMS = 8
MOST_READ = 200  # rows of one kind looked at for the most urgent ones
FAR = date.max


def groups(viewer: Any, *, now: datetime) -> list[Group]:
    """Return what waits for this viewer, kinds with late items first; empty kinds left out."""
    calendar = WorkdayCalendar(places.holidays())
    found = []
    for duty in DUTIES:
        if policy.may(viewer, duty.resource, duty.action):
            group = _group(duty, viewer, calendar, now)
            if group is not None:
                found.append(group)
    return sorted(found, key=lambda group: -group.late)


def _group(duty: Duty, viewer: Any, calendar: WorkdayCalendar, now: datetime) -> Group | None:
    query = duty.query(viewer)
    total = _total(query)
    if not total:
        return None
    rows = list(db.session.scalars(query.limit(MOST_READ)).unique())
    entered = _entered(rows)
    dated = sorted(((_due(duty, row, entered, calendar), row) for row in rows), key=_urgency)
    items = [_item(duty, row, due, calendar, now) for due, row in dated[:MOST_ITEMS]]
    return Group(duty.label, duty.endpoint.split(".", maxsplit=1)[0] + ".index", total, items)


def _urgency(pair: tuple[date | None, Any]) -> tuple[date, int]:
    return (pair[0] or FAR, pair[1].id)


def _total(query: Select[Any]) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return db.session.scalar(counted) or 0


def _entered(rows: list[Any]) -> dict[str, datetime]:
    """Return since when bounties are in their state; nothing for other rows."""
    bounties = [row for row in rows if isinstance(row, Bounty)]
    moves = spans.entries(row.public_id for row in bounties)
    known = {
        row.public_id: timeline.entered_at(row, moves.get(row.public_id, [])) for row in bounties
    }
    return {name: since for name, since in known.items() if since is not None}


def _due(
    duty: Duty, row: Any, entered: dict[str, datetime], calendar: WorkdayCalendar
) -> date | None:
    """Return the last day a row may wait: its own, else the bureau's limit for a step."""
    if duty.due is not None:
        own = duty.due(row)
        return dates.last_day(own) if isinstance(own, datetime) else own
    since = duty.since(row) if duty.since is not None else entered.get(row.public_id)
    if since is None:
        return None
    days = max(1, limits.workdays(duty.limit))
    return calendar.add_workdays(clock.today(since), days).day


def _item(duty: Duty, row: Any, due: date | None, calendar: WorkdayCalendar, now: datetime) -> Item:
    return Item(
        title=duty.title(row),
        url_endpoint=duty.endpoint,
        public_id=duty.name(row),
        note=calendar.remaining(now, end_of(due)) if due else "未定期限",
        late=due is not None and due < clock.today(now),
    )
