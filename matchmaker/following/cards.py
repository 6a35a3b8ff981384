"""Bounties as cards: where each stands, what comes next, by when, since when; overdue first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from matchmaker import clock, codes, disclosure
from matchmaker.audit.models import Entry
from matchmaker.bounties.models import Bounty
from matchmaker.disclosure import Shown
from matchmaker.following import dates, spans, timeline
from matchmaker.following.dates import Audience, NextStep
from matchmaker.following.stages import Stage, stage_of
from matchmaker.workdays import WorkdayCalendar

UNTITLED = "（未填写名称）"
NO_DATE = date.max


@dataclass(frozen=True)
class Card:
    """One bounty on the board.

    days : working days in its present state.  due_text : what is left, in working days.
    """

    bounty: Shown
    step: NextStep | None
    due_text: str
    is_late: bool
    days: int

    @property
    def stage(self) -> Stage:
        """The column it stands in."""
        return stage_of(self.bounty.present_state)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.bounty.title or UNTITLED

    @property
    def handler(self) -> str:
        """Who handles it, as far as the viewer may know."""
        return self.bounty.handler.name if self.bounty.handler else ""

    @property
    def field(self) -> str:
        """The field of technology."""
        code = self.bounty.tech_field_code
        return codes.label("tech_field", code) if code else ""

    @property
    def order(self) -> tuple[bool, date, str]:
        """Late ones first, then by the day they are due, then by number."""
        due = self.step.due_on if self.step else None
        return (not self.is_late, due or NO_DATE, self.bounty.bounty_no or "")


@dataclass(frozen=True)
class Deck:
    """The cards of a query, and the moves behind them."""

    cards: list[Card]
    moves: Mapping[str, Sequence[Entry]]
    calendar: WorkdayCalendar


def deal(query: Select[Any], *, viewer: Any, audience: Audience, now: datetime) -> Deck:
    """Read a scoped query of bounties as cards, overdue first."""
    rows = disclosure.shown(query.order_by(Bounty.id), viewer, "bounty")
    known = dates.load(row.id for row in rows)
    moves = spans.entries(row.public_id for row in rows)
    cards = [
        _card(row, moves.get(row.public_id, []), known, audience=audience, now=now) for row in rows
    ]
    return Deck(sorted(cards, key=lambda card: card.order), moves, known.calendar)


def _card(
    row: Shown, moves: Sequence[Entry], known: dates.Dates, *, audience: Audience, now: datetime
) -> Card:
    entered = timeline.entered_at(row, moves)
    step = timeline.for_audience(
        dates.next_step(row, entered_at=entered, dates=known, now=now), audience
    )
    since = clock.today(entered) if entered else clock.today(now)
    return Card(
        bounty=row,
        step=step,
        due_text=timeline.due_text(step, known, now=now),
        is_late=dates.is_late(step, now=now),
        days=known.calendar.workdays_between(since, clock.today(now)).days,
    )
