"""The owner's choice, the award's three people, its notice, and what follows when it fails."""

import pytest
from sqlalchemy import select

from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.bounties import ending as bounties
from matchmaker.bounties.ending import FailureKind
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyMode, ObjectionOutcome, Selector
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import AwardState, BidState, BountyState, FeedbackState, ReviewState
from matchmaker.notices.models import Notice
from matchmaker.reviewing import awarding, choosing, ending, feedback, limits
from tests.conftest import NOON
from tests.integration.reviewing import conftest as steps
from tests.integration.reviewing.conftest import fixed_clock, user  # noqa: F401

pytestmark = pytest.mark.database


@pytest.fixture
def hall(writing, make):
    return steps.build(make)


def states(review):
    return [one.bid.state for one in review.subjects]


def pick(review, *numbers):
    return [one.public_id for one in review.subjects if one.number in numbers]


def test_the_owner_chooses_within_the_recommended(hall):
    review = steps.concluded(hall)
    with pytest.raises(Invalid, match="推荐范围"):
        choosing.choose(review, pick(review, 3), by=user(hall.owner), now=NOON)
    with pytest.raises(Invalid, match="推荐范围"):
        choosing.choose(review, [], by=user(hall.owner), now=NOON)
    with pytest.raises(Invalid, match="最多选定 1 家"):
        choosing.choose(review, pick(review, 1, 2), by=user(hall.owner), now=NOON)
    choice = choosing.choose(review, pick(review, 1), by=user(hall.owner), now=NOON)
    assert [one.number for one in choosing.subjects(review, choice.standby)] == [2]
    with pytest.raises(WrongState, match="已经提交"):
        choosing.choose(review, pick(review, 2), by=user(hall.owner), now=NOON)


def test_not_the_first_needs_a_reason(hall):
    review = steps.concluded(hall)
    with pytest.raises(Invalid, match="写明理由"):
        choosing.choose(review, pick(review, 2), by=user(hall.owner), now=NOON)
    reason = "第二名与我厂现有产线接口一致，改造量小"
    choosing.choose(review, pick(review, 2), reason=reason, by=user(hall.owner), now=NOON)
    assert choosing.of_review(review).reason == reason


def test_none_suitable_leads_to_no_award(hall):
    review = steps.concluded(hall)
    with pytest.raises(Invalid, match="理由"):
        choosing.choose_none(review, reason="", by=user(hall.owner), now=NOON)
    choosing.choose_none(review, reason="各方案成本均超出承受能力", by=user(hall.owner), now=NOON)
    with pytest.raises(WrongState, match="流榜"):
        awarding.propose(review, by=user(hall.officer), now=NOON)


def test_nothing_is_proposed_before_the_owner_chose(hall):
    review = steps.concluded(hall)
    with pytest.raises(WrongState, match="选定意见"):
        awarding.propose(review, by=user(hall.officer), now=NOON)


def test_where_the_experts_decide_nobody_chooses(hall):
    db.session.get_one(Bounty, hall.bounty.id).selector = Selector.EXPERTS_ONLY
    review = steps.concluded(hall)
    with pytest.raises(WrongState, match="专家评定"):
        choosing.choose(review, pick(review, 1), by=user(hall.owner), now=NOON)
    (award,) = awarding.propose(review, by=user(hall.officer), now=NOON)
    assert award.bid_id == hall.bids[0].id


def test_where_the_owner_alone_decides_the_line_excludes_nobody(hall):
    db.session.get_one(Bounty, hall.bounty.id).selector = Selector.ENTERPRISE_ONLY
    review = steps.concluded(hall)
    assert states(review) == [BidState.RECOMMENDED] * 3


def test_three_people_make_an_award(hall):
    review = steps.proposed(hall)
    bounty = review.bounty
    with pytest.raises(NotAllowed):
        awarding.endorse(bounty, by=user(hall.officer), now=NOON)
    awarding.endorse(bounty, by=user(hall.chief), now=NOON)
    assert bounty.state is BountyState.SELECTED
    assert states(review) == [BidState.SELECTED, BidState.STANDBY, BidState.NOT_RECOMMENDED]
    with pytest.raises(NotAllowed):
        awarding.approve(bounty, by=user(hall.chief), now=NOON)
    awarding.approve(bounty, by=user(hall.leader), now=NOON)
    assert bounty.state is BountyState.AWARD_NOTICE


def test_the_end_of_the_notice_makes_it(hall):
    review = steps.noticed(hall)
    (award,) = awarding.make(review.bounty, now=NOON)
    assert award.state is AwardState.MADE
    assert review.bounty.state is BountyState.AWARDED
    assert states(review)[0] is BidState.WON
    assert awarding.make(review.bounty, now=NOON) == []


