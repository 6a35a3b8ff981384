"""The trail's pages, `flask audit verify`, `flask init`, messages and mail."""

import email
import email.policy

import pytest
from sqlalchemy import select, text

from matchmaker import clock, jobs, web
from matchmaker.accounts import first, links
from matchmaker.accounts.models import OneTimeLink, User
from matchmaker.audit import trail
from matchmaker.errors import NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import operations as messages
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database


@pytest.fixture
def entries(app, make):
    officer = make.user(Role.OFFICER, name="张经办")
    with app.app_context(), web.transaction():
        by = db.session.get_one(User, officer.id)
        trail.record("export", "need", "n1", by=by, now=NOON, rows=3)
        trail.record("update", "organisation", "o1", by=by, now=NOON, reason="电话有误")
        trail.record("sign_in", "user", "u1", by=by, now=NOON)
    return officer


def test_the_auditor_reads_filters_and_exports_everything(app, make, sign_in, entries):
    auditor = sign_in(make.user(Role.AUDITOR))
    said = browser.text(auditor.get("/audit"))
    assert all(word in said for word in ("导出", "电话有误", "张经办", "局经办"))
    assert "电话有误" not in browser.text(auditor.get("/audit?action=export"))
    assert "共 1 条" in browser.text(auditor.get("/audit?noun=organisation&object=o1"))
    assert "共 3 条" in browser.text(
        auditor.get("/audit?from=2026-11-20&until=2026-11-20&actor=张")
    )
    assert "共 0 条" in browser.text(auditor.get("/audit?from=2026-11-21"))
    assert "共 3 条" in browser.text(auditor.get("/audit?from=nonsense"))
    assert auditor.get("/audit/export").status_code == 200
    assert "共 4 条" in browser.text(auditor.get("/audit"))  # the export itself


def test_the_security_administrator_reads_security_events_only(make, sign_in, entries):
    secadmin = sign_in(make.user(Role.SECADMIN))
    said = browser.text(secadmin.get("/audit/security"))
    assert "登录" in said
    assert "导出" in said
    assert "电话有误" not in said
    for path in ("/audit", "/audit/export"):
        assert secadmin.get(path).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.SYSADMIN, Role.ENTERPRISE_ADMIN])
def test_others_read_their_own_entries_only(app, make, sign_in, entries, role):
    reader = sign_in(make.user(role))
    assert {reader.get(p).status_code for p in ("/audit", "/audit/security")} == {404}
    assert "共 0 条" in browser.text(reader.get("/audit/mine"))
    assert "共 3 条" in browser.text(sign_in(entries).get("/audit/mine"))


def test_the_chain_is_verified_on_the_page_and_at_the_command_line(app, make, sign_in, entries):
    auditor = sign_in(make.user(Role.AUDITOR))
    assert browser.post(auditor, "/audit/verify", page="/audit").status_code == 302
    assert "完整无改动" in browser.text(auditor.get("/audit"))
    runner = app.test_cli_runner()
    good = runner.invoke(args=["audit", "verify"])
    assert (good.exit_code, "共 4 条" in good.output) == (0, True)
    with app.app_context(), web.transaction():
        db.session.execute(text("UPDATE audit_head SET seq = seq + 1"))
    bad = runner.invoke(args=["audit", "verify"])
    assert (bad.exit_code, "末尾缺失" in bad.output) == (1, True)


def test_init_makes_three_administrators_with_links_that_work_once(app, monkeypatch, client):
    runner = app.test_cli_runner()
    rehearsal = runner.invoke(args=["init"])
    assert (rehearsal.exit_code, "演示环境" in rehearsal.output) == (0, True)
    monkeypatch.setitem(app.config, "DEMONSTRATION", False)
    made = runner.invoke(args=["init"])
    assert (made.exit_code, "演示环境" in made.output) == (0, False)
    paths = ["/link/" + part.split()[0] for part in made.output.split("/link/")[1:]]
    assert len(paths) == 3
    again = runner.invoke(args=["init"])
    assert again.exit_code == 0
    assert client.get(paths[0]).status_code == 404  # voided by the second run
    path = "/link/" + again.output.split("/link/")[1].split()[0]
    good = "Haitang-Lou-29!"
    answer = browser.post(client, path, {"password": good, "password_again": good})
    assert answer.status_code == 302
    assert (
        browser.post(client, "/sign-in", {"login": "sysadmin", "password": good}).status_code == 302
    )
    assert client.get("/users").location == "/account/second-factor"  # a telephone first
    third = runner.invoke(args=["init"])
    assert (third.exit_code, "已有账号" in third.output) == (1, True)


