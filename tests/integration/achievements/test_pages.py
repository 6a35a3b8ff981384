"""Posting an achievement: three stages, autosave, submission, decision, return, versions."""

from types import SimpleNamespace as S

import pytest
from sqlalchemy import event, select

from matchmaker import clock, sessions, web
from matchmaker.accounts import passwords
from matchmaker.accounts.models import OrganisationKind
from matchmaker.achievements.models import Achievement
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, PoolState, Role
from matchmaker.outbox.models import Event
from matchmaker.revisions.models import Remark, Revision
from tests import browser

pytestmark = pytest.mark.database

WHAT = {
    "title": "恒力末端执行器与机器人磨抛系统",
    "origin": "domestic",
    "tech_field_code": "804",
    "keywords": "恒力控制、磨抛，机器人",
    "summary": "结构光相机获取铸件点云并与数模配准，恒力末端执行器实时补偿接触力，"
    "已在泵阀铸件上运行一年。",
}
PROOF = {
    "indicators-0-name": "接触力波动",
    "indicators-0-op": "≤",
    "indicators-0-value": "3",
    "indicators-0-unit": "N",
    "trl": "8",
    "ip_items-0-type": "invention",
    "ip_items-0-no": "ZL200310102344.5",
    "ip_items-0-status": "granted",
    "ip_items-0-valid_to": "2030年7月14日",
    "ownership": "unit",
}
TRANSFER = {
    "transfer_modes": ["license", "joint_dev"],
    "is_negotiable": "0",
    "asking_price_fen": "120",
    "detail": "执行器结构图纸与控制参数",
    "no_secret_declared": "y",
}


def statements(app, client, address):
    """Return how many statements reading a page takes."""
    seen = []
    with app.app_context():
        engine = db.engines["reader"]
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert client.get(address).status_code == 200
    return len(seen)


def only(app):
    with app.app_context():
        return db.session.scalars(select(Achievement)).one()


def path(row, rest=""):
    return f"/achievements/{row.public_id}{rest}"


@pytest.fixture
def researcher(make):
    return make.user(Role.RESEARCHER)


@pytest.fixture
def officer(make):
    return make.user(Role.OFFICER)


@pytest.fixture
def posted(app, sign_in, researcher):
    """A researcher's client and the achievement it posted and submitted."""
    client = sign_in(researcher)
    answer = browser.post(client, "/achievements/new", WHAT)
    row = only(app)
    assert answer.location == path(row, "/edit/proof")
    answer = browser.post(client, path(row, "/edit/proof"), PROOF)
    assert answer.location == path(row, "/edit/transfer")
    answer = browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert answer.location == path(row)
    return client, only(app)


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


def test_the_officer_publishes_and_the_matcher_is_told(app, posted, sign_in, officer):
    _client, row = posted
    desk = sign_in(officer)
    assert WHAT["title"] in browser.text(desk.get("/achievements/?state=submitted"))
    page = path(row, "/decide")
    answer = browser.post(desk, path(row, "/move"), {"action": "publish"}, page=page)
    assert answer.location == path(row)
    found = only(app)
    assert found.state is PoolState.PUBLISHED
    assert found.published_at is not None
    with app.app_context():
        events = db.session.scalars(select(Event)).all()
        assert [(e.kind, e.payload) for e in events] == [("achievement.saved", {"id": row.id})]


def test_returned_with_remarks_it_is_corrected_and_compared(app, posted, sign_in, officer):
    client, row = posted
    desk = sign_in(officer)
    move, page = path(row, "/move"), path(row, "/decide")
    refused = browser.post(desk, move, {"action": "return"}, page=page)
    assert refused.status_code == 422
    said = {"action": "return", "reason": "补充依据", "remark-summary": "请写明运行时间的依据"}
    browser.post(desk, move, said, page=page)
    assert only(app).state is PoolState.RETURNED
    seen = browser.text(client.get(path(row)))
    assert "补充依据" in seen
    assert "请写明运行时间的依据" in seen
    assert "请写明运行时间的依据" in browser.text(client.get(path(row, "/edit/what")))
    better = {**WHAT, "summary": WHAT["summary"] + "运行记录由使用单位盖章证明。"}
    browser.post(client, path(row, "/edit/what"), better)
    browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert only(app).state is PoolState.SUBMITTED
    decision = desk.get(page)
    inserted = ["".join(e.itertext()) for e in browser.parse(decision).iter("ins")]
    assert "运行记录由使用单位盖章证明。" in inserted
    assert "第 1 版 → 第 2 版" in browser.text(client.get(path(row, "/versions")))
    with app.app_context():
        assert db.session.scalars(select(Remark)).one().resolved_at is not None


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


