"""A bid tied to the owner is refused before it is sealed; what was opened is compared on record."""

import pytest
from sqlalchemy import func, select

from matchmaker import web
from matchmaker.accounts.models import Organisation
from matchmaker.bidding import relating
from matchmaker.bidding.models import Bid
from matchmaker.extensions import db
from matchmaker.kinship import Kind, Level
from matchmaker.lifecycles import BidState, Role
from matchmaker.relations import operations as relations
from matchmaker.relations.models import RelationFinding, RelationHit
from tests import browser
from tests.conftest import NOON
from tests.integration.bidding.conftest import agree, begin, fill, seal

pytestmark = pytest.mark.database


def change(app, organisation, **values):
    with app.app_context(), web.transaction():
        row = db.session.get_one(Organisation, organisation.id)
        for name, value in values.items():
            setattr(row, name, value)


def kept(app):
    with app.app_context():
        return [
            db.session.scalar(select(func.count()).select_from(m))
            for m in (RelationHit, RelationFinding)
        ]


def test_a_unit_the_owner_holds_may_not_seal_and_reads_no_evidence(app, stage, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base = begin(client, stage.bounty)
    fill(client, base)
    agree(client, office, base)
    held = [{"name": stage.owner.name, "ratio": "51", "uscc": ""}]
    change(app, stage.unit, controllers=held)
    page = browser.text(client.get(f"{base}/5"))
    assert "与对方存在阻断级关联（控股或参股）" in page
    assert "51%" not in page
    assert seal(client, base).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Bid)).one().state is BidState.DRAFT
    assert kept(app) == [0, 0]
    change(app, stage.unit, controllers=[{**held[0], "ratio": "12"}])
    assert seal(client, base).status_code == 302  # a notice is the officer's, after the opening
    assert kept(app) == [0, 0]


def test_a_dismissed_tie_lets_the_bid_through(app, make, stage, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    held = [{"name": stage.owner.name, "ratio": "51", "uscc": ""}]
    change(app, stage.unit, controllers=held)
    base = begin(client, stage.bounty)
    fill(client, base)
    assert "阻断级关联" in browser.text(client.get(f"{base}/5"))
    chief = make.user(Role.SECTION_CHIEF)
    with app.app_context(), web.transaction():
        sides = [[db.session.get_one(Organisation, one.id)] for one in (stage.unit, stage.owner)]
        (row,) = relations.check("look_up", "", *sides, now=NOON)
        relations.judge(
            row, "dismiss", reason="股权已转让", version=str(row.version), by=chief, now=NOON
        )
    agree(client, office, base)
    assert seal(client, base).status_code == 302


def opened(make, bounty, unit, **content):
    blank = {"pi_name": "", "pi_phone": "", "team": [], "partners": []}
    row = Bid(
        bounty_id=bounty.id, state=BidState.QUALIFIED, created_at=NOON, opened_at=NOON,
        lead_organisation_id=unit.id, content={**blank, **content},
    )  # fmt: skip
    return make.add(row)


def test_opened_bids_are_compared_with_the_owner_and_each_other(app, make, stage):
    change(app, stage.owner, contact_phone="0634-5218866")
    change(app, stage.unit, contact_phone="(0634)5218866")
    other = make.organisation(name="青岛碣石泵业有限公司")
    both = {"name": "周帆", "organisation": "澜州理工大学", "title": "教授"}
    first = opened(make, stage.bounty, stage.unit, pi_name="林海", team=[both])
    opened(
        make,
        stage.bounty,
        other,
        pi_name="顾南乔",
        team=[{**both, "organisation": "澜州理工大学机械学院"}],
    )
    with app.app_context():
        for _ in range(2):
            with web.transaction():
                relating.keep({"bounty": stage.bounty.id})
        (tie,) = relations.of_subject("bid", first.public_id)
        assert (tie.kind, tie.level) == (Kind.PHONE, Level.NOTICE)
        (double,) = relations.of_subject("bounty", stage.bounty.public_id)
        assert (double.kind, double.level) == (Kind.SAME_PERSON, Level.NOTICE)
    assert kept(app) == [2, 2]
