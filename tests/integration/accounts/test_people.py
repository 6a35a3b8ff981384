"""Members, bureau accounts and roles: two people, three officers apart, one organisation each."""

import pytest
from sqlalchemy import select

from matchmaker.accounts import grants, links, members
from matchmaker.accounts.models import OneTimeLink, OrganisationKind, RoleGrant, User
from matchmaker.audit.models import Entry
from matchmaker.errors import Invalid, NotAllowed, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import ADMINISTRATORS, BUREAU, ENTERPRISE, INSTITUTION, Role, UserState
from matchmaker.sessions import WebSession
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
PERSON = {"name": "李工", "login": "li@hairun.cn", "email": "li@hairun.cn"}
PASSWORD = "haishui danhua mo 27"


def one_time_link(answer):
    field = next(f for f in browser.parse(answer).iter("input") if f.get("id") == "one-time-link")
    return "/link/" + field.get("value").rsplit("/", 1)[1]


def test_a_member_is_invited_activates_and_signs_in(app, make, sign_in, client):
    admin = sign_in(make.user(Role.ENTERPRISE_ADMIN))
    answer = browser.post(admin, "/members/invite", {**PERSON, "roles": ["enterprise_user"]})
    link = one_time_link(answer)
    assert "李工" in browser.text(admin.get("/members"))
    assert (
        browser.post(
            client, "/sign-in", {"login": "li@hairun.cn", "password": PASSWORD}
        ).status_code
        == 422
    )
    assert "123" not in browser.text(client.get(link))
    passwords = {"password": PASSWORD, "password_again": PASSWORD}
    assert browser.post(client, link, passwords).status_code == 302
    assert client.get(link).status_code == 404  # works once
    assert (
        browser.post(
            client, "/sign-in", {"login": "li@hairun.cn", "password": PASSWORD}
        ).status_code
        == 302
    )
    with app.app_context():
        assert db.session.scalars(select(OneTimeLink.token_hash)).first() not in link


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"roles": []}, "请至少选择一项"),
        ({"login": "x"}, "至少 3 个字符"),
        ({"login": "li gong"}, "不能含空格"),
        ({"login": "taken@hairun.cn"}, "已被使用"),
        ({"phone": "1"}, "手机号应为"),
        ({"roles": ["leader"]}, "角色"),
    ],
)
def test_a_wrong_invitation_is_named(app, make, sign_in, changes, says):
    make.user(Role.OFFICER, login="taken@hairun.cn")
    admin = sign_in(make.user(Role.ENTERPRISE_ADMIN))
    fields = {**PERSON, "roles": ["enterprise_user"], **changes}
    answer = browser.post(admin, "/members/invite", fields)
    assert answer.status_code == 422
    assert says in browser.text(answer)
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 2


@pytest.mark.parametrize("role", [Role.OFFICER, Role.RESEARCHER, Role.SYSADMIN, Role.EXPERT])
def test_an_enterprise_grants_only_its_own_roles(writing, make, role):
    admin = make.user(Role.ENTERPRISE_ADMIN)
    with pytest.raises(Invalid, match="本单位可授予"):
        members.invite(admin.organisation, PERSON, [role], by=admin, now=NOON)
    user, _ = members.invite(
        admin.organisation, PERSON, [Role.ENTERPRISE_ADMIN], by=admin, now=NOON
    )
    assert user.roles == {Role.ENTERPRISE_ADMIN, Role.VISITOR}


def test_members_of_others_are_not_found(make, sign_in):
    stranger = make.user(Role.ENTERPRISE_USER)
    admin = sign_in(make.user(Role.ENTERPRISE_ADMIN))
    path = f"/members/{stranger.public_id}"
    assert admin.get(path).status_code == 404
    for deed in ("/disable", "/enable", "/link"):
        assert browser.post(admin, path + deed, {"reason": "x"}, page="/members").status_code == 404
    plain = sign_in(make.user(Role.ENTERPRISE_USER))
    assert plain.get("/members").status_code == 404


def test_a_changed_role_ends_the_members_sessions(app, make, sign_in):
    firm = make.organisation()
    admin, member = (
        make.user(r, organisation=firm) for r in (Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_USER)
    )
    theirs, ours = sign_in(member), sign_in(admin)
    path = f"/members/{member.public_id}"
    assert browser.post(ours, path, {"roles": ["enterprise_admin"]}).status_code == 302
    assert theirs.get("/account").status_code == 302
    with app.app_context():
        assert db.session.get_one(User, member.id).roles >= {Role.ENTERPRISE_ADMIN}


def test_nobody_changes_himself_and_the_last_administrator_stays(writing, make):
    firm = make.organisation()
    admin = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    other = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    with pytest.raises(NotAllowed):
        members.set_roles(admin, [Role.ENTERPRISE_USER], by=admin, now=NOON)
    with pytest.raises(NotAllowed):
        members.disable(admin, by=admin, now=NOON, reason="离职")
    members.disable(other, by=admin, now=NOON, reason="离职")
    assert other.state is UserState.DISABLED
    outside = make.user(Role.SECADMIN)
    with pytest.raises(Invalid, match="最后一名"):
        members.disable(admin, by=outside, now=NOON, reason="离职")
    members.enable(other, by=admin, now=NOON)
    members.disable(admin, by=outside, now=NOON, reason="离职")
    assert admin.state is UserState.DISABLED


