"""Codes of a telephone at sign-in: bound by their owner, taken once, counted, reset on record."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from matchmaker import clock, web
from matchmaker.accounts import factors, passwords, signing_in
from matchmaker.accounts.factor_models import RecoveryCode, SecondFactor
from matchmaker.accounts.models import SignInAttempt, User
from matchmaker.audit.models import Entry
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.messages.models import Message
from matchmaker.sessions import WebSession
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
GOOD = "Lantian-2026-keji"
PAGE = "/account/second-factor"


@pytest.fixture(autouse=True)
def moment(monkeypatch):
    """The telephone's and the machine's time stand still: no code runs out under a test."""
    fixed = clock.unmoved()
    monkeypatch.setattr(clock, "unmoved", lambda: fixed)


@pytest.fixture
def officer(app, make):
    with app.app_context():
        stored = passwords.hashed(GOOD)
    return make.user(
        Role.OFFICER, login="zhang@kj.cn", password_hash=stored, password_changed_at=clock.now()
    )


@pytest.fixture
def real(app, monkeypatch):
    """An instance that is no demonstration."""
    monkeypatch.setitem(app.config, "DEMONSTRATION", False)


def secret_of(app, user):
    with app.app_context():
        return factors.pending(db.session.get_one(User, user.id))[0]


def enrol(app, client, user):
    """Bind a telephone; return its secret and the recovery codes the page shows once."""
    assert browser.post(client, f"{PAGE}/begin", page=PAGE).status_code == 302
    secret = secret_of(app, user)
    answer = browser.post(client, PAGE, {"code": code(secret)})
    assert answer.status_code == 200, browser.text(answer)
    return secret, [one.text for one in browser.parse(answer).iter("code")]


def code(secret, steps=0):
    totp = pyotp.TOTP(secret)
    return totp.generate_otp(totp.timecode(clock.unmoved()) + steps)


def first_step(client, login="zhang@kj.cn", password=GOOD):
    return browser.post(client, "/sign-in", {"login": login, "password": password})


def second_step(client, typed, **more):
    return browser.post(client, "/sign-in/code", {"code": typed, **more})


def actions(app):
    with app.app_context():
        return [one.action for one in db.session.scalars(select(Entry).order_by(Entry.seq))]


def test_who_has_bound_a_telephone_signs_in_by_both(app, client, officer, sign_in):
    secret, codes = enrol(app, sign_in(officer), officer)
    assert (len(codes), len(set(codes))) == (10, 10)
    answer = first_step(client)
    assert answer.location == "/sign-in/code?next=/"
    assert client.get("/account").status_code == 302  # the password alone opens nothing
    before = client.get_cookie("session").value
    assert second_step(client, "000000").status_code == 422
    assert client.get("/account").status_code == 302
    assert second_step(client, code(secret, 1)).status_code == 302
    assert client.get("/account").status_code == 200
    assert client.get_cookie("session").value != before
    assert actions(app) == ["enrol_factor", "sign_in_failed", "sign_in"]


def test_nothing_at_rest_tells_the_secret(app, officer, sign_in):
    secret, codes = enrol(app, sign_in(officer), officer)
    with app.app_context():
        kept = db.session.get_one(SecondFactor, officer.id)
        stored = [kept.secret, *db.session.scalars(select(RecoveryCode.code_hash))]
        assert len(stored) == 11
        sessions = " ".join(db.session.scalars(select(WebSession.content)))
        everything = " ".join(stored) + sessions
        assert secret not in everything
        assert secret.encode().hex() not in everything
        assert not any(one in everything or one.replace("-", "") in everything for one in codes)
        with pytest.MonkeyPatch.context() as other:
            other.setitem(app.config, "SECRET_KEY", "another-machine's-key")
            assert not accepted(officer, code(secret, 1))


def accepted(user, typed):
    with web.transaction():
        person = db.session.get_one(User, user.id)
        return factors.accept(person, typed, moment=clock.unmoved(), now=clock.now())


@pytest.fixture
def bound(app, officer, sign_in):
    """The officer's secret and recovery codes; the code that bound it is used up."""
    return enrol(app, sign_in(officer), officer)


def used_twice(app, user, secret):
    """Type a code of the telephone twice; tell what became of each."""
    with app.app_context():
        typed = code(secret, 1)
        return accepted(user, typed), accepted(user, typed)


