"""One timeline a bounty: what happened, who, when; what is next, by when, who must act."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import policy, web
from matchmaker.audit.models import Entry
from matchmaker.bidding.key_models import Opening
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.policy import owned
from matchmaker.contracts.models import Contract
from matchmaker.extensions import db
from matchmaker.following import dates, spans
from matchmaker.following.dates import Audience, NextStep
from matchmaker.following.sources import SOURCES, Source, rows_of
from matchmaker.lifecycles import BOUNTY, BUREAU, ON_RECORD, BountyState, Role
from matchmaker.workdays import end_of
from matchmaker.workflow import Lifecycle

SYSTEM_NAME = "系统"
OPENED = "开榜：两名保管人共同启封揭榜申请"
COMPLAINANT = "异议人"
CREATED = "建立"
INSIDE = BUREAU - {Role.TOWN_OFFICER} | {Role.AUDITOR}


@dataclass(frozen=True)
class Event:
    """A line of the timeline."""

    at: datetime
    title: str
    by: str
    detail: str
    tone: str

    @property
    def when(self) -> str:
        """The moment as people read it."""
        return web.as_moment(self.at)


@dataclass(frozen=True)
class Timeline:
    """What the page shows: events, latest first, and the step that comes next."""

    bounty: Any
    events: list[Event]
    step: NextStep | None
    due_text: str
    is_late: bool
    spans: list[spans.Span]  # for the bureau


def audience_of(bounty: Bounty, viewer: Any) -> Audience:
    """Return how much of a bounty's dates this viewer reads."""
    if viewer.roles & INSIDE:
        return Audience.BUREAU
    if not viewer.is_authenticated:
        return Audience.PUBLIC
    posted = select(Bounty.id).where(Bounty.id == bounty.id, owned(viewer))
    signed = select(Contract.id).where(
        Contract.bounty_id == bounty.id, policy.expression(viewer, "contract", "read")
    )
    party = db.session.scalar(posted.limit(1)) or db.session.scalar(signed.limit(1))
    return Audience.PARTIES if party else Audience.PUBLIC


def of(bounty: Bounty, *, viewer: Any, now: datetime) -> Timeline:
    """Return the timeline of a bounty the viewer may read."""
    audience = audience_of(bounty, viewer)
    moves = spans.entries([bounty.public_id]).get(bounty.public_id, [])
    known = dates.load([bounty.id])
    entered = entered_at(bounty, moves)
    step = dates.next_step(bounty, entered_at=entered, dates=known, now=now)
    events = [*_own(bounty, moves, audience), *_around(bounty, viewer, audience)]
    shown = for_audience(step, audience)
    stays = []
    if audience is Audience.BUREAU:
        stays = spans.of(moves, bounty, calendar=known.calendar, now=now)
    return Timeline(
        bounty=bounty,
        events=sorted(events, key=lambda one: one.at, reverse=True),
        step=shown,
        due_text=due_text(shown, known, now=now),
        is_late=dates.is_late(shown, now=now),
        spans=stays,
    )


def entered_at(bounty: Any, moves: Sequence[Entry]) -> datetime | None:
    """Return since when a bounty is in the state that counts: the deadline closes it itself."""
    if bounty.present_state is not bounty.state:
        deadline: datetime | None = bounty.bid_deadline_at
        return deadline
    return moves[-1].at if moves else None


def for_audience(step: NextStep | None, audience: Audience) -> NextStep | None:
    """Return the step as this audience reads it: the bureau's own limits and names stay inside."""
    if step is None or audience >= step.audience:
        if step is None or audience is Audience.BUREAU or not step.person_role:
            return step
        return NextStep(step.what, step.person_role, step.due_on, step.audience)
    return NextStep(step.what, step.person_role or step.who, None, step.audience)


def due_text(step: NextStep | None, known: dates.Dates, *, now: datetime) -> str:
    """Say by when in words: the last day and what is left in working days."""
    if step is None or step.due_on is None:
        return ""
    return known.calendar.remaining(now, end_of(step.due_on))


def _own(bounty: Any, moves: list[Entry], audience: Audience) -> Iterator[Event]:
    """Yield the bounty's own moves; before publication they are the bureau's and the owner's."""
    public = {state.value for state in ON_RECORD}
    for entry in moves:
        if audience is not Audience.PUBLIC or entry.to_state in public:
            yield _event(entry, BOUNTY, "", audience)
    if bounty.present_state is BountyState.CLOSED and bounty.state is BountyState.PUBLISHED:
        deadline = bounty.bid_deadline_at
        assert deadline is not None  # noqa: S101 - what is closed by time has a deadline
        yield Event(deadline, "榜单：截榜", SYSTEM_NAME, "", BountyState.CLOSED.tone)


def _around(bounty: Bounty, viewer: Any, audience: Audience) -> Iterator[Event]:
    for source in SOURCES:
        names = rows_of(source, bounty, viewer)
        if names:
            yield from _of_source(source, names, audience)
    if audience is not Audience.PUBLIC:
        opened = db.session.scalar(select(Opening.opened_at).where(Opening.bounty_id == bounty.id))
        if opened is not None:
            yield Event(opened, OPENED, "", "", "active")


def _of_source(source: Source, names: Mapping[str, str], audience: Audience) -> Iterator[Event]:
    query = select(Entry).where(
        Entry.noun == source.lifecycle.noun,
        Entry.object_id.in_(sorted(names)),
        Entry.to_state != "",
    )
    for entry in db.session.scalars(query.order_by(Entry.seq)):
        hidden = source.outside is not None and entry.to_state not in source.outside
        if hidden and audience is not Audience.BUREAU:
            continue
        unnamed = entry.action in source.unnamed
        name = names[entry.object_id]
        yield _event(entry, source.lifecycle, name, audience, unnamed=unnamed)


def _event(
    entry: Entry, lifecycle: Lifecycle, name: str, audience: Audience, *, unnamed: bool = False
) -> Event:
    labels = {move.action: move.label for move in lifecycle.moves}
    tones = {state.value: state.tone for state in lifecycle.states}
    called = (f"《{name}》" if "“" in name else f"“{name}”") if name else ""
    inside = audience is Audience.BUREAU
    return Event(
        at=entry.at,
        title=f"{lifecycle.label}{called}：{labels.get(entry.action, CREATED)}",
        by=COMPLAINANT if unnamed else (entry.actor_name if inside else _role(entry, lifecycle)),
        detail=entry.reason if inside and not unnamed else "",
        tone=tones.get(entry.to_state, "neutral"),
    )


def _role(entry: Entry, lifecycle: Lifecycle) -> str:
    """Say who acted without naming anybody: in which role."""
    held = set(entry.actor_roles.split())
    allowed = {role for move in lifecycle.moves if move.action == entry.action for role in move.by}
    found = [role for role in Role if role in held & (allowed or held)]
    named = [role.label for role in found if role is not Role.VISITOR]
    return named[0] if named else SYSTEM_NAME
