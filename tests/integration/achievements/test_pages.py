"""Posting an achievement: three stages, autosave, submission, what is refused."""

import pytest

from matchmaker import clock, sessions, web
from matchmaker.accounts import passwords
from matchmaker.accounts.models import OrganisationKind
from matchmaker.achievements.models import Achievement
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, PoolState, Role
from matchmaker.revisions.models import Revision
from tests import browser
from tests.integration.achievements.posting import PROOF, TRANSFER, WHAT, only, path

pytestmark = pytest.mark.database


def test_three_stages_and_the_achievement_is_with_the_bureau(app, posted):
    client, row = posted
    assert row.state is PoolState.SUBMITTED
    assert row.keywords == ["恒力控制", "磨抛", "机器人"]
    assert row.indicators == [{"name": "接触力波动", "op": "≤", "value": "3", "unit": "N"}]
    assert row.ip_items[0]["valid_to"] == "2030-07-14"
    assert row.asking_price_fen == 120_000_000
    assert row.transfer_modes == ["license", "joint_dev"]
    assert row.stage == "成熟应用阶段"
    seen = browser.text(client.get(path(row)))
    for words in (
        "8 级　系统定型并经实际验证(小批量)",
        "120 万元",
        "发明专利　ZL200310102344.5",
        "接触力波动 ≤ 3 N",
    ):
        assert words.replace("　", " ") in seen.replace("　", " ")
    assert "我的成果" in browser.text(client.get("/achievements/"))
    with app.app_context():
        assert db.session.query(Revision).count() == 1


