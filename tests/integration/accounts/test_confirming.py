"""A weighty step wants its doer once more; then it goes on where it was, with what was typed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import clock, policy
from matchmaker.accounts import passwords
from matchmaker.accounts.models import RoleGrant, SignInAttempt, User
from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.policy import step_up
from tests import browser
from tests.integration.accounts.test_second_factor import code, enrol

pytestmark = pytest.mark.database
GOOD = "Lantian-2026-keji"
NEW = {"login": "wang@kj.cn", "name": "王五", "roles": "officer", "section_id": "", "town_id": ""}


@pytest.fixture
def sysadmin(app, make):
    with app.app_context():
        stored = passwords.hashed(GOOD)
    return make.user(Role.SYSADMIN, password_hash=stored, password_changed_at=clock.now())


@pytest.fixture
def later(monkeypatch):
    """Sixteen minutes after whatever was confirmed, within the session's life."""
    monkeypatch.setattr(step_up, "WITHIN", timedelta(seconds=-1))


def people(app):
    with app.app_context():
        return db.session.scalars(select(User.login)).all()


def held_up(client):
    """Send a form that is held up; return the page that asks who it is."""
    answer = browser.post(client, "/users/new", NEW)
    assert answer.status_code == 403
    assert "确认是您本人" in browser.text(answer)
    return answer


def confirm(client, page, typed, **more):
    form = next(f for f in browser.forms(page) if "/account/confirm" in f.get("action", ""))
    fields = {one.get("name"): one.get("value", "") for one in form.iter("input")}
    sent = {**fields, "confirm_secret": typed, **more}
    return client.post(form.get("action"), data=sent, follow_redirects=False), sent


def test_what_was_typed_goes_on_by_itself_after_the_password(app, sysadmin, sign_in, monkeypatch):
    client = sign_in(sysadmin)
    with monkeypatch.context() as idle:
        idle.setattr(step_up, "WITHIN", timedelta(seconds=-1))
        page = held_up(client)
        answer, sent = confirm(client, page, GOOD)
    assert (answer.status_code, answer.location) == (307, "/users/new")
    assert NEW["login"] not in people(app)
    done = client.post(answer.location, data=sent)  # as the browser does with a 307
    assert done.status_code == 200
    assert "/link/" in done.text
    assert NEW["login"] in people(app)
    with app.app_context():
        told = [one.action for one in db.session.scalars(select(Entry).order_by(Entry.seq))]
        assert told[0] == "confirm_identity"
        wanted = db.session.scalars(select(RoleGrant).where(RoleGrant.approved_at.is_(None))).all()
        assert [grant.role for grant in wanted] == [Role.OFFICER]


def test_a_wrong_password_is_counted_and_keeps_what_was_typed(app, sysadmin, sign_in, later):
    client = sign_in(sysadmin)
    page = held_up(client)
    for _ in range(2):
        page, _ = confirm(client, page, "wrong")
        assert page.status_code == 422
    assert browser.values(page)["name"] == "王五"
    with app.app_context():
        assert len(db.session.scalars(select(SignInAttempt)).all()) == 2
        told = [one.action for one in db.session.scalars(select(Entry))]
        assert told == ["confirm_failed", "confirm_failed"]


def test_the_eleventh_guess_is_not_looked_at(app, sysadmin, sign_in, later):
    client = sign_in(sysadmin)
    page = held_up(client)
    for _ in range(10):
        confirm(client, page, "wrong")
    answer, _ = confirm(client, page, GOOD)
    assert answer.status_code == 422


def test_a_code_confirms_as_well(app, sysadmin, sign_in, monkeypatch):
    client = sign_in(sysadmin)
    moment = clock.unmoved()
    monkeypatch.setattr(clock, "unmoved", lambda: moment)
    secret, _ = enrol(app, client, sysadmin)
    monkeypatch.setattr(step_up, "WITHIN", timedelta(seconds=-1))
    answer, _ = confirm(client, held_up(client), code(secret, 1))
    assert answer.status_code == 307
    answer, _ = confirm(client, held_up(client), code(secret, 1))
    assert answer.status_code == 422  # a code is taken once


def test_one_click_confirms_a_demonstration_account(app, make, client, later):
    make.user(Role.OFFICER)
    browser.post(client, "/sign-in/demonstration", {"demo_login": "officer"}, page="/sign-in")
    answer = client.get("/needs/export?q=x")
    assert answer.location == "/account/confirm?next=/needs/export?q%3Dx"
    page = client.get(answer.location)
    assert "confirm_secret" not in page.text
    answer, _ = confirm(client, page, "")
    assert (answer.status_code, answer.location) == (303, "/needs/export?q=x")


