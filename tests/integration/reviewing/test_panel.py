"""The draw: from the record alone, conflicts out, odd, witnessed, redrawn in the same order."""

from datetime import timedelta

import pytest

from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.codes import Integrity
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState, PanelistState, ReviewState, Role
from matchmaker.reviewing import drawing, operations, pool, seats
from matchmaker.reviewing.operations import Setup
from matchmaker.scoring import draw
from tests.conftest import NOON
from tests.integration.reviewing import conftest as steps
from tests.integration.reviewing.conftest import SETUP, fixed_clock, user  # noqa: F401

pytestmark = pytest.mark.database


@pytest.fixture
def hall(writing, make):
    return steps.build(make)


def test_setting_up_moves_bounty_and_bids(hall):
    review = steps.set_up(hall)
    assert review.review_no == "PS2026-001"
    assert review.bounty.state is BountyState.UNDER_REVIEW
    assert {one.bid.state for one in review.subjects} == {BidState.UNDER_REVIEW}
    assert [one.alias for one in review.subjects] == ["01 号方案", "02 号方案", "03 号方案"]


def test_one_bounty_has_one_live_review(hall):
    steps.set_up(hall)
    with pytest.raises(WrongState, match="已有评审"):
        steps.set_up(hall)


def test_no_review_without_a_qualified_bid_or_before_all_are_checked(hall):
    bids = [db.session.get_one(Bid, one.id) for one in hall.bids]
    for bid in bids:
        trail.advance(bid, "disqualify_propose", by=user(hall.officer), now=NOON, reason="缺材料")
    with pytest.raises(WrongState, match="还有 3 份"):
        steps.set_up(hall)
    for bid in bids:
        trail.advance(bid, "disqualify_approve", by=user(hall.leader), now=NOON)
    with pytest.raises(WrongState, match="流榜"):
        steps.set_up(hall)


def test_one_qualified_bid_is_enough(hall):
    for one in hall.bids[1:]:
        bid = db.session.get_one(Bid, one.id)
        trail.advance(bid, "disqualify_propose", by=user(hall.officer), now=NOON, reason="缺材料")
        trail.advance(bid, "disqualify_approve", by=user(hall.leader), now=NOON)
    assert len(steps.set_up(hall).subjects) == 1


@pytest.mark.parametrize("size", [2, 4, 6, 8])
def test_a_panel_is_odd(hall, size):
    with pytest.raises(Invalid, match="3、5 或 7"):
        steps.set_up(hall, Setup(size, SETUP.due_on))


def test_only_the_bountys_officer_sets_up(hall):
    with pytest.raises(NotAllowed):
        operations.review_bids(hall.bounty, SETUP, by=user(hall.other_officer), now=NOON)


def test_the_draw_follows_from_the_record(hall):
    review = steps.drawn(hall)
    marks = drawing.first_panel(review)
    assert len(marks) == 3
    assert drawing.recompute(review) == marks
    assert review.seed == draw.seed_of(
        [one.bid.commitment for one in review.subjects], "2026-11-20T12:00:00+08:00"
    )
    assert [one.position for one in review.candidates] == list(range(1, 16))


def test_another_moment_draws_another_order(hall):
    review = steps.drawn(hall)
    first = [one.mark for one in review.candidates]
    drawing.send_back(review, reason="名单有误", by=user(hall.leader), now=NOON)
    assert review.state is ReviewState.CREATED
    drawing.perform(review, by=user(hall.officer), now=NOON + timedelta(seconds=1))
    assert [one.mark for one in review.candidates] != first
    assert drawing.recompute(review) == drawing.first_panel(review)
    assert len(review.sitting) == 3


def test_a_renamed_institution_changes_nothing_of_the_draw(hall, make):
    house = make.organisation(OrganisationKind.INSTITUTION, name="澜东研究院")
    for one in hall.experts[:6]:
        db.session.get_one(Expert, one.id).organisation_id = house.id
    db.session.flush()
    review = steps.invited(hall)
    marks = drawing.first_panel(review)
    db.session.get_one(Organisation, house.id).name = "澜东科学院"
    moved = db.session.get_one(Expert, hall.experts[7].id)
    moved.org_name = "又一研究院"
    db.session.flush()
    assert drawing.recompute(review) == marks
    for panelist in list(review.sitting)[:2]:
        seats.refuse(panelist, reason="时间冲突", by=steps.judge(panelist), now=NOON)
    keys = [one.institution_key for one in review.sitting]
    assert len(set(keys)) == len(keys) == 3
    houses = [
        one.institution for one in review.candidates if one.institution_key.endswith(str(house.id))
    ]
    assert set(houses) == {"澜东研究院"}


