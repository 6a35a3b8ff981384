"""What a lead's page shows to one viewer: sides, contacts, steps, history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import disclosure, policy, web
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import trail
from matchmaker.brokering import leads
from matchmaker.brokering.lead_models import Lead, Side
from matchmaker.brokering.listing import broker_choices, officer_choices
from matchmaker.disclosure import Hidden, Shown
from matchmaker.extensions import db
from matchmaker.lifecycles import LEAD, OPEN_LEADS, REVEALED_LEADS, LeadState, Role
from matchmaker.places import operations as places
from matchmaker.services.models import Broker
from matchmaker.workflow import Move

ACTIONS = (
    "consent",
    "consent_on_behalf",
    "update_progress",
    "decline",
    "assign",
    "revive",
    "read_bureau",
)
TITLES = {
    "create": "发起对接",
    "consent": "表示同意",
    "follow_up": "登记跟进",
    "assign": "分派经办",
}


@dataclass(frozen=True)
class Contact:
    """How to reach one side; every value may be `Hidden`."""

    side: Side
    organisation: Any
    name: Any
    phone: Any
    email: Any


@dataclass(frozen=True)
class Event:
    """A line of the history."""

    when: str
    title: str
    by: str
    detail: str
    tone: str


@dataclass(frozen=True)
class Page:
    """Everything the template needs."""

    lead: Shown
    side: Side | None
    agreed: bool  # the viewer's own side has consented
    contacts: list[Contact]
    may: dict[str, bool]
    steps: list[Move]
    events: list[Event]
    late: bool
    idle_days: int


def read(lead: Lead, *, viewer: Any, now: datetime) -> Page:
    """Return the page of a lead for one viewer."""
    query = leads.loaded(policy.scope(viewer, "lead", *leads.READ)).where(Lead.id == lead.id)
    may = {action: policy.permits(viewer, "lead", action, lead) for action in ACTIONS}
    side = leads.side_of(lead, viewer)
    idle_days = int(places.settings()["lead_idle_days"])
    late = leads.is_overdue(lead, now=now, idle_days=idle_days)
    return Page(
        lead=disclosure.one(query, viewer, "lead"),
        side=side,
        agreed=side is not None and getattr(lead, f"{side.value}_consent_at") is not None,
        contacts=contacts(lead, viewer=viewer),
        may=_possible(lead, may),
        steps=_steps(lead, viewer) if may["update_progress"] else [],
        events=_events(lead, bureau=may["read_bureau"]),
        late=late and may["read_bureau"],
        idle_days=idle_days,
    )


def _possible(lead: Lead, may: dict[str, bool]) -> dict[str, bool]:
    """Narrow what the viewer may to what the stage allows."""
    running, asked = lead.state in OPEN_LEADS, lead.state is LeadState.RECOMMENDED
    ended = lead.state in (LeadState.DECLINED, LeadState.DEAD)
    return may | {
        "consent": may["consent"] and asked,
        "consent_on_behalf": may["consent_on_behalf"] and asked,
        "decline": may["decline"] and running,
        "stop": may["update_progress"] and running,
        "follow_up": may["update_progress"] and running,
        "assign": may["assign"] and running,
        "revive": may["revive"] and ended,
    }


def _steps(lead: Lead, viewer: Any) -> list[Move]:
    moves = LEAD.open_to(lead.state, viewer.roles)
    return [move for move in moves if move.action in leads.STEPS]


def contacts(lead: Lead, *, viewer: Any) -> list[Contact]:
    """Return how to reach both sides: all for the officer, each other's once both agreed."""
    trusted = bool(viewer.roles & {Role.OFFICER})
    allowed = policy.permits(viewer, "lead", "read_counterparty_contact", lead)
    opened = allowed and (trusted or lead.state in REVEALED_LEADS)
    return [_buyer(lead, opened=opened), _seller(lead, opened=opened)]


def _of_organisation(side: Side, row: Organisation | None, name: Any, *, opened: bool) -> Contact:
    if row is None:
        return Contact(side, name, "", "", "")
    shown = Shown(row, frozenset("PMC") if opened else frozenset("P"))
    return Contact(
        side,
        row.name if opened else name,
        shown.contact_name,
        shown.contact_phone,
        shown.contact_email,
    )


def _buyer(lead: Lead, *, opened: bool) -> Contact:
    """The enterprise; an anonymous one is named only once both agreed."""
    return _of_organisation(Side.BUYER, lead.need.enterprise, lead.need.owner_name, opened=opened)


def _seller(lead: Lead, *, opened: bool) -> Contact:
    expert = lead.expert
    if expert is None:
        return _of_organisation(Side.SELLER, lead.seller, lead.supplier_owner, opened=opened)
    closed = Hidden("C")
    return Contact(
        Side.SELLER,
        expert.organisation_name,
        expert.name,
        expert.phone if opened else closed,
        expert.email if opened else closed,
    )


def _events(lead: Lead, *, bureau: bool) -> list[Event]:
    """The history, newest first; parties see the stages, the bureau also what was written down."""
    labels = {move.action: move.label for move in LEAD.moves} | TITLES
    found = [
        (
            entry.at,
            Event(
                web.as_moment(entry.at),
                labels.get(entry.action, entry.action),
                entry.actor_name if bureau else "",
                (entry.reason or str(entry.details.get("note", ""))) if bureau else "",
                _tone(entry.to_state),
            ),
        )
        for entry in trail.history("lead", lead.public_id)
        if entry.action != "follow_up" and (bureau or entry.to_state)
    ]
    if bureau:
        found += [(row.at, _followed(row)) for row in lead.follow_ups]
    return [event for _, event in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _followed(row: Any) -> Event:
    planned = f"（下一步：{row.next_action}）" if row.next_action else ""
    title = f"跟进 · {row.manner.label}"
    return Event(web.as_moment(row.at), title, row.by.name, row.note + planned, "neutral")


def _tone(state: str) -> str:
    known = {str(one.value): one.tone for one in LeadState}
    return known.get(state, "neutral")


def offer_people(form: Any, lead: Lead) -> None:
    """Fill the select boxes of who may handle the lead."""
    form.offer(officer_choices(), broker_choices())
    if not form.is_submitted() or form.officer.data is None:
        form.officer.data = str(lead.officer_id or "")
        form.broker.data = str(lead.broker_id or "")


def people(form: Any) -> tuple[User, Broker | None]:
    """Return the officer and the broker chosen."""
    officer = web.found(db.session.get(User, int(form.officer.data)))
    chosen = form.broker.data
    query = select(Broker).where(Broker.id == int(chosen)) if chosen else None
    return officer, db.session.scalars(query).one_or_none() if query is not None else None