def test_offline_it_is_changed_and_comes_back(app, make, sign_in, posted, officer):
    client, row = posted
    desk = sign_in(officer)
    browser.post(desk, path(row, "/move"), {"action": "publish"}, page=path(row, "/decide"))
    refused = browser.post(client, path(row, "/move"), {"action": "withdraw"}, page=path(row))
    assert refused.status_code == 422
    gone = {"action": "withdraw", "reason": "正在改进"}
    browser.post(client, path(row, "/move"), gone, page=path(row))
    assert only(app).state is PoolState.OFFLINE
    assert app.test_client().get(path(row)).status_code == 404
    browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert only(app).state is PoolState.SUBMITTED


def test_bulk_publishes_what_can_be_published(app, make, sign_in, officer):
    rows = [make.achievement(state=PoolState.SUBMITTED) for _ in range(2)]
    done = make.achievement(state=PoolState.PUBLISHED)
    ids = [row.public_id for row in (*rows, done)]
    client = sign_in(officer)
    data = {"action": "publish", "ids": ids}
    answer = browser.post(client, "/achievements/bulk", data, page="/achievements/")
    assert "已办理 2 条" in browser.text(client.get(answer.location))
    with app.app_context():
        states = {a.state for a in db.session.scalars(select(Achievement))}
        assert states == {PoolState.PUBLISHED}


def test_drafts_of_others_are_not_there(app, make, sign_in, officer):
    row = make.achievement(state=PoolState.DRAFT)
    others = [
        app.test_client(),
        sign_in(make.user(Role.RESEARCHER)),
        sign_in(make.user(Role.INSTITUTION_ADMIN)),
        sign_in(make.user(Role.ENTERPRISE_ADMIN)),
        sign_in(officer),
    ]
    for client in others:
        assert client.get(path(row)).status_code == 404
        assert row.title not in browser.text(client.get("/achievements/?state=draft"))
    admin = sign_in(make.user(Role.INSTITUTION_ADMIN, organisation=S(id=row.institution_id)))
    assert admin.get(path(row)).status_code == 200
    stranger = others[1]
    assert stranger.get(path(row, "/edit/what")).status_code == 404
    answer = browser.post(stranger, path(row, "/edit/what"), WHAT, page="/achievements/")
    assert answer.status_code == 404


def test_anothers_published_row_is_read_not_moved(app, make, sign_in):
    row = make.achievement()
    client = sign_in(make.user(Role.RESEARCHER))
    assert client.get(path(row)).status_code == 200
    for address in ("/edit/what", "/versions"):
        assert client.get(path(row, address)).status_code == 403
    data = {"action": "withdraw", "reason": "恶意下架"}
    assert browser.post(client, path(row, "/move"), data, page=path(row)).status_code == 403
    assert only(app).state is PoolState.PUBLISHED


def test_a_team_of_another_institution_cannot_be_claimed(app, make, sign_in, researcher):
    client = sign_in(researcher)
    answer = browser.post(client, "/achievements/new", {**WHAT, "team_id": str(make.team().id)})
    assert answer.status_code == 422
    assert "请选择本单位的科研团队" in browser.text(answer)


PRICED = {"asking_price_fen": 80_000_000, "is_negotiable": False, "reg_no": "9372026Y0001"}
SECRET = {"detail": "执行器图纸编号甲七"}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ((None, False), ""),
        ((Role.ENTERPRISE_USER, False), "M"),
        ((Role.BROKER, False), "M"),
        ((Role.EXPERT, False), ""),
        ((Role.RESEARCHER, False), ""),
        ((Role.RESEARCHER, True), "MCB"),
        ((Role.INSTITUTION_ADMIN, False), ""),
        ((Role.INSTITUTION_ADMIN, True), "MCB"),
        ((Role.OFFICER, False), "MB"),
        ((Role.LEADER, False), "MB"),
        ((Role.AUDITOR, False), ""),
        ((Role.SYSADMIN, False), ""),
    ],
)
def test_each_role_sees_its_fields(app, make, sign_in, who, sees):
    role, own = who
    row = make.achievement(**PRICED, **SECRET)
    client = app.test_client()
    if role is not None:
        user = make.user(role, **({"organisation": S(id=row.institution_id)} if own else {}))
        client = sign_in(user)
        if own and role is Role.RESEARCHER:
            with app.app_context(), web.transaction():
                db.session.get_one(Achievement, row.id).created_by_id = user.id
    seen = browser.text(client.get(path(row)))
    assert row.summary[:20] in seen
    assert ("80 万元" in seen) is ("M" in sees)
    assert ("9372026Y0001" in seen) is ("M" in sees)
    assert (SECRET["detail"] in seen) is ("C" in sees)
    assert ("办理记录" in seen) is ("B" in sees)
    listed = browser.text(client.get("/achievements/?price=200"))
    assert (row.title in listed) is ("M" in sees or role is None)