def test_init_refuses_a_database_with_organisations(writing, make):
    make.organisation()
    with pytest.raises(WrongState, match="已有账号或单位"):
        first.administrators(now=NOON)


def test_a_message_waits_is_counted_read_and_led_from(app, make, sign_in):
    mine, other = make.user(Role.OFFICER), make.user(Role.OFFICER)
    with app.app_context(), web.transaction():
        messages.notify([mine.id, mine.id], "需求待初筛", "请办理", "/account", now=NOON)
        messages.notify([mine.id], "别处", "", "//evil.example/x", now=NOON)
    reader = sign_in(mine)
    page = reader.get("/messages")
    assert "需求待初筛" in browser.text(page)
    assert "共 2 条未读" in browser.text(page)
    assert 'class="count">2<' in page.get_data(as_text=True)
    with app.app_context():
        rows = {m.subject: m.public_id for m in db.session.scalars(messages.mine(mine))}
    path = f"/messages/{rows['需求待初筛']}/open"
    assert browser.post(sign_in(other), path, page="/messages").status_code == 404
    assert browser.post(reader, path, page="/messages").headers["Location"] == "/account"
    evil = f"/messages/{rows['别处']}/open"
    assert browser.post(reader, evil, page="/messages").headers["Location"] == "/messages"
    assert "共 0 条未读" in browser.text(reader.get("/messages"))
    assert "没有消息" in browser.text(reader.get("/messages?read=unread"))
    assert "没有消息" in browser.text(sign_in(other).get("/messages"))


def mails(app):
    folder = app.config["INSTANCE"] / "mail"
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in folder.glob("*.eml")
    ]
    for path in folder.glob("*.eml"):
        path.unlink()
    return found


def test_a_mail_says_that_a_message_waits_and_nothing_else(app, make):
    reader = make.user(Role.OFFICER, email="zhang@kj.cn")
    silent = make.user(Role.OFFICER)
    with app.app_context():
        with web.transaction():
            messages.notify(
                [reader.id, silent.id], "某某需求预算 900 万", "机密内容", "/account", now=NOON
            )
        jobs.drain()
        sent = mails(app)
        assert [m["To"] for m in sent] == ["zhang@kj.cn"]
        public_id = db.session.scalars(messages.mine(reader)).one().public_id
        assert sent[0]["Message-ID"] == f"<{public_id}@localhost>"
        whole = sent[0]["Subject"] + sent[0].get_content()
        assert "900" not in whole
        assert "机密" not in whole
        assert "/messages" in whole


def test_what_was_read_is_not_mailed(app, make):
    reader = make.user(Role.OFFICER, email="zhang@kj.cn")
    with app.app_context():
        with web.transaction():
            messages.notify([reader.id], "甲", "", "", now=NOON)
            messages.read_all(by=reader, now=NOON)
        jobs.drain()
        assert mails(app) == []


def test_a_visitors_reset_is_answered_alike_and_mailed_to_the_owner(app, make, client):
    make.user(Role.OFFICER, login="zhang@kj.cn", email="zhang@kj.cn")
    make.user(Role.OFFICER, login="off@kj.cn", email="o@kj.cn", state=UserState.DISABLED)
    said = set()
    for login in ("zhang@kj.cn", "nobody@kj.cn", "off@kj.cn"):
        answer = browser.post(client, "/forgot", {"login": login})
        said.add((answer.status_code, browser.text(client.get("/sign-in"))))
    assert len(said) == 1
    assert browser.post(client, "/forgot", {"login": ""}).status_code == 422
    with app.app_context():
        jobs.drain()
        sent = mails(app)
        assert [m["To"] for m in sent] == ["zhang@kj.cn"]
        token = sent[0].get_content().split("/link/")[1].split()[0]
        assert links.find(token, now=clock.now()).user.login == "zhang@kj.cn"
        assert token not in db.session.scalars(select(OneTimeLink.token_hash)).one()


def test_nobodys_box_is_flooded_with_links(app, make, client):
    make.user(Role.OFFICER, login="zhang@kj.cn", email="zhang@kj.cn")
    with app.app_context():
        for _ in range(6):
            with web.transaction():
                links.request_mail("zhang@kj.cn", links.Purpose.RESET, now=clock.now())
        jobs.drain()
        assert len(mails(app)) == links.MOST_MAILED
        with pytest.raises(NotFound):
            links.find("x", now=NOON)
