"""Leads: consent and what it opens, stages, follow-ups, what is overdue, who may."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from matchmaker import jobs, web
from matchmaker.accounts import handover
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.brokering import leads, pairings
from matchmaker.brokering.lead_models import FollowUp, Lead, Side
from matchmaker.brokering.models import Pairing
from matchmaker.codes import DeadReason
from matchmaker.extensions import db
from matchmaker.lifecycles import LeadState
from matchmaker.messages.models import Message
from tests.browser import post, text
from tests.conftest import NOON

pytestmark = pytest.mark.database
FIRM_PHONE, INSTITUTE_PHONE = "13900000001", "13900000002"
FIRM_NAME = "滨海阀门铸造有限公司"
L = LeadState


@pytest.fixture
def lead(app, world):
    """A fresh lead the officer opened."""
    with app.app_context(), web.transaction():
        officer = db.session.get_one(User, world.officer.id)
        pair = db.session.scalars(select(Pairing)).one()
        opened = pairings.accept(pair, by=officer, now=NOON)
        db.session.flush()
        found = opened.id, opened.public_id
    with app.app_context():
        return db.session.get_one(Lead, found[0])


def url(lead, rest=""):
    return f"/leads/{lead.public_id}{rest}"


def again(app, lead):
    with app.app_context():
        return db.session.get_one(Lead, lead.id)


def both_agree(app, world, lead):
    with app.app_context(), web.transaction():
        row = db.session.get_one(Lead, lead.id)
        for user in (world.buyer, world.seller):
            leads.consent(row, by=db.session.get_one(User, user.id), now=NOON)


def test_before_consent_nobody_outside_sees_contacts_or_an_anonymous_name(world, lead, sign_in):
    for who, hidden in (
        (world.buyer, (INSTITUTE_PHONE, "li@example.cn", "李处长")),
        (world.seller, (FIRM_PHONE, "wang@example.cn", "王工", FIRM_NAME)),
        (world.leader, (FIRM_PHONE, INSTITUTE_PHONE)),
    ):
        answer = sign_in(who).get(url(lead))
        assert answer.status_code == 200
        for secret in hidden:
            assert secret not in answer.get_data(as_text=True)
    assert "（匿名企业）" in text(sign_in(world.seller).get(url(lead)))


def test_one_consent_opens_nothing(app, world, lead, sign_in):
    buyer = sign_in(world.buyer)
    assert post(buyer, url(lead, "/consent"), page=url(lead)).status_code == 302
    assert again(app, lead).state is L.RECOMMENDED
    assert INSTITUTE_PHONE not in text(buyer.get(url(lead)))
    assert FIRM_PHONE not in text(sign_in(world.seller).get(url(lead)))


def test_both_consents_open_the_contacts_both_ways(app, world, lead, sign_in):
    for who in (world.buyer, world.seller):
        answer = post(sign_in(who), url(lead, "/consent"), page=url(lead))
        assert answer.status_code == 302
    assert again(app, lead).state is L.BOTH_CONSENTED
    assert INSTITUTE_PHONE in text(sign_in(world.buyer).get(url(lead)))
    seller_sees = text(sign_in(world.seller).get(url(lead)))
    assert FIRM_PHONE in seller_sees
    assert FIRM_NAME in seller_sees


def test_contacts_close_again_when_the_lead_is_declined(app, world, lead, sign_in):
    both_agree(app, world, lead)
    seller = sign_in(world.seller)
    answer = post(seller, url(lead, "/decline"), {"dead_reason": "price"}, page=url(lead))
    assert answer.status_code == 302
    assert again(app, lead).dead_reason is DeadReason.PRICE
    assert FIRM_PHONE not in text(seller.get(url(lead)))


def test_other_organisations_get_404(world, lead, sign_in):
    for who in (world.stranger, world.outsider, world.stranger_assistant):
        client = sign_in(who)
        assert client.get(url(lead)).status_code == 404
        assert world.need.title not in text(client.get("/leads"))
        assert post(client, url(lead, "/consent"), page="/messages").status_code == 404
        answer = post(client, url(lead, "/decline"), {"dead_reason": "price"}, page="/messages")
        assert answer.status_code == 404


def test_parties_see_no_notes_and_cannot_move_the_lead(app, world, lead, sign_in):
    officer = sign_in(world.officer)
    note = {
        "manner": "call",
        "note": "对方价格偏高",
        "next_action": "再谈",
        "next_on": "2026-11-25",
    }
    assert post(officer, url(lead, "/follow-up"), note, page=url(lead)).status_code == 302
    assert "对方价格偏高" in text(officer.get(url(lead)))
    for who in (world.buyer, world.seller):
        client = sign_in(who)
        assert "对方价格偏高" not in text(client.get(url(lead)))
        assert post(client, url(lead, "/step/contact"), page=url(lead)).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(FollowUp)).one().next_on == date(2026, 11, 25)


def test_an_officer_records_a_consent_given_by_telephone(app, world, lead, sign_in):
    officer = sign_in(world.officer)
    page = url(lead)
    answer = post(officer, url(lead, "/consent-for"), {"side": "buyer", "note": ""}, page=page)
    assert answer.status_code == 422
    form = {"side": "buyer", "note": "王工 11 月 20 日电话同意"}
    assert post(officer, url(lead, "/consent-for"), form, page=page).status_code == 302
    row = again(app, lead)
    assert (row.buyer_consent_by_id, row.buyer_consent_note) == (world.officer.id, form["note"])
    assert row.seller_consent_at is None
    with app.app_context():
        entry = trail.history("lead", lead.public_id)[-1]
    assert entry.details == {"side": "buyer", "on_behalf": True}


def test_a_lead_goes_all_the_way_to_signed(app, world, lead, sign_in):
    both_agree(app, world, lead)
    officer = sign_in(world.officer)
    stages = [
        ("contact", L.CONTACTED),
        ("negotiate", L.NEGOTIATING),
        ("reach_intent", L.INTENT),
        ("sign", L.SIGNED),
    ]
    for action, state in stages:
        form = {"reason": "顺利", "next_action": "下一步", "next_on": "2026-12-01"}
        answer = post(officer, url(lead, f"/step/{action}"), form, page=url(lead))
        assert answer.status_code == 302
        assert again(app, lead).state is state
    assert post(officer, url(lead, "/step/contact"), page=url(lead)).status_code == 409


def test_a_stage_cannot_be_skipped_nor_a_deed_misused(world, lead, sign_in):
    officer = sign_in(world.officer)
    for action in ("contact", "sign", "revive", "stop", "both_consent"):
        assert post(officer, url(lead, f"/step/{action}"), page=url(lead)).status_code == 409


def test_a_date_gone_by_is_refused_beside_its_field(world, lead, sign_in):
    form = {"manner": "call", "note": "电话沟通", "next_on": "2026-11-19"}
    answer = post(sign_in(world.officer), url(lead, "/follow-up"), form, page=url(lead))
    assert answer.status_code == 422
    assert "下次日期不能早于今天" in text(answer)
    assert "电话沟通" in text(answer)


def test_only_the_handling_officer_moves_it_until_it_is_reassigned(app, world, lead, sign_in):
    colleague = sign_in(world.colleague)
    form = {"manner": "visit", "note": "走访企业"}
    assert post(colleague, url(lead, "/follow-up"), form, page=url(lead)).status_code == 404
    assigned = {"officer": str(world.colleague.id), "broker": ""}
    assert post(colleague, url(lead, "/assign"), assigned, page=url(lead)).status_code == 302
    assert post(colleague, url(lead, "/follow-up"), form, page=url(lead)).status_code == 302
    assert (
        post(sign_in(world.officer), url(lead, "/follow-up"), form, page="/messages").status_code
        == 404
    )


def test_a_stopped_lead_needs_a_reason_and_may_be_revived(app, world, lead, sign_in):
    both_agree(app, world, lead)
    officer = sign_in(world.officer)
    assert post(officer, url(lead, "/stop"), page=url(lead)).status_code == 422
    form = {"dead_reason": "other", "note": ""}
    assert post(officer, url(lead, "/stop"), form, page=url(lead)).status_code == 422
    form["note"] = "企业转产"
    assert post(officer, url(lead, "/stop"), form, page=url(lead)).status_code == 302
    assert again(app, lead).state is L.DEAD
    assert post(officer, url(lead, "/revive"), {"reason": ""}, page=url(lead)).status_code == 422
    form = {"reason": "企业恢复生产"}
    assert post(officer, url(lead, "/revive"), form, page=url(lead)).status_code == 302
    row = again(app, lead)
    assert (row.state, row.dead_reason) == (L.RECOMMENDED, None)
    assert row.buyer_consent_at is row.seller_consent_at is None


@pytest.mark.parametrize(
    ("next_in", "idle", "state", "late"),
    [
        (0, 0, L.RECOMMENDED, False),
        (-1, 0, L.RECOMMENDED, True),
        (None, 14.99, L.RECOMMENDED, False),
        (None, 15, L.RECOMMENDED, True),
        (5, 15, L.RECOMMENDED, True),
        (-1, 20, L.SIGNED, False),
    ],
)
def test_overdue_is_a_date_gone_by_or_fifteen_idle_days(
    app, world, lead, sign_in, next_in, idle, state, late
):
    both_agree(app, world, lead)
    with app.app_context():
        with web.transaction():
            row = db.session.get_one(Lead, lead.id)
            db.session.execute(
                Lead.__table__.update().values(
                    state=state,
                    last_step_at=NOON - timedelta(days=idle),
                    next_on=None if next_in is None else NOON.date() + timedelta(days=next_in),
                )
            )
        found = db.session.scalars(select(Lead.id).where(leads.overdue(now=NOON))).all()
        assert bool(found) is late
        row = db.session.get_one(Lead, lead.id)
        assert leads.is_overdue(row, now=NOON, idle_days=15) is late
    officer = sign_in(world.officer)
    assert (world.need.title in text(officer.get("/leads?overdue=1"))) is late
    assert ("逾期" in text(officer.get(url(lead)))) is late


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=recommended", True),
        ("state=signed", False),
        ("officer=none", False),
        ("officer=ME", True),
        ("text=DJ2026", True),
        ("text=DJ1999", False),
        ("source=match", True),
        ("source=visit", False),
        ("overdue=1", False),
        ("town=TOWN", True),
        ("town=999999", False),
    ],
)
def test_the_list_is_filtered(world, lead, sign_in, query, found):
    query = query.replace("ME", str(world.officer.id)).replace("TOWN", str(world.town.id))
    shown = text(sign_in(world.officer).get(f"/leads?{query}"))
    assert (world.need.title in shown) is found


def test_the_list_shows_the_parties_their_own_without_the_bureaus_columns(world, lead, sign_in):
    for who in (world.buyer, world.seller):
        shown = text(sign_in(who).get("/leads?cols=title,officer,next_on,late&officer=none"))
        assert world.need.title in shown
        assert "赵经办" not in shown
    assert "赵经办" in text(sign_in(world.leader).get("/leads"))


def test_a_leaving_officers_leads_go_to_another(app, world, lead):
    with app.app_context(), web.transaction():
        people = [db.session.get_one(User, u.id) for u in (world.officer, world.colleague)]
        assert ("对接", 1) in handover.counts(people[0])
        leader = db.session.get_one(User, world.leader.id)
        handover.reassign(people[0], people[1], by=leader, now=NOON)
        assert ("对接", 1) not in handover.counts(people[0])
    assert again(app, lead).officer_id == world.colleague.id


def test_sides_are_told_apart(app, world, lead):
    with app.app_context():
        row = db.session.get_one(Lead, lead.id)
        users = (world.buyer, world.seller, world.officer, world.stranger)
        sides = [leads.side_of(row, db.session.get_one(User, user.id)) for user in users]
        assert sides == [Side.BUYER, Side.SELLER, None, None]


def test_people_are_told_and_nobody_else(app, world, lead):
    def told():
        with app.app_context():
            jobs.drain()
            rows = db.session.execute(select(Message.user_id, Message.subject)).all()
            with web.transaction():
                db.session.execute(Message.__table__.delete())
            return {(row.user_id, row.subject.split("：")[0]) for row in rows}

    buyer, seller, officer = world.buyer.id, world.seller.id, world.officer.id
    assert told() == {(buyer, "有一项对接等您答复"), (seller, "有一项对接等您答复")}
    both_agree(app, world, lead)
    assert told() == {(officer, "一方已同意对接")} | {
        (one, "双方已同意对接") for one in (buyer, seller, officer)
    }
    with app.app_context(), web.transaction():
        row, by = db.session.get_one(Lead, lead.id), db.session.get_one(User, seller)
        leads.end(row, "decline", dead_reason=DeadReason.PRICE, by=by, now=NOON)
    assert told() == {(one, "对接已谢绝") for one in (buyer, seller, officer)}