def test_a_code_is_taken_once_and_none_before_it(app, officer, bound, shows):
    secret, codes = bound
    assert used_twice(app, officer, secret) == (True, False)
    with app.app_context():
        tried = [code(secret, steps) for steps in (-3, -2, -1, 0, 1, 2)]
        assert [accepted(officer, one) for one in tried] == [False] * 6
        assert [accepted(officer, codes[0]) for _ in range(2)] == [True, False]
        assert accepted(officer, codes[1].lower().replace("-", " "))
        assert factors.left(db.session.get_one(User, officer.id)) == 8
        subjects = db.session.scalars(select(Message.subject)).all()
    assert subjects.count("用了一个恢复码登录") == 2
    shows("T19", "动态验证码、恢复码各只能用一次，过期的、提前的不收", tried=11)


def test_codes_that_could_be_used_again_would_be_noticed(app, officer, bound, shows, monkeypatch):
    with app.app_context():
        real = factors.accept

        def forgetful(user, typed, **times):
            fits = real(user, typed, **times)
            db.session.get_one(SecondFactor, user.id, populate_existing=True).last_step = 0
            return fits

        monkeypatch.setattr(factors, "accept", forgetful)
    assert used_twice(app, officer, bound[0]) == (True, True)
    shows("T19", planted="验证码用过后不记时间步，同一个码可再用")


def test_codes_count_into_the_lock_out(app, client, officer, bound):
    first_step(client)
    for _ in range(10):
        assert second_step(client, "123456").status_code == 422
    assert second_step(client, code(bound[0], 1)).status_code == 422
    with app.app_context():
        failed = select(SignInAttempt).where(SignInAttempt.succeeded.is_(False))
        assert len(db.session.scalars(failed).all()) == 11


def test_the_wait_for_a_code_ends(client, officer, bound, monkeypatch):
    first_step(client)
    later = clock.now() + timedelta(minutes=6)
    page = client.get("/sign-in/code")
    monkeypatch.setattr(clock, "now", lambda: later)
    sent = {**browser.hidden(page, "/sign-in/code"), "code": code(bound[0], 1)}
    assert client.post("/sign-in/code", data=sent).location == "/sign-in?next=/"
    assert client.get("/sign-in/code").location == "/sign-in?next=/"


def test_a_wrong_first_code_binds_nothing(app, officer, sign_in):
    client = sign_in(officer)
    browser.post(client, f"{PAGE}/begin", page=PAGE)
    answer = browser.post(client, PAGE, {"code": "000000"})
    assert answer.status_code == 422
    assert factors.WRONG in browser.text(answer)
    with app.app_context():
        assert not factors.is_enrolled(db.session.get_one(User, officer.id))


def test_a_new_telephone_counts_once_confirmed_and_the_old_one_until_then(app, officer, sign_in):
    client = sign_in(officer)
    old, old_codes = enrol(app, client, officer)
    browser.post(client, f"{PAGE}/begin", page=PAGE)
    with app.app_context():
        assert accepted(officer, code(old, 1))
    new = secret_of(app, officer)
    assert browser.post(client, PAGE, {"code": code(new)}).status_code == 200
    with app.app_context():
        assert not accepted(officer, old_codes[0])
        assert accepted(officer, code(new, 1))
        assert not accepted(officer, code(old, 2))


def test_binding_ends_every_other_session(app, officer, sign_in):
    there = sign_in(officer)
    here = sign_in(officer)
    enrol(app, here, officer)
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_new_recovery_codes_end_the_former_ones(app, officer, sign_in):
    client = sign_in(officer)
    _, codes = enrol(app, client, officer)
    answer = browser.post(client, f"{PAGE}/codes", page=PAGE)
    fresh = [one.text for one in browser.parse(answer).iter("code")]
    assert len(fresh) == 10
    with app.app_context():
        assert not accepted(officer, codes[0])
        assert accepted(officer, fresh[0])


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.VISITOR, Role.SYSTEM}])
def test_who_must_is_led_to_binding_and_nowhere_else(app, make, sign_in, role, real):
    user = make.user(role, password_changed_at=clock.now())
    client = sign_in(user)
    answer = client.get("/account")
    if role not in factors.MANDATORY:
        assert answer.status_code == 200
        return
    for path in ("/account", "/needs", "/messages", "/account/sessions/1/end"):
        assert client.get(path).location == PAGE, path
    sent = browser.hidden(client.get(PAGE), f"{PAGE}/begin")
    assert client.post("/account/sessions/end", data=sent).location == PAGE
    fetched = client.get("/needs", headers={"X-Requested-With": "fetch"})
    assert fetched.status_code == 403
    enrol(app, client, user)
    assert client.get("/account").status_code == 200


