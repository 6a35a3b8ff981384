"""Pages of notices and objections: who sees what, what is kept on a refusal, documents."""

import hashlib
import io
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from matchmaker import jobs, web
from matchmaker.extensions import db
from matchmaker.lifecycles import NoticeState, ObjectionState, Role
from matchmaker.messages.models import Message
from matchmaker.notices import deciding, upkeep
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from tests import browser
from tests.integration.notices.conftest import (
    BODY,
    PDF,
    SUMMARY,
    WEDNESDAY,
    beijing,
    drafted,
    found_out,
    objected,
    published,
    state_bureau,
)

pytestmark = pytest.mark.database


@pytest.fixture
def running(app, people, frozen):
    """Return a notice published on 2026-09-23, by its public id."""
    with app.app_context(), web.transaction():
        notice = published(people)
        return SimpleNamespace(id=notice.id, url=f"/notices/{notice.public_id}")


@pytest.fixture
def raised(app, people, running):
    """Return an objection handed in by the rival."""
    with app.app_context(), web.transaction():
        row = objected(db.session.get_one(Notice, running.id), people)
        return SimpleNamespace(id=row.id, url=f"/objections/{row.public_id}")


def notice_of(app, running):
    with app.app_context():
        return db.session.get_one(Notice, running.id)


def state_of(app, raised):
    with app.app_context():
        return db.session.get_one(Objection, raised.id).state


def test_three_people_take_it_through_the_pages(app, sign_in, people, frozen):
    with app.app_context(), web.transaction():
        state_bureau()
    officer, chief, leader = map(sign_in, (people.officer, people.chief, people.leader))
    made = browser.post(officer, "/notices/new", {"kind": "integrity", "title": ""})
    edit = made.headers["Location"]
    page = edit.removesuffix("/edit")
    values = {**browser.values(officer.get(edit)), "subjects": "单位 | 事由\n某单位 | 提供虚假材料"}
    assert browser.post(officer, edit, values).status_code == 302
    assert browser.post(officer, f"{page}/submit", page=page).status_code == 302
    assert "待保密审查" in browser.text(chief.get("/notices/desk"))
    assert browser.post(chief, f"{page}/check", {"note": ""}, page=page).status_code == 302
    assert browser.post(leader, f"{page}/publish", page=page).status_code == 302
    said = browser.text(app.test_client().get(page))
    for wanted in ("GS2026-001", "提供虚假材料", "剩 5 个工作日（10-08 24:00）", "2026-09-24"):
        assert wanted in said, wanted


def test_a_notice_drafted_from_data_names_what_the_bureau_has_not_stated(app, sign_in, people):
    with app.app_context(), web.transaction():
        address = f"/notices/{drafted(people).public_id}"
    officer = sign_in(people.officer)
    answer = browser.post(officer, f"{address}/submit", page=address, follow_redirects=True)
    assert answer.status_code == 200
    assert "请填写联系电话" in answer.get_data(as_text=True)


def test_a_visitor_reads_the_notice_the_list_and_the_feed(app, client, running):
    page = client.get(running.url)
    assert "澜州工业大学" in browser.text(page)
    assert "赵经办" not in browser.text(page)
    assert "办理记录" not in browser.text(page)
    assert "GS2026-001" in browser.text(client.get("/notices?phase=running&year=2026"))
    assert "GS2026-001" not in browser.text(client.get("/notices?phase=over"))
    assert "GS2026-001" not in browser.text(client.get("/notices?kind=subsidy"))
    feed = ElementTree.fromstring(client.get("/notices/feed.xml").data)
    items = feed.findall("./channel/item")
    assert [item.findtext("link") for item in items] == [f"http://localhost{running.url}"]


def test_the_original_has_the_digest_the_page_shows(app, client, running):
    page = client.get(running.url)
    shown = re.search(r'class="digest">([0-9a-f]{64})', page.get_data(as_text=True)).group(1)
    kept = client.get(f"{running.url}/original")
    assert hashlib.sha256(kept.data).hexdigest() == shown
    article = re.search(r"<article.*</article>", kept.get_data(as_text=True), re.DOTALL).group(0)
    assert article in page.get_data(as_text=True)


def test_a_page_changed_in_the_database_is_denounced(app, client, running):
    with app.app_context(), web.transaction():
        row = db.session.get_one(Notice, running.id)
        row.page_html = row.page_html.replace("澜州工业大学", "别的大学")
    assert "存档校验不一致" in browser.text(client.get(running.url))


