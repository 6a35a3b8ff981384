"""Two accounts of one person become one, and two again: each both ways."""

import pytest
from sqlalchemy import select

from matchmaker.accounts import person_merging as merging
from matchmaker.accounts.merging import references
from matchmaker.accounts.models import User
from matchmaker.achievements.models import Achievement
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role, UserState
from matchmaker.needs.models import Need
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database


@pytest.fixture
def staff(make):
    return make.user(Role.OFFICER), make.user(Role.LEADER)


def merged_pair(make, staff, **values):
    officer, leader = staff
    kept = make.user(Role.ENTERPRISE_USER)
    double = make.user(Role.ENTERPRISE_USER, organisation=kept.organisation, **values)
    merge = merging.propose(double, kept, by=officer, now=NOON, reason="同一人")
    merging.approve(merge, by=leader, now=NOON)
    return merge, double, kept


def test_what_is_the_persons_moves_and_the_trail_stays():
    found = {(t.name, c.name) for t, c in references("user_account", merging.LEFT_ALONE)}
    wanted = {(Need.__tablename__, "created_by_id"), (Achievement.__tablename__, "handler_id")}
    assert wanted | {("expert", "user_id"), ("lead", "officer_id")} <= found
    assert not {table for table, _ in found} & merging.LEFT_ALONE


@pytest.mark.parametrize("state", list(UserState)[:3])
def test_rows_move_and_come_back_and_roles_do_not(writing, make, staff, state):
    kept = make.user(Role.ENTERPRISE_USER)
    double = make.user(Role.ENTERPRISE_ADMIN, organisation=kept.organisation, state=state)
    make.user(Role.ENTERPRISE_ADMIN, organisation=kept.organisation)
    of_double = make.need(enterprise_id=kept.organisation_id, created_by_id=double.id)
    of_kept = make.need(enterprise_id=kept.organisation_id, created_by_id=kept.id)
    merge = merging.propose(double, kept, by=staff[0], now=NOON, reason="同一人")
    assert of_double.created_by_id == double.id
    merging.approve(merge, by=staff[1], now=NOON)
    assert (of_double.created_by_id, double.state) == (kept.id, UserState.MERGED)
    assert kept.roles == {Role.ENTERPRISE_USER, Role.VISITOR}
    merging.undo(merge, by=staff[1], now=NOON)
    assert (of_double.created_by_id, of_kept.created_by_id) == (double.id, kept.id)
    assert double.state is state
    assert Role.ENTERPRISE_ADMIN in double.roles
    with pytest.raises(WrongState, match="已经撤销"):
        merging.undo(merge, by=staff[1], now=NOON)


def test_never_across_two_active_organisations(writing, make, staff):
    officer, leader = staff
    left = make.organisation(state=OrganisationState.SUSPENDED)
    kept, double = make.user(Role.ENTERPRISE_USER), make.user(Role.ENTERPRISE_USER)
    former = make.user(Role.ENTERPRISE_USER, organisation=left)
    with pytest.raises(Invalid, match="两家在用单位"):
        merging.propose(double, kept, by=officer, now=NOON, reason="x")
    merge = merging.propose(former, kept, by=officer, now=NOON, reason="x")
    merging.approve(merge, by=leader, now=NOON)
    assert (former.state, kept.organisation_id == left.id) == (UserState.MERGED, False)
    with pytest.raises(Invalid, match="请保留在单位任职的账号"):
        merging.propose(double, make.user(Role.EXPERT), by=officer, now=NOON, reason="x")


def test_an_organisation_that_wakes_meanwhile_stops_the_merge(writing, make, staff):
    left = make.organisation(state=OrganisationState.SUSPENDED)
    kept, former = make.user(Role.RESEARCHER), make.user(Role.ENTERPRISE_USER, organisation=left)
    merge = merging.propose(former, kept, by=staff[0], now=NOON, reason="x")
    left.state = OrganisationState.ACTIVE
    with pytest.raises(Invalid, match="两家在用单位"):
        merging.approve(merge, by=staff[1], now=NOON)
    assert former.state is UserState.ACTIVE


