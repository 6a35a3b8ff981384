"""Decisions of the pairing desk and leads in every state, played through the real operations."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock
from matchmaker.accounts.models import User
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import leads, pairings
from matchmaker.brokering.lead_models import Lead, Manner, Side
from matchmaker.brokering.models import Pairing, RejectReason
from matchmaker.codes import DeadReason
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState
from matchmaker.needs.models import Need
from matchmaker.seed import bounties, reading
from matchmaker.seed.parties import District

MANNERS = (Manner.CALL, Manner.VISIT, Manner.MEETING, Manner.WECHAT)
# How each lead went: what was done after it was opened, in order.
COURSES: tuple[tuple[str, ...], ...] = (
    (),
    ("buyer",),
    ("seller",),
    ("buyer", "seller"),
    ("buyer", "seller", "contact"),
    ("buyer", "seller", "contact", "negotiate"),
    ("buyer", "seller", "contact", "negotiate", "reach_intent"),
    ("buyer", "seller", "contact", "negotiate", "reach_intent", "sign"),
    ("buyer", "decline"),
    ("buyer", "seller", "contact", "stop"),
)
REASONS = (DeadReason.PRICE, DeadReason.INDICATORS, DeadReason.SILENCE, DeadReason.SCHEDULE)
REJECTIONS = (RejectReason.INDICATORS, RejectReason.FIELD, RejectReason.EXISTING)
LEADS, REJECTED = 30, 9
SENSIBLE = 0.25  # no officer takes up a pair the matcher finds weaker
FRESH = 4  # leads opened days ago rather than weeks: not yet overdue


def notes() -> list[dict[str, str]]:
    """Return the follow-up notes, each used once: note and next action."""
    path = reading.DATA / "follow_ups.json"
    found: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def fill_leads(district: District) -> int:
    """Decide on the best pairs of the desk; return how many leads were opened."""
    remaining = iter(notes())
    officers = [district.users[login] for login in ("officer", "officer2", "officer3")]
    chosen = list(_best_pairs(district))
    for number, pairing in enumerate(chosen[:LEADS]):
        officer = officers[number % 3]
        _play(district, pairing, officer=officer, number=number, remaining=remaining)
    rejected = chosen[LEADS : LEADS + REJECTED]
    for number, pairing in enumerate(rejected):
        pairings.reject(
            pairing,
            reason=REJECTIONS[number % len(REJECTIONS)],
            by=officers[number % 3],
            now=district.days_ago(number + 1),
        )
    return len(chosen[:LEADS])


def _best_pairs(district: District) -> Iterator[Pairing]:
    """Yield new pairs with achievements, best first, one a need; the demonstration's own first."""
    firm = district.users["enterprise_admin"].organisation_id
    researcher = district.users["researcher"].id
    query = (
        select(Pairing, Need.enterprise_id, Achievement.created_by_id)
        .join(Need, Pairing.need_id == Need.id)
        .join(Achievement, Pairing.achievement_id == Achievement.id)
        .where(Pairing.state == PairingState.NEW, Pairing.score >= SENSIBLE)
        .order_by(Pairing.score.desc(), Pairing.id)
    )
    rows = db.session.execute(query).all()
    own = [row for row in rows if row[1] == firm or row[2] == researcher]
    # Needs that are on a bounty are left to it.
    seen = {district.needs[key] for key in bounties.entered_before()}
    # Every third of the demonstration's own pairs is played; the others stay new for the visitor.
    for pairing in [*(row[0] for row in own[::3]), *(row[0] for row in rows if row not in own)]:
        if pairing.need_id not in seen:
            seen.add(pairing.need_id)
            yield pairing


def _play(
    district: District,
    pairing: Pairing,
    *,
    officer: User,
    number: int,
    remaining: Iterator[dict[str, str]],
) -> None:
    """Open a lead and take it through its course, some days between the steps."""
    course = COURSES[number % len(COURSES)]
    step = 1 if number % FRESH == 0 else 6
    begun = (len(course) + 1) * step + number % 5
    lead = pairings.accept(pairing, by=officer, now=district.days_ago(begun))
    for place, deed in enumerate(course, start=1):
        moment = district.days_ago(begun - place * step)
        _do(lead, deed, officer=officer, number=number, now=moment)
        if deed in leads.STEPS and deed != "sign":
            _write_down(lead, next(remaining), officer, number + place, now=moment)


def _do(lead: Lead, deed: str, *, officer: User, number: int, now: Any) -> None:
    if deed in {"buyer", "seller"}:
        note = f"电话确认同意对接，{clock.local(now):%m月%d日}由{officer.name}记录"
        leads.consent_for(lead, Side(deed), note=note, by=officer, now=now)
    elif deed == "decline":
        party = _supplier(lead)
        leads.end(lead, "decline", dead_reason=REASONS[number % 4], by=party, now=now)
    elif deed == "stop":
        leads.end(lead, "stop", dead_reason=REASONS[number % 4], by=officer, now=now)
    else:
        leads.advance(lead, deed, by=officer, now=now, next_action="按约定推进", next_on=None)


def _supplier(lead: Lead) -> User:
    """Return somebody of the institution that offers the achievement."""
    institution = lead.achievement.institution if lead.achievement else None
    members: Iterable[User] = institution.members if institution else ()
    return next(iter(members))


def _write_down(lead: Lead, note: dict[str, str], officer: User, number: int, *, now: Any) -> None:
    leads.follow_up(
        lead,
        manner=MANNERS[number % len(MANNERS)],
        note=note["note"],
        next_action=note["next"],
        next_on=clock.today(now + timedelta(days=7)),
        by=officer,
        now=now + timedelta(hours=1),
    )
