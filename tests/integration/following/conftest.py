"""A bounty whose moves are on the trail at known moments, and everybody who may look at it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from matchmaker import web
from matchmaker.accounts.models import OrganisationKind, User
from matchmaker.audit import trail
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, Role
from tests.conftest import NOON

# Friday noon, 20 November 2026; the moves before it, in days before NOON.
MOVES = (
    (21, "create", "officer"),  # Friday, 30 October
    (18, "submit_for_approval", "officer"),  # Monday
    (16, "review", "chief"),  # Wednesday
    (10, "publish", "leader"),  # Tuesday, 10 November
)


@pytest.fixture
def at():
    """Return a function: travel to NOON plus so much; the database comes along."""
    travels = []

    def go(**later):
        while travels:
            travels.pop().stop()
        travel = time_machine.travel(NOON + timedelta(**later), tick=False)
        travel.start()
        travels.append(travel)
        return NOON + timedelta(**later)

    go()
    yield go
    while travels:
        travels.pop().stop()


@pytest.fixture
def people(make, at):
    firm = make.organisation(name="滨海阀门铸造有限公司")
    unit = make.organisation(OrganisationKind.INSTITUTION, name="澜北大学")
    section = make.section("成果科")
    return SimpleNamespace(
        firm=firm, unit=unit, section=section,
        officer=make.user(Role.OFFICER, name="赵经办"),
        second=make.user(Role.OFFICER, name="钱经办"),
        chief=make.user(Role.SECTION_CHIEF, name="孙科长"),
        leader=make.user(Role.LEADER, name="李局长"),
        auditor=make.user(Role.AUDITOR, name="周督查"),
        owner=make.user(Role.ENTERPRISE_ADMIN, organisation=firm),
        bidder=make.user(Role.RESEARCHER, organisation=unit),
        stranger=make.user(Role.RESEARCHER),
        rival=make.user(Role.ENTERPRISE_ADMIN),
        expert=make.user(Role.EXPERT),
        assistant=make.user(Role.TOWN_OFFICER, town=make.town()),
    )  # fmt: skip


@pytest.fixture
def acting(people):
    """Return a function: somebody of `people` by name, as this session knows them."""
    return lambda name: (
        trail.SYSTEM if name == "system" else db.session.get_one(User, getattr(people, name).id)
    )


@pytest.fixture
def moved(app, make, people, acting):
    """Return a function: a bounty taken along the given moves."""

    def build(moves=MOVES, deadline=timedelta(days=20), **values):
        values.setdefault("handler_id", people.officer.id)
        values.setdefault("section_id", people.section.id)
        row = make.bounty(
            organisation=people.firm,
            state=BountyState.DRAFT,
            bounty_no=values.pop("bounty_no", "JB2026-001"),
            bid_deadline_at=NOON + deadline,
            **values,
        )
        with app.app_context(), web.transaction():
            bounty = db.session.get_one(Bounty, row.id)
            for days, action, who in moves:
                now = NOON - timedelta(days=days)
                if action == "create":
                    trail.enter(bounty, by=acting(who), now=now)
                else:
                    trail.advance(bounty, action, by=acting(who), now=now, reason="依据会议纪要")
        return row

    return build


@pytest.fixture
def bounty(moved):
    """A published bounty, twenty days before its deadline."""
    return moved()
