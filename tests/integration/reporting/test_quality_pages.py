"""The page 匹配质量: for whom it is, where its numbers lead, its workbook and its command."""

import io
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from openpyxl import load_workbook

from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState, Role
from tests.browser import links, parse, text, values
from tests.conftest import NOON
from tests.integration.reporting.test_quality import District

pytestmark = pytest.mark.database
PAGE = "/figures/quality"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def officer(make, sign_in):
    return sign_in(make.user(Role.OFFICER))


@pytest.fixture
def decided(make):
    """Eleven decisions in the last whole weeks, ten of them no; twelve yes before."""
    with make.saving():
        district, town = District(make), make.town("东城街道")
        firm = make.organisation(town_id=town.id)
        for number in range(23):
            early = number > 10
            district.pair(
                make.need(organisation=firm),
                state=PairingState.ACCEPTED if early or not number else PairingState.REJECTED,
                at=NOON - timedelta(days=50 if early else 9),
            )
        return town.id


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LEADER, 200), (Role.SECTION_CHIEF, 200), (Role.OFFICER, 200), (Role.AUDITOR, 200),
        (Role.TOWN_OFFICER, 404), (Role.ENTERPRISE_ADMIN, 404), (Role.SYSADMIN, 404),
    ],
)  # fmt: skip
def test_who_may_read_it(make, sign_in, role, status):
    client = sign_in(make.user(role))
    assert client.get(PAGE).status_code == status
    assert client.get(f"{PAGE}/export").status_code == status


def test_it_is_reached_from_the_figures_and_the_desk(officer):
    assert PAGE in links(officer.get("/figures"))
    assert PAGE in links(officer.get("/pairings"))


def test_the_town_officers_desk_does_not_lead_there(make, sign_in):
    town_officer = sign_in(make.user(Role.TOWN_OFFICER, town=make.town()))
    assert PAGE not in links(town_officer.get("/pairings"))


def test_an_empty_district_has_a_page(officer):
    page = text(officer.get(PAGE))
    assert "时段内没有处理过的推荐" in page
    assert "没有在库需求，时段内也没有处理过的推荐" in page


def test_every_number_leads_to_as_many_rows(officer, decided):
    tree, seen = parse(officer.get(PAGE)), set()
    for link in tree.iter("a"):
        url = link.get("href", "")
        if url.startswith(("/figures/pairings?", "/figures/needs?")) and url not in seen:
            seen.add(url)
            assert f"共 {link.text} 条" in text(officer.get(url)), url
    assert len(seen) > 15


def test_a_fall_is_said_at_the_top_in_words(officer, decided):
    page = text(officer.get(PAGE))
    assert "采纳率下降：最近四周 9.1%（1 / 11），低于此前十二周 100.0%" in page
    assert "预警规则" in page
    assert "采纳率下降" not in text(
        officer.get(f"{PAGE}?period=custom&from=2026-01-01&to=2026-10-30")
    )


def test_filters_stay_in_the_address_and_go_into_the_export(officer, decided):
    page = officer.get(f"{PAGE}?period=month&town={decided}")
    assert values(page)["town"] == str(decided)
    export = next(url for url in links(page) if "/quality/export" in url)
    assert parse_qs(urlsplit(export).query) == {"period": ["month"], "town": [str(decided)]}
    assert "1 / 11" in text(page)


def test_wrong_dates_are_named_and_kept(officer):
    page = officer.get(f"{PAGE}?period=custom&from=2026-11-20&to=2026-11-01")
    assert page.status_code == 422
    assert "截止日期早于起始日期" in text(page)
    assert values(page)["from"] == "2026-11-20"
    assert officer.get(f"{PAGE}/export?period=custom&from=x&to=y").status_code == 422


def test_the_auditor_reads_numbers_and_no_rows(make, sign_in, decided):
    page = sign_in(make.user(Role.AUDITOR)).get(PAGE)
    assert not [url for url in links(page) if url.startswith("/figures/pairings")]
    assert "您的角色不查看明细" in text(page)


def test_the_workbook_holds_the_pages_numbers_and_is_on_the_trail(officer, decided, app):
    answer = officer.get(f"{PAGE}/export?town={decided}")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == [
        "指标", "预警", "按类型", "逐周", "按算法版本", "按镇街", "按技术领域", "口径", "说明",
    ]  # fmt: skip
    rows = list(book["指标"].iter_rows(values_only=True))
    assert rows[0] == ("指标", "分子", "分母", "比率", "95% 区间")
    assert rows[1][:4] == ("采纳率", 13, 23, "56.5%")
    assert list(book["预警"].iter_rows(values_only=True))[1][-1] == "下降"
    with app.app_context():
        entry = db.session.scalars(db.select(Entry).where(Entry.action == "export")).one()
    assert entry.noun == "match_quality"
    assert entry.details["town"] == "东城街道"


def test_the_command_prints_the_pages_figures(app, officer, decided):
    run = app.test_cli_runner().invoke
    told = json.loads(run(args=["evaluate", "--live", "--json"]).output)
    assert told["measures"]["acceptance"]["part"] == 13
    assert told["measures"]["acceptance"]["whole"] == 23
    assert told["alarms"]["acceptance"]["fell"] is True
    assert [line["label"] for line in told["towns"]] == ["东城街道"]
    plain = run(args=["evaluate", "--live", "--from", "2026-11-01", "--to", "2026-11-20"]).output
    assert "采纳率  9.1%（1/11，1.6%～37.7%）" in plain
    refused = run(args=["evaluate", "--live", "--from", "soon"])
    assert refused.exit_code == 1
    assert "--from：请按 2026-11-01 的格式填写日期" in refused.output
