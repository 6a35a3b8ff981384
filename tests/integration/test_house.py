"""The house's promises: one writer, one trail, sessions on the server."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from matchmaker import outbox, sessions, web
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role
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
        assert trail.verify() == (3, "")
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
