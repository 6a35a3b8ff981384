"""The ranking where enterprises and researchers meet it."""

import pytest
from sqlalchemy import select

from matchmaker import web
from matchmaker.brokering import operations
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import Pairing
from matchmaker.codes import Disclosure
from matchmaker.extensions import db
from matchmaker.lifecycles import LeadState, NeedState, PairingState, PoolState, Role
from matchmaker.needs.models import Need
from tests.browser import links, post, text
from tests.conftest import NOON

pytestmark = pytest.mark.database


def pair_of(app):
    with app.app_context():
        return db.session.scalars(select(Pairing)).one()


def matches(world):
    return f"/needs/{world.need.public_id}/matches"


def test_an_enterprise_sees_who_fits_and_why(world, sign_in):
    client = sign_in(world.buyer)
    assert matches(world) in links(client.get(f"/needs/{world.need.public_id}"))
    shown = text(client.get(matches(world)))
    assert world.achievement.title in shown
    assert "澜州工业大学" in shown
    assert "为什么推荐" in shown
    assert "双方都提到" in shown
    assert "暂时没有达到门槛的专家" in shown


@pytest.mark.parametrize("who", ["stranger", "seller", "outsider", "assistant"])
def test_nobody_else_sees_a_needs_ranking(world, sign_in, who):
    client = sign_in(getattr(world, who))
    assert client.get(matches(world)).status_code == 404
    assert matches(world) not in links(client.get(f"/needs/{world.need.public_id}"))


def test_asking_for_an_introduction_opens_a_lead_with_ones_own_consent(app, world, sign_in):
    pair, client = pair_of(app), sign_in(world.buyer)
    where = f"/pairings/{pair.public_id}/introduce"
    answer = post(client, where, page=matches(world))
    assert answer.status_code == 302
    with app.app_context():
        lead = db.session.scalars(select(Lead)).one()
        assert lead.state is LeadState.RECOMMENDED
        assert lead.buyer_consent_by_id == world.buyer.id
        assert lead.seller_consent_at is None
        assert db.session.get_one(Need, world.need.id).state is NeedState.ACCEPTED
    # The officers find it unassigned on their desk; taking it on puts the need in 对接中.
    officer = sign_in(world.officer)
    assert "待分派的对接" in text(officer.get("/desk"))
    page = f"/leads/{lead.public_id}"
    form = {"officer": str(world.officer.id), "broker": ""}
    assert post(officer, f"{page}/assign", form, page=page).status_code == 302
    with app.app_context():
        assert db.session.get_one(Need, world.need.id).state is NeedState.MATCHING
    assert post(client, where, page=matches(world)).status_code == 302  # asked twice: one lead
    with app.app_context():
        assert len(db.session.scalars(select(Lead)).all()) == 1


def test_a_party_may_say_it_does_not_fit(app, world, sign_in):
    pair, client = pair_of(app), sign_in(world.buyer)
    where = f"/pairings/{pair.public_id}/dismiss"
    assert post(client, where, page=matches(world)).status_code == 422
    answer = post(client, where, {"reason_code": "existing"}, page=matches(world))
    assert answer.status_code == 302
    assert world.achievement.title not in text(client.get(matches(world)))
    row = pair_of(app)
    assert (row.state, row.decided_by_id) == (PairingState.REJECTED, world.buyer.id)
    answer = post(client, f"/pairings/{pair.public_id}/introduce", page=matches(world))
    assert answer.status_code == 409


@pytest.mark.parametrize("who", ["stranger", "outsider", "officer", "assistant"])
@pytest.mark.parametrize("deed", ["introduce", "dismiss"])
def test_nobody_else_acts_for_a_party(app, world, sign_in, who, deed):
    where = f"/pairings/{pair_of(app).public_id}/{deed}"
    client = sign_in(getattr(world, who))
    assert post(client, where, {"reason_code": "field"}, page="/messages").status_code == 404
    assert pair_of(app).state is PairingState.NEW


def test_a_researcher_finds_fitting_needs_at_home_and_asks(app, world, sign_in):
    client = sign_in(world.seller)
    home = client.get("/")
    shown = text(home)
    assert "适合您的需求" in shown
    assert world.need.title in shown
    assert "机器人" in shown
    where = f"/achievements/{world.achievement.public_id}/matches"
    assert where in links(home)
    listed = text(client.get(where))
    assert "（匿名企业）" in listed
    assert "滨海阀门" not in listed
    answer = post(client, f"/pairings/{pair_of(app).public_id}/introduce", page=where)
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.scalars(select(Lead)).one().seller_consent_by_id == world.seller.id
    assert sign_in(world.outsider).get(where).status_code == 404
    assert world.need.title not in text(sign_in(world.outsider).get("/"))


@pytest.mark.parametrize(
    ("audience", "directed", "found"),
    [
        (Disclosure.PUBLIC, False, True),
        (Disclosure.MEMBER, False, True),
        (Disclosure.DIRECTED, False, False),
        (Disclosure.DIRECTED, True, True),
    ],
)
def test_a_needs_audience_binds_the_panel(app, world, sign_in, audience, directed, found):
    with app.app_context(), web.transaction():
        need = db.session.get_one(Need, world.need.id)
        need.audience = audience
        if directed:
            need.directed_to.append(db.session.merge(world.institute))
    assert (world.need.title in text(sign_in(world.seller).get("/"))) is found


def test_an_enterprise_finds_fitting_achievements_at_home(world, sign_in):
    home = sign_in(world.buyer).get("/")
    assert world.achievement.title in text(home)
    assert matches(world) in links(home)
    assert world.achievement.title not in text(sign_in(world.stranger).get("/"))


def test_an_achievement_gone_offline_is_not_shown_even_before_the_consumer_ran(app, world, sign_in):
    with app.app_context(), web.transaction():
        row = db.session.merge(world.achievement)
        db.session.execute(type(row).__table__.update().values(state=PoolState.OFFLINE))
    assert world.achievement.title not in text(sign_in(world.buyer).get(matches(world)))


def test_the_panel_lists_each_need_once_and_five_at_the_most(app, make, world, saved):
    for _ in range(2):
        saved(make.achievement(organisation=world.institute, created_by_id=world.seller.id))
    saved(*[make.need() for _ in range(6)])
    with app.app_context():
        viewer = db.session.merge(world.seller)
        found = operations.fitting_needs(viewer, now=NOON)
        assert len(found) == 5
        assert len({one.need.id for one in found}) == 5
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        assert operations.fitting_needs(db.session.merge(world.officer), now=NOON) == []


def test_an_institutions_administrator_sees_what_its_people_posted(make, world, sign_in):
    administrator = make.user(Role.INSTITUTION_ADMIN, organisation=world.institute)
    where = f"/achievements/{world.achievement.public_id}/matches"
    assert world.need.title in text(sign_in(administrator).get(where))
