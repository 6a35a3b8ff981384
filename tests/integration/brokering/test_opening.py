"""A lead opened by hand: who may, from what, with whom, and never twice."""

import pytest
from sqlalchemy import select

from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import Pairing
from matchmaker.codes import LeadSource
from matchmaker.extensions import db
from matchmaker.lifecycles import LeadState, NeedState, PairingState, PoolState, Role
from tests.browser import links, parse, post, text, values

pytestmark = pytest.mark.database
NOTE = "走访时企业提出想见该团队"


def address(world):
    return f"/needs/{world.need.public_id}/lead"


def send(client, world, supplier, source="visit", **more):
    data = {"supplier": supplier, "source": source, "note": NOTE, **more}
    return post(client, address(world), data)


def the_lead(app):
    with app.app_context():
        return db.session.scalars(select(Lead)).one()


@pytest.fixture
def offers(make, world):
    """One more supplier of every kind."""
    return {
        "team": make.team(organisation=world.institute, name="海工焊接团队"),
        "expert": make.expert(name="孙教授", org_name="澜州工业大学"),
        "service": make.service(name="滨海铸件检测所"),
        "achievement": make.achievement(title="深海网箱防污涂层", summary="低表面能涂层"),
    }


def test_the_need_leads_to_a_search_with_scores(world, offers, sign_in):
    officer = sign_in(world.officer)
    assert address(world) in links(officer.get(f"/needs/{world.need.public_id}"))
    page = officer.get(address(world))
    shown = text(page)
    assert shown.index(world.achievement.title) < shown.index("深海网箱防污涂层")
    assert "匹配度" in shown
    narrowed = text(officer.get(address(world) + "?kind=achievement&q=防污 网箱"))
    assert "深海网箱防污涂层" in narrowed
    assert world.achievement.title not in narrowed
    assert "孙教授" in text(officer.get(address(world) + "?kind=expert&q=孙"))
    assert "没有找到专家" in text(officer.get(address(world) + "?kind=expert&q=绝无此人"))


@pytest.mark.parametrize("kind", ["team", "expert", "service", "achievement"])
def test_the_officer_opens_a_lead_with_any_kind(app, world, offers, sign_in, kind):
    officer = sign_in(world.officer)
    answer = send(officer, world, f"{kind}:{offers[kind].public_id}", source="superior")
    assert answer.status_code == 302
    lead = the_lead(app)
    assert getattr(lead, f"{kind}_id") == offers[kind].id
    assert (lead.source, lead.officer_id, lead.score) == (
        LeadSource.SUPERIOR, world.officer.id, None,
    )  # fmt: skip
    assert not lead.buyer_agreed
    assert not lead.seller_agreed
    shown = text(officer.get(answer.location))
    assert NOTE in shown
    assert "上级交办" in shown
    with app.app_context():
        assert db.session.get_one(type(world.need), world.need.id).state is NeedState.MATCHING


def test_the_note_stays_within_the_bureau(world, offers, sign_in):
    answer = send(sign_in(world.officer), world, f"achievement:{world.achievement.public_id}")
    for who in (world.buyer, world.seller):
        assert NOTE not in text(sign_in(who).get(answer.location))


def test_a_known_pair_carries_its_score_and_counts_as_accepted(app, world, sign_in):
    answer = send(sign_in(world.officer), world, f"achievement:{world.achievement.public_id}")
    assert answer.status_code == 302
    lead = the_lead(app)
    with app.app_context():
        pair = db.session.scalars(select(Pairing)).one()
        assert (lead.pairing_id, lead.score) == (pair.id, pair.score)
        assert (pair.state, pair.decided_by_id) == (PairingState.ACCEPTED, world.officer.id)


def test_the_same_lead_is_not_opened_twice(app, world, sign_in):
    officer, supplier = sign_in(world.officer), f"achievement:{world.achievement.public_id}"
    assert send(officer, world, supplier).status_code == 302
    answer = send(officer, world, supplier, q="磨抛", note="再来一次")
    assert answer.status_code == 422
    assert f"这一对已有对接 {the_lead(app).lead_no}（待双方同意）" in text(answer)
    kept = values(answer)
    assert (kept["q"], kept["note"], kept["source"]) == ("磨抛", "再来一次", "visit")
    assert world.achievement.title not in text(officer.get(address(world)))


def test_the_broker_follows_the_lead_it_opened(app, make, world, offers, sign_in):
    user = make.user(Role.BROKER, organisation=world.firm)
    broker = make.broker(user_id=user.id)
    client = sign_in(user)
    answer = send(client, world, f"team:{offers['team'].public_id}", source="broker")
    assert answer.status_code == 302
    assert the_lead(app).broker_id == broker.id
    assert client.get(answer.location).status_code == 200


def test_a_party_agrees_by_opening(app, world, offers, sign_in):
    answer = send(sign_in(world.buyer), world, f"team:{offers['team'].public_id}")
    assert answer.status_code == 302
    lead = the_lead(app)
    assert lead.buyer_agreed
    assert not lead.seller_agreed
    assert (lead.state, lead.officer_id) == (LeadState.RECOMMENDED, world.need.handler_id)


def test_a_researcher_offers_only_what_is_its_own(app, make, world, offers, sign_in):
    own = make.achievement(
        organisation=world.institute, created_by_id=world.seller.id, title="自有的打磨成果"
    )
    client = sign_in(world.seller)
    shown = text(client.get(address(world)))
    assert own.title in shown
    assert "深海网箱防污涂层" not in shown
    others = send(client, world, f"achievement:{offers['achievement'].public_id}")
    assert others.status_code == 422
    assert "不在您可发起的范围内" in text(others)
    assert send(client, world, f"achievement:{own.public_id}").status_code == 302
    assert the_lead(app).seller_agreed


def test_nobody_else_may_open_one(app, make, world, sign_in):
    supplier = f"achievement:{world.achievement.public_id}"
    for who in (world.stranger, world.leader, world.assistant):
        client = sign_in(who)
        assert client.get(address(world)).status_code in {403, 404}
        assert address(world) not in links(client.get(f"/needs/{world.need.public_id}"))
        data = {"supplier": supplier, "source": "visit"}
        assert post(client, address(world), data, page="/messages").status_code in {403, 404}
    with app.app_context():
        assert db.session.scalars(select(Lead)).all() == []


@pytest.mark.parametrize("supplier", ["", "achievement:nothing", "ship:1", "achievement"])
def test_a_supplier_has_to_be_chosen(app, world, sign_in, supplier):
    answer = send(sign_in(world.officer), world, supplier)
    assert answer.status_code == 422
    assert parse(answer).find(".//*[@id='errors']") is not None
    with app.app_context():
        assert db.session.scalars(select(Lead)).all() == []


def test_closed_needs_and_withdrawn_offers_open_nothing(make, world, sign_in):
    officer = sign_in(world.officer)
    gone = make.achievement(state=PoolState.OFFLINE)
    assert send(officer, world, f"achievement:{gone.public_id}").status_code == 422
    closed = make.need(state=NeedState.CLOSED)
    assert officer.get(f"/needs/{closed.public_id}/lead").status_code == 404
