"""The pages of needs: who gets which, and what happens to what is typed."""

import pytest
import sqlalchemy as sa

from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, OrganisationState, Role
from matchmaker.needs.models import Need
from tests import browser
from tests.integration.needs.conftest import GOOD, STAGES

pytestmark = pytest.mark.database


def stored(app) -> Need:
    with app.app_context():
        return db.session.scalars(sa.select(Need)).one()


def fill(client, stages=STAGES) -> str:
    """Fill in all stages as a browser does; return the address of the need's page."""
    answer = browser.post(client, "/needs/new", stages[1])
    assert answer.status_code == 302, browser.text(answer)
    for stage in (2, 3, 4):
        answer = browser.post(client, answer.location, stages[stage])
        assert answer.status_code == 302, browser.text(answer)
    last = {**stages[5], "action": "submit"}
    return browser.post(client, answer.location, last).location


def test_an_enterprise_fills_five_stages_and_submits(app, sign_in, owner):
    client = sign_in(owner)
    page = client.get(fill(client))
    need = stored(app)
    assert need.state is NeedState.SUBMITTED
    assert need.budget_total_fen == 180_000_000
    assert need.duration_months == 18
    assert need.need_no.startswith("XQ")
    assert "待镇街初筛" in browser.text(page)
    assert "打磨接触力波动" in browser.text(page)


@pytest.mark.parametrize("path", ["/needs", "/needs/new"])
def test_pages_open(sign_in, owner, officer, path):
    for user in (owner, officer):
        answer = sign_in(user).get(path)
        assert answer.status_code == 200
        browser.parse(answer)


def test_an_unverified_enterprise_drafts_but_does_not_submit(app, make, sign_in):
    firm = make.organisation(state=OrganisationState.PENDING)
    client = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm))
    answer = browser.post(client, "/needs/new", STAGES[1])
    for stage in (2, 3, 4):
        answer = browser.post(client, answer.location, STAGES[stage])
    last = browser.post(client, answer.location, {**STAGES[5], "action": "submit"})
    assert last.status_code == 422
    assert "通过认证后才能提交" in browser.text(last)
    assert stored(app).state is NeedState.DRAFT


def test_what_is_missing_is_named_and_the_stage_is_kept(app, sign_in, owner):
    client = sign_in(owner)
    browser.post(client, "/needs/new", {"title": "阀体打磨技术"})
    public_id = stored(app).public_id
    address = f"/needs/{public_id}/edit/5"
    data = {"audience": "member", "is_anonymous": "y", "action": "submit"}
    answer = browser.post(client, address, data)
    assert answer.status_code == 422
    assert "关键词还没有填写" in browser.text(answer)
    assert "请勾选保密承诺" in browser.text(answer)
    assert f"/needs/{public_id}/edit/3#budget_total_fen" in browser.links(answer)
    assert (stored(app).audience, stored(app).is_anonymous) == ("member", True)
    again = {**browser.hidden(answer, address), **data}
    assert client.post(address, data=again).status_code == 422  # and not "already sent"


def test_a_text_of_50000_characters_is_refused_and_nothing_is_lost(app, sign_in, owner):
    long = "铸件毛坯尺寸离散" * 6250
    client = sign_in(owner)
    answer = browser.post(client, "/needs/new", {**STAGES[1], "problem": long})
    assert answer.status_code == 422
    assert "最多 3000 字，现为 50000 字" in browser.text(answer)
    held = browser.values(answer)
    assert held["problem"].strip() == long
    assert held["title"] == STAGES[1]["title"]
    with app.app_context():
        assert db.session.query(Need).count() == 0


HOSTILE = "<script>alert(1)</script>'; DROP TABLE need; -- 😀{{77*77}}"


