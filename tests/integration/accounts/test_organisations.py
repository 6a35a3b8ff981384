"""Registration, claims, the desk, own details, suspension: each rule both ways."""

import pytest
from sqlalchemy import select

from matchmaker import clock
from matchmaker.accounts import organisations, registration
from matchmaker.accounts.models import Organisation, OrganisationKind, User
from matchmaker.audit import chain
from matchmaker.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role, UserState
from matchmaker.messages.models import Message
from matchmaker.sessions import WebSession
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
CODE = "91371099XXXX00019Y"
PASSWORD = "haishui danhua mo 27"


@pytest.fixture
def town(make):
    return make.town("望海街道")


def entry(town, **changes):
    return {
        "kind": "enterprise", "name": "澜州海润膜科技有限公司", "uscc": CODE,
        "town_id": str(town.id), "industry_code": "C26", "org_kind": "",
        "contact_name": "周敏", "contact_title": "总工", "phone": "13812345678",
        "email": "zhou@hairun.cn", "password": PASSWORD, "password_again": PASSWORD,
        "consent": "y", **changes,
    }  # fmt: skip


def test_an_enterprise_registers_and_can_sign_in_before_it_is_verified(app, client, town):
    answer = browser.post(client, "/register", entry(town))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in")
    with app.app_context():
        firm = db.session.scalars(select(Organisation)).one()
        assert (firm.state, firm.org_type, firm.contact_phone) == (
            OrganisationState.PENDING, "91", "13812345678",
        )  # fmt: skip
        user = firm.members[0]
        assert user.login == CODE.lower()
        assert user.roles >= {Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_USER}
        assert not user.is_verified
        assert user.consented_at is not None
    answer = browser.post(client, "/sign-in", {"login": CODE, "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"uscc": "91371099XXXX00O19Y"}, CODE),
        ({"uscc": "123"}, "18 位"),
        ({"uscc": ""}, "请填写 18 位"),
        ({"phone": "12345"}, "手机号应为 11 位"),
        ({"email": "zhou"}, "邮箱格式"),
        ({"consent": ""}, "须同意后才能注册"),
        ({"password": "123456789012", "password_again": "123456789012"}, "常见密码"),
        ({"password": "short", "password_again": "short"}, "至少 12 个字符"),
        ({"password_again": "different"}, "不一致"),
        ({"town_id": ""}, "企业须选择"),
        ({"kind": "institution"}, "高校院所须选择"),
        ({"kind": "service"}, "单位类别"),
        ({"name": ""}, "全称"),
        ({"name": "长" * 101}, "2 至 100"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(app, client, town, changes, says):
    fields = entry(town, **changes)
    if not fields["consent"]:
        del fields["consent"]
    answer = browser.post(client, "/register", fields)
    assert answer.status_code == 422
    assert says in browser.text(answer)
    assert browser.values(answer)["contact_name"] == "周敏"
    with app.app_context():
        assert db.session.scalars(select(Organisation)).all() == []
        assert db.session.scalars(select(User)).all() == []


def test_markup_and_sql_in_a_name_stay_text(app, client, town):
    name = "<script>alert(1)</script>'; DROP TABLE organisation;--"
    assert browser.post(client, "/register", entry(town, name=name)).status_code == 302
    with app.app_context():
        assert db.session.scalars(select(Organisation.name)).one() == name


def test_a_registered_organisation_is_not_registered_twice(app, client, make, town):
    make.organisation(uscc=CODE)
    answer = browser.post(client, "/register", entry(town))
    assert answer.status_code == 422
    assert "已经注册" in browser.text(answer)


def test_an_imported_organisation_is_claimed_and_an_officer_confirms(
    app, client, make, town, sign_in
):
    firm = make.organisation(uscc=CODE, state=OrganisationState.UNCLAIMED, name="海润膜")
    assert browser.post(client, "/register", entry(town)).status_code == 302
    again = browser.post(app.test_client(), "/register", entry(town))
    assert "认领正在核实" in browser.text(again)
    early = browser.post(client, "/sign-in", {"login": CODE, "password": PASSWORD})
    assert early.status_code == 422  # nobody reads the organisation's rows on a mere claim
    officer = sign_in(make.user(Role.OFFICER))
    desk = officer.get("/organisations/desk")
    assert "海润膜" in browser.text(desk)
    assert "申请认领" in browser.text(desk)
    path = f"/organisations/{firm.public_id}/verify"
    browser.post(officer, path, {"decision": "verify"}, page="/organisations/desk")
    with app.app_context():
        row = db.session.get_one(Organisation, firm.id)
        assert (row.state, row.name, row.contact_name) == (
            OrganisationState.ACTIVE, "海润膜", "周敏",
        )  # fmt: skip
    late = browser.post(client, "/sign-in", {"login": CODE, "password": PASSWORD})
    assert late.status_code == 302


def test_a_false_claim_is_sent_away_and_the_right_one_may_claim(app, client, make, town, sign_in):
    firm = make.organisation(uscc=CODE, state=OrganisationState.UNCLAIMED)
    browser.post(client, "/register", entry(town))
    officer = sign_in(make.user(Role.OFFICER))
    path = f"/organisations/{firm.public_id}/verify"
    answer = browser.post(officer, path, {"decision": "reject"}, page="/organisations/desk")
    assert answer.status_code == 422  # without a reason
    browser.post(
        officer, path, {"decision": "reject", "reason": "非本单位人员"}, page="/organisations/desk"
    )
    with app.app_context():
        assert db.session.get_one(Organisation, firm.id).state is OrganisationState.UNCLAIMED
        assert (
            db.session.scalars(select(User.state).where(User.organisation_id == firm.id)).one()
            is UserState.DISABLED
        )
    assert browser.post(app.test_client(), "/register", entry(town)).status_code == 302


def test_an_odd_code_passes_with_an_officers_reason_only(writing, make):
    officer = make.user(Role.OFFICER)
    odd = CODE[:-1] + "A"
    fields = {"name": "老厂", "uscc": odd, "kind": OrganisationKind.ENTERPRISE}
    with pytest.raises(Invalid, match="校验位"):
        registration.add(fields, by=officer, now=NOON)
    added = registration.add(fields, by=officer, now=NOON, odd_reason="证照原件如此")
    assert (added.uscc, added.state) == (odd, OrganisationState.UNCLAIMED)
    assert added.verify_note == "证照原件如此"
    with pytest.raises(Invalid, match="18 位"):
        registration.add({**fields, "uscc": "12"}, by=officer, now=NOON, odd_reason="x")
    with pytest.raises(Invalid, match="已在库中"):
        registration.add(fields, by=officer, now=NOON, odd_reason="x")


def test_the_desk_shows_the_oldest_first_with_lookalikes(app, make, sign_in):
    make.organisation(name="澜州海润膜科技股份有限公司")
    make.organisation(name="澜州东方轴承有限公司")
    make.organisation(name="澜州海润膜科技有限公司", state=OrganisationState.PENDING)
    make.organisation(name="乙", state=OrganisationState.PENDING)
    answer = sign_in(make.user(Role.OFFICER)).get("/organisations/desk")
    said = browser.text(answer)
    assert said.index("澜州海润膜科技有限公司") < said.index("乙 待认证")
    assert "澜州海润膜科技股份有限公司" in said
    assert "东方轴承" not in said


def test_returned_corrected_and_sent_again(app, make, sign_in):
    firm = make.organisation(state=OrganisationState.PENDING)
    admin = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    officer = sign_in(make.user(Role.OFFICER))
    path = f"/organisations/{firm.public_id}"
    browser.post(
        officer, path + "/verify", {"decision": "reject", "reason": "名称与证照不符"},
        page="/organisations/desk",
    )  # fmt: skip
    own = sign_in(admin)
    assert "名称与证照不符" in browser.text(own.get("/messages"))
    assert browser.post(own, path + "/move/resubmit", page=path).status_code == 302
    with app.app_context():
        assert db.session.get_one(Organisation, firm.id).state is OrganisationState.PENDING
        assert len(db.session.scalars(select(Message)).all()) == 1


def test_own_details_are_kept_by_ones_own_admin_only(app, make, sign_in, town):
    firm = make.organisation(name="甲公司", uscc=CODE)
    admin = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm))
    path = f"/organisations/{firm.public_id}/edit"
    page = admin.get(path)
    fields = {
        **browser.values(page),
        "intro": "做水处理膜",
        "staff_count": "30",
        "rd_staff_count": "5",
    }
    assert browser.post(admin, path, {**fields, "rd_staff_count": "31"}).status_code == 422
    assert browser.post(admin, path, fields).status_code == 302
    with app.app_context():
        row = db.session.get_one(Organisation, firm.id)
        assert (row.intro, row.staff_count, row.name) == ("做水处理膜", 30, "甲公司")
    stranger = sign_in(make.user(Role.ENTERPRISE_ADMIN))
    assert stranger.get(path).status_code == 404
    colleague = sign_in(make.user(Role.ENTERPRISE_USER, organisation=firm))
    assert colleague.get(path).status_code == 404


def test_a_stale_edit_keeps_what_was_typed(app, make, sign_in):
    firm = make.organisation(uscc=CODE)
    admin = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm))
    path = f"/organisations/{firm.public_id}/edit"
    page = admin.get(path)
    first = {**browser.values(page), "intro": "先改的"}
    second = {**browser.values(admin.get(path)), "intro": "后改的"}
    assert admin.post(path, data=first).status_code == 302
    answer = admin.post(path, data=second)
    assert answer.status_code == 409
    assert browser.values(answer)["intro"] == "后改的"
    again = {**browser.values(answer), "intro": "后改的"}
    assert admin.post(path, data=again).status_code == 302


