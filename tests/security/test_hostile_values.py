"""Numbers no database holds and characters no text holds are refused, never a crash."""

import pytest

from matchmaker.lifecycles import Role
from tests import browser
from tests.security import world

pytestmark = pytest.mark.database
HUGE = "9" * 20
LISTS = (
    "/needs", "/achievements/", "/teams/", "/experts/", "/services/", "/brokers/", "/leads",
    "/pairings", "/organisations", "/imports", "/messages", "/users", "/audit",
)  # fmt: skip
ROLES = {"/users": Role.SYSADMIN, "/audit": Role.AUDITOR}
HOSTILE = ("a\x00b", HUGE, "-1", "'; DROP TABLE need;--", "٣", "%\\", "😀\u202e", "9" * 5000)


def parameters(client, path):
    names = {one.get("name") for one in browser.parse(client.get(path)).iter() if one.get("name")}
    names -= {"viewport", "csrf-token", "csrf_token", "color-scheme"}
    return sorted(names | {"q", "page", "size", "sort", "cols"})


@pytest.mark.parametrize("path", LISTS)
def test_every_parameter_of_every_list_stands_hostile_values(make, sign_in, path):
    client = sign_in(make.user(ROLES.get(path, Role.OFFICER)))
    names = parameters(client, path)
    assert len(names) > 4
    for value in HOSTILE:
        expected = 400 if "\x00" in value else 200
        for asked in (names, names[:1], ["q"]):
            answer = client.get(path, query_string=dict.fromkeys(asked, value))
            assert answer.status_code == expected, (asked, value[:20])


@pytest.mark.parametrize("path", ["/needs", "/achievements/", "/leads", "/organisations"])
def test_an_export_stands_hostile_values(make, sign_in, path):
    client = sign_in(make.user(Role.OFFICER))
    names = parameters(client, path)
    for value in HOSTILE[1:]:
        answer = client.get(f"{path.rstrip('/')}/export", query_string=dict.fromkeys(names, value))
        assert answer.status_code == 200, value[:20]


def test_numbers_of_addresses_name_nothing_beyond_what_a_column_holds(make, sign_in):
    client = sign_in(make.user(Role.SECADMIN))
    token = browser.hidden(client.get("/users/grants"))
    for number in (HUGE, 2**31, 999):
        data = {**token, "decision": "approve"}
        assert client.post(f"/users/grants/{number}", data=data).status_code == 404
    assert client.post(f"/account/sessions/{HUGE}/end", data=token).status_code == 404


@pytest.mark.parametrize("number", [HUGE, "9" * 5000, "-1", "x", "0"])
def test_versions_by_impossible_numbers(make, sign_in, number):
    district = world.build(make)
    client = sign_in(district.people["officer"])
    for noun, name in (("needs", "need"), ("achievements", "published_achievement")):
        page = f"/{noun}/{district.rows[name].public_id}/versions"
        answer = client.get(page, query_string={"after": number, "before": number})
        assert answer.status_code in {200, 404}


def test_a_form_with_nul_is_refused_and_nothing_is_counted(client):
    answer = browser.post(client, "/sign-in", {"login": "a\x00b", "password": "x"})
    assert answer.status_code == 400
    assert "没有改动任何数据" in browser.text(answer)
