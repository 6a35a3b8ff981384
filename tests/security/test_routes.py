"""Every route, as everybody: refused where it must be, quiet where it only reads, never a crash."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker import clock, web
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.messages import operations as messages
from tests.security import surface, world

pytestmark = pytest.mark.database
HEADERS = (
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
    "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
    "X-Request-ID",
)  # fmt: skip
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=|\sstyle=")
OWN_BOOKKEEPING = {"web_session", "audit_entry", "audit_head", "bounty_visit"}
PUBLIC_ROLES = [role for role in Role if role not in {Role.VISITOR, Role.SYSTEM}]


@pytest.fixture
def district(make):
    return world.build(make)


def contents(app):
    """Return every row of every table but those the application keeps of any visit."""
    with app.app_context():
        reader = db.engines["reader"]
        with reader.connect() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(sa.select(table))))
                for table in db.metadata.sorted_tables
                if table.name not in OWN_BOOKKEEPING
            }


def everybody(make, sign_in, client):
    yield "visitor", client
    for role in PUBLIC_ROLES:
        given = {"town": make.town()} if role is Role.TOWN_OFFICER else {}
        yield role.value, sign_in(make.user(role, **given))


FEW = (
    "need", "returned_need", "published_achievement", "draft_achievement", "draft_team", "lead",
    "in_pool_expert", "draft_service", "draft_broker", "pairing", "batch", "newcomer", "user",
    "call", "visit", "notice", "draft_notice", "objection",
    "bounty", "draft_bounty",
)  # fmt: skip
FEW_ROLES = ("visitor", "enterprise_admin", "researcher", "officer", "auditor")
QUIET = {200, 302, 303, 400, 403, 404, 409, 422}


@pytest.mark.timeout(1500)
def test_every_get_by_everybody_answers_and_changes_nothing(
    app, make, sign_in, client, district, every_role, shows
):
    rows = {name: row for name, row in district.named().items() if name in FEW}
    routes = list(surface.addresses(app, rows, method="GET"))
    visitors = list(everybody(make, sign_in, client))
    assert len(visitors) == 14
    if not every_role:
        visitors = [one for one in visitors if one[0] in FEW_ROLES]
        assert len(visitors) == len(FEW_ROLES)
    assert len(routes) > 150
    before = contents(app)
    wrong, looked_at = [], 0
    for name, visitor in visitors:
        for path in surface.worth_a_look(app, visitor, routes):
            looked_at += 1
            answer = visitor.get(path)
            missing = [one for one in HEADERS if one not in answer.headers]
            expected = QUIET | ({503} if path == "/readyz" else set())
            stored = answer.headers.get("Cache-Control") != "no-store"
            if answer.status_code not in expected or missing or stored:
                wrong.append((name, path, answer.status_code, missing))
    assert wrong == []
    after = contents(app)
    assert {name for name in before if before[name] != after[name]} == set()
    told = f"{len(visitors)} 种身份打开可打开的地址和一部分不可打开的：不改动数据，安全头齐全"
    shows("T20", told, tried=looked_at)


def test_a_get_that_writes_is_noticed(app, make, sign_in, district, shows, monkeypatch):
    """The same comparison, over an application one of whose GETs leaves something behind."""
    client = sign_in(make.user(Role.OFFICER))
    before = contents(app)
    assert client.get("/messages").status_code == 200
    assert contents(app) == before
    view = app.view_functions["messages.index"]

    def leaving():
        with web.transaction():
            messages.notify([district.people["officer"].id], "x", "x", "", now=clock.now())
        return view()

    monkeypatch.setitem(app.view_functions, "messages.index", leaving)
    assert client.get("/messages").status_code == 200
    assert contents(app) != before
    shows("T20", planted="打开页面时写入数据")


def test_a_missing_header_is_noticed(client, shows, monkeypatch):
    monkeypatch.delitem(web.HEADERS, "Content-Security-Policy")
    answer = client.get("/healthz")
    assert [one for one in HEADERS if one not in answer.headers] == ["Content-Security-Policy"]
    shows("T20", planted="应答缺少内容安全策略头")


def test_no_page_needs_inline_script():
    policy = web.CONTENT_POLICY
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    texts = {path: path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")}
    handlers = [str(path) for path, text in texts.items() if INLINE.search(text)]
    marked = [str(path) for path, text in texts.items() if re.search(r"\|\s*safe\b", text)]
    assert (len(texts) > 100, handlers, marked) == (True, [], [])


@pytest.mark.parametrize(("host", "status"), [("evil.example", 400), ("localhost", 200)])
def test_an_unknown_host_gets_no_page(app, monkeypatch, host, status):
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost"])
    answer = app.test_client().get("/sign-in", base_url=f"http://{host}")
    assert answer.status_code == status


def test_no_post_without_a_token_changes_anything(app, make, sign_in, client, district, shows):
    paths = [path for _, path in surface.addresses(app, district.named(), method="POST")]
    before = contents(app)
    insiders = [sign_in(district.people[name]) for name in ("officer", "owner")]
    for visitor in (client, *insiders):
        for path in paths:
            answer = visitor.post(path, data={"reason": "x", "action": "withdraw"})
            expected = {302, 404, 400} if visitor is client else {400, 404}
            assert answer.status_code in expected, (path, answer.status_code)
            assert all(one in answer.headers for one in HEADERS), path
    assert len(paths) > 150
    assert contents(app) == before
    shows("T20", "没有令牌的提交一律不办", tried=3 * len(paths))


def test_a_form_that_needs_no_token_is_noticed(app, sign_in, district, shows, monkeypatch):
    """The same request, over an application that asks nobody for a token."""
    client = sign_in(district.people["owner"])
    assert client.post("/account/sessions/end").status_code == 400
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    before = contents(app)
    client.post("/account", data={"name": "别人改的", "title": "", "phone": "", "email": ""})
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client.post("/account", data={"name": "别人改的", "title": "", "phone": "", "email": ""})
    assert contents(app) != before
    shows("T20", planted="提交不再核对令牌")


HOSTILE_TARGETS = (
    "//evil.example", "///evil.example", "////evil.example", "https://evil.example",
    "http:evil.example", "http:/evil.example", "https:///evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "\\\\evil.example",
    "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r/evil.example", "\t//evil.example", " //evil.example", "/\u2028/evil.example",
    "/\x0b/evil.example", "\u200b//evil.example", "evil.example", "@evil.example", "?x",
    "#x", ".//evil.example", "..//evil.example", "ftp://evil.example", "file:///etc/passwd",
    "//evil.example/%2f..", "//localhost@evil.example", "/\x7f/evil.example", "\uff0f\uff0fevil",
)  # fmt: skip


def test_hostile_targets_are_not_followed_after_signing_in(make, sign_in, shows, monkeypatch):
    client = sign_in(make.user(Role.RESEARCHER))
    assert len(HOSTILE_TARGETS) >= 30
    for target in HOSTILE_TARGETS:
        answer = client.get("/sign-in", query_string={"next": target})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/"), target
    answer = client.get("/sign-in", query_string={"next": "/needs?q=x"})
    assert answer.headers["Location"] == "/needs?q=x"
    shows("T20", "登录后跳转只到本站地址", tried=len(HOSTILE_TARGETS))
    monkeypatch.setattr(web, "is_safe_next", lambda target: target.startswith("/"))
    plain = [one for one in HOSTILE_TARGETS if one.isprintable()]
    led = [client.get("/sign-in", query_string={"next": one}).location for one in plain]
    assert any(one != "/" for one in led)
    shows("T20", planted="跳转地址只看是否以斜杠开头")


@pytest.mark.parametrize(
    "sent", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_another_site_can_neither_end_a_session_nor_fill_a_form(client, sent):
    """The browser sends no session with it: an answer that began one would replace the real one."""
    answer = client.post("/needs/new", data={"title": "别的网站写的"}, headers=sent)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("sent", [{}, {"Sec-Fetch-Site": "same-origin"},
                                  {"Origin": "http://localhost"}])  # fmt: skip
def test_what_an_expired_page_held_is_still_kept(client, sent):
    answer = client.post("/needs/new", data={"title": "自己写的"}, headers=sent)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (302, True)
