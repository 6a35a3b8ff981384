"""Two at once on a notice: one number each, one acceptance, and no objection lost at the end."""

import io

import pytest

from matchmaker import web
from matchmaker.extensions import db
from matchmaker.lifecycles import NoticeState, ObjectionState
from matchmaker.notices import deciding, operations, publishing, upkeep
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.outbox.models import Event
from tests import browser
from tests.integration.notices.conftest import (  # noqa: F401
    BODY,
    PDF,
    WEDNESDAY,
    beijing,
    drafted,
    frozen,
    objected,
    people,
    published,
    state_bureau,
)
from tests.security.test_races import count, entries, prepared, statuses, together

pytestmark = pytest.mark.database
# ruff: noqa: F811 - fixtures


@pytest.fixture
def running(app, people, frozen):
    with app.app_context(), web.transaction():
        return published(people).id


def test_two_leaders_publish_two_notices_with_two_numbers(app, sign_in, people, make, frozen):
    from matchmaker.lifecycles import Role

    pages = []
    with app.app_context(), web.transaction():
        state_bureau()
        for subject in (1, 2):
            notice = drafted(people, subject=subject)
            operations.submit(notice, by=people.officer, now=WEDNESDAY)
            operations.check(notice, by=people.chief, now=WEDNESDAY)
            pages.append(f"/notices/{notice.public_id}")
    leaders = [sign_in(people.leader), sign_in(make.user(Role.LEADER))]
    deeds = [
        prepared(one, f"{page}/publish", page=page)
        for one, page in zip(leaders, pages, strict=True)
    ]
    assert statuses(together(*deeds))[302] == 2
    with app.app_context():
        found = sorted(n.notice_no for n in db.session.query(Notice))
    assert found == ["GS2026-001", "GS2026-002"]