def test_four_eyes_one_proposal_and_its_reasons(writing, make, staff):
    officer, leader = staff
    kept = make.user(Role.ENTERPRISE_USER)
    double = make.user(Role.ENTERPRISE_USER, organisation=kept.organisation)
    for pair, reason, says in (
        ((kept, kept), "x", "相同"),
        ((double, kept), " ", "请写明"),
        ((kept, make.user(Role.EXPERT, state=UserState.DISABLED)), "x", "须在用"),
    ):
        with pytest.raises(Invalid, match=says):
            merging.propose(*pair, by=officer, now=NOON, reason=reason)
    with pytest.raises(NotAllowed, match="自己账号"):
        merging.propose(make.user(Role.EXPERT), officer, by=officer, now=NOON, reason="x")
    merge = merging.propose(double, kept, by=officer, now=NOON, reason="x")
    with pytest.raises(Invalid, match="已有合并申请"):
        merging.propose(kept, double, by=officer, now=NOON, reason="x")
    with pytest.raises(NotAllowed, match="同一人"):
        merging.approve(merge, by=officer, now=NOON)
    with pytest.raises(Invalid, match="必须写明原因"):
        merging.refuse(merge, by=leader, now=NOON, reason="")
    merging.refuse(merge, by=leader, now=NOON, reason="不是一人")
    assert double.state is UserState.ACTIVE
    with pytest.raises(WrongState, match="已经办理"):
        merging.approve(merge, by=leader, now=NOON)


def test_a_chain_is_undone_from_its_end(writing, make, staff):
    first, _, kept = merged_pair(make, staff)
    last = make.user(Role.ENTERPRISE_USER, organisation=kept.organisation)
    second = merging.propose(kept, last, by=staff[0], now=NOON, reason="x")
    merging.approve(second, by=staff[1], now=NOON)
    with pytest.raises(WrongState, match="请先撤销后一次"):
        merging.undo(first, by=staff[1], now=NOON)
    merging.undo(second, by=staff[1], now=NOON)
    merging.undo(first, by=staff[1], now=NOON)


def test_two_expert_records_are_sorted_out_first(writing, make, staff):
    kept, double = make.user(Role.EXPERT), make.user(Role.EXPERT)
    for user in (kept, double):
        make.expert(user_id=user.id)
    merge = merging.propose(double, kept, by=staff[0], now=NOON, reason="x")
    with pytest.raises(Invalid, match="互相冲突"):
        merging.approve(merge, by=staff[1], now=NOON)


def test_on_the_pages_the_doubles_sessions_end(app, make, sign_in, staff):
    firm = make.organisation()
    kept, double = (make.user(Role.ENTERPRISE_USER, organisation=firm) for _ in range(2))
    at_work, officer, leader = (sign_in(one) for one in (double, *staff))
    names = {"merged": double.login, "kept": kept.login, "reason": "同一人"}
    bad = browser.post(officer, "/people/merge", names | {"kept": "nobody"})
    assert (bad.status_code, "没有这个登录账号" in browser.text(bad)) == (422, True)
    assert browser.post(officer, "/people/merge", names).status_code == 302
    assert at_work.get("/account").status_code == 200
    assert officer.get("/people/merges").status_code == 404
    assert leader.get("/people/merge").status_code == 404
    with app.app_context():
        merge = db.session.scalars(select(merging.PersonMerge)).one()
    page, deed = "/people/merges", f"/people/merges/{merge.public_id}"
    assert double.login in browser.text(leader.get(page))
    assert browser.post(leader, deed, {"decision": "approve"}, page=page).status_code == 302
    assert at_work.get("/account").status_code == 302
    assert sign_in(kept).get("/account").status_code == 200
    assert browser.post(leader, f"{deed}/undo", page=page).status_code == 302
    with app.app_context():
        assert db.session.get_one(User, double.id).state is UserState.ACTIVE
    assert at_work.get("/account").status_code == 302
