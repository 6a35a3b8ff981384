"""Holidays stated during a notice: shown before saving, written down after, never sooner."""

from datetime import date

import pytest

from matchmaker import jobs
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.messages.models import Message
from matchmaker.notices import deciding
from matchmaker.notices.models import Notice
from matchmaker.outbox.models import Event
from matchmaker.places import holidays, lists
from tests import browser
from tests.integration.notices.conftest import WEDNESDAY, beijing, objected, published

pytestmark = pytest.mark.database
CHRISTMAS = beijing("2026-12-25 10:00")  # a Friday; the days after are beyond the calendar


def state(days, *, works, by, now=CHRISTMAS):
    return lists.state_holidays(
        [date.fromisoformat(day) for day in days], is_workday=works, name="元旦",
        source_doc="国办发明电〔2026〕9 号", by=by, now=now,
    )  # fmt: skip


def test_a_provisional_end_moves_and_is_settled(writing, people, frozen):
    frozen(CHRISTMAS)
    notice = published(people, now=CHRISTMAS)
    assert (notice.end_on, notice.provisional) == (date(2027, 1, 1), True)
    days = {date(2027, 1, day): False for day in (1, 2, 3)} | {date(2027, 1, 4): True}
    seen = holidays.preview(days, by=people.officer, now=CHRISTMAS)
    assert [(one.before, one.after) for one in seen] == [("2027-01-01（暂定）", "2027-01-04")]
    db.session.refresh(notice)
    assert notice.end_on == date(2027, 1, 1), "the preview changes nothing"
    state(["2027-01-01", "2027-01-02", "2027-01-03"], works=False, by=people.officer)
    moved = state(["2027-01-04"], works=True, by=people.officer)
    assert (notice.end_on, notice.provisional) == (date(2027, 1, 4), False)
    assert [(one.before, one.after) for one in moved] == [("2027-01-04（暂定）", "2027-01-04")]
    assert "国办发明电〔2026〕9 号" in notice.changes[-1].reason
    actions = [entry.action for entry in trail.history("notice", notice.public_id)]
    assert actions.count("recompute") == 2
    assert db.session.query(Event).filter(Event.kind == "holidays.changed").count() == 2


def test_an_end_that_was_shown_never_comes_sooner(writing, people, frozen):
    frozen(CHRISTMAS)
    notice = published(people, now=CHRISTMAS)
    days = {date(2026, 12, 26): True, date(2027, 1, 1): False, date(2027, 1, 2): False}
    seen = holidays.preview(days, by=people.officer, now=CHRISTMAS)
    assert [(one.before, one.after) for one in seen] == [("2027-01-01（暂定）", "2027-01-01")]
    assert "按新安排为 2026-12-31，已公布的止日不提前" in seen[0].note
    state(["2026-12-26"], works=True, by=people.officer)
    assert notice.end_on == date(2027, 1, 1)


def test_a_confirmed_end_that_moves_has_to_be_confirmed_again(writing, people, frozen):
    frozen(CHRISTMAS)
    notice = published(people, now=CHRISTMAS)
    notice.end_confirmed_at, notice.end_confirmed_by_id = CHRISTMAS, people.officer.id
    db.session.flush()
    state(["2027-01-01"], works=False, by=people.officer)
    assert (notice.end_on, notice.provisional) == (date(2027, 1, 4), True)
    assert notice.end_confirmed_at is None


def test_the_time_to_decide_moves_too_and_a_suspended_notice_does_not(writing, people, frozen):
    notice = published(people)
    row = objected(notice, people)
    deciding.accept(row, by=people.officer, now=beijing("2026-09-24 09:00"))
    before = notice.end_on
    moved = state(["2026-10-09"], works=False, by=people.officer, now=WEDNESDAY)
    assert row.decide_by == date(2026, 10, 16)
    assert [one.what for one in moved] == ["异议 YY2026-001 的答复期限（GS2026-001）"]
    assert notice.end_on == before


def test_what_has_ended_stays(writing, people, frozen):
    notice = published(people)
    frozen("2026-10-09 00:00")
    moved = state(["2026-10-08"], works=False, by=people.officer, now=beijing("2026-10-09 00:00"))
    assert (moved, notice.end_on) == ([], date(2026, 10, 8))


@pytest.fixture
def running(app, make, people, frozen):
    from matchmaker import web

    with app.app_context(), web.transaction():
        notice = published(people)
        return notice.id


FORM = {"day": "2026-10-08", "is_workday": "0", "name": "台风", "source_doc": "区防指〔2026〕3 号"}


def test_the_settings_page_shows_what_moves_before_it_saves(app, sign_in, people, running):
    client = sign_in(people.officer)
    shown = browser.post(client, "/settings/holidays", FORM)
    said = browser.text(shown)
    assert shown.status_code == 200
    assert "尚未保存" in said
    assert "GS2026-001" in said
    assert "2026-10-09" in said
    with app.app_context():
        assert lists.all_holidays() == []
        assert db.session.get_one(Notice, running).end_on == date(2026, 10, 8)
    fields = {**browser.hidden(shown, "/settings/holidays")}
    saved = client.post("/settings/holidays", data=fields, follow_redirects=True)
    said = browser.text(saved)
    assert "1 项期限随之调整" in said
    assert "区防指〔2026〕3 号" in said
    with app.app_context():
        assert db.session.get_one(Notice, running).end_on == date(2026, 10, 9)
        jobs.drain()
        told = [m.subject for m in db.session.query(Message).all() if "节假日" in m.subject]
        assert len(told) == 1


def test_taking_a_day_back_is_shown_first_as_well(app, sign_in, people, running):
    client = sign_in(people.officer)
    shown = browser.post(client, "/settings/holidays", {**FORM, "day": "2026-09-24"})
    client.post("/settings/holidays", data=browser.hidden(shown, "/settings/holidays"))
    with app.app_context():
        notice = db.session.get_one(Notice, running)
        assert notice.end_on == date(2026, 10, 9)
    url = "/settings/holidays/2026-09-24/drop"
    dropped = browser.post(client, url, page="/settings/holidays")
    assert dropped.status_code == 302, "an end that was shown does not come sooner: nothing moves"
    with app.app_context():
        assert db.session.get_one(Notice, running).end_on == date(2026, 10, 9)
        assert lists.all_holidays() == []


def test_what_moves_nothing_is_saved_at_once(app, sign_in, people):
    answer = browser.post(sign_in(people.officer), "/settings/holidays", FORM)
    assert answer.status_code == 302
    with app.app_context():
        assert [one.day for one in lists.all_holidays()] == [date(2026, 10, 8)]


def test_a_whole_holiday_is_stated_at_once(app, sign_in, people):
    client = sign_in(people.officer)
    form = {**FORM, "day": "2027-02-06", "until": "2027-02-12"}
    assert browser.post(client, "/settings/holidays", form).status_code == 302
    with app.app_context():
        assert len(lists.all_holidays()) == 7
    refused = browser.post(client, "/settings/holidays", {**form, "until": "2027-02-01"})
    assert refused.status_code == 422
    assert "不能早于第一天" in browser.text(refused)


def test_what_changed_meanwhile_is_shown_again(app, sign_in, people, running):
    client = sign_in(people.officer)
    shown = browser.post(client, "/settings/holidays", {**FORM, "day": "2026-10-08"})
    fields = {**browser.hidden(shown, "/settings/holidays"), "confirmed": "0" * 16}
    again = client.post("/settings/holidays", data=fields)
    assert "尚未保存" in browser.text(again)
    assert Role.OFFICER in people.officer.roles