def test_after_the_end_the_page_says_so_before_the_job_ran(app, client, running, frozen):
    frozen("2026-10-08 23:59:59")
    assert "今天到期" in browser.text(client.get(running.url))
    frozen("2026-10-09 00:00:00")
    assert notice_of(app, running).state is NoticeState.PUBLISHED
    said = browser.text(client.get(running.url))
    assert "公示期满" in said
    assert "不再受理异议" in said
    assert "GS2026-001" in browser.text(client.get("/notices?phase=over"))


def test_drafts_are_seen_by_those_who_have_to_act(app, sign_in, people, client):
    officer = sign_in(people.officer)
    made = browser.post(officer, "/notices/new", {"kind": "integrity", "title": "关于失信的公示"})
    page = made.headers["Location"].removesuffix("/edit")
    for who, status in (
        (people.officer, 200), (people.chief, 200), (people.leader, 200), (people.colleague, 404),
        (people.rival, 404), (people.auditor, 404),
    ):  # fmt: skip
        assert sign_in(who).get(page).status_code == status, who.name
    assert client.get(page).status_code == 404
    assert client.get(f"{page}/original").status_code == 404


def test_a_refused_form_keeps_what_was_typed(app, sign_in, people):
    officer = sign_in(people.officer)
    made = browser.post(officer, "/notices/new", {"kind": "integrity", "title": ""})
    edit = made.headers["Location"]
    typed = {**browser.values(officer.get(edit)), "workdays": "3", "title": "打了一半的标题",
             "subjects": "甲 | 乙\n一 | 二 | 三"}  # fmt: skip
    answer = browser.post(officer, edit, typed)
    assert answer.status_code == 422
    assert "打了一半的标题" in browser.values(answer)["title"]
    assert "多 1 格" in browser.text(answer)
    typed["subjects"] = "甲 | 乙\n一 | 二"
    assert "5 至 10 个工作日" in browser.text(browser.post(officer, edit, typed))


def form_of(**values):
    sent = {"phone": "13900001111", "unit": "北方机械研究所", "body": BODY}
    files = [(io.BytesIO(PDF), "证据.pdf")]
    return {**sent, "files": files, **values}


def test_a_researcher_objects_with_evidence(app, sign_in, people, running):
    client = sign_in(people.rival)
    url = f"/objections/new/{running.url.rsplit('/', 1)[1]}"
    assert url in browser.links(client.get(running.url))
    sent = browser.post(client, url, form_of(), content_type="multipart/form-data")
    assert sent.status_code == 302
    said = browser.text(client.get(sent.headers["Location"]))
    for wanted in ("YY2026-001", "待签收", "吴异议", "证据.pdf"):
        assert wanted in said
    assert "YY2026-001" in browser.text(client.get("/objections"))
    page = client.get(sent.headers["Location"])
    link = next(one for one in browser.links(page) if "/files/" in one)
    assert client.get(link).data == PDF
    assert sign_in(people.stranger).get(link).status_code == 404
    assert sign_in(people.colleague).get(link).status_code == 404
    assert sign_in(people.officer).get(link).data == PDF
    with app.app_context():
        jobs.drain()
        told = db.session.query(Message).filter(Message.user_id == people.officer.id).all()
        assert any("收到新的异议" in one.subject for one in told)


def test_one_too_late_keeps_its_text_on_the_page(app, sign_in, people, running, frozen):
    frozen("2026-10-08 23:50")
    client = sign_in(people.rival)
    url = f"/objections/new/{running.url.rsplit('/', 1)[1]}"
    fields = browser.hidden(client.get(url), url)
    frozen("2026-10-09 00:00:01")
    sent = client.post(url, data={**fields, **form_of()}, content_type="multipart/form-data")
    assert sent.status_code == 409
    assert "届满" in browser.text(sent)
    assert BODY in browser.values(sent)["body"]


def test_a_wrong_file_is_named(app, sign_in, people, running):
    client = sign_in(people.rival)
    url = f"/objections/new/{running.url.rsplit('/', 1)[1]}"
    wrong = form_of(files=[(io.BytesIO(b"<html>"), "证据.pdf")])
    sent = browser.post(client, url, wrong, content_type="multipart/form-data")
    assert sent.status_code == 422
    assert "不是可接收的文件" in browser.text(sent)
    none = form_of(files=[])
    assert "至少上传一份证据" in browser.text(
        browser.post(client, url, none, content_type="multipart/form-data")
    )


