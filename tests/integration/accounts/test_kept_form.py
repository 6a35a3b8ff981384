"""What an idle session's form held comes back to its writer, to nobody else on that computer."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from matchmaker import clock, sessions, web
from matchmaker.accounts import passwords
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests import browser

pytestmark = pytest.mark.database
PAGE, SECRET = "/achievements/new", "qingshan-lvshui-2026"


@pytest.fixture
def people(app, make):
    with app.app_context():
        stored = passwords.hashed(SECRET)
    return [
        make.user(
            Role.RESEARCHER, login=login, password_hash=stored, password_changed_at=clock.now()
        )
        for login in ("liang@lz.cn", "su@lz.cn")
    ]


@pytest.mark.parametrize(("who", "comes_back"), [(0, True), (1, False)])
def test_only_the_writer_gets_it_back(app, people, sign_in, who, comes_back):
    client = sign_in(people[0])
    data = {**browser.hidden(client.get(PAGE), PAGE), "title": "尚未公开的催化剂配方"}
    with app.app_context(), web.transaction():
        idle = clock.now() - timedelta(hours=2)
        db.session.execute(update(sessions.WebSession).values(seen_at=idle))
    answer = client.post(PAGE, data=data)
    assert answer.location.startswith("/sign-in")
    signed = {"login": people[who].login, "password": SECRET, "next": PAGE}
    assert browser.post(client, "/sign-in", signed).status_code == 302
    assert (browser.values(client.get(PAGE))["title"] == data["title"]) is comes_back