def test_two_leaders_publish_one_notice_once(app, sign_in, people, make, frozen):
    from matchmaker.lifecycles import Role

    with app.app_context(), web.transaction():
        state_bureau()
        notice = drafted(people)
        operations.submit(notice, by=people.officer, now=WEDNESDAY)
        operations.check(notice, by=people.chief, now=WEDNESDAY)
        page = f"/notices/{notice.public_id}"
    deeds = [
        prepared(sign_in(who), f"{page}/publish", page=page)
        for who in (people.leader, make.user(Role.LEADER))
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert entries(app, "publish", "notice") == 1
    assert count(app, Event, Event.kind == "notice.published") == 1


def test_two_officers_accept_one_objection(app, sign_in, people, running):
    """The notice's officer and the one it was given to both may; one of them does."""
    with app.app_context(), web.transaction():
        row = objected(db.session.get_one(Notice, running), people)
        deciding.assign(row, people.colleague, by=people.leader, now=WEDNESDAY)
        page = f"/objections/{row.public_id}"
    deeds = [
        prepared(sign_in(who), f"{page}/accept", page=page)
        for who in (people.officer, people.colleague)
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert entries(app, "accept", "objection") == entries(app, "suspend", "notice") == 1
    assert count(app, Event, Event.kind == "notice.suspended") == 1


def test_two_leaders_decide_differently_and_one_is_told(app, sign_in, people, make, running):
    from matchmaker.lifecycles import Role
    from tests.integration.notices.conftest import SUMMARY, found_out

    with app.app_context(), web.transaction():
        row = objected(db.session.get_one(Notice, running), people)
        deciding.accept(row, by=people.officer, now=WEDNESDAY)
        found_out(row, people, now=WEDNESDAY)
        page = f"/objections/{row.public_id}"
    common = {"conclusion": "经核查，结论如下。", "summary": SUMMARY, "outcome": "revoke"}
    deeds = [
        prepared(sign_in(who), f"{page}/decide", {**common, "verdict": verdict}, page=page)
        for who, verdict in ((people.leader, "uphold"), (make.user(Role.LEADER), "dismiss"))
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    upheld, dismissed = entries(app, "uphold", "objection"), entries(app, "dismiss", "objection")
    assert upheld + dismissed == 1
    assert entries(app, "revoke", "notice") == upheld
    assert entries(app, "resume", "notice") == dismissed


@pytest.mark.parametrize("moment", ["2026-10-08 23:59:59", "2026-10-09 00:00:00"])
def test_a_notice_ends_while_an_objection_is_handed_in(
    app, sign_in, people, running, frozen, moment
):
    """Whoever comes first, an objection in time is never on a notice that ended clear."""
    frozen("2026-10-08 23:50")
    clients = [sign_in(who) for who in (people.rival, people.other)]
    with app.app_context():
        public_id = db.session.get_one(Notice, running).public_id
    url = f"/objections/new/{public_id}"
    pages = [browser.hidden(client.get(url), url) for client in clients]
    frozen(moment)

    def send(client, fields):
        data = {**fields, "phone": "13900001111", "unit": "北方机械研究所", "body": BODY,
                "files": [(io.BytesIO(PDF), "证据.pdf")]}  # fmt: skip
        return lambda: client.post(url, data=data, content_type="multipart/form-data")

    def end():
        with app.app_context(), web.transaction():
            upkeep.keep_time(beijing("2026-10-09 00:00:00"))

    found = together(*(send(*pair) for pair in zip(clients, pages, strict=True)), end)
    assert found[2] is None, found[2]
    in_time = moment.endswith("23:59:59")
    assert [answer.status_code for answer in found[:2]] == [302 if in_time else 409] * 2
    with app.app_context():
        notice = db.session.get_one(Notice, running)
        assert (notice.state is NoticeState.ENDED_CLEAR) == (not in_time)
        assert db.session.query(Objection).count() == (2 if in_time else 0)
        numbers = {row.objection_no for row in db.session.query(Objection)}
        assert len(numbers) == (2 if in_time else 0)


def test_the_job_waits_for_the_objection_that_is_being_written(app, people, running, frozen):
    """The inserter holds the notice's row: the job sees the objection, not a moment before it."""
    import threading

    frozen("2026-10-08 23:59:59")
    inside, ended = threading.Event(), []

    def write():
        with app.app_context(), web.transaction():
            objected(db.session.get_one(Notice, running), people)
            db.session.flush()
            inside.set()
            frozen("2026-10-09 00:00:01")  # the last day passes while the form is being stored
            import time

            time.sleep(0.5)

    def end():
        assert inside.wait(30)
        with app.app_context(), web.transaction():
            ended.append(publishing.end_due(now=beijing("2026-10-09 00:00:01")))

    threads = [threading.Thread(target=deed) for deed in (write, end)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert ended == [0]
    with app.app_context():
        row = db.session.query(Objection).one()
        assert row.state is ObjectionState.SUBMITTED
        assert db.session.get_one(Notice, running).state is not NoticeState.ENDED_CLEAR


def test_a_holiday_is_stated_while_the_notice_ends(app, people, running, frozen):
    """Either the day counts and the notice goes on, or it had ended before: never both."""
    from datetime import date

    from matchmaker.places import lists

    frozen("2026-10-08 23:50:00")

    def state():
        with app.app_context(), web.transaction():
            by = db.session.merge(people.officer, load=False)
            lists.state_holidays(
                [date(2026, 10, 8)], is_workday=False, name="台风", source_doc="通知", by=by,
                now=beijing("2026-10-08 23:50:00"),
            )  # fmt: skip

    def end():
        with app.app_context(), web.transaction():
            upkeep.keep_time(beijing("2026-10-08 23:50:00"))

    assert together(state, end) == [None, None]
    with app.app_context():
        notice = db.session.get_one(Notice, running)
        assert notice.end_on == date(2026, 10, 9)
        assert notice.state is not NoticeState.ENDED_CLEAR
