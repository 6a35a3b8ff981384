"""Merging duplicates with undo, and handing over work: each both ways."""

import pytest
from sqlalchemy import select

from matchmaker.accounts import handover, merging
from matchmaker.accounts.models import Organisation, OrganisationKind, User
from matchmaker.achievements.models import Team
from matchmaker.audit.models import Entry
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role, UserState
from matchmaker.needs.models import Need
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
CODE = "91371099XXXX00019Y"


@pytest.fixture
def people(make):
    return make.user(Role.OFFICER), make.user(Role.LEADER)


def merged_pair(make, people, **values):
    officer, leader = people
    kept = make.organisation(name="海润膜科技")
    double = make.organisation(name="海润膜", **values)
    merge = merging.propose(double, kept, by=officer, now=NOON, reason="同一法人")
    merging.approve(merge, by=leader, now=NOON)
    return merge, double, kept


def test_every_reference_to_an_organisation_is_known():
    found = {(table.name, column.name) for table, column in merging.references()}
    assert {("user_account", "organisation_id"), (Need.__tablename__, "enterprise_id")} <= found
    assert not {name for name, _ in found} & merging.LEFT_ALONE


def test_members_and_code_move_and_come_back(writing, make, people):
    _, leader = people
    double = make.organisation(name="海润膜", uscc=CODE, state=OrganisationState.UNCLAIMED)
    kept = make.organisation(name="海润膜科技")
    member = make.user(Role.ENTERPRISE_USER, organisation=double)
    own = make.user(Role.ENTERPRISE_USER, organisation=kept)
    merge = merging.propose(double, kept, by=people[0], now=NOON, reason="同一法人")
    merging.approve(merge, by=leader, now=NOON)
    assert (member.organisation_id, kept.uscc, double.uscc) == (kept.id, CODE, None)
    assert (double.state, double.merged_into_id) == (OrganisationState.MERGED, kept.id)
    assert kept.aliases == ["海润膜"]
    merging.undo(merge, by=leader, now=NOON)
    assert (member.organisation_id, own.organisation_id) == (double.id, kept.id)
    assert (kept.uscc, double.uscc, kept.aliases) == (None, CODE, [])
    assert (double.state, double.merged_into_id) == (OrganisationState.UNCLAIMED, None)
    with pytest.raises(WrongState, match="已经撤销"):
        merging.undo(merge, by=leader, now=NOON)


def test_what_both_named_is_named_once_and_restored(writing, make, people):
    table, column = next(
        (t, c) for t, c in merging.references() if c.primary_key and len(t.primary_key) == 2
    )
    kept, double = make.organisation(name="甲"), make.organisation(name="乙")
    need = make.need(enterprise_id=kept.id)
    other = next(c for c in table.primary_key if c.name != column.name)
    for organisation in (kept, double):
        values = {column.name: organisation.id, other.name: need.id}
        db.session.execute(table.insert().values(**values))
    merge = merging.propose(double, kept, by=people[0], now=NOON, reason="重复")
    merging.approve(merge, by=people[1], now=NOON)
    assert db.session.execute(select(column)).scalars().all() == [kept.id]
    merging.undo(merge, by=people[1], now=NOON)
    assert sorted(db.session.execute(select(column)).scalars()) == [kept.id, double.id]


@pytest.mark.parametrize(
    ("values", "reason", "says"),
    [
        ({"kind": OrganisationKind.INSTITUTION}, "同一家", "类别不同"),
        ({"state": OrganisationState.SUSPENDED}, "同一家", "已停用"),
        ({"state": OrganisationState.MERGED}, "同一家", "已合并"),
        ({}, " ", "请写明"),
    ],
)
@pytest.mark.usefixtures("writing")
def test_what_may_not_be_merged(make, people, values, reason, says):
    kept, double = make.organisation(), make.organisation(**values)
    with pytest.raises(Invalid, match=says):
        merging.propose(double, kept, by=people[0], now=NOON, reason=reason)


def test_one_proposal_at_a_time_and_never_with_itself(writing, make, people):
    kept, double = make.organisation(), make.organisation()
    with pytest.raises(Invalid, match="不能与自己"):
        merging.propose(kept, kept, by=people[0], now=NOON, reason="x")
    merge = merging.propose(double, kept, by=people[0], now=NOON, reason="x")
    with pytest.raises(Invalid, match="已有合并申请"):
        merging.propose(kept, double, by=people[0], now=NOON, reason="x")
    with pytest.raises(NotAllowed, match="同一人"):
        merging.approve(merge, by=people[0], now=NOON)
    with pytest.raises(WrongState):
        merging.undo(merge, by=people[1], now=NOON)
    with pytest.raises(Invalid, match="必须写明原因"):
        merging.refuse(merge, by=people[1], now=NOON, reason="")
    merging.refuse(merge, by=people[1], now=NOON, reason="不是一家")
    assert double.state is OrganisationState.ACTIVE
    with pytest.raises(WrongState, match="已经办理"):
        merging.approve(merge, by=people[1], now=NOON)


