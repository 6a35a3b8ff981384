"""The expert pool: applied for or recommended, admitted by two hands, shown with consent."""

import pytest
from sqlalchemy import select

from matchmaker.audit import trail
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import ExpertState, Role
from matchmaker.outbox.models import Event
from tests import browser

pytestmark = pytest.mark.database

FORM = {
    "name": "沈知行",
    "org_name": "澜州理工学院",
    "title": "教授",
    "tech_field_codes": ["804"],
    "keywords": "磨抛、力控、机器人",
    "bio": "长期从事机器人力控磨抛研究，主持多项省级课题。",
    "phone": "13812345678",
    "email": "shen@example.cn",
    "recent_partners": "海澜泵阀有限公司",
    "myself": "y",
}
CONTACT = {"phone": "13812345678", "email": "shen@example.cn", "recent_partners": ["海澜泵阀"]}


def only(app):
    with app.app_context():
        return db.session.scalars(select(Expert)).one()


def path(row, rest=""):
    return f"/experts/{row.public_id}{rest}"


def act(client, row, action, **data):
    data = {"action": action, **data}
    return browser.post(client, path(row, "/move"), data, page=path(row))


@pytest.fixture
def desk(make, sign_in):
    return sign_in(make.user(Role.OFFICER))


@pytest.fixture
def leader(make, sign_in):
    return sign_in(make.user(Role.LEADER))


@pytest.fixture
def applicant(app, make, sign_in):
    """A researcher who applied, and the application."""
    client = sign_in(make.user(Role.RESEARCHER))
    assert browser.post(client, "/experts/new", FORM).status_code == 302
    return client, only(app)


def test_applied_proposed_approved_removed(app, applicant, desk, leader):
    client, row = applicant
    assert (row.state, row.has_consent) == (ExpertState.APPLIED, True)
    assert act(leader, row, "admit_approve").status_code == 409
    assert act(desk, row, "admit_propose").status_code == 302
    assert act(desk, row, "admit_approve").status_code == 403
    assert act(leader, row, "admit_approve").status_code == 302
    assert only(app).state is ExpertState.IN_POOL
    assert act(desk, row, "remove_propose").status_code == 422
    act(desk, row, "remove_propose", reason="调离本行业")
    act(leader, row, "remove_approve")
    assert only(app).state is ExpertState.REMOVED
    assert "调离本行业" in browser.text(client.get(path(row)))
    with app.app_context():
        assert {e.kind for e in db.session.scalars(select(Event))} == {"expert.saved"}


def test_one_person_with_both_roles_does_not_do_both(app, make, sign_in, applicant):
    _client, row = applicant
    both = sign_in(make.user(Role.OFFICER, Role.LEADER))
    act(both, row, "admit_propose")
    answer = act(both, row, "admit_approve")
    assert answer.status_code == 403
    assert "不能是同一人" in browser.text(answer)
    assert only(app).state is ExpertState.PROPOSED


def test_without_the_tick_nothing_is_kept(app, make, sign_in):
    client = sign_in(make.user(Role.RESEARCHER))
    answer = browser.post(client, "/experts/new", {k: v for k, v in FORM.items() if k != "myself"})
    assert answer.status_code == 422
    assert "请勾选同意" in browser.text(answer)
    assert browser.values(answer)["name"] == "沈知行"
    with app.app_context():
        assert db.session.query(Expert).count() == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phone": "12345"}, "手机号应为 11 位"),
        ({"email": "不是邮箱"}, "邮箱格式不正确"),
        ({"keywords": "一个"}, "关键词须为 3 至 10 个，现为 1 个"),
        ({"tech_field_codes": []}, "请选择技术领域"),
        ({"org_name": "", "title": ""}, "请填写职称职务"),
        ({"bio": "字" * 50_000}, "现为 50000 字"),
        ({"bio": "承担绝密★项目"}, "线下渠道"),
    ],
)
def test_what_is_wrong_is_named(app, make, sign_in, change, message):
    client = sign_in(make.user(Role.EXPERT))
    answer = browser.post(client, "/experts/new", {**FORM, **change})
    assert answer.status_code == 422
    assert message in browser.text(answer)
    with app.app_context():
        assert db.session.query(Expert).count() == 0


def test_one_applies_once(applicant):
    client, _row = applicant
    assert "已提交过入库申请" in browser.text(browser.post(client, "/experts/new", FORM))


