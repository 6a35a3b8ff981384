"""The board by stage: overdue first, filters, a table, working days by person, exports."""

import io
from datetime import timedelta

import openpyxl
import pytest

from matchmaker import clock
from matchmaker.bounties import operations as bounties
from matchmaker.codes import BountyMode
from matchmaker.following import board, spans
from matchmaker.following.board import Filters
from matchmaker.following.spans import WAITING
from matchmaker.lifecycles import BountyState as B
from matchmaker.workdays import WorkdayCalendar
from tests import browser
from tests.conftest import NOON
from tests.integration.following.conftest import MOVES

pytestmark = pytest.mark.database
REVIEWED = (*MOVES[:2], (1, "review", "chief"))
ON = (*MOVES, (5, "close", "system"), (4, "start_review", "officer"))


@pytest.fixture
def shelf(moved, people):
    """One open, one late with the section chief, one just ready, one judged by another officer."""
    return {
        "open": moved(title="揭榜中的榜单"),
        "late": moved(MOVES[:2], title="会审逾期的榜单", bounty_no=None),
        "ready": moved(REVIEWED, title="待批准的榜单", bounty_no=None),
        "judged": moved(
            ON, title="评审中的榜单", bounty_no="JB2026-002", deadline=timedelta(days=-5),
            handler_id=people.second.id, mode=BountyMode.HORSE_RACE, tech_field_code="101",
        ),
    }  # fmt: skip


@pytest.fixture
def read(app, acting):
    def reads(who="chief", **args):
        with app.app_context():
            filters = Filters.of(args)
            deck = board.read(acting(who), filters, now=NOON)
            lanes = board.lanes(deck, filters)
            return {lane.stage.key: [card.title for card in lane.cards] for lane in lanes}

    return reads


def test_bounties_stand_in_the_column_of_their_stage_late_ones_first(read, shelf):
    found = read()
    assert list(found) == [
        "drafting", "open", "opening", "judging", "notice", "signing", "work", "acceptance",
        "payout",
    ]  # fmt: skip
    assert found["drafting"] == ["会审逾期的榜单", "待批准的榜单"]
    assert found["open"] == ["揭榜中的榜单"]
    assert found["judging"] == ["评审中的榜单"]


def test_an_officer_sees_drafts_of_the_own_only(read, shelf):
    assert read("officer")["drafting"] == ["会审逾期的榜单", "待批准的榜单"]
    assert read("second")["drafting"] == []
    assert read("second")["open"] == ["揭榜中的榜单"]


@pytest.mark.parametrize(
    ("args", "left"),
    [
        ({"late": "1"}, {"会审逾期的榜单"}),
        ({"mode": "horse_race"}, {"评审中的榜单"}),
        ({"field": "10"}, {"评审中的榜单"}),
        ({"stage": "open"}, {"揭榜中的榜单"}),
        ({"handler": "none"}, set()),
        ({"mode": "nothing", "field": "x", "handler": "x", "section": "x", "stage": "x"}, None),
    ],
)
def test_filters_narrow_and_wrong_ones_narrow_nothing(read, shelf, args, left):
    found = {title for titles in read(**args).values() for title in titles}
    assert found == (left if left is not None else {row.title for row in shelf.values()})


def test_by_handler_and_section(read, shelf, people, make):
    found = read(handler=str(people.second.id))
    assert [title for titles in found.values() for title in titles] == ["评审中的榜单"]
    assert read(section=str(make.section().id))["open"] == []
    assert read(section=str(people.section.id))["open"] == ["揭榜中的榜单"]


def test_what_has_ended_is_shown_when_asked_for(read, moved):
    moved((*MOVES, (5, "close", "system"), (4, "fail", "officer")), title="流榜的榜单",
          deadline=timedelta(days=-5))  # fmt: skip
    assert "ended" not in read()
    assert read(ended="1")["ended"] == ["流榜的榜单"]
    assert read(stage="ended") == {"ended": ["流榜的榜单"]}


def test_working_days_in_each_state_come_from_the_trail(app, acting, moved):
    """30 October to 20 November 2026, Fridays; every Saturday and Sunday is off."""
    bounty = moved()
    with app.app_context():
        row = bounties.get(bounty.public_id, viewer=acting("chief"))
        moves = spans.entries([bounty.public_id])[bounty.public_id]
        stays = spans.of(moves, row, calendar=WorkdayCalendar(), now=NOON)
    assert [(one.state, one.who, one.days) for one in stays] == [
        (B.DRAFT, "赵经办", 1),  # Friday to Monday
        (B.REVIEWING, "孙科长", 2),  # to Wednesday
        (B.READY, "李局长", 4),  # to Tuesday
        (B.PUBLISHED, WAITING, 8),  # to Friday of the week after, and still running
    ]
    assert stays[-1].left_at is None
    assert clock.today(stays[0].entered_at).isoformat() == "2026-10-30"