def test_a_disabled_member_is_out_at_once(app, make, sign_in):
    firm = make.organisation()
    admin = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm))
    member = make.user(Role.ENTERPRISE_USER, organisation=firm)
    theirs = sign_in(member)
    path = f"/members/{member.public_id}"
    assert browser.post(admin, path + "/disable", page=path).status_code == 422
    assert theirs.get("/account").status_code == 200
    assert browser.post(admin, path + "/disable", {"reason": "离职"}, page=path).status_code == 302
    assert theirs.get("/account").status_code == 302
    with app.app_context():
        rows = db.session.scalars(select(WebSession).where(WebSession.user_id == member.id))
        assert rows.all() == []


def test_accounts_are_made_by_one_and_roles_approved_by_another(app, make, sign_in):
    sysadmin, secadmin = sign_in(make.user(Role.SYSADMIN)), sign_in(make.user(Role.SECADMIN))
    answer = browser.post(
        sysadmin, "/users/new", {**PERSON, "section_id": "", "town_id": "", "roles": ["officer"]}
    )
    one_time_link(answer)
    with app.app_context():
        user = db.session.scalars(select(User).where(User.login == PERSON["login"])).one()
        grant = user.grants[0]
        assert user.roles == {Role.VISITOR}
    assert sysadmin.get("/users/grants").status_code == 404
    assert "李工：局经办" in browser.text(secadmin.get("/users/grants"))
    path = f"/users/grants/{grant.id}"
    answer = browser.post(secadmin, path, {"decision": "approve"}, page="/users/grants")
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.get_one(User, user.id).roles == {Role.OFFICER, Role.VISITOR}
        actions = set(db.session.scalars(select(Entry.action)))
        assert {"create", "request_role", "send_link", "approve_role"} <= actions
    assert secadmin.get("/users/new").status_code == 404


def test_a_role_is_turned_down_with_the_reason(writing, make):
    sysadmin, secadmin = make.user(Role.SYSADMIN), make.user(Role.SECADMIN)
    user, _ = members.create(PERSON, [Role.LEADER], by=sysadmin, now=NOON)
    grant = user.grants[0]
    with pytest.raises(Invalid, match="必须写明原因"):
        grants.refuse(grant, by=secadmin, now=NOON, reason=" ")
    grants.refuse(grant, by=secadmin, now=NOON, reason="编制未到")
    db.session.flush()
    assert db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).all() == []
    with pytest.raises(NotFound):
        grants.grant_of(grant.id)


def test_nobody_grants_to_himself_nor_what_he_asked_for(writing, make):
    sysadmin, secadmin = make.user(Role.SYSADMIN), make.user(Role.SECADMIN)
    with pytest.raises(NotAllowed):
        grants.request(sysadmin, Role.OFFICER, by=sysadmin, now=NOON)
    user, _ = members.create(PERSON, [Role.OFFICER], by=sysadmin, now=NOON)
    with pytest.raises(NotAllowed, match="不能是同一人"):
        grants.approve(user.grants[0], by=sysadmin, now=NOON)
    with pytest.raises(NotAllowed):
        grants.approve(user.grants[0], by=user, now=NOON)
    with pytest.raises(NotAllowed):
        grants.revoke(secadmin, Role.SECADMIN, by=secadmin, now=NOON)


BUSINESS = sorted(BUREAU | ENTERPRISE | INSTITUTION | {Role.EXPERT, Role.BROKER})


@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
def test_the_three_officers_are_three_people_without_business(administrator):
    assert grants.conflict({administrator}) == ""
    for other in sorted((ADMINISTRATORS | set(BUSINESS)) - {administrator}):
        assert "互斥" in grants.conflict({administrator, other})


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ({Role.OFFICER, Role.SECTION_CHIEF}, ""),
        ({Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN}, ""),
        ({Role.RESEARCHER, Role.EXPERT}, ""),
        ({Role.OFFICER, Role.ENTERPRISE_USER}, "科技局人员"),
        ({Role.RESEARCHER, Role.ENTERPRISE_USER}, "一个单位"),
    ],
)
def test_which_roles_go_together(roles, says):
    found = grants.conflict(roles)
    assert says in found
    assert bool(found) == bool(says)