def test_a_verified_name_stands(writing, make):
    firm = make.organisation(name="甲公司", uscc=CODE)
    admin = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    with pytest.raises(Invalid, match="不能自行修改"):
        organisations.update(firm, {"name": "乙公司"}, version=firm.version, by=admin, now=NOON)
    with pytest.raises(Stale):
        organisations.update(firm, {}, version=firm.version - 1, by=admin, now=NOON)
    pending = make.organisation(name="丙公司", state=OrganisationState.PENDING)
    with pytest.raises(Invalid, match="已属于另一单位"):
        organisations.update(pending, {"uscc": CODE}, version=pending.version, by=admin, now=NOON)
    organisations.update(pending, {"name": "丁公司"}, version=pending.version, by=admin, now=NOON)
    assert pending.name == "丁公司"


def test_suspending_takes_an_officer_and_a_leader(app, make, sign_in):
    firm = make.organisation()
    member = make.user(Role.ENTERPRISE_USER, organisation=firm)
    own = sign_in(member)
    path = f"/organisations/{firm.public_id}"
    officer, leader = sign_in(make.user(Role.OFFICER)), sign_in(make.user(Role.LEADER))
    assert (
        browser.post(leader, path + "/move/suspend_request", {"reason": "x"}, page=path).status_code
        == 404
    )
    assert browser.post(officer, path + "/move/suspend_request", page=path).status_code == 422
    browser.post(officer, path + "/move/suspend_request", {"reason": "查实失信"}, page=path)
    assert browser.post(officer, path + "/move/suspend_approve", page=path).status_code == 404
    assert browser.post(leader, path + "/move/suspend_approve", page=path).status_code == 302
    assert own.get("/account").status_code == 302
    with app.app_context():
        assert db.session.get_one(Organisation, firm.id).state is OrganisationState.SUSPENDED