def test_a_chain_of_merges_is_undone_from_its_end(writing, make, people):
    first, _, kept = merged_pair(make, people)
    last = make.organisation(name="总公司")
    second = merging.propose(kept, last, by=people[0], now=NOON, reason="x")
    merging.approve(second, by=people[1], now=NOON)
    with pytest.raises(WrongState, match="请先撤销后一次"):
        merging.undo(first, by=people[1], now=NOON)
    merging.undo(second, by=people[1], now=NOON)
    merging.undo(first, by=people[1], now=NOON)


def test_merging_on_the_pages(app, make, sign_in, people):
    kept = make.organisation(name="澜州海润膜科技有限公司")
    double = make.organisation(name="澜州海润膜科技股份有限公司")
    officer, leader = (sign_in(one) for one in people)
    path = f"/organisations/{double.public_id}/merge"
    assert "海润膜科技有限公司" in browser.text(officer.get(path))
    bad = browser.post(officer, path, {"kept": "", "uscc": "", "reason": "同一家"})
    assert "请选择一家相近的单位" in browser.text(bad)
    good = browser.post(officer, path, {"kept": kept.public_id, "uscc": "", "reason": "同一家"})
    assert good.status_code == 302
    assert officer.get("/organisations/merges").status_code == 404
    assert leader.get(path).status_code == 404
    with app.app_context():
        merge = db.session.scalars(select(merging.OrganisationMerge)).one()
    deed = f"/organisations/merges/{merge.public_id}"
    page = "/organisations/merges"
    assert browser.post(leader, deed, {"decision": "approve"}, page=page).status_code == 302
    assert "股份" not in browser.text(officer.get("/organisations"))
    assert "股份" in browser.text(officer.get("/organisations?state=merged"))
    assert browser.post(leader, deed + "/undo", page=page).status_code == 302
    with app.app_context():
        row = db.session.get_one(Organisation, double.id)
        assert row.state is OrganisationState.ACTIVE


def test_all_work_goes_to_the_successor_in_one_step(writing, make, people):
    leaver, leader = people
    successor, third = make.user(Role.OFFICER), make.user(Role.OFFICER)
    needs = [make.need(handler_id=leaver.id) for _ in range(3)]
    other = make.need(handler_id=third.id)
    assert [count for _, count in handover.counts(leaver)] == [3]
    assert handover.reassign(leaver, successor, by=leader, now=NOON) == 3
    assert {need.handler_id for need in needs} == {successor.id}
    assert other.handler_id == third.id
    assert handover.counts(leaver) == []
    entry = db.session.scalars(select(Entry).where(Entry.action == "reassign_work")).one()
    assert entry.details["ids"] == [need.id for need in needs]


def test_work_goes_to_an_officer_in_office_only(writing, make, people):
    leaver, leader = people
    for successor in (leaver, leader, make.user(Role.OFFICER, state=UserState.DISABLED)):
        with pytest.raises(Invalid, match="接手人"):
            handover.reassign(leaver, successor, by=leader, now=NOON)


def test_a_noun_registers_other_work(writing, make, people, monkeypatch):
    monkeypatch.setattr(handover, "_registered", {})
    before = {(model, column.key) for model, column, _ in handover.work()}
    assert (Team, "created_by_id") not in before
    handover.register_work(Team, "created_by_id", "团队登记")
    assert (Team, "created_by_id") in {(m, c.key) for m, c, _ in handover.work()}


def test_the_leader_hands_over_on_the_page(app, make, sign_in, people):
    leaver, leader = people
    successor = make.user(Role.OFFICER)
    need = make.need(handler_id=leaver.id)
    fields = {"leaver": leaver.public_id, "successor": successor.public_id}
    same = browser.post(sign_in(leader), "/handover", {**fields, "successor": leaver.public_id})
    assert same.status_code == 422
    assert browser.post(sign_in(leader), "/handover", fields).status_code == 302
    assert sign_in(leaver).get("/handover").status_code == 404
    with app.app_context():
        assert db.session.get_one(Need, need.id).handler_id == successor.id
        assert db.session.get_one(User, leaver.id).state is UserState.ACTIVE