def test_a_price_filter_tells_a_visitor_nothing(app, make, sign_in):
    row = make.achievement(**PRICED)
    for band in ("50", "200", "more"):
        assert row.title in browser.text(app.test_client().get(f"/achievements/?price={band}"))
    firm = sign_in(make.user(Role.ENTERPRISE_USER))
    assert row.title in browser.text(firm.get("/achievements/?price=200"))
    assert row.title not in browser.text(firm.get("/achievements/?price=50"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=磨抛", True),
        ("q=%25", False),
        ("field=80", True),
        ("field=804", True),
        ("field=40", False),
        ("trl_from=7&trl_to=9", True),
        ("trl_to=7", False),
        ("trl_from=%C2%B2", True),
        ("mode=license", True),
        ("mode=equity", False),
        ("ip=invention", True),
        ("ip=software", False),
        ("institution=澜州", True),
        ("institution=北京", False),
        ("origin=international", False),
        ("state=published", True),
        ("state=offline", False),
        ("sort=-trl&cols=title,trl,stage", True),
    ],
)
def test_the_list_is_narrowed(app, make, query, found):
    row = make.achievement(
        transfer_modes=["license"], ip_items=[{"type": "invention", "no": "", "status": ""}]
    )
    seen = browser.text(app.test_client().get(f"/achievements/?{query}"))
    assert (row.title in seen) is found


def test_the_list_is_exported_as_it_stands_and_recorded(app, make, sign_in, officer):
    make.achievement(title="甲种导电浆料制备技术")
    make.achievement(title="乙种导电浆料制备技术")
    client = sign_in(officer)
    answer = client.get("/achievements/export?q=甲种&format=csv&cols=title,trl")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("成果名称,就绪度")
    assert [line for line in lines if "导电浆料" in line] == ["甲种导电浆料制备技术,8"]
    with app.app_context():
        assert [e.action for e in trail.history("achievement", "")] == ["export"]
    assert app.test_client().get("/achievements/export").status_code == 302


def test_the_research_office_speaks_for_its_own(app, make, sign_in, posted, officer):
    client, row = posted
    dean = sign_in(make.user(Role.INSTITUTION_ADMIN, organisation=S(id=row.institution_id)))
    said = {"opinion": "情况属实，同意公开"}
    assert browser.post(dean, path(row, "/endorse"), said, page=path(row)).status_code == 302
    assert browser.post(dean, path(row, "/endorse"), {}, page=path(row)).status_code == 422
    decision = browser.text(sign_in(officer).get(path(row, "/decide")))
    assert "情况属实，同意公开" in decision
    assert browser.post(client, path(row, "/endorse"), said, page=path(row)).status_code == 404
    stranger = sign_in(make.user(Role.INSTITUTION_ADMIN))
    assert browser.post(stranger, path(row, "/endorse"), said, page=path(row)).status_code == 404


def test_likely_duplicates_stand_beside_the_decision(app, make, sign_in, officer):
    words = ["恒力控制", "磨抛", "机器人"]
    fresh = make.achievement(
        title="铸件机器人恒力磨抛系统", keywords=words, state=PoolState.SUBMITTED
    )
    twin = make.achievement(title="铸件机器人恒力磨抛成套系统", keywords=words)
    make.achievement(title="黄姜皂素清洁生产工艺", keywords=["皂素", "酶解", "废水"])
    page = sign_in(officer).get(path(fresh, "/decide"))
    assert path(twin) in browser.links(page)
    assert "黄姜皂素" not in browser.text(page)


def test_a_longer_list_costs_no_more_queries(app, make):
    counts = []
    for wanted in (2, 12):
        for _ in range(wanted):
            make.achievement(team_id=make.team().id)
        counts.append(statements(app, app.test_client(), "/achievements/"))
    assert counts[0] == counts[1]


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