def test_an_unverified_organisation_is_known_to_the_bureau_and_itself(app, make, sign_in, client):
    firm = make.organisation(name="待认证甲", state=OrganisationState.PENDING)
    own = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm))
    path = f"/organisations/{firm.public_id}"
    assert client.get(path).status_code == 404
    assert sign_in(make.user(Role.ENTERPRISE_USER)).get(path).status_code == 404
    assert "待认证甲" in browser.text(own.get(path))
    assert "待认证甲" in browser.text(sign_in(make.user(Role.OFFICER)).get("/organisations"))
    assert "待认证甲" not in browser.text(client.get("/organisations"))


def test_contacts_and_code_are_for_the_bureau_and_the_organisation(make, sign_in, client):
    firm = make.organisation(uscc=CODE, contact_phone="13812345678", legal_rep="钱某某")
    path = f"/organisations/{firm.public_id}"
    cols = "/organisations?cols=name,uscc,contact_phone"
    for reader in (client, sign_in(make.user(Role.ENTERPRISE_USER))):
        for page in (reader.get(path), reader.get(cols)):
            said = browser.text(page)
            assert firm.name in said
            for secret in (CODE, "13812345678", "138****5678", "钱某某"):
                assert secret not in said
        assert "没有符合条件" in browser.text(reader.get(f"/organisations?uscc={CODE}"))
    officer = sign_in(make.user(Role.OFFICER))
    assert CODE in browser.text(officer.get(cols))
    assert "138****5678" in browser.text(officer.get(cols))
    assert "钱某某" in browser.text(officer.get(path))
    assert firm.name in browser.text(officer.get(f"/organisations?uscc={CODE.lower()}"))


def test_the_list_is_exported_by_the_bureau_only(app, make, sign_in):
    make.organisation()
    assert sign_in(make.user(Role.OFFICER)).get("/organisations/export").status_code == 200
    assert sign_in(make.user(Role.ENTERPRISE_USER)).get("/organisations/export").status_code == 404
    with app.app_context():
        assert len(db.session.scalars(select(Organisation)).all()) == 2


def test_operations_refuse_the_wrong_role_and_state(writing, make):
    firm = make.organisation(state=OrganisationState.PENDING)
    officer, leader = make.user(Role.OFFICER), make.user(Role.LEADER)
    with pytest.raises(NotAllowed):
        organisations.verify(firm, by=leader, now=NOON)
    organisations.verify(firm, by=officer, now=NOON)
    with pytest.raises(WrongState):
        organisations.reject(firm, by=officer, now=NOON, reason="x")
    with pytest.raises(NotFound):
        organisations.get(firm.public_id, viewer=officer, action="suspend_approve")
    assert chain.verify()[1] == ""
    assert clock.now() > NOON
    assert db.session.scalars(select(WebSession)).all() == []