def test_markup_sql_and_emoji_stay_text_in_every_field(app, sign_in, owner):
    stages = {
        1: {
            "title": HOSTILE,
            "problem": HOSTILE,
            "background": HOSTILE,
            "foundation": HOSTILE,
            "keywords": f"{HOSTILE[:20]}、力控、打磨",
            "tech_field_code": "804",
        },
        2: {"key_indicators": f"{HOSTILE}≤1\n{HOSTILE}≤2", "bidder_conditions": HOSTILE},
        3: STAGES[3],
        4: {"coop_modes": ["license"], "ip_arrangement": HOSTILE},
        5: STAGES[5],
    }
    client = sign_in(owner)
    page = client.get(fill(client, stages))
    assert browser.text(page).count("DROP TABLE") >= 7
    assert not [s for s in browser.parse(page).iter("script") if not s.get("src")]
    assert "5929" not in browser.text(page)
    listed = client.get("/needs", query_string={"cols": "title,problem,keywords"})
    assert HOSTILE in browser.text(listed)
    assert stored(app).problem == HOSTILE


@pytest.mark.parametrize(
    ("stage", "data", "said"),
    [
        (3, {"budget_total_fen": "很多钱"}, "不是有效的金额"),
        (3, {"duration_months": "一年半"}, "请填写整数"),
        (3, {"budget_total_fen": "10", "pay_to_bidder_fen": "20"}, "不能超过拟投入总额"),
        (4, {"coop_modes": ["alchemy"]}, ""),
        (5, {"audience": "directed", "directed_to": "没有的大学"}, "平台上没有“没有的大学”"),
        (1, {"problem": "机密★10年"}, "线下"),
    ],
)
def test_wrong_input_is_named_and_kept(app, sign_in, make, firm, *, owner, stage, data, said):
    need = make.need(organisation=firm, state=NeedState.DRAFT, title="原来的名称")
    answer = browser.post(sign_in(owner), f"/needs/{need.public_id}/edit/{stage}", data)
    assert answer.status_code == 422
    assert said in browser.text(answer)
    for name, value in data.items():
        if isinstance(value, str):
            assert browser.values(answer)[name].strip() == value
    assert stored(app).title == "原来的名称"


def autosave(client, page, stage_data, version=None):
    opened = client.get(page)
    hidden = browser.hidden(opened, page)
    hidden.pop("submission_key", None)
    if version is not None:
        hidden["version"] = str(version)
    target = page.replace("/edit/", "/autosave/") if "/edit/" in page else "/needs/new/autosave"
    headers = {"X-Requested-With": "fetch"}
    return client.post(target, data={**hidden, **stage_data}, headers=headers), hidden


def test_a_draft_is_saved_while_one_types(app, sign_in, make, firm, owner):
    need = make.need(organisation=firm, state=NeedState.DRAFT)
    client, page = sign_in(owner), f"/needs/{need.public_id}/edit/1"
    for words in ("第一次改动的名称", "第二次改动的名称"):
        answer, _ = autosave(client, page, {**STAGES[1], "title": words})
        assert answer.status_code == 200
        assert stored(app).title == words
        assert answer.json == {"version": stored(app).version}
    stale, _ = autosave(client, page, STAGES[1], version=1)
    assert stale.status_code == 409
    wrong, _ = autosave(client, page, {**STAGES[1], "problem": "长" * 3001})
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["problem"])


def test_a_need_without_a_row_is_saved_once_and_then_saved_into(app, sign_in, owner):
    client = sign_in(owner)
    answer, hidden = autosave(client, "/needs/new", STAGES[1])
    assert answer.status_code == 200
    sent = {**hidden, **STAGES[1], "title": "继续写下去的名称", "version": answer.json["version"]}
    onward = client.post("/needs/new", data=sent)
    assert onward.location == f"/needs/{hidden['draft']}/edit/2"
    assert stored(app).title == "继续写下去的名称"


def test_autosave_without_a_session_is_refused_as_such(make, client, firm):
    need = make.need(organisation=firm, state=NeedState.DRAFT)
    headers = {"X-Requested-With": "fetch"}
    answer = client.post(f"/needs/{need.public_id}/autosave/1", data={}, headers=headers)
    assert answer.status_code == 401


def test_an_expired_session_gives_the_form_back(app, sign_in, make, firm, owner):
    need = make.need(organisation=firm, state=NeedState.DRAFT)
    page = f"/needs/{need.public_id}/edit/1"
    client = sign_in(owner)
    hidden = browser.hidden(client.get(page), page)
    for cookie in ("session", "__Host-session"):
        client.delete_cookie(cookie)
    answer = client.post(page, data={**hidden, **STAGES[1], "title": "过期时正在写的名称"})
    assert answer.status_code == 302
    assert page in answer.location.replace("%2F", "/")
    with app.app_context():
        assert db.session.get(Need, need.id).title != "过期时正在写的名称"