def test_only_those_of_the_table_know_who_objects(app, sign_in, people, raised, running, client):
    knows = {
        people.officer: True, people.leader: True, people.auditor: True, people.rival: True,
        people.colleague: False, people.chief: False, people.other: False,
    }  # fmt: skip
    for who, allowed in knows.items():
        answer = sign_in(who).get(raised.url)
        assert answer.status_code == (200 if allowed else 404), who.name
        if allowed:
            assert "吴异议" in browser.text(answer)
        for path in (running.url, "/notices", "/notices/desk", "/objections"):
            text = sign_in(who).get(path).get_data(as_text=True)
            shown_to_himself = who in (people.rival, people.auditor)
            assert ("吴异议" in text) <= shown_to_himself, (who.name, path)
    assert client.get(raised.url).status_code == 302
    assert "吴异议" not in client.get(running.url).get_data(as_text=True)


def test_the_public_sees_that_it_stands_still_and_why_it_goes_on(
    app, sign_in, people, raised, running, client, frozen
):
    frozen("2026-09-29 15:00")
    officer, leader = sign_in(people.officer), sign_in(people.leader)
    assert browser.post(officer, f"{raised.url}/accept", page=raised.url).status_code == 302
    said = browser.text(client.get(running.url))
    assert "公示中止" in said
    assert "已满 2 个工作日" in said
    text = "经调阅原始测试记录并请专家复核，指标响应表所填数据与检测报告一致。"
    form = {"findings": text}
    assert browser.post(officer, f"{raised.url}/findings", form, page=raised.url).status_code == 302
    form = {
        "verdict": "dismiss",
        "conclusion": "数据有据，异议不成立。",
        "summary": "吴异议所反映不实。",
    }
    refused = browser.post(leader, f"{raised.url}/decide", form, page=raised.url)
    assert refused.status_code == 422
    assert "请删去" in browser.text(refused)
    assert browser.values(refused)["conclusion"] == "数据有据，异议不成立。"
    form["summary"] = SUMMARY
    assert browser.post(leader, f"{raised.url}/decide", form, page=raised.url).status_code == 302
    said = browser.text(client.get(running.url))
    assert SUMMARY in said
    assert "2026-10-08 → 2026-10-09" in said
    assert "吴异议" not in said
    assert "数据有据" in browser.text(sign_in(people.rival).get(raised.url))
    assert "数据有据" not in said


def test_upheld_on_the_page_withdraws_and_corrects(app, sign_in, people, raised, running, client):
    with app.app_context(), web.transaction():
        row = db.session.get_one(Objection, raised.id)
        deciding.accept(row, by=people.officer, now=WEDNESDAY)
        found_out(row, people, now=WEDNESDAY)
    leader = sign_in(people.leader)
    form = {"verdict": "uphold", "conclusion": "数据不实，异议成立。", "outcome": "standby",
            "summary": "经复核，指标数据与检测报告不符。"}  # fmt: skip
    assert browser.post(leader, f"{raised.url}/decide", form, page=raised.url).status_code == 302
    said = browser.text(client.get(running.url))
    for wanted in ("已撤回", "更正公告", "从候补中递补", "启用候补"):
        assert wanted in said
    assert state_of(app, raised) is ObjectionState.UPHELD


def test_the_officer_it_is_about_cannot_even_read_it(app, sign_in, people, running):
    with app.app_context(), web.transaction():
        notice = db.session.get_one(Notice, running.id)
        row = objected(notice, people, against_officer=True)
        url = f"/objections/{row.public_id}"
    subject, leader = sign_in(people.officer), sign_in(people.leader)
    assert subject.get(url).status_code == 404
    assert browser.post(subject, f"{url}/accept", page="/notices/desk").status_code == 404
    form = {"officer": str(people.colleague.id)}
    assert browser.post(leader, f"{url}/assign", form, page=url).status_code == 302
    assert browser.post(sign_in(people.colleague), f"{url}/accept", page=url).status_code == 302
    assert subject.get(url).status_code == 404


def test_the_desk_puts_what_is_overdue_first(app, sign_in, people, raised, running, frozen):
    with app.app_context(), web.transaction():
        row = db.session.get_one(Objection, raised.id)
        deciding.accept(row, by=people.officer, now=WEDNESDAY)
        objected(db.session.get_one(Notice, running.id), people, by=people.other, name="郑异议")
    frozen("2026-10-16 09:00")
    page = sign_in(people.officer).get("/notices/desk")
    said = browser.text(page)
    assert said.index("YY2026-001") < said.index("YY2026-002")
    assert "逾期" in said


def test_reminders_are_sent_before_and_after_the_time(app, people, raised, frozen):
    with app.app_context(), web.transaction():
        row = db.session.get_one(Objection, raised.id)
        deciding.accept(row, by=people.officer, now=WEDNESDAY)  # to be decided by 10-14
    for moment, told in (("2026-10-08 09:00", 0), ("2026-10-12 09:00", 1), ("2026-10-16 09:00", 2)):
        frozen(moment)
        with app.app_context():
            for _ in range(2):
                with web.transaction():
                    upkeep.remind(beijing(moment))
            found = db.session.query(Message).filter(
                Message.user_id == people.officer.id, Message.subject.contains("异议答复")
            )
            assert found.count() == told, moment


