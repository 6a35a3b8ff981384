"""A district of two firms and two institutes, every text of which carries a token of its own."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, String, Text

from matchmaker.accounts.models import OrganisationKind
from matchmaker.brokering.lead_models import FollowUp, Lead, Manner
from matchmaker.brokering.models import CandidateKind, Pairing
from matchmaker.codes import LeadSource
from matchmaker.imports.models import Batch
from matchmaker.lifecycles import (
    ExpertState,
    LeadState,
    NeedState,
    OrganisationState,
    PairingState,
    PoolState,
    Role,
)
from tests.conftest import NOON

CODED = {
    "public_id", "org_type", "org_kind", "region_code", "industry_code", "tech_field_code",
    "tech_field_codes", "tier", "coop_modes", "transfer_modes", "slots", "uscc", "lead_no",
    "need_no", "login", "password_hash", "ip_items", "indicators", "grade_level",
    "algorithm_version", "keyword_line", "texts_digest",
}  # fmt: skip
RECORDS = {
    "members": ("name", "title"), "controllers": ("name", "share"),
    "offers": ("name", "price"), "staff": ("name", "title"),
}  # fmt: skip
TOLD_AS = {"org_name": "organisation_name"}  # read through a property
MONEY = "_fen"
PEOPLE = {
    "unverified": Role.RESEARCHER,
    "researcher": Role.RESEARCHER,
    "enterprise": Role.ENTERPRISE_ADMIN,
    "town_officer": Role.TOWN_OFFICER,
    "broker": Role.BROKER,
    "expert": Role.EXPERT,
}


@dataclass
class Canary:
    """A token and where it was put: `letter` is the field's level, "-" where none is declared."""

    token: str
    noun: str
    attribute: str
    letter: str
    filed: bool  # the row is one the public may know of


@dataclass
class World:
    """Who and what there is; `canaries` by token."""

    rows: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    canaries: dict[str, Canary] = field(default_factory=dict)
    counter: Any = field(default_factory=lambda: itertools.count(10_000))

    def named(self) -> dict[str, Any]:
        """Every row that has a name in URLs, people among them."""
        found = {**self.rows, "user": self.people["owner"], "member": self.people["inventor"]}
        return {name: row for name, row in found.items() if hasattr(row, "public_id")}

    def plant(self, model: Any, *, filed: bool, **values: Any) -> dict[str, Any]:
        """Return `values` and a token for every other text or amount of the model."""
        for column in model.__table__.columns:
            name = column.key
            if name in values or name in CODED or column.foreign_keys:
                continue
            value = self._value(model, column, filed=filed)
            if value is not None:
                values[name] = value
        return values

    def _token(self, model: Any, name: str, *, filed: bool, pattern: str = "kanari{}yin") -> str:
        token = pattern.format(next(self.counter))
        levels = getattr(model, "disclosure", {})
        letter = levels.get(TOLD_AS.get(name, name), "-")
        self.canaries[token] = Canary(token, model.__tablename__, name, letter, filed)
        return token

    def _value(self, model: Any, column: Any, *, filed: bool) -> Any:
        name = column.key
        if name in RECORDS:
            return [{part: self._token(model, name, filed=filed) for part in RECORDS[name]}]
        if name.endswith(MONEY):
            return int(self._token(model, name, filed=filed, pattern="{}")) * 1_000_000
        if isinstance(column.type, JSON) and column.default and column.default.is_callable:
            return [self._token(model, name, filed=filed)] if "dict" not in _made(column) else None
        if type(column.type) in (String, Text):
            return self._token(model, name, filed=filed)[: column.type.length or 99]
        return None


def _made(column: Any) -> str:
    return repr(column.default.arg)


def build(make: Any) -> World:
    """Commit the world; the bureau and the owners are in it too."""
    world = World()
    town, other = make.town("城东街道"), make.town("别处镇")
    _organisations(world, make, town)
    _people(world, make, town, other)
    _pools(world, make)
    _brokering(world, make)
    return world


def _organisations(world: World, make: Any, town: Any) -> None:
    from matchmaker.accounts.models import Organisation

    for name, kind, code, state in (
        ("firm", OrganisationKind.ENTERPRISE, "91370100MA3C0XJ9X1", OrganisationState.ACTIVE),
        ("institute", OrganisationKind.INSTITUTION, "12370000495570303U", OrganisationState.ACTIVE),
        ("newcomer", OrganisationKind.ENTERPRISE, None, OrganisationState.PENDING),
    ):
        filed = state is OrganisationState.ACTIVE
        values = world.plant(
            Organisation, filed=filed, kind=kind, state=state, uscc=code, town_id=town.id,
            staff_count=100, rd_staff_count=10,
        )  # fmt: skip
        world.rows[name] = make.organisation(**values)
        if code:
            world.canaries[code] = Canary(code, "organisation", "uscc", "M", filed=filed)