def test_a_stale_form_is_told_and_keeps_what_was_typed(app, sign_in, make, firm, owner):
    need = make.need(organisation=firm, state=NeedState.DRAFT)
    page = f"/needs/{need.public_id}/edit/1"
    client = sign_in(owner)
    opened = browser.hidden(client.get(page), page)
    browser.post(client, page, {**STAGES[1], "title": "别处先改的名称"})
    answer = client.post(page, data={**opened, **STAGES[1], "title": "后来才交的名称"})
    assert answer.status_code == 409
    assert "后来才交的名称" in browser.text(answer)
    assert stored(app).title == "别处先改的名称"


def test_the_same_form_sent_twice_takes_effect_once(app, sign_in, owner):
    client = sign_in(owner)
    hidden = browser.hidden(client.get("/needs/new"), "/needs/new")
    for _ in range(2):
        client.post("/needs/new", data={**hidden, **STAGES[1]})
    assert stored(app).version == 1


def test_the_check_while_typing_saves_nothing(app, sign_in, make, firm, owner):
    need = make.need(organisation=firm, state=NeedState.DRAFT)
    client, page = sign_in(owner), f"/needs/{need.public_id}/edit/2"
    hidden = browser.hidden(client.get(page), page)
    vague = {**hidden, "key_indicators": "性能达到国际先进水平\n大幅提高效率"}
    target = f"/needs/{need.public_id}/checkup/2"
    whole = client.post(target, data=vague)
    assert "性能达到国际先进水平" in browser.values(whole)["key_indicators"]
    part = client.post(target, data=vague, headers={"HX-Request": "true"})
    assert "<main" not in part.text
    assert "核心考核指标" in part.text
    assert stored(app).key_indicators != ["性能达到国际先进水平", "大幅提高效率"]
    fresh = browser.hidden(client.get("/needs/new"), "/needs/new")
    answer = client.post("/needs/new/checkup", data={**fresh, "title": "问题"})
    assert "需求名称" in browser.text(answer)


def test_the_officer_writes_for_an_enterprise_by_name(app, sign_in, firm, officer):
    client = sign_in(officer)
    wrong = browser.post(
        client, "/needs/new", {**STAGES[1], "enterprise": "没有这家", "source": "self"}
    )
    assert (wrong.status_code, "平台上没有企业" in browser.text(wrong)) == (422, True)
    data = {**STAGES[1], "enterprise": firm.name, "source": "visit", "source_note": "11月走访"}
    assert browser.post(client, "/needs/new", data).status_code == 302
    need = stored(app)
    assert (need.enterprise_id, need.source, need.source_note) == (firm.id, "visit", "11月走访")


def test_another_enterprises_name_in_the_form_changes_nothing(app, sign_in, firm, outsider):
    browser.post(sign_in(outsider), "/needs/new", {**STAGES[1], "enterprise": firm.name})
    assert stored(app).enterprise_id == outsider.organisation_id


PATHS = ("", "/edit/1", "/versions", "/review")
POSTS = (
    "/edit/1", "/autosave/1", "/checkup/1", "/delete", "/submit", "/accept", "/screen", "/return",
    "/assign", "/diagnose", "/end/close", "/end/resolve", "/withdraw", "/reopen",
)  # fmt: skip


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.SUBMITTED])
def test_another_enterprise_finds_nothing_there(make, sign_in, firm, outsider, state):
    need = make.need(organisation=firm, state=state)
    client = sign_in(outsider)
    missing = client.get("/needs/nosuchneed000000").get_data()
    for path in PATHS:
        answer = client.get(f"/needs/{need.public_id}{path}")
        assert answer.status_code == 404
        if not path:
            assert len(answer.get_data()) == len(missing)
    token = browser.hidden(client.get("/needs"))
    for path in POSTS:
        assert client.post(f"/needs/{need.public_id}{path}", data=token).status_code == 404, path
    assert need.title not in browser.text(client.get("/needs"))


