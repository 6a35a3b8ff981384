"""T4: every form sent back with every other column's name in it: nothing unlisted is written."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from lxml import html

from matchmaker.accounts import operations, views
from matchmaker.extensions import db
from tests import browser
from tests.security import surface, world

pytestmark = [pytest.mark.database, pytest.mark.pages]
TEXT, NUMBER, MOMENT = "massmark", 7_654_321, datetime(2031, 7, 6, tzinfo=UTC)
LEFT_OUT = ("/sign-out", "/account/password", "/account/confirm", "/display/")
# What a form's hidden columns must not reach in the trail either: it keeps what was asked for.
NOT_READ = {"audit_entry", "web_session", "submission", "outbox_event"}
ROWS = ("need", "returned_need", "draft_achievement", "draft_team", "draft_bounty", "notice",
        "draft_notice", "objection", "lead", "call", "visit", "firm", "user",
        "tech_contract")  # fmt: skip


@pytest.fixture
def district(make):
    return world.build(make)


def marked():
    """Return every column's name of every model with a value that would be seen again."""
    found = {}
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            if isinstance(kind, sa.Integer):
                found.setdefault(column.key, str(NUMBER))
            elif "DateTime" in type(kind).__name__ or isinstance(kind, sa.DateTime | sa.Date):
                found.setdefault(column.key, f"{MOMENT:%Y-%m-%dT%H:%M}")
            else:
                found.setdefault(column.key, f"{TEXT}-{column.key}"[:60])
    return found


def written(app):
    """Return (table, column) of every marked value that has been stored."""
    found = set()
    with app.app_context(), db.engines["reader"].connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name in NOT_READ:
                continue
            for row in connection.execute(sa.select(table)).mappings():
                found |= {(table.name, name) for name, value in row.items() if _is_marked(value)}
    return found


def _is_marked(value):
    if isinstance(value, datetime):
        return value.year == MOMENT.year
    return value == NUMBER or TEXT in str(value) or str(NUMBER) in str(value)


def forms_of(app, client, district):
    """Yield (action, the fields as the page holds them) of every form a person is offered, once."""
    seen = set()
    rows = {name: row for name, row in district.named().items() if name in ROWS}
    for _, path in surface.addresses(app, rows, method="GET"):
        if surface.NO_ROW in path or path.endswith("/export"):
            continue
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer.content_type:
            continue
        tree = html.fromstring(answer.get_data(as_text=True))  # far quicker than html5lib
        for form in tree.iter("form"):
            if form.get("method", "").lower() != "post":
                continue
            action = form.get("action") or path
            if action in seen or action.startswith(LEFT_OUT):
                continue
            seen.add(action)
            yield action, fields_of(form)


def fields_of(form):
    found = {}
    for tag in ("input", "textarea", "select"):
        for field in form.iter(tag):
            found.setdefault(field.get("name", ""), _held(tag, field))
    return {name: value for name, value in found.items() if name and value is not None}


def _held(tag, field):
    if tag == "textarea":
        return field.text or ""
    if tag == "input":
        ticked = field.get("type") not in {"checkbox", "radio"} or field.get("checked") is not None
        return field.get("value", "") if ticked else ""
    chosen = [
        one.get("value", "") for one in field.iter("option") if one.get("selected") is not None
    ]
    return chosen[0] if chosen else ""


def overfill(app, client, district):
    """Send every form with every column it does not list; return (sent, crashed)."""
    sent, crashed, extra = 0, [], marked()
    for action, fields in forms_of(app, client, district):
        more = {name: value for name, value in extra.items() if name not in fields}
        repeated = {name: [value, value] for name, value in more.items()}
        for given in (more, repeated):
            answer = client.post(action, data={**fields, **given})
            sent += 1
            if answer.status_code >= 500:
                crashed.append((action, answer.status_code))
    return sent, crashed


def test_nothing_is_written_that_a_form_does_not_list(app, sign_in, district, shows):
    total, columns = 0, len(marked())
    for name in ("owner", "officer"):
        sent, crashed = overfill(app, sign_in(district.people[name]), district)
        assert crashed == []
        total += sent
    assert total > 60
    assert written(app) == set()
    shows(
        "T4",
        f"每张表单夹带全部 {columns} 个字段名（含重复参数），未列明的一个也没有写入",
        tried=total,
    )


def test_a_form_that_takes_what_it_is_given_is_noticed(
    app, make, sign_in, district, shows, monkeypatch
):
    from flask import request

    real = operations.update_profile

    def generous(user, **fields):
        real(user, **fields)
        for name in ("password_hash", "login"):
            setattr(user, name, request.form.get(name, ""))

    monkeypatch.setattr(views.operations, "update_profile", generous)
    client = sign_in(district.people["owner"])
    page = client.get("/account")
    form = next(one for one in browser.forms(page) if one.get("action") == "/account")
    fields = fields_of(form)
    more = {name: value for name, value in marked().items() if name not in fields}
    client.post("/account", data={**more, **fields, "phone": "", "email": ""})
    assert written(app) == {("user_account", "password_hash"), ("user_account", "login")}
    shows("T4", planted="个人资料按提交的字段名照单写入")
