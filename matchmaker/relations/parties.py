"""What the database knows of organisations, people and what they did together."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from matchmaker import clock
from matchmaker.accounts.models import FormerName, User
from matchmaker.accounts.models import Organisation as OrganisationRow
from matchmaker.achievements.models import Achievement, Team
from matchmaker.brokering.lead_models import Lead
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.kinship import (
    Kind,
    Mention,
    Organisation,
    Partner,
    Party,
    Person,
    Post,
    Register,
    Stake,
    Tie,
)
from matchmaker.kinship.spelling import name_key, person_key
from matchmaker.lifecycles import LeadState, OrganisationState
from matchmaker.needs.models import Need
from matchmaker.relations.models import DeclaredRelation
from matchmaker.services.models import Service

O, D = OrganisationRow, DeclaredRelation  # noqa: E741
TieSource = Callable[[], Iterable[Tie]]
TYPED, ON_RECORD = "named:", "organisation:"  # how the keys of parties begin
MOST_OF_A_NAME = 150  # characters of a key
_sources: list[TieSource] = []


def tie_source(source: TieSource) -> TieSource:
    """Register a function that yields ties the database knows: a later noun's contracts, bids."""
    _sources.append(source)
    return source


def register(*, now: datetime, ties: Iterable[Tie] = ()) -> Register:
    """Return everything known: organisations, and the ties of every source and of the caller."""
    stored = _Stored(clock.today(now), *_organisations(), [t for each in _sources for t in each()])
    held = cast("tuple[_Stored, Register] | None", current_app.extensions.get("register"))
    if held is None or held[0] != stored:
        held = current_app.extensions["register"] = stored, stored.entered()
    known = held[1].copy()
    for tie in ties:
        known.add_tie(tie)
    return known


@dataclass(frozen=True)
class _Stored:
    """All the database says: the register made of it holds for as long as it says the same."""

    today: date
    rows: list[Any]
    former: dict[int, list[str]]
    ties: list[Tie]

    def entered(self) -> Register:
        known = Register(today=self.today)
        known.add_all(
            (_organisation(row, self.former.get(row.id, ())) for row in self.rows), self.ties
        )
        return known


def _organisations() -> tuple[list[Any], dict[int, list[str]]]:
    former: dict[int, list[str]] = {}
    for owner, name in db.session.execute(
        select(FormerName.organisation_id, FormerName.name).order_by(FormerName.id)
    ):
        former.setdefault(owner, []).append(name)
    query = select(
        O.id, O.public_id, O.name, O.uscc, O.aliases, O.address, O.contact_phone, O.legal_rep,
        O.controllers,
    ).where(O.state != OrganisationState.MERGED)  # fmt: skip
    return list(db.session.execute(query.order_by(O.id))), former


def _organisation(row: Any, former: Iterable[str]) -> Organisation:
    return Organisation(
        f"{ON_RECORD}{row.public_id}",
        row.name,
        row.uscc or "",
        row.aliases,
        list(former),
        row.address,
        [row.contact_phone] if row.contact_phone else [],
        row.legal_rep,
        [_stake(one) for one in row.controllers],
    )


def _stake(stored: dict[str, Any]) -> Stake:
    ratio = None
    with suppress(ValueError):
        ratio = float(str(stored.get("ratio") or "").removesuffix("%"))
    return Stake(str(stored.get("name", "")), ratio, str(stored.get("uscc") or ""))


def party(given: Any) -> Party:
    """Return anything the nouns hand over as a party.

    given : an Organisation, Expert, User or Team row, `{"name", "organisation", "phone"}` (either
    name may be missing) or a ready party. Raises TypeError for anything else.
    """
    if isinstance(given, Organisation | Person):
        return given
    if isinstance(given, dict):
        return named(given.get("name", ""), given.get("organisation", ""), given.get("phone", ""))
    for model, read in _READERS.items():
        if isinstance(given, model):
            return read(given)
    message = f"{type(given).__name__} is no party"
    raise TypeError(message)


def named(name: str, organisation: str = "", phone: str = "") -> Party:
    """Return a party known by what somebody typed; without a person's name an organisation."""
    where = name_key(organisation)[:MOST_OF_A_NAME]
    if not name.strip():
        return Organisation(f"{TYPED}{where}", organisation.strip())
    key = f"{TYPED}{person_key(name)[:MOST_OF_A_NAME]}@{where}"
    posts = [Post(organisation)] if organisation.strip() else []
    return Person(key, name.strip(), posts, phone=phone)


def _expert(row: Expert) -> Person:
    names = dict.fromkeys(filter(None, (row.organisation_name, row.org_name)))
    return Person(
        f"expert:{row.public_id}",
        row.name,
        [Post(name) for name in names],
        [Partner(name) for name in row.recent_partners],
        row.phone,
        row.email,
    )


def _user(row: User) -> Person:
    posts = [Post(row.organisation.name)] if row.organisation else []
    return Person(f"user:{row.public_id}", row.name, posts, phone=row.phone, email=row.email)


def members(team: Team) -> list[Party]:
    """Return a team's leader and members as parties of their own."""
    home = team.institution.name
    listed = [{"name": team.leader_name, "organisation": home}, *team.members]
    found = (
        named(str(one.get("name", "")), str(one.get("organisation") or home)) for one in listed
    )
    return [one for one in found if isinstance(one, Person)]


_READERS: dict[type[Any], Callable[[Any], Party]] = {
    OrganisationRow: lambda row: _organisation(row, [one.name for one in row.former_names]),
    Expert: _expert,
    User: _user,
    Team: lambda row: party(row.institution),
}


@tie_source
def _declared() -> Iterator[Tie]:
    query = select(
        D.kind, D.source, D.words, D.on, D.a_name, D.a_organisation, D.b_name, D.b_organisation
    ).where(D.revoked_at.is_(None))
    for row in db.session.execute(query.order_by(D.id)):
        sides = (Mention(row.a_name, row.a_organisation), Mention(row.b_name, row.b_organisation))
        words = "，".join(part for part in (row.words, row.source.label) if part)
        yield Tie(row.kind, sides, words, row.on)


@tie_source
def _signed_leads() -> Iterator[Tie]:
    """Yield what an enterprise and a supplier signed through the bureau."""
    for lead in db.session.execute(_signed()):
        sides = (Mention("", lead.buyer), Mention(lead.person, lead.seller))
        on = clock.today(lead.last_step_at)
        yield Tie(Kind.CONTRACT, sides, f"对接 {lead.lead_no} 已签约", on)


@cache
def _signed() -> Select[Any]:
    """Return the question about signed leads, put together once: it is asked at every check."""
    buyer, home = aliased(O), aliased(O)
    owners = (Achievement.institution_id, Team.institution_id, Expert.organisation_id,
              Service.organisation_id)  # fmt: skip
    return (
        select(
            Lead.lead_no, Lead.last_step_at, buyer.name.label("buyer"),
            func.coalesce(home.name, Expert.org_name, "").label("seller"),
            func.coalesce(Expert.name, "").label("person"),
        )
        .join(Need, Lead.need_id == Need.id)
        .join(buyer, Need.enterprise_id == buyer.id)
        .outerjoin(Achievement, Lead.achievement_id == Achievement.id)
        .outerjoin(Team, Lead.team_id == Team.id)
        .outerjoin(Expert, Lead.expert_id == Expert.id)
        .outerjoin(Service, Lead.service_id == Service.id)
        .outerjoin(home, home.id == func.coalesce(*owners))
        .where(Lead.state == LeadState.SIGNED)
        .order_by(Lead.id)
    )  # fmt: skip
