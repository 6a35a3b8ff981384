"""Signing in and out: one answer for all, ten guesses, the owner's device, a fresh session."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import clock, web
from matchmaker.accounts import operations, passwords, signing_in
from matchmaker.accounts.models import Device, SignInAttempt, User
from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.sessions import WebSession
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
GOOD = "Lantian-2026-keji"


@pytest.fixture
def owner(app, make):
    with app.app_context():
        stored = passwords.hashed(GOOD)
    return make.user(
        Role.OFFICER, login="zhang@kj.cn", password_hash=stored, password_changed_at=clock.now()
    )


def attempt(client, login="zhang@kj.cn", password=GOOD, **options):
    return browser.post(client, "/sign-in", {"login": login, "password": password}, **options)


def guess(login, *, device="", now=NOON):
    return signing_in.reserve(login, device=device, ip="10.0.0.1", now=now)


def test_the_owner_signs_in_and_out(app, client, owner):
    client.get("/sign-in")
    before = client.get_cookie("session").value
    answer = attempt(client, login=" ZHANG@kj.cn ")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    token = client.get_cookie("session").value
    assert token != before
    assert client.get("/account").status_code == 200
    with app.app_context():
        row = db.session.scalars(select(WebSession)).one()
        assert '"roles": ["officer"]' in row.content
    assert browser.post(client, "/sign-out", page="/account").status_code == 302
    client.set_cookie("session", token)
    assert client.get("/account").headers["Location"].startswith("/sign-in?next=")
    with app.app_context():
        assert [e.action for e in db.session.scalars(select(Entry).order_by(Entry.seq))] == [
            "sign_in",
            "sign_out",
        ]


def test_unknown_wrong_and_disabled_are_answered_alike(app, make, client, owner):
    with app.app_context():
        stored = passwords.hashed(GOOD)
    make.user(Role.OFFICER, login="off@kj.cn", state=UserState.DISABLED, password_hash=stored)
    answers = [
        attempt(client, login="zhang@kj.cn", password="wrong"),
        attempt(client, login="nobody@kj.cn", password="wrong"),
        attempt(client, login="off@kj.cn", password=GOOD),
    ]
    assert {a.status_code for a in answers} == {422}
    texts = {browser.text(a) for a in answers}
    assert len(texts) == 1
    assert "账号或密码不正确" in texts.pop()


def test_an_unknown_account_costs_a_hash_too(app, monkeypatch, owner):
    seen = []
    monkeypatch.setattr(passwords, "verify", lambda stored, _password: bool(seen.append(stored)))
    with app.app_context():
        with web.transaction():
            unknown, known = guess("nobody@kj.cn"), guess("zhang@kj.cn")
        signing_in.judge(unknown, "x")
        signing_in.judge(known, "x")
    assert seen == ["", owner.password_hash]


@pytest.mark.parametrize("login", ["zhang@kj.cn", "nobody@kj.cn"])
def test_ten_guesses_are_looked_at_and_no_more(writing, owner, login):
    looked_at = [guess(login).evaluated for _ in range(14)]
    assert looked_at == [True] * 10 + [False] * 4
    later = NOON + signing_in.WINDOW + timedelta(seconds=1)
    assert guess(login, now=later).evaluated


def looked_at_after_a_restart(app, count):
    """Guess on as many connections as guesses, each as a worker that has just started."""
    from tests.conftest import dispose

    seen = []
    with app.app_context():
        for number in range(count):
            dispose()
            with web.transaction():
                seen.append(
                    signing_in.reserve(
                        "zhang@kj.cn", device="", ip=f"10.0.{number // 250}.{number % 250}",
                        now=clock.now(),
                    ).evaluated
                )  # fmt: skip
    return seen.count(True)


def test_the_count_survives_restarts_workers_and_made_up_addresses(app, owner, shows):
    assert looked_at_after_a_restart(app, 60) == 10
    shows("T19", "重启、换进程、伪造地址都绕不过：60 次猜测只核对 10 次", tried=60)


def test_guesses_that_are_not_counted_would_be_noticed(app, owner, shows, monkeypatch):
    monkeypatch.setattr(signing_in, "MOST_GUESSES", 10**6)
    assert looked_at_after_a_restart(app, 15) == 15
    shows("T19", planted="登录失败次数不设上限")


def test_a_missing_dummy_hash_would_be_noticed(app, monkeypatch, owner, shows):
    """The check above counts calls; an early return for unknown accounts leaves one out."""

    def calls():
        seen = []
        with monkeypatch.context() as patch:
            patch.setattr(passwords, "verify", lambda stored, _p: bool(seen.append(stored)))
            with app.app_context():
                with web.transaction():
                    guesses = guess("nobody@kj.cn"), guess("zhang@kj.cn")
                for one in guesses:
                    signing_in.judge(one, "x")
        return len(seen)

    assert calls() == 2
    shows("T19", "不存在的账号同样核对一次占位密码，答复逐字相同", tried=2)
    real = signing_in.judge
    monkeypatch.setattr(signing_in, "judge", lambda one, p: bool(one.stored) and real(one, p))
    assert calls() == 1
    shows("T19", planted="账号不存在时不核对占位密码，直接返回")


def test_no_default_account_and_hashes_are_strong(app, owner):
    with app.app_context():
        assert db.session.scalars(select(User.login)).all() == ["zhang@kj.cn"]
    assert (passwords.MEMORY_KIB, passwords.TIME_COST) == (19 * 1024, 2)


def test_the_right_password_is_refused_while_paused(app, client, owner):
    with app.app_context(), web.transaction():
        for _ in range(10):
            guess("zhang@kj.cn", now=clock.now())
    assert attempt(client).status_code == 422
    assert signing_in.FAILED in browser.text(attempt(client))


def test_the_owner_gets_in_from_a_known_device_while_strangers_guess(app, client, owner):
    assert attempt(client).status_code == 302
    browser.post(client, "/sign-out", page="/account")
    with app.app_context(), web.transaction():
        for _ in range(12):
            guess("zhang@kj.cn", now=clock.now())
    stranger = app.test_client()
    assert attempt(stranger).status_code == 422
    stranger.set_cookie("device", "made-up-token-of-a-stranger")
    assert attempt(stranger).status_code == 422
    assert attempt(client).status_code == 302


def test_a_known_device_has_ten_guesses_as_well(writing, owner):
    token = signing_in.remember_device(db.session.get_one(User, owner.id), "", now=NOON)
    looked_at = [guess("zhang@kj.cn", device=token).evaluated for _ in range(12)]
    assert looked_at == [True] * 10 + [False] * 2
    assert guess("zhang@kj.cn").evaluated
    assert db.session.scalars(select(Device)).one().token_hash != token


def test_what_worked_is_not_counted(writing, owner):
    for _ in range(11):
        signing_in.admit(guess("zhang@kj.cn"), GOOD, device="", now=NOON)
    assert guess("zhang@kj.cn").evaluated


def test_an_old_hash_is_made_anew_on_signing_in(app, client, owner, monkeypatch):
    monkeypatch.setitem(app.config, "ARGON2_TIME_COST", 2)
    assert attempt(client).status_code == 302
    with app.app_context():
        stored = db.session.get_one(User, owner.id).password_hash
        assert stored != owner.password_hash
        assert "t=2" in stored


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/account?x=1", "/account?x=1"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\tevil", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_only_paths_of_this_site_are_led_to(client, owner, wanted, got):
    page = client.get("/sign-in", query_string={"next": wanted})
    form = next(
        f
        for f in browser.forms(page)
        if "/sign-in" in f.get("action") and "next" in f.get("action")
    )
    assert "evil" not in form.get("action")
    fields = browser.hidden(page, "/sign-in")
    answer = client.post(
        "/sign-in",
        query_string={"next": wanted},
        data={**fields, "login": "zhang@kj.cn", "password": GOOD},
    )
    assert answer.headers["Location"] == got


def test_a_post_without_a_token_signs_nobody_in(app, client, owner):
    answer = client.post("/sign-in", data={"login": "zhang@kj.cn", "password": GOOD})
    assert "/sign-in" in answer.headers["Location"]
    with app.app_context():
        assert db.session.scalars(select(SignInAttempt)).all() == []


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.VISITOR, Role.SYSTEM}])
def test_one_click_signs_in_as_each_role_of_a_demonstration(app, make, client, role):
    make.user(role, Role.BROKER) if role is not Role.BROKER else None
    only = make.user(role)
    page = client.get("/sign-in")
    buttons = [b.get("value") for b in browser.parse(page).iter("button") if b.get("name")]
    assert role.value in buttons
    answer = browser.post(
        client, "/sign-in/demonstration", {"demo_login": role.value}, page="/sign-in"
    )
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.scalars(select(WebSession)).one().user_id == only.id


def test_a_real_instance_knows_no_demonstration_accounts(app, make, client, monkeypatch):
    make.user(Role.OFFICER)
    monkeypatch.setitem(app.config, "DEMONSTRATION", False)
    page = client.get("/sign-in")
    assert "演示账号" not in browser.text(page)
    answer = browser.post(
        client, "/sign-in/demonstration", {"demo_login": "officer"}, page="/sign-in"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("wanted", ["leader", "nonsense", "", "visitor"])
def test_a_role_nobody_holds_is_not_found(make, client, wanted):
    make.user(Role.OFFICER)
    answer = browser.post(client, "/sign-in/demonstration", {"demo_login": wanted}, page="/sign-in")
    assert answer.status_code == 404


def test_idle_and_absolute_limits_go_by_role(app, client, make, owner, monkeypatch):
    start = clock.now()
    attempt(client)
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=29))
    assert client.get("/account").status_code == 200
    for minutes in range(58, 480, 29):
        monkeypatch.setattr(clock, "now", lambda at=minutes: start + timedelta(minutes=at))
        assert client.get("/account").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(hours=8, minutes=1))
    assert client.get("/account").status_code == 302


def test_must_renew_both_ways(make):
    fresh = make.user(Role.OFFICER, password_changed_at=NOON)
    assert operations.must_renew(fresh, now=NOON + timedelta(days=90)) == ""
    assert "90 天" in operations.must_renew(fresh, now=NOON + timedelta(days=91))
    other = make.user(Role.ENTERPRISE_ADMIN, password_changed_at=NOON)
    assert operations.must_renew(other, now=NOON + timedelta(days=4000)) == ""