def test_the_town_assistant_screens_the_own_town_alone(app, make, sign_in, firm):
    need = make.need(organisation=firm, state=NeedState.SUBMITTED)
    with app.app_context():
        town_id = db.session.merge(firm).town_id
    path = f"/needs/{need.public_id}/review"
    other = sign_in(make.user(Role.TOWN_OFFICER, town=make.town()))
    assert other.get(path).status_code == 404
    client = sign_in(make.user(Role.TOWN_OFFICER, town_id=town_id))
    assert "镇街初筛" in browser.text(client.get(path))
    target = f"/needs/{need.public_id}/screen"
    assert browser.post(client, target, page=path).status_code == 302
    assert stored(app).state is NeedState.SCREENED


def test_the_officer_returns_with_a_remark_and_the_enterprise_sees_it_at_the_field(
    sign_in, owner, officer, make, firm
):
    need = make.need(organisation=firm, state=NeedState.SCREENED)
    page, bureau = f"/needs/{need.public_id}/review", sign_in(officer)
    opened = bureau.get(page)
    assert "需求体检" in browser.text(opened)
    assert "相近的需求" in browser.text(opened)
    target = f"/needs/{need.public_id}/return"
    remark = {"remark-key_indicators": "请写明测试方法"}
    wrong = browser.post(bureau, target, remark, page=page)
    assert (wrong.status_code, "必须写明原因" in browser.text(wrong)) == (422, True)
    assert browser.values(wrong)["remark-key_indicators"].strip() == "请写明测试方法"
    assert browser.post(bureau, target, {**remark, "reason": "指标不明"}, page=page).location
    client = sign_in(owner)
    first = client.get(f"/needs/{need.public_id}/edit/1")
    assert "指标不明" in browser.text(first)
    assert f"/needs/{need.public_id}/edit/2#key_indicators" in browser.links(first)
    second = browser.parse(client.get(f"/needs/{need.public_id}/edit/2"))
    noted = next(p for p in second.iter("p") if p.get("id") == "key_indicators-advice")
    assert "请写明测试方法" in "".join(noted.itertext())


def test_the_officer_accepts_in_two_steps(app, make, sign_in, officer, firm):
    need = make.need(organisation=firm, state=NeedState.SCREENED)
    page, client = f"/needs/{need.public_id}/review", sign_in(officer)
    target = f"/needs/{need.public_id}/accept"
    past = {"need_type": "common", "handler": officer.public_id, "expires_on": "2020-01-01"}
    assert "须晚于今天" in browser.text(browser.post(client, target, past, page=page))
    good = {"need_type": "common", "handler": officer.public_id, "expires_on": ""}
    answer = browser.post(client, target, good, page=page)
    assert "已受理" in browser.text(client.get(answer.location))
    assert stored(app).handler_id == officer.id


def test_near_duplicates_stand_beside_the_decision(make, sign_in, officer):
    words = ["印染废水", "中水回用", "反渗透膜", "膜污堵"]
    known = make.need(title="印染废水反渗透膜污堵治理技术", keywords=words)
    need = make.need(
        title="印染园区中水回用反渗透膜污堵控制", keywords=words, state=NeedState.SCREENED
    )
    page = sign_in(officer).get(f"/needs/{need.public_id}/review")
    assert f"/needs/{known.public_id}" in browser.links(page)


def test_only_open_moves_are_offered(make, sign_in, firm, owner, officer):
    need = make.need(organisation=firm, state=NeedState.ACCEPTED)
    path = f"/needs/{need.public_id}"
    targets = {form.get("action") for form in browser.forms(sign_in(officer).get(path))}
    assert {f"{path}/end/close", f"{path}/diagnose", f"{path}/withdraw"} <= targets
    assert f"{path}/end/resolve" not in targets
    targets = {form.get("action") for form in browser.forms(sign_in(owner).get(path))}
    assert f"{path}/withdraw" in targets
    assert f"{path}/end/close" not in targets