def excluded(review):
    return {one.name: one.excluded for one in review.candidates if one.excluded}


def test_conflicts_are_kept_out_and_the_reason_is_on_record(hall, make):
    house = hall.experts
    unit = db.session.get_one(Bid, hall.bids[0].id).lead_organisation
    rows = [db.session.get_one(Expert, one.id) for one in house[:6]]
    rows[0].organisation_id = unit.id
    rows[1].org_name = "滨海阀门铸造有限公司"
    rows[2].recent_partners = ["澜南大学"]
    rows[3].integrity = Integrity.BLACKLIST
    rows[4].user_id = None
    rows[5].org_name = "澜西协作厂"
    db.session.flush()
    review = steps.drawn(hall, small_pool_reason="本领域专家有限")
    assert excluded(review) == {
        "评委00": "与揭榜方同一单位",
        "评委01": "与发榜方同一单位",
        "评委02": "近三年与揭榜方有合作",
        "评委03": "在失信名单内",
        "评委04": pool.NO_ACCOUNT[:60],
        "评委05": "与联合单位同一单位",
    }
    assert not {one.name for one in review.panelists} & set(excluded(review))


def test_whoever_has_no_tie_stays_in_the_pool(hall):
    review = steps.drawn(hall)
    assert excluded(review) == {}
    assert len(review.candidates) == 15


def test_the_officer_leaves_somebody_out_with_a_reason(hall):
    first = hall.experts[0]
    review = steps.drawn(hall, left_out={first.id: "在国外进修"})
    row = next(one for one in review.candidates if one.expert_id == first.id)
    assert (row.excluded, row.evidence, row.position) == ("经办人排除", "在国外进修", None)


def test_other_fields_are_not_asked(hall, make):
    stranger = make.user(Role.EXPERT)
    make.expert(name="外行", user_id=stranger.id, tech_field_codes=["101"])
    assert "外行" not in {one.name for one in steps.drawn(hall).candidates}


def test_a_small_pool_must_be_acknowledged(hall):
    for one in hall.experts[:8]:
        db.session.get_one(Expert, one.id).integrity = Integrity.BLACKLIST
    db.session.flush()
    review = steps.set_up(hall)
    with pytest.raises(Invalid, match="少于所需人数的 3 倍"):
        drawing.perform(review, by=user(hall.officer), now=NOON)
    drawing.perform(review, small_pool_reason="已发函征集，仍不足", by=user(hall.officer), now=NOON)
    assert review.small_pool_reason == "已发函征集，仍不足"


def test_whoever_drew_does_not_approve(hall):
    review = steps.drawn(hall)
    both = user(hall.officer)
    with pytest.raises(NotAllowed):
        drawing.approve(review, by=both, now=NOON)
    drawing.approve(review, by=user(hall.leader), now=NOON)
    assert {one.state for one in review.panelists} == {PanelistState.INVITED}


def test_a_refusal_draws_the_next_of_the_same_order(hall):
    review = steps.invited(hall)
    order = [one.mark for one in review.candidates]
    gone = review.panelists[1]
    seats.refuse(gone, reason="出差", by=steps.judge(gone), now=NOON)
    assert [one.mark for one in review.panelists] == order[:4]
    assert [one.mark for one in review.sitting] == [order[0], order[2], order[3]]
    assert review.sitting[-1].state is PanelistState.INVITED


def test_a_declared_conflict_is_replaced_and_its_sheets_do_not_count(hall):
    review = steps.scoring(hall)
    gone = review.sitting[0]
    seats.declare_conflict(gone, reason="发现是师生关系", by=steps.judge(gone), now=NOON)
    assert gone.state is PanelistState.CONFLICTED
    fresh = review.sitting[-1]
    seats.confirm(fresh, declared=True, by=steps.judge(fresh), now=NOON)
    assert len(steps.sheets.of_panelist(fresh)) == 3
    assert steps.sheets.of_panelist(gone) == []


def test_nobody_confirms_without_declaring(hall):
    review = steps.invited(hall)
    panelist = review.sitting[0]
    with pytest.raises(Invalid, match="回避声明"):
        seats.confirm(panelist, declared=False, by=steps.judge(panelist), now=NOON)
    assert panelist.declared_at is None


def test_an_exhausted_pool_is_told(hall):
    for one in hall.experts[3:]:
        db.session.get_one(Expert, one.id).integrity = Integrity.BLACKLIST
    db.session.flush()
    review = steps.invited(hall, small_pool_reason="仅三人")
    gone = review.sitting[0]
    seats.refuse(gone, reason="出差", by=steps.judge(gone), now=NOON)
    assert len(review.sitting) == 2
    assert review.state is ReviewState.INVITING
