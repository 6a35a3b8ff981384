"""Every route, as everybody: refused where it must be, quiet where it only reads, never a crash."""

import pytest
import sqlalchemy as sa

from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests.security import surface, world

pytestmark = pytest.mark.database
HEADERS = (
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
    "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
    "X-Request-ID",
)  # fmt: skip
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
    app, make, sign_in, client, district, every_role
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
    wrong = []
    for name, visitor in visitors:
        for path in surface.worth_a_look(app, visitor, routes):
            answer = visitor.get(path)
            missing = [one for one in HEADERS if one not in answer.headers]
            expected = QUIET | ({503} if path == "/readyz" else set())
            stored = answer.headers.get("Cache-Control") != "no-store"
            if answer.status_code not in expected or missing or stored:
                wrong.append((name, path, answer.status_code, missing))
    assert wrong == []
    after = contents(app)
    assert {name for name in before if before[name] != after[name]} == set()


def test_no_post_without_a_token_changes_anything(app, make, sign_in, client, district):
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


def test_hostile_targets_are_not_followed_after_signing_in(make, sign_in):
    client = sign_in(make.user(Role.RESEARCHER))
    assert len(HOSTILE_TARGETS) >= 30
    for target in HOSTILE_TARGETS:
        answer = client.get("/sign-in", query_string={"next": target})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/"), target
    answer = client.get("/sign-in", query_string={"next": "/needs?q=x"})
    assert answer.headers["Location"] == "/needs?q=x"


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
