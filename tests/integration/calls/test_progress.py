"""Figures by town, reminders that go out once, the call list, words for WeChat."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from matchmaker import jobs
from matchmaker.audit.models import Entry
from matchmaker.calls import answering, operations, progress, reminding
from matchmaker.calls.models import Call, Invitation, Reminder
from matchmaker.extensions import db
from matchmaker.messages.models import Message
from matchmaker.needs import operations as needs
from tests import browser
from tests.conftest import NOON
from tests.integration.calls.conftest import LAST_MOMENT
from tests.integration.needs.conftest import GOOD

pytestmark = pytest.mark.database


@pytest.fixture
def answered(published, work, people, user):
    """One of the eastern firms handed in two needs, the western one has nothing."""
    call_id = published()

    def deed():
        call = db.session.get(Call, call_id)
        for _ in range(2):
            need = answering.start(call, user(people.firm), by=user(people.owner), now=NOON)
            needs.save_draft(need, GOOD, by=user(people.owner), now=NOON)
            needs.submit(need, by=user(people.owner), now=NOON)
        answering.nothing(call, user(people.far), "", by=user(people.distant), now=NOON)

    work(deed)
    return call_id


def figures(app, call_id, viewer, user):
    with app.app_context():
        towns, total = progress.by_town(db.session.get(Call, call_id), viewer=user(viewer))
        wanted = ("name", "asked", "answered", "submitted", "none", "silent", "rate", "needs")
        return [tuple(getattr(one, name) for name in wanted) for one in (*towns, total)]


def test_progress_by_town(app, answered, people, user):
    assert figures(app, answered, people.officer, user) == [
        ("城东街道", 2, 1, 1, 0, 1, "50.0%", 2),
        ("城西镇", 1, 1, 0, 1, 0, "100.0%", 0),
        ("合计", 3, 2, 1, 1, 1, "66.7%", 2),
    ]
    assert figures(app, answered, people.assistant, user) == [
        ("城东街道", 2, 1, 1, 0, 1, "50.0%", 2),
        ("合计", 2, 1, 1, 0, 1, "50.0%", 2),
    ]


def test_nobody_asked_has_no_rate():
    assert progress.TownProgress(None, "合计").rate == "—"


def test_the_page_leads_to_the_enterprises_behind_a_figure(app, answered, sign_in, people, stored):
    url = f"/calls/{stored().public_id}/progress"
    officer = sign_in(people.officer)
    page = officer.get(url)
    assert "66.7%" in browser.text(page)
    silent = officer.get(f"{url}?answer=silent&town={people.east.id}")
    assert "澜州橡塑有限公司" in browser.text(silent)
    assert "滨海阀门铸造有限公司" not in browser.text(silent)
    assert "滨海阀门铸造有限公司" in browser.text(officer.get(f"{url}?answer=answered"))
    assert "海西膜材料有限公司" not in browser.text(sign_in(people.assistant).get(url))
    for outsider in (people.owner, people.researcher):
        assert sign_in(outsider).get(url).status_code == 404


def test_the_figures_and_the_list_are_exported(app, answered, sign_in, people, stored):
    url = f"/calls/{stored().public_id}/progress"
    book = openpyxl.load_workbook(io.BytesIO(sign_in(people.officer).get(f"{url}/towns").data))
    rows = list(book.worksheets[0].values)
    assert rows[0][:4] == ("镇街园区", "邀请企业", "已答复", "已填报")
    assert rows[-1][:3] == ("合计", 3, 2)
    answer = sign_in(people.assistant).get(f"{url}/export?all=1")
    names = {row[0] for row in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values}
    assert {"滨海阀门铸造有限公司", "澜州橡塑有限公司"} <= names
    assert "海西膜材料有限公司" not in names


def test_the_call_list_is_the_own_towns_and_reading_it_is_on_the_trail(
    app, answered, sign_in, people, stored
):
    url = f"/calls/{stored().public_id}/call-list"
    page = sign_in(people.assistant).get(url)
    text = browser.text(page)
    assert "澜州橡塑有限公司" in text
    assert "13900000002" in text
    assert "13900000001" not in text  # has answered
    western = browser.text(sign_in(people.western).get(url))
    assert "没有未答复的企业" in western
    for outsider in (people.leader, people.owner):
        assert sign_in(outsider).get(url).status_code == 404
    with app.app_context():
        who = select(Entry.actor_id).where(Entry.action == "print_call_list")
        assert list(db.session.scalars(who.order_by(Entry.seq))) == [
            people.assistant.id,
            people.western.id,
        ]


def test_the_message_names_who_has_not_answered(app, answered, people, user):
    with app.app_context():
        call = db.session.get(Call, answered)
        text = progress.message(call, viewer=user(people.officer), address="http://x/1", now=NOON)
    assert "截止时间：12 月 20 日 24:00（还剩 30 天）" in text
    assert "尚未填报：澜州橡塑有限公司（共 1 家）" in text
    assert text.endswith("填报地址：http://x/1")


def reminded(app):
    """Return how many enterprises' people were reminded so far."""
    with app.app_context():
        jobs.drain()
        told = select(func.count()).where(Message.subject.startswith("征集即将截止"))
        return db.session.scalar(told)