def test_a_bounty_cannot_be_proposed_twice(hall):
    review = steps.proposed(hall)
    with pytest.raises(Exception, match=r"UNIQUE|duplicate key"):
        awarding.propose(review, by=user(hall.officer), now=NOON)
    db.session.rollback()


def test_sent_back_everything_is_as_concluded_and_may_be_chosen_again(hall):
    review = steps.proposed(hall)
    bounty = review.bounty
    awarding.endorse(bounty, by=user(hall.chief), now=NOON)
    awarding.send_back(
        bounty, reason="理由不充分", reopen_choice=True, by=user(hall.leader), now=NOON
    )
    assert bounty.state is BountyState.UNDER_REVIEW
    assert states(review) == [BidState.RECOMMENDED, BidState.RECOMMENDED, BidState.NOT_RECOMMENDED]
    choosing.choose(review, pick(review, 1), by=user(hall.owner), now=NOON)
    awarding.propose(review, by=user(hall.officer), now=NOON)


def test_whoever_gives_up_is_followed_by_the_standby(hall):
    review = steps.noticed(hall)
    db.session.scalars(select(Notice)).one().live_key = None  # it ended
    (award,) = awarding.make(review.bounty, now=NOON)
    following = ending.forfeit(award, reason="三十日内未签约", by=trail.SYSTEM, now=NOON)
    assert review.bounty.state is BountyState.SELECTED
    assert following.bid_id == hall.bids[1].id
    awarding.endorse(review.bounty, by=user(hall.chief), now=NOON)
    awarding.approve(review.bounty, by=user(hall.leader), now=NOON)
    awarding.make(review.bounty, now=NOON)
    assert states(review)[:2] == [BidState.FORFEITED, BidState.WON]
    again = ending.forfeit(following, reason="也放弃", by=user(hall.officer), now=NOON)
    assert again is None
    assert review.bounty.state is BountyState.FAILED


def test_a_notice_dropped_before_publication_takes_the_award_back(hall):
    review = steps.noticed(hall)
    ending.announce_anew(review.bounty, reason="公示稿作废", now=NOON)
    assert review.bounty.state is BountyState.UNDER_REVIEW
    assert states(review)[:2] == [BidState.RECOMMENDED] * 2
    awarding.propose(review, by=user(hall.officer), now=NOON)


def test_the_notice_shows_the_result_and_no_judge(hall):
    review = steps.noticed(hall)
    notice = db.session.scalars(select(Notice)).one()
    assert notice.subjects[0]["拟揭榜单位"] == "澜北大学"
    assert notice.subjects[0]["评审得分"] == "90.00"
    assert set(notice.withheld) == {one.name for one in review.panelists}
    assert notice.handler_id == hall.officer.id


def test_an_objection_upheld_calls_the_standby(hall):
    review = steps.noticed(hall)
    ending.revoke(review.bounty, ObjectionOutcome.STANDBY, reason="异议成立", now=NOON)
    assert review.bounty.state is BountyState.SELECTED
    assert states(review)[:2] == [BidState.NOT_RECOMMENDED, BidState.STANDBY]
    assert awarding.live(review.bounty)[0].bid_id == hall.bids[1].id


def test_an_objection_upheld_has_all_judged_anew(hall):
    review = steps.noticed(hall)
    ending.suspend(review.bounty, now=NOON)
    ending.revoke(review.bounty, ObjectionOutcome.RE_REVIEW, reason="异议成立", now=NOON)
    assert review.state is ReviewState.VOIDED
    assert review.bounty.state is BountyState.UNDER_REVIEW
    assert set(states(review)) == {BidState.UNDER_REVIEW}
    steps.set_up(hall)


def test_an_objection_upheld_annuls(hall):
    review = steps.noticed(hall)
    ending.revoke(review.bounty, ObjectionOutcome.REVOKE, reason="弄虚作假", now=NOON)
    assert review.bounty.state is BountyState.FAILED
    assert awarding.live(review.bounty) == []


def test_a_race_has_several_winners_and_goes_on_with_those_left(hall):
    bounty = db.session.get_one(Bounty, hall.bounty.id)
    bounty.mode, bounty.max_awards = BountyMode.HORSE_RACE, 2
    review = steps.noticed(hall, places=(1, 2))
    awards = awarding.make(bounty, now=NOON)
    assert [one.slot for one in awards] == [1, 2]
    assert ending.forfeit(awards[0], reason="放弃", by=user(hall.officer), now=NOON) is None
    assert bounty.state is BountyState.AWARDED
    assert states(review)[:2] == [BidState.FORFEITED, BidState.WON]


