"""The page of figures, for whom it is, and the rows its numbers lead to."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from openpyxl import load_workbook

from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, PoolState, Role
from tests.browser import links, parse, text, values
from tests.conftest import NOON

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def leader(make, sign_in):
    return sign_in(make.user(Role.LEADER))


def number_links(response):
    pages = ("/figures/export", "/figures/quality")
    found = [url for url in links(response) if url.startswith("/figures/")]
    return [url for url in found if not url.startswith(pages)]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LEADER, 200), (Role.SECTION_CHIEF, 200), (Role.OFFICER, 200), (Role.AUDITOR, 200),
        (Role.TOWN_OFFICER, 404), (Role.ENTERPRISE_ADMIN, 404), (Role.SYSADMIN, 404),
    ],
)  # fmt: skip
def test_who_may_read_the_figures(make, sign_in, role, status):
    assert sign_in(make.user(role)).get("/figures").status_code == status


def test_a_visitor_is_asked_to_sign_in(client):
    assert "/sign-in" in client.get("/figures").headers["Location"]


def test_every_number_leads_to_as_many_rows(leader, make):
    town = make.town("东城街道")
    make.need(organisation=make.organisation(town_id=town.id))
    make.need(state=NeedState.RESOLVED)
    make.achievement(state=PoolState.PUBLISHED, published_at=NOON)
    make.team()
    page = leader.get("/figures")
    found = number_links(page)
    assert len(found) > 12
    tree = parse(page)
    for link in tree.iter("a"):
        url = link.get("href", "")
        if url in found:
            assert f"共 {link.text} 条" in text(leader.get(url)), url


def test_the_rows_are_those_of_the_filters(leader, make):
    town = make.town("东城街道")
    make.need(title="甲需求", organisation=make.organisation(town_id=town.id))
    make.need(title="乙需求")
    page = text(leader.get(f"/figures/needs?standing=1&town={town.id}"))
    assert "甲需求" in page
    assert "乙需求" not in page
    assert "乙需求" in text(leader.get("/figures/needs?standing=1&town=none"))


@pytest.mark.parametrize("query", ["state=nonsense", "from=soon", "town=x", "field=九", "page=0"])
def test_a_wrong_filter_narrows_nothing(leader, make, query):
    make.need()
    assert "共 1 条" in text(leader.get(f"/figures/needs?{query}"))


def test_nobody_finds_a_draft_behind_a_figure(leader, make):
    make.need(state=NeedState.DRAFT, accepted_at=None)
    make.team(state=PoolState.DRAFT)
    assert "共 0 条" in text(leader.get("/figures/needs?state=draft"))
    assert "共 0 条" in text(leader.get("/figures/teams"))


def test_an_unknown_noun_is_not_found(leader):
    assert leader.get("/figures/users").status_code == 404


def test_the_auditor_reads_numbers_and_no_rows(make, sign_in):
    make.need()
    auditor = sign_in(make.user(Role.AUDITOR))
    page = auditor.get("/figures")
    assert number_links(page) == []
    assert "您的角色不查看明细" in text(page)
    assert auditor.get("/figures/needs").status_code == 404
    assert auditor.get("/figures/needs/export").status_code == 404


def test_wrong_dates_are_named_and_kept(leader):
    page = leader.get("/figures?period=custom&from=2026-11-20&to=2026-11-01")
    assert page.status_code == 422
    assert "截止日期早于起始日期" in text(page)
    kept = values(page)
    assert (kept["period"], kept["from"], kept["to"]) == ("custom", "2026-11-20", "2026-11-01")


def test_a_custom_period_counts_its_days_and_goes_into_the_export(leader, make):
    make.need()  # accepted on 1 November
    page = leader.get("/figures?period=custom&from=2026-11-02&to=2026-11-20")
    assert "2026-11-02 至 2026-11-20" in text(page)
    export = next(url for url in links(page) if "/figures/export" in url)
    asked = parse_qs(urlsplit(export).query)
    assert asked == {"period": ["custom"], "from": ["2026-11-02"], "to": ["2026-11-20"]}


def test_the_workbook_holds_the_pages_numbers_and_is_on_the_trail(leader, make, app):
    make.need()
    make.need(state=NeedState.CLOSED)
    answer = leader.get("/figures/export?period=month")
    book = load_workbook(io.BytesIO(answer.data))
    rows = list(book["四库"].iter_rows(values_only=True))
    assert rows[0] == ("库", "对象", "在库", "本月新增", "本年新增", "时段新增", "上年同期", "同比")
    assert rows[1] == ("难题库", "需求", 1, 1, 1, 1, 0, "—")
    assert book.sheetnames == ["四库", "推荐与对接", "按状态", "按镇街", "按技术领域", "说明"]
    assert list(book["按镇街"].iter_rows(values_only=True))[-1][0] == "未填镇街"
    with app.app_context():
        entry = db.session.scalars(db.select(Entry).where(Entry.action == "export")).one()
    assert (entry.noun, entry.details) == ("figures", {"period": "2026-11-01 至 2026-11-20"})


def test_a_wrong_period_exports_nothing(leader):
    answer = leader.get("/figures/export?period=custom&from=x&to=y")
    assert answer.status_code == 422


def test_the_rows_of_a_figure_are_exported_as_filtered(leader, make):
    make.need(title="甲需求", tech_field_code="401")
    make.need(title="乙需求", tech_field_code="804")
    answer = leader.get("/figures/needs/export?field=4")
    page = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [row[1] for row in page.iter_rows(min_row=2, values_only=True)] == ["甲需求"]
