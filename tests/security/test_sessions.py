"""T18: a copied cookie dies with its session, in every case, for every role."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from matchmaker import clock, sessions, web
from matchmaker.accounts import factors, grants, links, members, operations, passwords
from matchmaker.accounts.models import User
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.sessions import WebSession
from tests import browser

pytestmark = pytest.mark.database
GOOD, NEXT = "Lantian-2026-keji!", "Haitang-2027-keji!"
ROLES = [role for role in Role if role not in {Role.VISITOR, Role.SYSTEM}]


def person(session_user):
    return db.session.get_one(User, session_user.id)


def signed_out(app, user, client, _by):
    browser.post(client, "/sign-out", page="/account")


def password_changed(app, user, client, _by):
    with app.app_context(), web.transaction():
        operations.change_password(person(user), GOOD, NEXT, session_id=None, now=clock.now())


def password_reset_by_link(app, user, client, _by):
    with app.app_context(), web.transaction():
        token = links.issue(person(user), links.Purpose.RESET, now=clock.now())
        operations.use_link(token, NEXT, now=clock.now())


def telephone_bound(app, user, client, _by):
    with app.app_context(), web.transaction():
        factors.begin(person(user))
    with app.app_context(), web.transaction():
        found = person(user)
        secret, _ = factors.pending(found)
        totp = factors.pyotp.TOTP(secret)
        moment = clock.unmoved()
        code = totp.generate_otp(totp.timecode(moment))
        factors.confirm(found, code, session_id=None, moment=moment, now=clock.now())


def role_revoked(app, user, client, by):
    role = next(iter(user.roles - {Role.VISITOR}))
    with app.app_context(), web.transaction():
        grants.revoke(person(user), role, by=person(by), now=clock.now())


def disabled(app, user, client, by):
    with app.app_context(), web.transaction():
        members.disable(person(user), by=person(by), now=clock.now(), reason="离职")


def ended_from_another_device(app, user, client, _by):
    with app.app_context(), web.transaction():
        operations.end_other_sessions(person(user), session_id=None, now=clock.now())


def ended_by_the_security_administrator(app, user, client, by):
    with app.app_context(), web.transaction():
        members.end_sessions(person(user), by=person(by), now=clock.now())


CASES = (
    signed_out, password_changed, password_reset_by_link, telephone_bound, role_revoked,
    disabled, ended_from_another_device, ended_by_the_security_administrator,
)  # fmt: skip


def fresh(make, app, role):
    """Return an account of the role beside another one, so that it is never the last."""
    with app.app_context():
        stored = passwords.hashed(GOOD)
    given = {"town": make.town()} if role is Role.TOWN_OFFICER else {}
    user = make.user(role, password_hash=stored, password_changed_at=clock.now(), **given)
    if user.organisation_id:
        make.user(role, organisation=SimpleNamespace(id=user.organisation_id))
    elif not given:
        make.user(role)
    return user


def survivors(app, make, sign_in, roles):
    """Copy a cookie, end the session each way; return the (case, role) whose copy still opens."""
    by = make.user(Role.SECADMIN)
    found, tried = [], 0
    for role in roles:
        for case in CASES:
            user = fresh(make, app, role)
            client = sign_in(user)
            copy = app.test_client()
            copy.set_cookie("session", client.get_cookie("session").value)
            assert copy.get("/account").status_code == 200
            case(app, user, client, by)
            answer = copy.get("/account", headers={"X-Requested-With": "fetch"})
            tried += 1
            if answer.status_code != 401:
                found.append((case.__name__, role.value, answer.status_code))
    return found, tried


def test_a_copied_cookie_is_refused_in_every_case(app, make, sign_in, shows):
    found, tried = survivors(app, make, sign_in, ROLES)
    assert found == []
    assert tried == len(CASES) * len(ROLES) == 104
    shows("T18", "八种失效情形×十三种角色，复制的会话一律被拒", tried=tried)


class Signed(SecureCookieSessionInterface):
    """Flask's own sessions: everything in the cookie, nothing on the server."""


def test_sessions_kept_in_the_cookie_would_be_noticed(app, make, sign_in, shows, monkeypatch):
    monkeypatch.setattr(app, "session_interface", Signed())
    monkeypatch.setattr(sessions, "current_id", lambda: None)
    user = fresh(make, app, Role.RESEARCHER)
    client = app.test_client()
    browser.post(client, "/sign-in", {"login": user.login, "password": GOOD})
    copy = app.test_client()
    copy.set_cookie("session", client.get_cookie("session").value)
    browser.post(client, "/sign-out", page="/account")
    assert copy.get("/account").status_code == 200
    shows("T18", planted="会话只存在签名 cookie 里，退出后副本仍可用")


def test_a_session_that_is_not_ended_would_be_noticed(app, make, sign_in, shows, monkeypatch):
    monkeypatch.setattr(sessions, "end_all", lambda *_args, **_more: None)
    found, _ = survivors(app, make, sign_in, [Role.OFFICER])
    assert {case for case, _, _ in found} >= {"password_changed", "telephone_bound"}
    shows("T18", planted="修改密码、绑定手机时不结束其他会话")


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_is_the_browsers_alone(app, make, monkeypatch, https):
    user = fresh(make, app, Role.OFFICER)
    monkeypatch.setitem(app.config, "ON_HTTPS", https)
    client = app.test_client()
    base = "https://localhost" if https else "http://localhost"
    page = client.get("/sign-in", base_url=base)
    sent = {**browser.hidden(page, "/sign-in"), "login": user.login, "password": GOOD}
    headers = {"Referer": f"{base}/sign-in"}
    answer = client.post("/sign-in", data=sent, base_url=base, headers=headers)
    name = "__Host-session" if https else "session"
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(name + "="))
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert ("Secure" in parts) is https
    assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in parts)
    assert "remember_token" not in " ".join(answer.headers.getlist("Set-Cookie"))
    token = cookie.split(";")[0].split("=", 1)[1]
    with app.app_context():
        kept = db.session.scalars(select(WebSession.token_hash)).all()
    assert token not in kept
    assert len(token) >= 43  # 256 bits


def test_limits_by_role():
    assert sessions.limits(frozenset({Role.SECADMIN}))[0] == timedelta(minutes=15)
    assert sessions.limits(frozenset({Role.OFFICER})) == (timedelta(minutes=30), timedelta(hours=8))
    assert sessions.limits(frozenset({Role.BROKER})) == (timedelta(minutes=30), timedelta(hours=12))