def test_an_export_is_held_up_and_then_given(app, sysadmin, make, sign_in, monkeypatch):
    client = sign_in(make.user(Role.OFFICER))
    assert client.get("/needs/export").status_code == 200
    monkeypatch.setattr(step_up, "WITHIN", timedelta(seconds=-1))
    assert client.get("/needs/export").status_code == 302
    fetched = client.get("/needs/export", headers={"X-Requested-With": "fetch"})
    assert (fetched.status_code, "error" in fetched.json) == (403, True)


def test_secrets_are_not_shown_again(make, sign_in, later):
    client = sign_in(make.user(Role.LEADER))
    sent = browser.hidden(client.get("/account"))
    path = "/bounties/x/opening"
    answer = client.post(path, data={**sent, "passphrase": "海风明月", "note": "在场"})
    assert answer.status_code == 403
    assert "海风明月" not in answer.text
    fields = {one.get("name"): one for one in browser.parse(answer).iter("input")}
    assert fields["note"].get("value") == "在场"
    assert fields["passphrase"].get("type") == "password"


def test_what_is_confirmed_holds_for_a_while(app, sysadmin, sign_in, monkeypatch):
    client = sign_in(sysadmin)
    start = clock.now()
    for minutes, status in ((14, 422), (16, 403)):
        monkeypatch.setattr(clock, "now", lambda at=minutes: start + timedelta(minutes=at))
        answer = browser.post(client, "/users/new", {**NEW, "login": ""})
        assert answer.status_code == status, minutes
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=7))
        client.get("/account")
        monkeypatch.undo()


def weighty(app):
    """Yield (rule, method) of every route that has to want a confirmation."""
    for rule in app.url_map.iter_rules():
        bound = getattr(app.view_functions[rule.endpoint], "policy", None)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            if bound and step_up.is_wanted(*bound, method):
                yield rule, method, bound


WANTED = {
    "/bids/<public_id>/submit", "/bids/<public_id>/replace", "/bounties/<public_id>/opening",
    "/reviews/<public_id>/propose", "/awards/<public_id>/approve", "/awards/<public_id>/endorse",
    "/choices/<public_id>", "/users/grants/<int:grant_id>", "/users/<public_id>/roles",
    "/users/new", "/members/<public_id>", "/members/invite", "/audit/export",
    "/contracts/<public_id>/archive.zip", "/users/<public_id>/second-factor/reset",
}  # fmt: skip


def held_routes(app, make, sign_in):
    """Send every weighty request unconfirmed, as somebody who may; return (held, let through)."""
    clients = {role: sign_in(make.user(role)) for role in Role
               if role not in {Role.VISITOR, Role.SYSTEM, Role.TOWN_OFFICER}}  # fmt: skip
    tokens = {role: browser.hidden(one.get("/account")) for role, one in clients.items()}
    held, through = set(), set()
    for rule, method, bound in weighty(app):
        may = {role for row in policy.table.find(*bound) for role in row.allow | row.own}
        role = next(one for one in clients if one in may)
        values = {name: 1 if "int:" + name in rule.rule else "x" for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
        client = clients[role]
        answer = client.get(path) if method == "GET" else client.post(path, data=tokens[role])
        asked = (302, "/account/confirm") if method == "GET" else (403, "")
        fits = (answer.status_code, (answer.location or "").split("?")[0]) == asked
        (held if fits else through).add((rule.rule, method))
    return held, through


def test_every_weighty_route_is_held_up(app, make, sign_in, later, shows):
    held, through = held_routes(app, make, sign_in)
    assert through == set()
    assert {rule for rule, _ in held} >= WANTED
    exports = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.endswith("/export")}
    figures = {"/figures/<key>/export", "/figures/export", "/figures/quality/export"}
    house = {"/terms/<name>/export", "/weights/export"}  # words and weights: nobody's data
    assert exports - {rule for rule, _ in held} == figures | house
    shows("T18", "递交、开标、授榜、授权、批量导出等入口未经再次确认一律不办", tried=len(held))


def test_a_route_taken_off_the_table_would_be_noticed(
    app, make, sign_in, later, shows, monkeypatch
):
    bare = step_up.ACTS - {("bounty", "approve_award")}
    monkeypatch.setattr(step_up, "ACTS", bare)
    held, _ = held_routes(app, make, sign_in)
    assert WANTED - {rule for rule, _ in held} == {"/awards/<public_id>/approve"}
    shows("T18", planted="批准授榜不再要求确认身份")
