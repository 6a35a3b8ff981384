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
from tests.security import contracting

CODED = {
    "public_id", "org_type", "org_kind", "region_code", "industry_code", "tech_field_code",
    "tech_field_codes", "tier", "coop_modes", "transfer_modes", "slots", "uscc", "lead_no",
    "need_no", "login", "password_hash", "ip_items", "indicators", "grade_level",
    "algorithm_version", "keyword_line", "texts_digest",
}  # fmt: skip
RECORDS = {
    "members": ("name", "title"), "controllers": ("name", "share"),
    "offers": ("name", "price"), "staff": ("name", "title"),
    "chain": ("source", "words", "target"),
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
    contracting.plant(world, make)
    _asking(world, make, town)
    _noticing(world, make)
    _posting(world, make)

    _relating(world, make)
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
        "explanation": {"sentence": "", "words": [], "missing": [], "text_score": 0.6},
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


def _asking(world: World, make: Any, town: Any) -> None:
    from matchmaker.calls.models import Call, Invitation, Via, Visit, VisitKind
    from matchmaker.workdays import end_of

    officer, firm = world.people["officer"].id, world.rows["firm"]
    first = NOON.date()
    values = world.plant(
        Call, filed=True, state="published", call_no="ZJ2026001", form_version="2026-1",
        start_on=first, end_on=first.replace(year=2036), starts_at=NOON,
        ends_at=end_of(first.replace(year=2036)), handler_id=officer, created_by_id=officer,
        created_at=NOON, published_at=NOON,
    )  # fmt: skip
    world.rows["call"] = make.add(Call(**values))
    values = world.plant(
        Invitation, filed=False, call_id=world.rows["call"].id, enterprise_id=firm.id,
        town_id=town.id, via=Via.LIST, invited_at=NOON, none_at=NOON,
    )  # fmt: skip
    make.add(Invitation(**values))
    values = world.plant(
        Visit, filed=False, visit_no="ZF202600001", kind=VisitKind.VISIT, enterprise_id=firm.id,
        held_on=first, created_at=NOON, created_by_id=officer,
    )  # fmt: skip
    world.rows["visit"] = make.add(Visit(**values))


def _noticing(world: World, make: Any) -> None:
    from matchmaker.codes import NoticeKind
    from matchmaker.notices.models import Notice
    from matchmaker.notices.objection_models import Channel, Objection, ObjectionFile
    from matchmaker.workdays import end_of

    officer, first = world.people["officer"].id, NOON.date()
    last = first.replace(year=2036)
    for name, state in (("draft_notice", "draft"), ("notice", "running")):
        filed = name == "notice"
        given = {"notice_no": "GS2026-001", "published_on": first, "start_on": first,
                 "published_at": NOON, "counted_from": first, "end_on": last,
                 "ends_at": end_of(last), "page_digest": "0" * 64} if filed else {}  # fmt: skip
        values = world.plant(
            Notice, filed=filed, kind=NoticeKind.AWARD, state=state, handler_id=officer, spans=[],
            created_by_id=officer, created_at=NOON, subject_noun="", subject_url="", live_key=None,
            subjects=[], **given,
        )  # fmt: skip
        values.setdefault("notice_no", None)
        values["notice_no"] = given.get("notice_no")
        world.rows[name] = make.add(Notice(**values))
    values = world.plant(
        Objection, filed=False, objection_no="YY2026-001", notice_id=world.rows["notice"].id,
        channel=Channel.ONLINE, received_at=NOON, created_at=NOON, handler_id=officer,
        submitted_by_id=world.people["inventor"].id,
    )  # fmt: skip
    world.rows["objection"] = make.add(Objection(**values))
    kept = world.plant(
        ObjectionFile, filed=False, objection_id=world.rows["objection"].id, stored_as="none.pdf",
        size=1, added_at=NOON,
    )  # fmt: skip
    make.add(ObjectionFile(**kept))


def _posting(world: World, make: Any) -> None:
    from matchmaker.bounties.models import Bounty, BountySource
    from matchmaker.bounties.records import Change, ChangeKind, Question
    from matchmaker.lifecycles import BountyState
    from tests.factories import RUBRIC

    rows, officer = world.rows, world.people["officer"].id
    far = NOON.replace(year=2036)
    for name, state in (("bounty", BountyState.PUBLISHED), ("draft_bounty", BountyState.DRAFT)):
        filed = name == "bounty"
        values = world.plant(
            Bounty, filed=filed, state=state, stages=[], rubric=[{**one} for one in RUBRIC],
            support_type="none", failure_kind="", settlement="", recognised_team="",
            bid_deadline_at=far, question_deadline_at=far, handler_id=officer,
            owner_id=rows["firm"].id, bounty_no=f"JB2026-{next(world.counter)}" if filed else None,
            published_at=NOON if filed else None, pass_line=60,
        )  # fmt: skip
        rows[name] = make.bounty(**values)
        make.add(
            BountySource(
                bounty_id=rows[name].id, need_id=rows["need"].id, organisation_id=rows["firm"].id
            )
        )
    values = world.plant(
        Question, filed=False, bounty_id=rows["bounty"].id, asked_at=NOON,
        asked_by_id=world.people["inventor"].id,
    )  # fmt: skip
    rows["question"] = make.add(Question(**values))
    values = world.plant(
        Change, filed=False, bounty_id=rows["bounty"].id, open_key=rows["bounty"].id,
        kind=ChangeKind.WITHDRAWAL, requested_at=NOON, requested_by_id=officer,
    )  # fmt: skip
    rows["bounty_change"] = make.add(Change(**values))


def _relating(world: World, make: Any) -> None:
    from matchmaker.accounts.models import FormerName
    from matchmaker.kinship import Kind, Level
    from matchmaker.relations.models import DeclaredRelation, RelationFinding, RelationHit, Source

    values = world.plant(
        RelationHit, filed=False, kind=Kind.PHONE, level=Level.NOTICE, found_at=NOON,
        a_key="organisation:a", b_key="organisation:b", fingerprint="0" * 64,
    )  # fmt: skip
    world.rows["relation"] = hit = make.add(RelationHit(**values))
    values = world.plant(
        RelationFinding, filed=False, hit_id=hit.id, subject_noun="bounty", subject_id="1",
        found_at=NOON,
    )  # fmt: skip
    make.add(RelationFinding(**values))
    values = world.plant(
        DeclaredRelation, filed=False, kind=Kind.KIN, source=Source.PLEDGE, recorded_at=NOON
    )
    make.add(DeclaredRelation(**values))
    from matchmaker.duplicates.models import DuplicatePair
    from matchmaker.matching import near

    values = world.plant(
        DuplicatePair, filed=False, noun="need", a_id=1, b_id=2, is_across=True, score=0.5,
        kind=near.Kind.ALIKE, fingerprint="0" * 64, found_at=NOON, is_current=True,
        a_public_id="a" * 16, b_public_id="b" * 16,
    )  # fmt: skip
    world.rows["duplicate"] = make.add(DuplicatePair(**values))
    values = world.plant(FormerName, filed=True, organisation_id=world.rows["firm"].id, until=NOON)
    make.add(FormerName(**values))
