"""How long a bounty stayed in each stage, and with whom: computed from the trail's entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from matchmaker import clock
from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.following.stages import TASKS, Stage, stage_of
from matchmaker.lifecycles import BountyState
from matchmaker.workdays import WorkdayCalendar

WAITING = "（公示或挂榜期）"  # no person's time: a period that has to run
BY_ITSELF = frozenset({BountyState.LIST_NOTICE, BountyState.PUBLISHED, BountyState.AWARD_NOTICE})
CHUNK = 500


@dataclass(frozen=True)
class Span:
    """One stay in one state.

    who : who ended it; of the one still running, who has to act.
    days : working days after the day it began, up to and including the day it ended.
    """

    state: BountyState
    entered_at: datetime
    left_at: datetime | None
    who: str
    days: int

    @property
    def stage(self) -> Stage:
        """The stage the state belongs to."""
        return stage_of(self.state)


def entries(public_ids: Iterable[str]) -> dict[str, list[Entry]]:
    """Return the moves of these bounties by public id, oldest first."""
    names = sorted(public_ids)
    found: dict[str, list[Entry]] = {}
    for start in range(0, len(names), CHUNK):
        query = select(Entry).where(
            Entry.noun == "bounty",
            Entry.object_id.in_(names[start : start + CHUNK]),
            Entry.to_state != "",
        )
        for entry in db.session.scalars(query.order_by(Entry.seq)):
            found.setdefault(entry.object_id, []).append(entry)
    return found


def of(
    moves: Sequence[Entry], bounty: Any, *, calendar: WorkdayCalendar, now: datetime
) -> list[Span]:
    """Return the stays of one bounty, oldest first; the last one is still running.

    bounty : its handler is named for what the handler has to do.
    """
    known = {state.value: state for state in BountyState}
    seen = [(known[one.to_state], one) for one in moves if one.to_state in known]
    spans = [
        _span(state, entry.at, after.at, _ended_by(state, after), calendar)
        for (state, entry), (_, after) in pairwise(seen)
    ]
    if seen:
        state, entry = seen[-1]
        spans.append(_span(state, entry.at, None, _waits_for(state, bounty), calendar, now=now))
    return spans


def _span(
    state: BountyState,
    entered_at: datetime,
    left_at: datetime | None,
    who: str,
    calendar: WorkdayCalendar,
    *,
    now: datetime | None = None,
) -> Span:
    until = left_at or now or entered_at
    days = calendar.workdays_between(clock.today(entered_at), clock.today(until)).days
    return Span(state, entered_at, left_at, who, days)


def _ended_by(state: BountyState, entry: Entry) -> str:
    return WAITING if state in BY_ITSELF else entry.actor_name


def _waits_for(state: BountyState, bounty: Any) -> str:
    if state in BY_ITSELF:
        return WAITING
    task = TASKS.get(state)
    if task is None:
        return ""
    return bounty.handler.name if task.person and bounty.handler else task.who


@dataclass
class Load:
    """What one person's steps took in one stage: how many, how many working days in all."""

    steps: int = 0
    days: int = 0

    @property
    def mean(self) -> str:
        """Working days a step, one decimal."""
        return f"{self.days / self.steps:.1f}" if self.steps else "—"


def by_person(spans: Iterable[Span]) -> Mapping[str, Mapping[str, Load]]:
    """Return person → stage key → load; ended bounties wait for nobody and are left out."""
    found: dict[str, dict[str, Load]] = {}
    for span in spans:
        if not span.who or span.state not in TASKS:
            continue
        load = found.setdefault(span.who, {}).setdefault(span.stage.key, Load())
        load.steps += 1
        load.days += span.days
    return dict(sorted(found.items(), key=lambda pair: (pair[0] == WAITING, pair[0])))
