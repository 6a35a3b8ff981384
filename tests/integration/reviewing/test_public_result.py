"""The result on the bounty's public page and record; an objection entered after the award."""

import pytest
from sqlalchemy import select

from matchmaker import jobs, web
from matchmaker.bounties import record
from matchmaker.bounties.models import Bounty
from matchmaker.codes import ObjectionOutcome
from matchmaker.extensions import db
from matchmaker.lifecycles import AwardState, BidState, BountyState, Role
from matchmaker.notices import operations as notices
from matchmaker.notices import publishing
from matchmaker.notices.models import Notice
from matchmaker.reviewing import awarding, ending
from tests.conftest import NOON
from tests.integration.reviewing import conftest as steps
from tests.integration.reviewing.conftest import fixed_clock, user  # noqa: F401

pytestmark = pytest.mark.database


@pytest.fixture
def hall(make):
    return steps.build(make)


def publish(make, hall):
    notice = db.session.scalars(select(Notice)).one()
    chief, leader = make.user(Role.SECTION_CHIEF), make.user(Role.LEADER)
    notice.contact_phone, notice.contact_address = "0531-88880000", "海澜区政务中心 3 楼"
    notices.submit(notice, by=user(hall.officer), now=NOON)
    notices.check(notice, note="已核对", by=user(chief), now=NOON)
    publishing.publish(notice, by=user(leader), now=NOON)
    return notice


@pytest.fixture
def announced(app, make, hall):
    """The award's notice is public and its event handled."""
    with app.app_context(), web.transaction():
        steps.noticed(hall)
    return f"/bounties/{hall.bounty.public_id}"


def text(client, path):
    return client.get(path).get_data(as_text=True)


def test_nobody_reads_the_result_before_its_notice_is_public(app, make, hall, announced, client):
    assert "澜北大学" not in text(client, announced)
    assert "评审结果" not in text(client, announced)
    with app.app_context(), web.transaction():
        publish(make, hall)
    page = text(client, announced)
    assert "拟揭榜单位：澜北大学" in page
    assert "评委" not in page
    with app.app_context():
        jobs.drain()
        lines = record.of(hall.bounty.id)
        assert {one.kind for one in lines} == {"notice", "selected"}
        assert record.faults([record.line(one) for one in lines]) == []


def test_the_panel_is_named_to_the_parties_alone(app, make, hall, announced, client, sign_in):
    with app.app_context(), web.transaction():
        publish(make, hall)
    assert "评审专家：" not in text(client, announced)
    assert "评审专家：" not in text(sign_in(make.user(Role.RESEARCHER)), announced)
    assert "评审专家：评委" in text(sign_in(hall.owner), announced)
    assert "评审专家：评委" in text(sign_in(hall.bidders[1]), announced)


def test_a_made_award_is_on_the_record_and_one_that_is_given_up_too(app, make, hall, announced):
    with app.app_context(), web.transaction():
        publish(make, hall)
    with app.app_context(), web.transaction():
        awarding.make(db.session.get_one(Bounty, hall.bounty.id), now=NOON)
    with app.app_context():
        jobs.drain()
        assert [one.kind for one in record.of(hall.bounty.id)][-1] == "award"
    with app.app_context(), web.transaction():
        (award,) = awarding.live(db.session.get_one(Bounty, hall.bounty.id))
        ending.forfeit(award, reason="内部原因不公开", by=user(hall.officer), now=NOON)
    with app.app_context():
        jobs.drain()
        last = record.of(hall.bounty.id)[-1]
        assert (last.kind, last.content["what"]) == ("dropped_award", "已放弃")
        assert "内部原因" not in record.canonical(last.content)


def made(hall):
    review = steps.noticed(hall)
    db.session.scalars(select(Notice)).one().live_key = None  # it ended
    awarding.make(review.bounty, now=NOON)
    return review


def test_a_late_objection_holds_a_made_award_and_dismissed_lets_it_go_on(writing, hall):
    review = made(hall)
    bounty = review.bounty
    ending.suspend(bounty, now=NOON)
    ending.suspend(bounty, now=NOON)
    assert bounty.state is BountyState.SUSPENDED
    ending.resume(bounty, now=NOON)
    assert awarding.make(bounty, now=NOON) == []
    assert awarding.make(bounty, now=NOON) == []
    assert bounty.state is BountyState.AWARDED
    (award,) = awarding.live(bounty)
    assert (award.state, award.bid.state) == (AwardState.MADE, BidState.WON)


@pytest.mark.parametrize(
    ("outcome", "state", "bid"),
    [
        (ObjectionOutcome.RE_REVIEW, BountyState.UNDER_REVIEW, BidState.UNDER_REVIEW),
        (ObjectionOutcome.STANDBY, BountyState.SELECTED, BidState.NOT_RECOMMENDED),
        (ObjectionOutcome.REVOKE, BountyState.FAILED, BidState.NOT_RECOMMENDED),
    ],
)
def test_a_late_objection_upheld_takes_a_made_award_back(writing, hall, outcome, state, bid):
    review = made(hall)
    ending.suspend(review.bounty, now=NOON)
    ending.revoke(review.bounty, outcome, reason="异议成立", now=NOON)
    assert review.bounty.state is state
    assert db.session.get_one(type(hall.bids[0]), hall.bids[0].id).state is bid


def test_an_objection_after_all_is_signed_moves_nothing(writing, hall):
    review = made(hall)
    bounty = review.bounty
    bounty_state = BountyState.CONTRACTED
    from matchmaker.audit import trail

    trail.advance(bounty, "contract", by=trail.SYSTEM, now=NOON)
    ending.suspend(bounty, now=NOON)
    ending.resume(bounty, now=NOON)
    assert bounty.state is bounty_state
