"""The integrity list: listed by an officer, out of matching at once, back when it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import jobs, outbox, web
from matchmaker.accounts import integrity, merging
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import trail
from matchmaker.brokering.models import CandidateKind, Pairing
from matchmaker.codes import Integrity
from matchmaker.errors import Invalid, WrongState
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("matchmaker.clock.now", lambda: NOON)


def fields(**values):
    plain = {"standing": Integrity.BLACKLIST, "from_on": TODAY, "until_on": None}
    return plain | {"document": "国科监〔2026〕1 号", "reason": "验收造假"} | values


def typed(**values):
    return {k: str(getattr(v, "value", v) or "") for k, v in fields(**values).items()}


def pairs(kind=CandidateKind.ACHIEVEMENT):
    db.session.rollback()
    return db.session.scalars(select(Pairing).filter_by(kind=kind)).all()


def matched(*rows):
    with web.transaction():
        for row in rows:
            outbox.add(f"{type(row).__name__.lower()}.saved", {"id": row.id}, now=NOON)
    jobs.drain()


def standing(model, row):
    db.session.rollback()
    return db.session.get_one(model, row.id).integrity


@pytest.mark.parametrize("whose", ["enterprise", "institution"])
def test_a_listed_organisation_drops_out_and_comes_back(app, make, sign_in, whose):
    need, achievement = make.need(), make.achievement()
    owner = need.enterprise_id if whose == "enterprise" else achievement.institution_id
    officer = sign_in(make.user(Role.OFFICER))
    with app.app_context():
        matched(need, achievement)
        assert len(pairs()) == 1
        path = f"/organisations/{db.session.get_one(Organisation, owner).public_id}"
    assert f"{path}/integrity" in browser.links(officer.get(path))
    assert browser.post(officer, f"{path}/integrity", typed()).status_code == 302
    with app.app_context():
        jobs.drain()
        assert pairs() == []
        (entry,) = db.session.scalars(select(integrity.IntegrityEntry)).all()
        deed = f"{path}/integrity/{entry.public_id}/end"
    page = officer.get(f"{path}/integrity")
    assert "国科监〔2026〕1 号" in browser.text(page)
    browser.post(officer, deed, {"reason": "期满整改"}, page=f"{path}/integrity")
    with app.app_context():
        jobs.drain()
        assert len(pairs()) == 1
        noted = trail.history("organisation", path.rsplit("/", 1)[1])
    assert [(e.action, e.reason) for e in noted] == [
        ("list_integrity", "验收造假"), ("unlist_integrity", "期满整改"),
    ]  # fmt: skip
    assert noted[0].details["document"] == "国科监〔2026〕1 号"


def test_a_listed_expert_drops_out_and_comes_back(app, make, sign_in, monkeypatch):
    need, expert = make.need(), make.expert(keywords=["力控", "打磨", "机器人"])
    officer = sign_in(make.user(Role.OFFICER))
    with app.app_context():
        matched(need, expert)
        assert len(pairs(CandidateKind.EXPERT)) == 1
    path = f"/experts/{expert.public_id}/integrity"
    assert path in browser.links(officer.get(f"/experts/{expert.public_id}"))
    assert browser.post(officer, path, typed(until_on=TODAY)).status_code == 302
    with app.app_context():
        jobs.drain()
        assert pairs(CandidateKind.EXPERT) == []
        monkeypatch.setattr("matchmaker.clock.now", lambda: NOON + DAY)
        with web.transaction():
            integrity.turn_the_day(NOON + DAY)
        jobs.drain()
        assert len(pairs(CandidateKind.EXPERT)) == 1
        assert standing(Expert, expert) is Integrity.NORMAL


def test_the_night_puts_in_force_and_ends_by_the_day(writing, make):
    firm, officer = make.organisation(), make.user(Role.OFFICER)
    asked = fields(from_on=TODAY + DAY, until_on=TODAY + 2 * DAY)
    entry = integrity.enter(firm, asked, by=officer, now=NOON)
    seen = [firm.integrity]
    for day in range(4):
        integrity.turn_the_day(NOON + day * DAY)
        seen.append(firm.integrity)
    listed, normal = Integrity.BLACKLIST, Integrity.NORMAL
    assert seen == [normal, normal, listed, listed, normal]
    assert (entry.end_reason, firm.integrity_until) == ("到期", None)
    with pytest.raises(WrongState, match="已经结束"):
        integrity.end(firm, entry.public_id, by=officer, now=NOON, reason="x")


def test_a_commended_one_stays_in_matching(app, make):
    need, achievement, officer = make.need(), make.achievement(), make.user(Role.OFFICER)
    with app.app_context():
        with web.transaction():
            firm = db.session.get_one(Organisation, need.enterprise_id)
            by = db.session.get_one(User, officer.id)
            integrity.enter(firm, fields(standing=Integrity.WHITELIST), by=by, now=NOON)
        matched(need, achievement)
        assert len(pairs()) == 1
        assert standing(Organisation, firm) is Integrity.WHITELIST


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"document": " "}, "document"),
        ({"reason": ""}, "reason"),
        ({"standing": Integrity.NORMAL}, "standing"),
        ({"until_on": TODAY - DAY}, "until_on"),
        ({"from_on": TODAY + 2 * DAY, "until_on": TODAY + DAY}, "until_on"),
    ],
)
def test_what_an_entry_must_have(writing, make, values, field):
    firm, officer = make.organisation(), make.user(Role.OFFICER)
    with pytest.raises(Invalid) as refused:
        integrity.enter(firm, fields(**values), by=officer, now=NOON)
    assert set(refused.value.fields) == {field}
    assert firm.integrity is Integrity.NORMAL


def test_one_open_entry_at_a_time_ended_with_a_reason(writing, make):
    firm, officer = make.organisation(), make.user(Role.OFFICER)
    entry = integrity.enter(firm, fields(), by=officer, now=NOON)
    with pytest.raises(Invalid, match="请先结束"):
        integrity.enter(firm, fields(standing=Integrity.WHITELIST), by=officer, now=NOON)
    with pytest.raises(Invalid, match="必须写明理由"):
        integrity.end(firm, entry.public_id, by=officer, now=NOON, reason=" ")
    integrity.end(firm, entry.public_id, by=officer, now=NOON, reason="已整改")
    integrity.enter(firm, fields(standing=Integrity.WHITELIST), by=officer, now=NOON)
    assert firm.integrity is Integrity.WHITELIST


def test_a_merged_double_takes_its_standing_along(writing, make):
    officer, leader = make.user(Role.OFFICER), make.user(Role.LEADER)
    kept, double = make.organisation(), make.organisation()
    integrity.enter(double, fields(), by=officer, now=NOON)
    merge = merging.propose(double, kept, by=officer, now=NOON, reason="同一家")
    merging.approve(merge, by=leader, now=NOON)
    assert kept.integrity is Integrity.BLACKLIST
    merging.undo(merge, by=leader, now=NOON)
    assert (kept.integrity, double.integrity) == (Integrity.NORMAL, Integrity.BLACKLIST)


@pytest.mark.parametrize("role", [Role.LEADER, Role.ENTERPRISE_ADMIN, Role.TOWN_OFFICER])
def test_nobody_but_the_officer_keeps_the_list(make, sign_in, role):
    path = f"/organisations/{make.organisation().public_id}"
    client = sign_in(make.user(role, **({"town": make.town()} if "town" in role else {})))
    assert client.get(f"{path}/integrity").status_code == 404
    assert f"{path}/integrity" not in browser.links(client.get(path))


def test_a_wrong_form_keeps_what_was_typed(make, sign_in):
    path = f"/organisations/{make.organisation().public_id}/integrity"
    officer = sign_in(make.user(Role.OFFICER))
    answer = browser.post(officer, path, typed(document=""))
    assert answer.status_code == 422
    assert "请填写依据文件的名称和文号" in browser.text(answer)
    assert browser.values(answer)["reason"].strip() == "验收造假"