def test_recognition_needs_reasons_and_no_scores(hall):
    bounty = db.session.get_one(Bounty, hall.bounty.id)
    bid = db.session.get_one(Bid, hall.bids[0].id)
    with pytest.raises(WrongState, match="认定制"):
        awarding.propose_recognition(
            bounty, bid, reason="唯一具备资质的团队", by=user(hall.officer), now=NOON
        )
    bounty.mode = BountyMode.RECOGNITION
    with pytest.raises(Invalid, match="写明理由"):
        awarding.propose_recognition(bounty, bid, reason="", by=user(hall.officer), now=NOON)
    awarding.propose_recognition(
        bounty, bid, reason="唯一具备资质并完成中试的团队", by=user(hall.officer), now=NOON
    )
    awarding.endorse(bounty, by=user(hall.chief), now=NOON)
    assert bid.state is BidState.SELECTED
    awarding.approve(bounty, by=user(hall.leader), now=NOON)
    awarding.make(bounty, now=NOON)
    assert bid.state is BidState.WON


def test_every_loser_gets_feedback_drafted_and_nobody_is_named(hall):
    review = steps.noticed(hall)
    awarding.make(review.bounty, now=NOON)
    rows = feedback.draft_for(review.bounty, now=NOON)
    assert {one.bid_id for one in rows} == {hall.bids[1].id, hall.bids[2].id}
    assert feedback.draft_for(review.bounty, now=NOON) == []
    assert feedback.waiting(review.bounty) == 2
    for row in rows:
        assert "四、改进建议" in row.body
        assert not any(name in row.body for name in ("澜北", "澜南", "澜西", "评委"))
        assert not any(figure in row.body for figure in ("90.00", "81.00", "52.33"))
    with pytest.raises(Invalid, match="澜北大学"):
        feedback.edit(rows[0], rows[0].body + "不如澜北大学。", by=user(hall.officer), now=NOON)
    feedback.release(rows[0], rows[0].body, by=user(hall.officer), now=NOON)
    assert rows[0].state is FeedbackState.RELEASED
    assert feedback.waiting(review.bounty) == 1
    assert feedback.comments(rows[0]) == [steps.COMMENT] * 3


def test_a_refused_bidder_is_told_why(hall):
    bid = db.session.get_one(Bid, hall.bids[2].id)
    reason = "牵头单位未提供资质证明"
    trail.advance(bid, "disqualify_propose", by=user(hall.officer), now=NOON, reason=reason)
    trail.advance(bid, "disqualify_approve", by=user(hall.leader), now=NOON)
    review = steps.noticed_two(hall)
    awarding.make(review.bounty, now=NOON)
    rows = {one.bid_id: one for one in feedback.draft_for(review.bounty, now=NOON)}
    assert reason in rows[bid.id].body


def test_a_bounty_does_not_fail_under_a_working_panel_or_a_living_award(hall):
    review = steps.scoring(hall)
    bounty, officer = review.bounty, user(hall.officer)
    with pytest.raises(WrongState, match="评审正在进行"):
        bounties.fail(bounty, FailureKind.OTHER, "不办了", by=officer, now=NOON)
    assert not limits.price_is_open(review.subjects[0].bid)


def test_below_the_line_fails_only_what_is_below_the_line(hall):
    review = steps.concluded(hall)
    with pytest.raises(WrongState, match="达到合格线"):
        bounties.fail(review.bounty, FailureKind.BELOW_LINE, by=user(hall.officer), now=NOON)
    assert limits.price_is_open(review.subjects[0].bid)


def test_all_below_the_line_fails_and_everybody_gets_feedback(hall):
    review = steps.concluded(hall, ({1: 50, 2: 40, 3: 30},) * 3)
    bounties.fail(review.bounty, FailureKind.BELOW_LINE, by=user(hall.officer), now=NOON)
    rows = feedback.draft_for(review.bounty, now=NOON)
    assert len(rows) == 3
    assert "入选" not in rows[0].body


def test_a_living_award_keeps_a_bounty_from_failing(hall):
    review = steps.proposed(hall)
    with pytest.raises(WrongState, match="拟揭榜决定"):
        bounties.fail(review.bounty, FailureKind.OTHER, "改主意", by=user(hall.officer), now=NOON)


def test_a_withdrawn_bounty_stops_its_panel(hall):
    review = steps.scoring(hall)
    ending.stop(review.bounty, reason="榜单撤回", now=NOON)
    assert review.state is ReviewState.VOIDED
