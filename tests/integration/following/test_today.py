"""Today's work: what of the bounties waits for whom, overdue first; on desk and first page."""

from datetime import timedelta

import pytest

from matchmaker.following import today
from matchmaker.following.duties import DUTIES
from matchmaker.policy import table
from tests import browser
from tests.conftest import NOON
from tests.integration.following.conftest import MOVES
from tests.integration.reviewing import conftest as judging
from tests.integration.reviewing.conftest import committed, fixed_clock, hall  # noqa: F401

pytestmark = pytest.mark.database


@pytest.fixture
def waits(app, acting):
    def reads(who):
        with app.app_context():
            return {g.label: g for g in today.groups(acting(who), now=NOON)}

    return reads


def test_every_duty_is_a_row_of_the_table():
    for duty in DUTIES:
        assert table.find(duty.resource, duty.action), (duty.resource, duty.action)
    assert len({duty.label for duty in DUTIES}) == len(DUTIES)


def test_a_draft_waits_for_its_officer_a_review_for_the_chief(waits, moved):
    moved(MOVES[:1], title="起草的榜单", bounty_no=None)
    moved(MOVES[:2], title="会审的榜单", bounty_no=None)
    moved(MOVES[:3], title="待批准的榜单", bounty_no=None)
    assert [i.title for i in waits("officer")["待提交会审的榜单"].items] == ["起草的榜单"]
    assert [i.title for i in waits("chief")["待会审的榜单"].items] == ["会审的榜单"]
    assert [i.title for i in waits("leader")["待批准发布的榜单"].items] == ["待批准的榜单"]
    assert waits("second") == {}
    for who in ("stranger", "expert", "rival"):
        assert waits(who) == {}


def test_overdue_first(waits, moved):
    moved((*MOVES[:1], (1, "submit_for_approval", "officer")), title="新送的", bounty_no=None)
    moved(MOVES[:2], title="早送的", bounty_no=None)
    group = waits("chief")["待会审的榜单"]
    assert [(i.title, i.late) for i in group.items] == [("早送的", True), ("新送的", False)]
    assert group.items[0].note.startswith("已逾期")
    assert (group.total, group.late) == (2, 1)


def test_before_the_deadline_nothing_tells_of_bids(waits, bounty):
    for who in ("officer", "leader", "auditor", "owner"):
        assert not any("开榜" in label for label in waits(who))


def test_an_opening_waits_for_its_three_holders(waits, moved):
    moved((*MOVES, (5, "close", "system")), deadline=timedelta(days=-5))
    for who in ("officer", "leader", "auditor"):
        assert "已截榜，待开榜的榜单" in waits(who)
    assert "已截榜，待开榜的榜单" not in waits("chief")


def test_an_invited_expert_a_judge_and_the_chief(app, hall, committed, sign_in):  # noqa: F811
    committed(judging.invited, hall)
    with app.app_context():
        from matchmaker.extensions import db
        from matchmaker.reviewing.models import Panelist

        panelist = db.session.query(Panelist).filter_by(state="invited").first()
        judge = judging.judge(panelist)
        labels = [g.label for g in today.groups(judge, now=NOON)]
        user_id = judge.id
    assert labels == ["待答复的评审邀请"]
    page = sign_in(user_id).get("/")
    assert "待答复的评审邀请" in browser.text(page)


def test_the_desk_and_the_first_page_show_it(sign_in, people, moved):
    moved(MOVES[:2], title="会审的榜单", bounty_no=None)
    desk = browser.text(sign_in(people.chief).get("/desk"))
    assert "待会审的榜单" in desk
    assert "逾期 1" in desk
    moved((*MOVES, (5, "close", "system")), title="已截榜的", deadline=timedelta(days=-5))
    first = browser.text(sign_in(people.auditor).get("/"))
    assert "已截榜，待开榜的榜单" in first
    for who in (people.owner, people.bidder, people.expert):
        assert sign_in(who).get("/").status_code == 200
