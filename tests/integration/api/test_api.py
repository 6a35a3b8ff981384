"""The interface for programs says what the pages say, to the same people."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event

from matchmaker.api.resources import RESOURCES
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, PoolState, Role
from matchmaker.needs.models import Disclosure
from tests.browser import parse, text

pytestmark = pytest.mark.database


def items(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["items"]


def test_a_visitor_reads_public_rows_and_fields_only(client, make):
    need = make.need(title="公开需求", foundation="内部基础")
    make.need(title="认证可见", audience=Disclosure.MEMBER)
    make.need(title="草稿", state=NeedState.DRAFT, accepted_at=None)
    (found,) = items(client, "/api/needs")
    assert found["public_id"] == need.public_id
    assert found["state"] == {"code": "accepted", "label": "已受理"}
    hidden = {"foundation", "enterprise", "handler", "audience", "source", "created_by", "id"}
    assert hidden & set(found) == set()


def test_a_verified_user_reads_more_and_an_officer_most(make, sign_in):
    make.need(foundation="已有样机")
    researcher = sign_in(make.user(Role.RESEARCHER))
    (seen,) = items(researcher, "/api/needs")
    assert seen["foundation"] == "已有样机"
    assert "handler" not in seen
    (all_,) = items(sign_in(make.user(Role.OFFICER)), "/api/needs")
    assert all_["audience"] == {"code": "public", "label": "向社会公开"}
    assert set(all_["enterprise"]) == {"public_id", "name"}


def test_an_anonymous_enterprise_is_named_to_nobody_who_may_not_know(client, make, sign_in):
    owner = make.organisation(name="隐名机械有限公司")
    need = make.need(organisation=owner, is_anonymous=True)
    for reader in (client, sign_in(make.user(Role.RESEARCHER))):
        for url in ("/api/needs", f"/api/needs/{need.public_id}"):
            assert "隐名机械" not in reader.get(url).get_data(as_text=True)


def test_a_row_one_may_not_see_is_not_found(client, make, sign_in):
    draft = make.need(state=NeedState.DRAFT, accepted_at=None)
    for reader in (client, sign_in(make.user(Role.RESEARCHER))):
        answer = reader.get(f"/api/needs/{draft.public_id}")
        assert answer.status_code == 404
        assert set(answer.get_json()) == {"error", "request_id"}


def test_one_row_says_where_its_page_is(client, make):
    need = make.need()
    body = client.get(f"/api/needs/{need.public_id}").get_json()
    assert body["url"] == f"/needs/{need.public_id}"
    assert body["accepted_at"] == "2026-11-01T12:00:00+08:00"


def test_offline_achievements_are_gone_and_prices_are_for_the_verified(client, make, sign_in):
    make.achievement(title="在架", asking_price_fen=100)
    make.achievement(title="下架", state=PoolState.OFFLINE)
    (found,) = items(client, "/api/achievements")
    assert found["title"] == "在架"
    assert "asking_price_fen" not in found
    (seen,) = items(sign_in(make.user(Role.ENTERPRISE_ADMIN)), "/api/achievements")
    assert seen["asking_price_fen"] == 100


def test_experts_are_for_the_verified_and_their_contacts_stay_masked(client, make, sign_in):
    make.expert(name="李研", phone="13812345678", email="liyan@example.cn")
    assert items(client, "/api/experts") == []
    (seen,) = items(sign_in(make.user(Role.ENTERPRISE_ADMIN)), "/api/experts")
    assert seen["name"] == "李研"
    assert {"phone", "email", "recent_partners"} & set(seen) == set()
    (known,) = items(sign_in(make.user(Role.OFFICER)), "/api/experts")
    assert known["phone"] == "138****5678"
    assert "liyan" not in known["email"]


def test_services_and_brokers_are_offered(client, make):
    make.service(name="海澜检测中心")
    make.service(state=PoolState.SUBMITTED)
    make.broker(name="赵经纪", deal_count=3)
    assert [one["name"] for one in items(client, "/api/services")] == ["海澜检测中心"]
    (broker,) = items(client, "/api/brokers")
    assert broker["name"] == "赵经纪"
    assert "deal_count" not in broker


def test_filters_sorting_and_search_are_the_lists(client, make):
    make.need(
        title="乙 膜分离", problem="膜", background="", tech_field_code="401", budget_total_fen=1
    )
    make.need(title="甲 打磨", tech_field_code="804", budget_total_fen=2)
    titles = [one["title"] for one in items(client, "/api/needs?sort=-budget_total_fen")]
    assert titles == ["甲 打磨", "乙 膜分离"]
    assert [one["title"] for one in items(client, "/api/needs?field=401")] == ["乙 膜分离"]
    assert [one["title"] for one in items(client, "/api/needs?q=甲")] == ["甲 打磨"]


def test_pages_lead_on_and_end(client, make):
    for _ in range(21):
        make.need()
    first = client.get("/api/needs?sort=need_no").get_json()
    assert (first["total"], first["pages"], first["page"], first["previous"]) == (21, 2, 1, None)
    assert parse_qs(urlsplit(first["next"]).query) == {"page": ["2"], "sort": ["need_no"]}
    second = client.get(first["next"]).get_json()
    assert (len(second["items"]), second["next"]) == (1, None)
    known = {one["public_id"] for one in (*first["items"], *second["items"])}
    assert len(known) == 21


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("town_name=x", "town_name"), ("page=0", "page"), ("page=２", "page"), ("size=7", "size"),
        ("sort=handler", "sort"), ("field=999", "field"), ("cols=title", "cols"),
        ("field=401&field=804", "field"),
    ],
)  # fmt: skip
def test_what_a_list_would_ignore_is_refused_by_name(client, query, field):
    answer = client.get(f"/api/needs?{query}")
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == [field]


@pytest.mark.parametrize("url", ["/api/users", "/api/organisations", "/api/needs/x/y"])
def test_what_is_not_offered_is_not_found(client, url):
    answer = client.get(url)
    assert (answer.status_code, answer.mimetype) == (404, "application/json")


@pytest.mark.parametrize("url", ["/api/needs", "/api/"])
def test_nothing_is_written_through_it(client, url):
    answer = client.post(url)
    assert answer.status_code in {400, 401, 405}
    assert answer.is_json


def test_the_number_of_statements_does_not_grow_with_the_rows(make, sign_in, app):
    officer = sign_in(make.user(Role.OFFICER))
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    with app.app_context():
        engine = db.engines["reader"]
    event.listen(engine, "before_cursor_execute", note)
    counted = []
    for _ in range(2):
        for _ in range(3):
            make.need(merged_into_id=make.need().id, created_by_id=make.user(Role.OFFICER).id)
            make.achievement(team_id=make.team().id, handler_id=make.user(Role.OFFICER).id)
        statements.clear()
        for key in RESOURCES:
            items(officer, f"/api/{key}")
        counted.append(len(statements))
    event.remove(engine, "before_cursor_execute", note)
    assert counted[0] == counted[1]


def test_the_description_names_every_parameter_field_and_level(client, make):
    page = client.get("/api/")
    said = text(page)
    shown = {one.text for one in parse(page).iter("code")}
    for key, resource in RESOURCES.items():
        assert f"GET /api/{key}" in shown
        for name, label, _level in resource.fields():
            assert name in shown
            assert label != name, (key, name)
            assert label in said