def test_the_button_reminds_each_once_a_day(app, answered, sign_in, people, stored, at):
    url = f"/calls/{stored().public_id}"
    page = f"{url}/progress"
    officer = sign_in(people.officer)
    assert browser.post(officer, f"{url}/remind", page=page).status_code == 302
    assert reminded(app) == 1
    again = browser.post(officer, f"{url}/remind", page=page, follow_redirects=True)
    assert "没有重复发送" in again.get_data(as_text=True)
    browser.post(sign_in(people.assistant), f"{url}/remind", page=page)
    assert reminded(app) == 1
    at(days=1)
    browser.post(sign_in(people.officer), f"{url}/remind", page=page)
    assert reminded(app) == 2


def test_a_town_assistant_reminds_the_own_town(app, published, sign_in, people, stored):
    published()
    url = f"/calls/{stored().public_id}"
    browser.post(sign_in(people.western), f"{url}/remind", page=f"{url}/progress")
    with app.app_context():
        rows = select(Invitation.enterprise_id).where(Invitation.reminded_on.is_not(None))
        assert list(db.session.scalars(rows)) == [people.far.id]
    assert browser.post(sign_in(people.owner), f"{url}/remind", page=url).status_code == 404


def sent(app):
    with app.app_context():
        return list(db.session.scalars(select(Reminder.days).order_by(Reminder.id)))


def night(app, at, days_before):
    """Run the night's job so many days before the last day, twice: the second does nothing."""
    now = at(LAST_MOMENT - timedelta(days=days_before, hours=21))  # 03:00 in Beijing
    for _ in range(2):
        with app.app_context():
            jobs.run_nightly()
    return now


def test_reminders_go_out_seven_three_and_one_day_before(app, answered, at):
    for days, expected in ((9, []), (8, []), (7, [7]), (6, [7]), (3, [7, 3]), (2, [7, 3]),
                           (1, [7, 3, 1]), (0, [7, 3, 1])):  # fmt: skip
        night(app, at, days)
        assert sent(app) == expected, days
    assert reminded(app) == 3  # one silent enterprise with one account, three times


def test_a_missed_night_is_made_up_for_once(app, answered, at):
    night(app, at, 2)
    assert sent(app) == [3]
    night(app, at, 0)
    assert sent(app) == [3, 1]


def test_after_an_extension_the_reminders_count_anew(app, answered, at, work, people, user):
    night(app, at, 1)
    assert sent(app) == [1]
    now, until = LAST_MOMENT - timedelta(days=1), date(2026, 12, 23)

    def extend():
        call = db.session.get(Call, answered)
        operations.extend(call, until, "年底盘点", by=user(people.chief), now=now)

    work(extend)
    at(LAST_MOMENT + timedelta(hours=3))  # the 21st: two days before the new last day
    with app.app_context():
        jobs.run_nightly()
    assert sent(app) == [1, 3]


def test_who_answered_is_left_alone(app, answered, at, user, people):
    night(app, at, 7)
    with app.app_context():
        rows = select(Invitation.enterprise_id).where(Invitation.reminded_on.is_not(None))
        assert list(db.session.scalars(rows)) == [people.other.id]
        kept = reminding.sent(db.session.get(Call, answered))
        assert [(one.days, one.reached) for one in kept] == [(7, 1)]
