"""The officer's board: bounties by stage, overdue first; the same as a table; time by person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from matchmaker import clock
from matchmaker.accounts.models import User
from matchmaker.bounties import operations as bounties
from matchmaker.bounties.models import Bounty, present_state
from matchmaker.codes import BountyMode, tech_fields
from matchmaker.extensions import db
from matchmaker.following import cards, spans
from matchmaker.following.cards import Card, Deck
from matchmaker.following.dates import Audience
from matchmaker.following.stages import ALL_STAGES, ENDED, STAGES, Stage
from matchmaker.identifiers import row_number
from matchmaker.places import operations as places
from matchmaker.spreadsheets import Column, Sheet

MOST_CARDS = 40  # a column; the table holds all
PAGE = 50  # rows of the table
HEADS = ("榜单编号", "榜单名称", "阶段", "状态", "发榜方", "组织方式", "技术领域", "经办",
         "下一步", "由谁办理", "期限", "剩余", "是否逾期", "本状态已用工作日")  # fmt: skip
_STAGES = {stage.key: stage for stage in ALL_STAGES}


@dataclass(frozen=True)
class Filters:
    """What the board is narrowed to; an empty one narrows nothing."""

    handler: str = ""
    section: str = ""
    field: str = ""
    mode: str = ""
    stage: str = ""
    late: str = ""
    ended: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Filters":
        """Read them from an address; unknown keys and stages are ignored, long values cut."""
        found = {name: args.get(name, "")[:20] for name in cls.__dataclass_fields__}
        known = found["stage"] in _STAGES
        return cls(**found | {"stage": found["stage"] if known else ""})

    @property
    def kept(self) -> dict[str, str]:
        """Those in force, for links to the same view."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Lane:
    """One column of the board."""

    stage: Stage
    cards: list[Card]
    total: int

    @property
    def late(self) -> int:
        """How many of its cards are late."""
        return sum(card.is_late for card in self.cards)


def narrowed(viewer: Any, filters: Filters) -> Select[Any]:
    """Return the bounties the viewer may know of, narrowed."""
    query = bounties.visible(viewer)
    if filters.handler == "none":
        query = query.where(Bounty.handler_id.is_(None))
    elif (handler := row_number(filters.handler)) is not None:
        query = query.where(Bounty.handler_id == handler)
    if (section := row_number(filters.section)) is not None:
        query = query.where(Bounty.section_id == section)
    if filters.field.isdecimal():
        query = query.where(Bounty.tech_field_code.startswith(filters.field))
    modes = {mode.value: mode for mode in BountyMode}
    if filters.mode in modes:
        query = query.where(Bounty.mode == modes[filters.mode])
    if filters.stage in _STAGES:
        return query.where(present_state().in_(_STAGES[filters.stage].states))
    return query if filters.ended else query.where(present_state().not_in(ENDED.states))


def read(viewer: Any, filters: Filters, *, now: datetime) -> Deck:
    """Return the cards of the board, overdue first."""
    query = narrowed(viewer, filters)
    found = cards.deal(query, viewer=viewer, audience=Audience.BUREAU, now=now)
    if filters.late:
        late = [card for card in found.cards if card.is_late]
        return Deck(late, found.moves, found.calendar)
    return found


def lanes(deck: Deck, filters: Filters) -> list[Lane]:
    """Return the columns in the order of the process; the ended ones only if asked for."""
    asked = [*STAGES, ENDED] if filters.ended or filters.stage == ENDED.key else list(STAGES)
    found = []
    for stage in asked:
        mine = [card for card in deck.cards if card.stage is stage]
        if not filters.stage or filters.stage == stage.key:
            found.append(Lane(stage, mine[:MOST_CARDS], len(mine)))
    return found


def load_by_person(deck: Deck, *, now: datetime) -> Mapping[str, Mapping[str, spans.Load]]:
    """Return person → stage → working days, from the trail of every card shown."""
    stays = [
        span
        for card in deck.cards
        for span in spans.of(
            deck.moves.get(card.bounty.public_id, []),
            card.bounty,
            calendar=deck.calendar,
            now=now,
        )
    ]
    return spans.by_person(stays)


def choices(viewer: Any) -> dict[str, list[tuple[str, str]]]:
    """Return what the filters offer."""
    handlers = select(User.id, User.name).where(
        User.id.in_(bounties.visible(viewer).with_only_columns(Bounty.handler_id).order_by(None))
    )
    named = [(str(one), name) for one, name in db.session.execute(handlers.order_by(User.name))]
    return {
        "handler": [("none", "待分派"), *named],
        "section": [(str(one.id), one.name) for one in places.sections()],
        "field": [(one.code, one.name) for one in tech_fields()],
        "mode": [(mode.value, mode.label) for mode in BountyMode],
        "stage": [(stage.key, stage.label) for stage in ALL_STAGES],
    }


def sheet(deck: Deck) -> Sheet:
    """Return the cards as a sheet, in the board's order."""
    columns = [Column(head, 14 if head != "榜单名称" else 40) for head in HEADS]
    return Sheet(name="榜单进度", columns=columns, rows=(row_of(card) for card in deck.cards))


def row_of(card: Card) -> list[Any]:
    """Return one card as a row of text and dates."""
    bounty, step = card.bounty, card.step
    return [
        bounty.bounty_no or "",
        card.title,
        card.stage.label,
        bounty.present_state.label,
        bounty.owner_name,
        bounty.mode.label,
        card.field,
        card.handler,
        step.what if step else "",
        step.who if step else "",
        step.due_on if step else None,
        card.due_text,
        "逾期" if card.is_late else "",
        card.days,
    ]


def times_sheet(deck: Deck, *, now: datetime) -> Sheet:
    """Return the working days by person and stage as a sheet."""
    found = load_by_person(deck, now=now)
    columns = [Column("办理人", 20), *(Column(stage.label, 14) for stage in STAGES)]
    return Sheet(
        name="各环节用时",
        columns=columns,
        rows=(
            [person, *(_load(loads.get(stage.key)) for stage in STAGES)]
            for person, loads in found.items()
        ),
    )


def _load(load: spans.Load | None) -> str:
    return f"{load.days} 个工作日 / {load.steps} 次" if load else ""


def page_of(deck: Deck, asked: str) -> tuple[list[Card], int, int]:
    """Return (the table's rows, which page, of how many); a wrong page is the nearest one."""
    pages = max(1, -(-len(deck.cards) // PAGE))
    page = min(max(1, row_number(asked) or 1), pages)
    return deck.cards[(page - 1) * PAGE : page * PAGE], page, pages


def counted(deck: Deck) -> tuple[int, int]:
    """Return how many cards there are, and how many are late."""
    return len(deck.cards), sum(card.is_late for card in deck.cards)


def as_of(now: datetime) -> str:
    """Say of when the board is."""
    return f"{clock.local(now):%Y-%m-%d %H:%M}"