def test_a_demonstration_leads_nobody_there(make, sign_in):
    assert sign_in(make.user(Role.OFFICER)).get("/account").status_code == 200


def test_only_who_need_not_does_without(app, make, sign_in, officer, monkeypatch):
    client = sign_in(officer)
    enrol(app, client, officer)
    monkeypatch.setitem(app.config, "DEMONSTRATION", False)
    assert browser.post(client, f"{PAGE}/drop", page=PAGE).status_code == 422
    researcher = make.user(Role.RESEARCHER)
    other = sign_in(researcher)
    enrol(app, other, researcher)
    assert browser.post(other, f"{PAGE}/drop", page=PAGE).status_code == 302
    with app.app_context():
        left = db.session.scalars(select(SecondFactor.user_id)).all()
        assert left == [officer.id]


def test_the_security_administrator_resets_on_record_and_never_enrols(
    app, make, sign_in, officer, bound, client
):
    secadmin = make.user(Role.SECADMIN)
    admin = sign_in(secadmin)
    inside = sign_in(officer)
    page = f"/users/{officer.public_id}"
    assert "已启用" in browser.text(admin.get(page))
    path = f"{page}/second-factor/reset"
    assert browser.post(admin, path, {"reason": " "}, page=page).status_code == 422
    assert inside.get("/account").status_code == 200
    reason = "手机丢失，当面核对身份证"
    assert browser.post(admin, path, {"reason": reason}, page=page).status_code == 302
    assert inside.get("/account").status_code == 302
    assert first_step(client).location == "/"  # by the password alone, as before binding
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.action == "reset_factor")).one()
        assert (entry.actor_id, entry.reason, entry.object_id) == (
            secadmin.id,
            reason,
            officer.public_id,
        )
        assert "动态验证码已被重置" in db.session.scalars(select(Message.subject)).all()
        assert db.session.scalars(select(RecoveryCode)).all() == []


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.AUDITOR, Role.LEADER, Role.OFFICER])
def test_nobody_else_resets(make, sign_in, officer, bound, role):
    client = sign_in(make.user(role))
    path = f"/users/{officer.public_id}/second-factor/reset"
    assert browser.post(client, path, {"reason": "x"}, page="/account").status_code == 404


def test_resetting_ones_own_is_refused(writing, make):
    secadmin = make.user(Role.SECADMIN)
    with pytest.raises(NotAllowed):
        factors.reset(secadmin, by=secadmin, now=NOON, reason="自己办")


def test_somebody_elses_secret_does_not_decrypt_for_another(app, make, officer, bound):
    """A row copied to another account in the database opens nothing."""
    other = make.user(Role.LEADER)
    with app.app_context():
        with web.transaction():
            row = db.session.get_one(SecondFactor, officer.id)
            db.session.add(
                SecondFactor(
                    user_id=other.id, secret=row.secret, pending="", last_step=0, confirmed_at=NOON
                )
            )
        assert not accepted(other, code(bound[0], 1))


def test_a_factor_that_was_never_confirmed_is_not_asked_for(writing, make):
    user = make.user(Role.OFFICER)
    factors.begin(user)
    db.session.flush()
    assert not factors.is_enrolled(user)
    with pytest.raises(Invalid):
        factors.confirm(user, "1", session_id=None, moment=NOON, now=NOON)


def test_signing_in_on_a_new_device_is_told_and_on_a_known_one_not(app, officer):
    def subjects():
        with app.app_context():
            return db.session.scalars(select(Message.subject)).all()

    known = app.test_client()
    assert first_step(known).status_code == 302
    browser.post(known, "/sign-out", page="/account")
    assert first_step(known).status_code == 302
    assert subjects() == []
    stranger = app.test_client()
    assert first_step(stranger).status_code == 302
    assert subjects() == ["您的账号在一台新设备上登录"]
    assert signing_in.MOST_GUESSES == 10