def test_working_days_by_person(app, acting, shelf):
    with app.app_context():
        deck = board.read(acting("chief"), Filters(), now=NOON)
        loads = board.load_by_person(deck, now=NOON)
    assert loads["孙科长"]["drafting"].steps == 3  # three reviewed
    assert loads["李局长"]["drafting"].days == 8  # twice Wednesday to Tuesday
    # What still runs counts for who has to act: the chief's role, the leader's, the handler.
    assert loads["科室负责人"]["drafting"].days == 14
    assert loads["分管局长"]["drafting"].days == 1
    assert loads["钱经办"]["judging"].days == 4
    assert loads[WAITING]["open"].steps == 2
    assert list(loads)[-1] == WAITING


def test_nothing_on_the_trail_takes_no_time():
    assert spans.of([], None, calendar=WorkdayCalendar(), now=NOON) == []
    assert spans.Load().mean == "—"
    assert spans.Load(2, 5).mean == "2.5"


def test_the_three_views_and_their_exports(sign_in, people, shelf):
    chief = sign_in(people.chief)
    page = chief.get("/following")
    assert page.status_code == 200
    text = browser.text(page)
    assert "共 4 个榜单，逾期 1 个" in text
    assert "科室负责人：会审并作保密审查。已逾期" in text
    assert "会审逾期的榜单" in browser.text(chief.get("/following?view=table&late=1"))
    times = browser.text(chief.get("/following?view=times"))
    assert "孙科长" in times
    answer = chief.get("/following/export?late=1")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values)
    assert rows[0][:2] == ("榜单编号", "榜单名称")
    assert [row[1] for row in rows[1:]] == ["会审逾期的榜单"]
    assert rows[1][12] == "逾期"
    answer = chief.get("/following/times/export")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values)
    assert rows[0][0] == "办理人"


def test_the_table_has_what_the_board_has(sign_in, people, shelf):
    """The alternative for who cannot use columns: the same links in the same order."""
    chief = sign_in(people.chief)
    found = {}
    for view in ("board", "table"):
        links = browser.links(chief.get(f"/following?view={view}"))
        found[view] = {link for link in links if link.startswith("/following/")}
    assert {link for link in found["board"] if "export" not in link} == {
        link for link in found["table"] if "export" not in link
    }


def test_who_opens_the_board(sign_in, client, people, shelf):
    for who in (people.officer, people.chief, people.leader, people.auditor):
        assert sign_in(who).get("/following").status_code == 200
    for who in (people.owner, people.bidder, people.expert, people.assistant):
        assert sign_in(who).get("/following").status_code == 404
    assert client.get("/following").status_code == 302
    assert sign_in(people.auditor).get("/following/export").status_code == 404


def test_the_owners_bounties(sign_in, people, shelf):
    page = sign_in(people.owner).get("/following/mine")
    text = browser.text(page)
    for row in shelf.values():
        assert row.title in text
    assert "赵经办" not in text
    assert "已逾期" not in text  # the bureau's own limit
    empty = sign_in(people.rival).get("/following/mine")
    assert "还没有榜单" in browser.text(empty)
    assert sign_in(people.officer).get("/following/mine").status_code == 404


def test_a_hostile_filter_is_only_text(sign_in, people, shelf):
    page = sign_in(people.chief).get("/following?handler=<script>&stage='%20OR%201=1&view=x")
    assert page.status_code == 200
    assert b"<script>&" not in page.data


def test_a_long_table_has_pages(sign_in, people, shelf, monkeypatch):
    monkeypatch.setattr(board, "PAGE", 3)
    chief = sign_in(people.chief)
    first = chief.get("/following?view=table&page=x")
    assert "第 1 / 2 页" in browser.text(first)
    last = chief.get("/following?view=table&page=9")
    assert "第 2 / 2 页" in browser.text(last)
    names = [row.title for row in shelf.values()]
    shown = [[name for name in names if name in browser.text(one)] for one in (first, last)]
    assert sorted(shown[0] + shown[1]) == sorted(names)