def test_a_recommended_expert_needs_consent_on_record(app, make, sign_in, desk):
    dean = sign_in(make.user(Role.INSTITUTION_ADMIN))
    browser.post(dean, "/experts/new", {**FORM, "org_name": ""})
    row = only(app)
    assert not row.has_consent
    refused = act(desk, row, "admit_propose")
    assert refused.status_code == 422
    assert "尚未取得专家本人同意" in browser.text(refused)
    data = {"basis": ""}
    empty = browser.post(desk, path(row, "/consent"), data, page=path(row))
    assert empty.status_code == 422
    data = {"basis": "2026-11-18 书面同意书，存人才科"}
    browser.post(desk, path(row, "/consent"), data, page=path(row))
    assert act(desk, row, "admit_propose").status_code == 302
    assert browser.post(dean, path(row, "/consent"), data, page=path(row)).status_code == 404


def test_contacts_are_masked_and_looking_is_recorded(app, make, desk):
    row = make.expert(**CONTACT)
    for address in (path(row), "/experts/?cols=name,phone,email"):
        seen = desk.get(address).get_data(as_text=True)
        assert "138****5678" in seen
        assert "13812345678" not in seen
        assert "shen@" not in seen
    shown = browser.post(desk, path(row, "/reveal"), {}, page=path(row))
    assert "13812345678" in browser.text(shown)
    assert "shen@example.cn" in browser.text(shown)
    with app.app_context():
        entries = trail.history("expert", row.public_id)
        assert [(e.action, e.actor_roles.split()[0]) for e in entries] == [("reveal", "officer")]


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (None, ""),
        (Role.ENTERPRISE_USER, "M"),
        (Role.RESEARCHER, "M"),
        (Role.BROKER, "M"),
        (Role.AUDITOR, "M"),
        (Role.OFFICER, "MB"),
        (Role.LEADER, "MB"),
    ],
)
def test_each_role_sees_its_fields(app, make, sign_in, role, sees):
    row = make.expert(title="正高级工程师", **CONTACT)
    client = sign_in(make.user(role)) if role else app.test_client()
    page = client.get(path(row))
    assert page.status_code == (200 if sees else 404)
    seen = browser.text(page)
    assert ("正高级工程师" in seen) is ("M" in sees)
    assert ("138****5678" in seen) is ("B" in sees)
    assert ("海澜泵阀" in seen) is ("B" in sees)
    listed = client.get("/experts/?cols=name,phone").get_data(as_text=True)
    assert (row.name in listed) is ("M" in sees)
    assert ("138****5678" in listed) is ("B" in sees)
    if "B" not in sees:
        answer = browser.post(client, path(row, "/reveal"), {}, page="/experts/")
        assert answer.status_code in {302, 404}


def test_an_unverified_firm_and_an_expert_without_consent_see_and_show_nothing(app, make, sign_in):
    firm = make.organisation(state="pending")
    waiting = sign_in(make.user(Role.ENTERPRISE_USER, organisation=firm))
    row = make.expert()
    assert waiting.get(path(row)).status_code == 404
    silent = make.expert(consent_at=None)
    member = sign_in(make.user(Role.ENTERPRISE_USER))
    assert member.get(path(silent)).status_code == 404
    assert silent.name not in browser.text(member.get("/experts/"))


def test_consent_is_taken_back_at_any_time(app, make, sign_in):
    user = make.user(Role.EXPERT)
    row = make.expert(user_id=user.id, **CONTACT)
    client = sign_in(user)
    browser.post(client, path(row, "/withdraw-consent"), {}, page=path(row))
    assert not only(app).has_consent
    member = sign_in(make.user(Role.ENTERPRISE_USER))
    assert member.get(path(row)).status_code == 404
    assert client.get(path(row)).status_code == 200


def test_experts_keep_their_own_entry_up_to_date(app, make, sign_in):
    user = make.user(Role.EXPERT)
    row = make.expert(user_id=user.id)
    client = sign_in(user)
    browser.post(client, path(row, "/edit/expert"), {**FORM, "title": "研究员"})
    assert only(app).title == "研究员"
    stranger = sign_in(make.user(Role.EXPERT))
    assert stranger.get(path(row, "/edit/expert")).status_code == 403
    answer = browser.post(stranger, path(row, "/edit/expert"), FORM, page=path(row))
    assert answer.status_code == 403
    assert only(app).title == "研究员"


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN])
def test_an_administrator_who_may_read_no_field_finds_no_expert(make, sign_in, role):
    expert = make.expert()
    client = sign_in(make.user(role))
    assert client.get(f"/experts/{expert.public_id}").status_code == 404
    assert client.get("/experts/").status_code == 200
    reader = sign_in(make.user(Role.OFFICER))
    assert reader.get(f"/experts/{expert.public_id}").status_code == 200