def _people(world: World, make: Any, town: Any, other: Any) -> None:
    pending = make.organisation(OrganisationKind.INSTITUTION, state=OrganisationState.PENDING)
    for name, role in PEOPLE.items():
        given = {"organisation": pending} if name == "unverified" else {}
        given |= {"town": other} if role is Role.TOWN_OFFICER else {}
        world.people[name] = make.user(role, **given)
    firm, institute = world.rows["firm"], world.rows["institute"]
    world.people |= {
        "owner": make.user(Role.ENTERPRISE_ADMIN, organisation=firm, **_secret(world)),
        "inventor": make.user(Role.INSTITUTION_ADMIN, organisation=institute, **_secret(world)),
        "officer": make.user(Role.OFFICER, **_secret(world)),
        "assistant": make.user(Role.TOWN_OFFICER, town=town, **_secret(world)),
    }


def _secret(world: World) -> dict[str, Any]:
    from matchmaker.accounts.models import User

    found = {}
    for name in ("phone", "email", "login", "password_hash"):
        found[name] = world._token(User, name, filed=False)
    return found


def _pools(world: World, make: Any) -> None:
    from matchmaker.achievements.models import Achievement, Team
    from matchmaker.experts.models import Expert
    from matchmaker.needs.models import Need
    from matchmaker.services.models import Broker, Service

    people, rows = world.people, world.rows
    handler, writer = people["officer"].id, people["owner"].id
    need = {"organisation": rows["firm"], "created_by_id": writer, "handler_id": handler}
    for name, state in (
        ("need", NeedState.MATCHING),
        ("submitted_need", NeedState.SUBMITTED),
        ("returned_need", NeedState.RETURNED),
    ):
        filed = name == "need"
        values = world.plant(Need, filed=filed, state=state, pay_to_bidder_fen=1_000_000, **need)
        rows[name] = make.need(need_no=f"XQ{next(world.counter)}", tech_field_code="804", **values)
    offer = {"organisation": rows["institute"], "created_by_id": people["inventor"].id}
    for state in (PoolState.PUBLISHED, PoolState.SUBMITTED, PoolState.DRAFT):
        filed = state is PoolState.PUBLISHED
        for model, noun, given in (
            (Achievement, "achievement", {"tech_field_code": "804", "is_negotiable": False}),
            (Team, "team", {}),
            (Service, "service", {}),
            (Broker, "broker", {}),
        ):
            theirs = offer if noun in {"achievement", "team"} else {}
            values = world.plant(model, filed=filed, state=state, **given, **theirs)
            rows[f"{state}_{noun}"] = getattr(make, noun)(**values)
    for state in (ExpertState.IN_POOL, ExpertState.APPLIED):
        filed = state is ExpertState.IN_POOL
        values = world.plant(Expert, filed=filed, state=state)
        rows[f"{state}_expert"] = make.expert(**values)


def _brokering(world: World, make: Any) -> None:
    rows, people = world.rows, world.people
    pair = {
        "kind": CandidateKind.ACHIEVEMENT, "need_id": rows["need"].id, "text_score": 0.6,
        "score": 0.6, "texts_digest": "0" * 32, "algorithm_version": "1", "first_seen_at": NOON,
        "computed_at": NOON, "words": [], "adjustments": [],
        "explanation": {"sentence": "", "words": [], "missing": []},
        "decided_by_id": people["officer"].id,
    }  # fmt: skip
    values = world.plant(
        Pairing, filed=False, achievement_id=rows["published_achievement"].id,
        state=PairingState.REJECTED, **pair,
    )  # fmt: skip
    rows["pairing"] = make.add(Pairing(**values))
    values = world.plant(
        Lead, filed=False, need_id=rows["need"].id, lead_no="DJ202600001",
        achievement_id=rows["published_achievement"].id, state=LeadState.RECOMMENDED, words=[],
        source=LeadSource.MATCH, last_step_at=NOON, created_at=NOON,
        officer_id=people["officer"].id,
    )  # fmt: skip
    rows["lead"] = make.add(Lead(**values))
    values = world.plant(
        FollowUp, filed=False, lead_id=rows["lead"].id, at=NOON, by_id=people["officer"].id,
        manner=next(iter(Manner)),
    )  # fmt: skip
    make.add(FollowUp(**values))
    rows["batch"] = make.add(
        Batch(
            noun="need",
            created_by_id=people["officer"].id,
            stored_as="none.xlsx",
            size=1,
            file_name=world._token(Batch, "file_name", filed=False),
            fingerprint="0" * 64,
            created_at=NOON,
            state="checked",
        )
    )
