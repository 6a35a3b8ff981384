"""One's own account: password, sessions, profile; each both ways."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import clock, jobs, web
from matchmaker.accounts import operations, passwords, signing_in
from matchmaker.accounts.models import SignInAttempt, User
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.sessions import WebSession
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
OLD, NEW = "Lantian-26!", "Haitang-27!"


@pytest.fixture
def officer(app, make):
    with app.app_context():
        stored = passwords.hashed(OLD)
    return make.user(Role.OFFICER, password_hash=stored, password_changed_at=clock.now())


def change(client, old=OLD, new=NEW, again=None):
    fields = {"old_password": old, "password": new, "password_again": again or new}
    return browser.post(client, "/account/password", fields)


def test_a_new_password_ends_every_other_session(app, officer, sign_in):
    here, there = sign_in(officer), sign_in(officer)
    token = here.get_cookie("session").value
    assert change(here).status_code == 302
    assert here.get("/account").status_code == 200
    assert here.get_cookie("session").value != token
    assert there.get("/account").status_code == 302
    with app.app_context():
        stored = db.session.get_one(User, officer.id).password_hash
        assert passwords.verify(stored, NEW)
        assert not passwords.verify(stored, OLD)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"old": "wrong"}, "原密码不正确"),
        ({"new": "short"}, "至少 8 个字符"),
        ({"new": OLD}, "最近 5 次"),
        ({"again": "other"}, "不一致"),
    ],
)
def test_a_wrong_change_is_named_and_changes_nothing(app, officer, sign_in, fields, says):
    here, there = sign_in(officer), sign_in(officer)
    answer = change(here, **fields)
    assert answer.status_code == 422
    assert says in browser.text(answer)
    assert there.get("/account").status_code == 200
    with app.app_context():
        assert passwords.verify(db.session.get_one(User, officer.id).password_hash, OLD)


def test_former_passwords_come_back_only_after_five_others(writing, make):
    user = make.user(Role.OFFICER)
    words = [f"Haitang-{number}-Lou" for number in (26, 37, 48, 59, 60, 71)]
    for word in words[:5]:
        operations.set_password(user, word, now=NOON)
    for word in words[:5]:
        with pytest.raises(Invalid, match="最近 5 次"):
            operations.set_password(user, word, now=NOON)
    operations.set_password(user, words[5], now=NOON)
    operations.set_password(user, words[0], now=NOON)


def test_who_has_to_renew_is_led_there_and_nowhere_else(app, make, sign_in):
    with app.app_context():
        stored = passwords.hashed(OLD)
    new = make.user(Role.OFFICER, must_change_password=True, password_hash=stored)
    reader = sign_in(new)
    for path in ("/account", "/organisations", "/messages"):
        assert reader.get(path).headers["Location"] == "/account/password"
    fetched = reader.get("/messages", headers={"X-Requested-With": "fetch"})
    assert fetched.status_code == 403
    assert change(reader).status_code == 302
    assert reader.get("/account").status_code == 200


def test_a_password_of_ninety_days_is_renewed_by_the_bureau(make, sign_in):
    old = clock.now() - timedelta(days=91)
    assert (
        sign_in(make.user(Role.LEADER, password_changed_at=old)).get("/account").status_code == 302
    )
    other = sign_in(make.user(Role.RESEARCHER, password_changed_at=old))
    assert other.get("/account").status_code == 200


def test_ones_own_sessions_are_ended_one_by_one_or_all(app, make, officer, sign_in):
    here, there, third = (sign_in(officer) for _ in range(3))
    stranger = sign_in(make.user(Role.OFFICER))
    with app.app_context():
        rows = db.session.scalars(select(WebSession.id).order_by(WebSession.id)).all()
    path = f"/account/sessions/{rows[1]}/end"
    assert browser.post(stranger, path, page="/account").status_code == 404
    assert there.get("/account").status_code == 200
    assert browser.post(here, path, page="/account").status_code == 302
    assert there.get("/account").status_code == 302
    assert third.get("/account").status_code == 200
    browser.post(here, "/account/sessions/end", page="/account")
    assert third.get("/account").status_code == 302
    assert here.get("/account").status_code == 200
    assert stranger.get("/account").status_code == 200


def test_a_profile_is_corrected_or_the_fault_named(app, officer, sign_in):
    here = sign_in(officer)
    good = {"name": "张三", "title": "主任", "phone": "138 1234 5678", "email": "ZHANG@kj.cn"}
    assert browser.post(here, "/account", good).status_code == 302
    with app.app_context():
        row = db.session.get_one(User, officer.id)
        assert (row.name, row.phone, row.email) == ("张三", "13812345678", "zhang@kj.cn")
    bad = browser.post(here, "/account", {**good, "phone": "1", "email": "x"})
    assert bad.status_code == 422
    assert "手机号应为" in browser.text(bad)
    assert "邮箱格式" in browser.text(bad)
    assert browser.values(bad)["phone"] == "1"


def test_a_form_sent_twice_takes_effect_once(app, officer, sign_in):
    here = sign_in(officer)
    page = here.get("/account")
    fields = {
        **browser.hidden(page, "/account"),
        "name": "甲",
        "title": "",
        "phone": "",
        "email": "",
    }
    assert here.post("/account", data=fields).status_code == 302
    here.post("/account", data={**fields, "name": "乙"})
    with app.app_context():
        assert db.session.get_one(User, officer.id).name == "甲"


def test_somebody_elses_session_is_not_found(writing, make):
    with pytest.raises(NotFound):
        operations.end_own_session(make.user(Role.OFFICER), 99, now=NOON)


def test_the_night_forgets_old_guesses_only(app):
    with app.app_context():
        with web.transaction():
            for days in (0, 29, 31):
                at = clock.now() - timedelta(days=days)
                signing_in.reserve("x@kj.cn", device="", ip="", now=at)
        jobs.run_nightly()
        assert len(db.session.scalars(select(SignInAttempt)).all()) == 2