def test_bulk_deeds_tell_what_was_left(app, make, sign_in, officer):
    ready = make.need(state=NeedState.SCREENED)
    done = make.need(state=NeedState.ACCEPTED)
    client = sign_in(officer)
    data = {"action": "accept", "ids": [ready.public_id, done.public_id, "nosuchneed000000"]}
    answer = browser.post(client, "/needs/bulk", data, page="/needs")
    said = browser.text(client.get(answer.location))
    assert "已办理 1 条" in said
    assert "未办理" in said
    browser.post(client, "/needs/bulk", {"action": "take", "ids": [done.public_id]}, page="/needs")
    with app.app_context():
        assert db.session.get(Need, ready.id).state is NeedState.ACCEPTED
        assert db.session.get(Need, done.id).handler_id == officer.id


def test_versions_are_compared_side_by_side(app, sign_in, owner, officer):
    client = sign_in(owner)
    path = fill(client)
    app_need = stored(app)
    bureau = sign_in(officer)
    with app.app_context():
        db.session.remove()
    target = f"/needs/{app_need.public_id}/return"
    browser.post(bureau, target, {"reason": "名称太长"}, page=f"{path}/review")
    browser.post(client, f"{path}/edit/1", {**STAGES[1], "title": "阀体自适应打磨技术"})
    browser.post(client, f"{path}/edit/5", {**STAGES[5], "action": "submit"})
    said = browser.text(bureau.get(f"{path}/versions"))
    assert STAGES[1]["title"] in said
    assert "阀体自适应打磨技术" in said
    assert bureau.get(f"{path}/versions?before=9").status_code == 404


def test_officer_proposes_chief_approves_and_undoes(app, make, sign_in, officer):
    main, part = make.need(), make.need()
    bureau, ids = sign_in(officer), [main.public_id, part.public_id]
    answer = browser.post(bureau, "/needs/bulk", {"action": "merge", "ids": ids}, page="/needs")
    page = answer.location
    missing = browser.post(bureau, "/needs/merge", {"ids": ids, "consent_note": "同意"}, page=page)
    assert (missing.status_code, "请选择以哪一条" in browser.text(missing)) == (422, True)
    data = {"ids": ids, "main": main.public_id, "consent_note": "两家书面同意"}
    assert browser.post(bureau, "/needs/merge", data, page=page).status_code == 302
    assert "待审批的合并提议" in browser.text(bureau.get(f"/needs/{main.public_id}"))
    assert bureau.get("/needs/merges").status_code == 404
    chief = sign_in(make.user(Role.SECTION_CHIEF))
    for decision, state in (("approve", NeedState.MERGED), ("undo", NeedState.ACCEPTED)):
        forms = [f.get("action") for f in browser.forms(chief.get("/needs/merges"))]
        target = next(url for url in forms if url.endswith(decision))
        assert browser.post(chief, target, page="/needs/merges").status_code == 302
        with app.app_context():
            assert db.session.get(Need, part.id).state is state
    assert "已撤销" in browser.text(chief.get("/needs/merges"))


def test_a_change_is_asked_for_seen_and_accepted(app, make, sign_in, firm, *, owner, officer):
    need = make.need(
        **{**GOOD, "background": "", "organisation": firm, "category": "tackle", "target_trl": 7}
    )
    path, client = f"/needs/{need.public_id}", sign_in(owner)
    held = browser.values(client.get(f"{path}/change"))
    assert held["budget_total_fen"] == "180"
    held["coop_modes"] = ["commission_dev", "joint_dev"]
    wrong = client.post(f"{path}/change", data={**held, "note": ""})
    assert (wrong.status_code, "请写明改了什么" in browser.text(wrong)) == (422, True)
    data = {**held, "title": "阀体打磨单元的开发", "note": "与公告一致"}
    assert client.post(f"{path}/change", data=data).status_code == 302
    bureau = sign_in(officer)
    assert "阀体打磨单元的开发" in browser.text(bureau.get(path))
    assert browser.values(client.get(f"{path}/change"))["title"] == "阀体打磨单元的开发"
    assert stored(app).title == GOOD["title"]
    assert browser.post(bureau, f"{path}/change/accept", page=path).status_code == 302
    assert stored(app).title == "阀体打磨单元的开发"
    assert stored(app).coop_modes == ["commission_dev", "joint_dev"]