def test_what_is_missing_is_named_and_nothing_typed_is_lost(app, sign_in, researcher):
    client = sign_in(researcher)
    browser.post(client, "/achievements/new", {**WHAT, "summary": "太短"})
    row = only(app)
    answer = browser.post(
        client, path(row, "/edit/transfer"), {"is_negotiable": "0", "go": "submit"}
    )
    assert answer.status_code == 422
    seen = browser.text(answer)
    for words in (
        "成果简介至少 40 字，现为 2 字",
        "请选择技术就绪度",
        "请至少选择一种转化方式",
        "改选“面议”",
    ):
        assert words in seen
    assert only(app).state is PoolState.DRAFT
    again = {
        **browser.hidden(answer, path(row, "/edit/transfer")),
        "is_negotiable": "1",
        "go": "leave",
    }
    assert client.post(path(row, "/edit/transfer"), data=again).status_code == 302
    assert only(app).is_negotiable is True
    assert "至少 40 字" in browser.text(client.get(path(row, "/edit/what?check=1")))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "请先填写成果名称"),
        ({"summary": "磨" * 50_000}, "最多 2000 字，现为 50000 字"),
        ({"keywords": "磨抛" * 16}, "太长"),
        ({"tech_field_code": "999"}, "不是有效的选择"),
        ({"summary": "本成果密级：机密，来源于某型号"}, "涉密"),
    ],
)
def test_a_wrong_first_stage_is_shown_again(app, sign_in, researcher, change, message):
    client = sign_in(researcher)
    data = {**WHAT, **change}
    answer = browser.post(client, "/achievements/new", data)
    assert answer.status_code == 422
    assert message in browser.text(answer)
    kept = browser.values(answer)
    assert kept["summary"].strip() == data["summary"]
    with app.app_context():
        assert db.session.query(Achievement).count() == 0


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", "' OR 1=1 --", "{{ 7*7 }}", "😀\u202e倒"]
)
def test_hostile_text_is_text(app, sign_in, researcher, nasty):
    client = sign_in(researcher)
    browser.post(client, "/achievements/new", {**WHAT, "title": f"磨抛系统{nasty}"})
    row = only(app)
    for address in (path(row), path(row, "/edit/what"), f"/achievements/?q={nasty}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.get_data(as_text=True)
    assert "49" not in browser.text(client.get(path(row))).split("磨抛系统")[1][:12]


def test_while_writing_it_is_saved_and_the_version_follows(app, sign_in, researcher):
    client = sign_in(researcher)
    page = client.get("/achievements/new")
    fetch = {"X-Requested-With": "fetch"}
    data = {**browser.hidden(page, "/achievements/new"), **WHAT}
    key = data.pop("submission_key")  # as the script does: a saved draft is no submission
    first = client.post("/achievements/new", data=data, headers=fetch).get_json()
    row = only(app)
    assert first["autosave"] == path(row, "/autosave/what")
    data["version"] = first["version"]
    second = client.post(first["autosave"], data={**data, "title": "恒力磨抛系统二"}, headers=fetch)
    assert only(app).title == "恒力磨抛系统二"
    stale = client.post(first["autosave"], data={**data, "title": "旧页面"}, headers=fetch)
    assert stale.status_code == 409
    data |= {"version": second.get_json()["version"], "submission_key": key}
    answer = client.post(first["action"], data={**data, "title": "恒力磨抛系统三"})
    assert answer.status_code == 302
    twice = client.post(first["action"], data={**data, "title": "恒力磨抛系统四"})
    assert twice.status_code in {302, 409}
    assert only(app).title == "恒力磨抛系统三"


def test_a_stale_form_changes_nothing(app, make, sign_in, researcher):
    row = make.achievement(
        state=PoolState.DRAFT,
        created_by_id=researcher.id,
        institution_id=researcher.organisation_id,
    )
    client = sign_in(researcher)
    opened = browser.hidden(client.get(path(row, "/edit/what")), path(row, "/edit/what"))
    browser.post(client, path(row, "/edit/what"), WHAT)
    answer = client.post(path(row, "/edit/what"), data={**opened, **WHAT, "title": "别的名称五字"})
    assert answer.status_code == 409
    assert "别的名称五字" in browser.text(answer)
    assert only(app).title == WHAT["title"]


def test_of_two_sends_of_one_form_one_counts(app, sign_in, researcher):
    client = sign_in(researcher)
    data = {**browser.hidden(client.get("/achievements/new"), "/achievements/new"), **WHAT}
    client.post("/achievements/new", data=data)
    client.post("/achievements/new", data=data)
    assert only(app).title == WHAT["title"]


def test_rows_grow_without_a_script(app, make, sign_in, researcher):
    row = make.achievement(
        state=PoolState.DRAFT,
        created_by_id=researcher.id,
        institution_id=researcher.organisation_id,
    )
    client = sign_in(researcher)
    two = {**PROOF, "indicators-1-name": "节拍", "indicators-1-value": "6", "go": "stay"}
    answer = browser.post(client, path(row, "/edit/proof"), two)
    names = browser.values(client.get(answer.location))
    assert {
        k: v for k, v in names.items() if k.startswith("indicators") and k.endswith("name")
    } == {
        "indicators-0-name": "接触力波动",
        "indicators-1-name": "节拍",
        "indicators-2-name": "",
        "indicators-3-name": "",
    }


def test_a_patent_number_that_does_not_add_up_is_a_hint(app, make, sign_in, researcher):
    row = make.achievement(
        state=PoolState.DRAFT,
        created_by_id=researcher.id,
        institution_id=researcher.organisation_id,
    )
    client = sign_in(researcher)
    browser.post(client, path(row, "/edit/proof"), {**PROOF, "ip_items-0-no": "ZL200310102344.9"})
    assert "专利号校验位不符" in browser.text(client.get(path(row, "/edit/proof")))
    browser.post(client, path(row, "/edit/proof"), PROOF)
    assert "专利号校验位不符" not in browser.text(client.get(path(row, "/edit/proof")))


def test_an_unverified_institution_writes_but_does_not_submit(app, make, sign_in):
    firm = make.organisation(OrganisationKind.INSTITUTION, state=OrganisationState.PENDING)
    client = sign_in(make.user(Role.RESEARCHER, organisation=firm))
    browser.post(client, "/achievements/new", WHAT)
    row = only(app)
    browser.post(client, path(row, "/edit/proof"), PROOF)
    answer = browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert answer.status_code == 403
    assert "尚未通过认证" in browser.text(answer)
    assert only(app).state is PoolState.DRAFT


def test_an_officer_posts_on_behalf_and_it_is_recorded(app, make, sign_in, officer):
    school = make.organisation(OrganisationKind.INSTITUTION, name="澜州理工学院")
    client = sign_in(officer)
    missing = browser.post(client, "/achievements/new", {**WHAT, "owner": "没有这所学校"})
    assert "没有找到这家单位" in browser.text(missing)
    browser.post(client, "/achievements/new", {**WHAT, "owner": "澜州理工学院"})
    row = only(app)
    assert row.institution_id == school.id
    browser.post(client, path(row, "/edit/proof"), PROOF)
    browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert only(app).state is PoolState.SUBMITTED
    with app.app_context():
        entries = trail.history("achievement", row.public_id)
        assert [(e.action, e.details) for e in entries] == [
            ("create", {"on_behalf": True}),
            ("submit", {"on_behalf": True}),
        ]


def test_a_team_of_another_institution_cannot_be_claimed(app, make, sign_in, researcher):
    client = sign_in(researcher)
    answer = browser.post(client, "/achievements/new", {**WHAT, "team_id": str(make.team().id)})
    assert answer.status_code == 422
    assert "请选择本单位的科研团队" in browser.text(answer)


def test_what_an_expired_session_held_comes_back_after_signing_in(app, make, sign_in):
    secret = "qingshan-lvshui-2026"
    with app.app_context():
        stored = passwords.hashed(secret)
    user = make.user(
        Role.RESEARCHER, login="liang@lz.cn", password_hash=stored, password_changed_at=clock.now()
    )
    client = sign_in(user)
    data = {**browser.hidden(client.get("/achievements/new"), "/achievements/new"), **WHAT}
    with app.app_context(), web.transaction():
        sessions.end_all(user.id)
    answer = client.post("/achievements/new", data=data)
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")
    with app.app_context():
        assert db.session.query(Achievement).count() == 0
    signed = {"login": "liang@lz.cn", "password": secret, "next": "/achievements/new"}
    assert browser.post(client, "/sign-in", signed).status_code == 302
    back = client.get("/achievements/new")
    assert browser.values(back)["title"] == WHAT["title"]
    assert browser.values(back)["summary"].strip() == WHAT["summary"]
    sent = {**browser.hidden(back, "/achievements/new"), **WHAT}
    assert client.post("/achievements/new", data=sent).status_code == 302
    assert only(app).title == WHAT["title"]