def test_a_paper_objection_is_recorded_by_the_officer_in_charge(app, sign_in, people, running):
    client = sign_in(people.officer)
    url = f"/objections/record/{running.url.rsplit('/', 1)[1]}"
    sent = form_of(name="陈来信", received_on="2026-09-23", address="海澜区某路 1 号")
    answer = browser.post(client, url, sent, content_type="multipart/form-data")
    assert answer.status_code == 302
    assert "陈来信" in browser.text(client.get(answer.headers["Location"]))
    assert sign_in(people.colleague).get(url).status_code == 404
    assert sign_in(people.rival).get(url).status_code == 404


def test_a_correction_is_asked_for_and_approved(app, sign_in, people, running, client):
    officer, leader = sign_in(people.officer), sign_in(people.leader)
    form = {"text": "榜单名称应为“铸件恒力磨抛机器人”。", "reason": "录入有误"}
    assert browser.post(officer, f"{running.url}/correct", form).status_code == 302
    assert "磨抛" not in browser.text(client.get(running.url))
    page = leader.get(running.url)
    action = next(f.get("action") for f in browser.forms(page) if "/approve" in f.get("action"))
    assert browser.post(leader, action, page=running.url).status_code == 302
    assert "磨抛" in browser.text(client.get(running.url))


def test_a_provisional_end_is_confirmed_on_the_page(app, sign_in, people, frozen):
    frozen("2026-12-25 10:00")
    with app.app_context(), web.transaction():
        notice = published(people, now=beijing("2026-12-25 10:00"))
        url = f"/notices/{notice.public_id}"
    client = sign_in(people.officer)
    assert "（暂定）" in browser.text(client.get(url))
    assert "须核定后才能自动办结" in browser.text(client.get("/notices/desk"))
    form = {"basis": "国办发明电〔2026〕9 号"}
    assert browser.post(client, f"{url}/confirm-end", form, page=url).status_code == 302
    assert "（暂定）" not in browser.text(client.get(url)).split("存档")[0].split("公示编号")[0]


def test_a_leader_withdraws_on_the_page(app, sign_in, people, running, client):
    leader = sign_in(people.leader)
    form = {"reason": "拟揭榜单位书面放弃"}
    sent = browser.post(leader, f"{running.url}/revoke", form, page=running.url)
    assert sent.status_code == 302
    assert "拟揭榜单位书面放弃" in browser.text(client.get(running.url))


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_open_the_list(make, sign_in, role):
    if role not in {Role.VISITOR, Role.SYSTEM}:
        assert sign_in(make.user(role)).get("/notices").status_code == 200


def word(answer):
    import docx

    assert answer.status_code == 200
    book = docx.Document(io.BytesIO(answer.data))
    cells = [c.text for t in book.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in book.paragraphs), *cells])


def test_the_notice_is_exported_for_the_wall(app, sign_in, people, running, client):
    said = word(sign_in(people.officer).get(f"{running.url}/document"))
    for wanted in ("GS2026-001", "2026年9月24日至2026年10月8日", "澜州工业大学", "拟揭榜单位",
                   "0631-5220001"):  # fmt: skip
        assert wanted in said, wanted
    assert said.count("公示期") < 4, "the standing lines stand once"
    assert client.get(f"{running.url}/document").status_code == 302
    assert sign_in(people.rival).get(f"{running.url}/document").status_code == 404


def test_the_reply_is_given_to_its_complainant(app, sign_in, people, raised, running):
    url = f"{raised.url}/reply"
    assert sign_in(people.rival).get(url).status_code == 404, "nothing is decided yet"
    with app.app_context(), web.transaction():
        row = db.session.get_one(Objection, raised.id)
        deciding.accept(row, by=people.officer, now=WEDNESDAY)
        found_out(row, people, now=WEDNESDAY)
        deciding.dismiss(
            row,
            conclusion="检测报告与响应表一致。",
            summary=SUMMARY,
            by=people.leader,
            now=WEDNESDAY,
        )
    said = word(sign_in(people.rival).get(url))
    for wanted in (
        "吴异议",
        "YY2026-001-答复",
        "检测报告与响应表一致",
        "异议不成立",
        "补足剩余工作日",
    ):
        assert wanted in said, wanted
    assert sign_in(people.colleague).get(url).status_code == 404
    assert sign_in(people.stranger).get(url).status_code == 404
