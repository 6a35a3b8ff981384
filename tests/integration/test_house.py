"""The house's promises: one writer, one trail, sessions on the server."""

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from matchmaker import extensions, outbox, sessions, web
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import chain, trail
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role
from matchmaker.places import operations as places
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database


def test_what_reads_cannot_write(app):
    with app.app_context(), pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE audit_head SET seq = 9"))


def test_a_transaction_commits_whole_or_not_at_all(app, make):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), web.transaction():
            db.session.add(Organisation(kind="enterprise", name="甲", created_at=NOON))
            db.session.flush()
            raise ZeroDivisionError
        assert db.session.query(Organisation).count() == 0
        with web.transaction():
            db.session.add(Organisation(kind="enterprise", name="甲", created_at=NOON))
        assert db.session.query(Organisation).count() == 1


def test_moves_are_made_by_the_right_role_and_leave_an_entry(writing, make):
    officer, leader = make.user(Role.OFFICER), make.user(Role.LEADER)
    firm = make.organisation(state=OrganisationState.PENDING)
    with pytest.raises(NotAllowed):
        trail.advance(firm, "verify", by=leader, now=NOON)
    with pytest.raises(Invalid, match="必须写明原因"):
        trail.advance(firm, "reject", by=officer, now=NOON)
    trail.advance(firm, "verify", by=officer, now=NOON, reason="证照齐全", channel="desk")
    assert firm.state is OrganisationState.ACTIVE
    with pytest.raises(WrongState, match="已认证"):
        trail.advance(firm, "verify", by=officer, now=NOON)
    entries = trail.history("organisation", firm.public_id)
    assert [(e.from_state, e.to_state, e.actor_id) for e in entries] == [
        ("pending", "active", officer.id)
    ]
    assert entries[0].details == {"channel": "desk"}


def test_two_officers_at_once_one_is_told(app, make):
    firm = make.organisation(state=OrganisationState.PENDING)
    officer = make.user(Role.OFFICER)
    with app.app_context(), pytest.raises(Stale), web.transaction():
        row = db.session.get_one(Organisation, firm.id)
        by = db.session.get_one(User, officer.id)
        db.session.execute(text("UPDATE organisation SET version = version + 1"))
        trail.advance(row, "verify", by=by, now=NOON)


def test_the_chain_finds_what_was_changed(app, make):
    officer = make.user(Role.OFFICER)
    with app.app_context():
        with web.transaction():
            by = db.session.get_one(User, officer.id)
            for number in range(3):
                trail.record("export", "need", str(number), by=by, now=NOON, rows=number)
        assert chain.verify() == (3, "")
        with pytest.raises(DBAPIError), web.transaction():
            db.session.execute(text("UPDATE audit_entry SET actor_name = '别人'"))
        with pytest.raises(DBAPIError), web.transaction():
            db.session.execute(text("DELETE FROM audit_entry"))


def test_an_event_is_handled_once_and_a_failing_one_waits(app, monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", {})
    seen = []

    @outbox.handler("good")
    def good(payload):
        seen.append(payload["n"])

    @outbox.handler("bad")
    def bad(payload):
        raise ValueError(payload)

    with app.app_context():
        with web.transaction():
            outbox.add("bad", {}, now=NOON)
            outbox.add("good", {"n": 1}, now=NOON)
        assert outbox.drain(web.transaction) == 2
        assert outbox.drain(web.transaction) == 0
        assert seen == [1]
        assert outbox.waiting()[0] == 1


def test_a_session_lives_on_the_server_and_ends_there(app, make, sign_in):
    officer = make.user(Role.OFFICER)
    client = sign_in(officer)
    with app.app_context():
        assert db.session.query(sessions.WebSession).count() == 1
    assert client.get("/healthz").status_code == 200
    with app.app_context():
        with web.transaction():
            sessions.end_all(officer.id)
        assert db.session.query(sessions.WebSession).count() == 0


def test_a_second_writer_waits_for_the_first(app):
    """An import holds SQLite's only write lock; a form sent meanwhile is served after it."""
    assert extensions.BUSY_MS >= 60_000
    held, held_for = threading.Event(), 1.0  # seconds
    with app.app_context(), web.transaction():
        places.set_setting("phone", "原")

    def imports():
        with app.app_context(), web.transaction():
            places.set_setting("phone", "先")
            db.session.flush()
            held.set()
            time.sleep(held_for)

    first = threading.Thread(target=imports)
    first.start()
    assert held.wait(30)
    begun = time.monotonic()
    with app.app_context():
        with web.transaction():
            places.set_setting("phone", "后")
        waited = time.monotonic() - begun
        db.session.rollback()
        kept = places.settings()["phone"]
    first.join()
    assert kept == "后"
    assert waited > held_for / 2


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [("GET", "/api/nowhere", 404, "没有找到"), ("DELETE", "/api/v1/needs", 405, "请求方法")],
)
def test_a_program_is_refused_in_chinese(client, method, path, status, says):
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert says in answer.json["error"]
    assert answer.json["request_id"]


def test_the_user_menu_leads_to_what_is_ones_own(make, sign_in):
    firm = make.organisation()
    for role in (Role.ENTERPRISE_USER, Role.SECTION_CHIEF):
        values = {"organisation": firm} if role is Role.ENTERPRISE_USER else {}
        client = sign_in(make.user(role, **values))
        found = browser.links(client.get("/messages"))
        assert {"/account", "/audit/mine"} <= set(found)
        assert (f"/organisations/{firm.public_id}" in found) == bool(values)
        for url in ("/account", "/audit/mine", f"/organisations/{firm.public_id}"):
            assert client.get(url).status_code == 200
    assert "/audit/mine" not in browser.links(client.application.test_client().get("/"))