@pytest.mark.parametrize(
    ("role", "says"),
    [
        (Role.ENTERPRISE_USER, "由本单位管理员授予"),
        (Role.OFFICER, "已有或已申请"),
        (Role.AUDITOR, "互斥"),
        (Role.TOWN_OFFICER, "先填写所在镇街"),
    ],
)
def test_what_may_not_be_asked_for(writing, make, role, says):
    sysadmin, officer = make.user(Role.SYSADMIN), make.user(Role.OFFICER)
    with pytest.raises(Invalid, match=says):
        grants.request(officer, role, by=sysadmin, now=NOON)
    member = make.user(Role.ENTERPRISE_USER)
    with pytest.raises(Invalid, match="属于某一单位"):
        grants.request(member, Role.OFFICER, by=sysadmin, now=NOON)
    grants.request(officer, Role.LEADER, by=sysadmin, now=NOON)
    grants.request(
        make.user(Role.OFFICER, town=make.town()), Role.TOWN_OFFICER, by=sysadmin, now=NOON
    )


def test_the_last_administrator_of_a_kind_is_not_taken_away(writing, make):
    first, second = make.user(Role.SECADMIN), make.user(Role.SECADMIN)
    sysadmin = make.user(Role.SYSADMIN)
    with pytest.raises(Invalid, match="最后一名系统管理员"):
        grants.revoke(sysadmin, Role.SYSADMIN, by=first, now=NOON)
    grants.revoke(second, Role.SECADMIN, by=first, now=NOON)
    assert second.roles == {Role.VISITOR}
    with pytest.raises(NotFound):
        grants.revoke(second, Role.SECADMIN, by=first, now=NOON)


def test_a_person_belongs_to_one_organisation(app, make, sign_in):
    member = make.user(Role.ENTERPRISE_USER)
    new = make.organisation(OrganisationKind.INSTITUTION, uscc="12370000XXXX00019A")
    theirs, sysadmin = sign_in(member), sign_in(make.user(Role.SYSADMIN))
    path = f"/users/{member.public_id}"
    bad = browser.post(sysadmin, path + "/organisation", {"uscc": "nothing"}, page=path)
    assert bad.status_code == 422
    good = browser.post(
        sysadmin, path + "/organisation", {"uscc": " 12370000xxxx00019a"}, page=path
    )
    assert good.status_code == 302
    assert theirs.get("/account").status_code == 302
    with app.app_context():
        row = db.session.get_one(User, member.id)
        assert (row.organisation_id, row.roles) == (new.id, {Role.VISITOR})


def test_bureau_accounts_belong_to_none(writing, make):
    sysadmin = make.user(Role.SYSADMIN)
    with pytest.raises(Invalid, match="不属于任何单位"):
        members.change_organisation(
            make.user(Role.OFFICER), make.organisation(), by=sysadmin, now=NOON
        )


def test_the_security_administrator_unlocks_ends_sessions_and_sends_links(
    app, make, sign_in, client
):
    officer = make.user(Role.OFFICER, login="zhang@kj.cn")
    theirs, secadmin = sign_in(officer), sign_in(make.user(Role.SECADMIN))
    for _ in range(10):
        browser.post(client, "/sign-in", {"login": "zhang@kj.cn", "password": "x"})
    path = f"/users/{officer.public_id}"
    assert "已暂停" in browser.text(secadmin.get(path))
    assert browser.post(secadmin, path + "/unlock", page=path).status_code == 302
    assert "已暂停" not in browser.text(secadmin.get(path))
    assert browser.post(secadmin, path + "/sessions/end", page=path).status_code == 302
    assert theirs.get("/account").status_code == 302
    link = one_time_link(browser.post(secadmin, path + "/link", page=path))
    good = {"password": "Lantian-26!", "password_again": "Lantian-26!"}
    assert browser.post(client, link, {**good, "password": "short"}).status_code == 422
    assert browser.post(client, link, good).status_code == 302
    sysadmin = sign_in(make.user(Role.SYSADMIN))
    for deed in ("/unlock", "/sessions/end", "/link"):
        assert browser.post(sysadmin, path + deed, page=path).status_code == 404


def test_only_administrators_see_accounts(make, sign_in):
    user = make.user(Role.ENTERPRISE_USER, login="secret-login@x.cn")
    for role in (Role.ENTERPRISE_ADMIN, Role.OFFICER, Role.LEADER, Role.AUDITOR):
        reader = sign_in(make.user(role))
        assert reader.get("/users").status_code == 404
        assert reader.get(f"/users/{user.public_id}").status_code == 404
    for role in (Role.SYSADMIN, Role.SECADMIN):
        reader = sign_in(make.user(role))
        assert "secret-login@x.cn" in browser.text(reader.get("/users"))
        assert browser.parse(reader.get(f"/users/{user.public_id}")) is not None


def test_links_end_after_two_days_and_with_the_account(writing, make):
    from datetime import timedelta

    user = make.user(Role.OFFICER)
    token = links.issue(user, links.Purpose.RESET, now=NOON)
    assert links.find(token, now=NOON + timedelta(hours=47, minutes=59)).user is user
    for late in (timedelta(hours=48), timedelta(days=9)):
        with pytest.raises(NotFound):
            links.find(token, now=NOON + late)
    with pytest.raises(NotFound):
        links.find("made-up", now=NOON)
    members.disable(user, by=make.user(Role.SECADMIN), now=NOON, reason="离职")
    with pytest.raises(NotFound):
        links.find(token, now=NOON)
