"""Sheets: hashed and locked, the price after the technical part, interim scores for nobody."""

from datetime import timedelta
from decimal import Decimal

import pytest

from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, NeedState, PanelistState, ReviewState, SheetState
from matchmaker.needs.models import Need
from matchmaker.reviewing import aggregating, operations, reading, seats, sheets
from matchmaker.reviewing.operations import Setup
from matchmaker.reviewing.sheet_models import Advice
from matchmaker.scoring import Part
from matchmaker.scoring.tables import Leaning
from tests.conftest import NOON
from tests.integration.reviewing import conftest as steps
from tests.integration.reviewing.conftest import SCORES, SETUP, fixed_clock, user  # noqa: F401

pytestmark = pytest.mark.database


@pytest.fixture
def hall(writing, make):
    return steps.build(make)


def first_sheet(review, part=Part.TECHNICAL, seat=0):
    own = sheets.of_panelist(review.sitting[seat])
    return next(one for one in own if one.part is part)


def test_scoring_starts_when_everybody_has_confirmed(hall):
    review = steps.invited(hall)
    for panelist in review.sitting[:2]:
        seats.confirm(panelist, declared=True, by=steps.judge(panelist), now=NOON)
    assert review.state is ReviewState.INVITING
    assert sheets.of_review(review) == []
    last = review.sitting[2]
    seats.confirm(last, declared=True, by=steps.judge(last), now=NOON)
    assert review.state is ReviewState.SCORING
    assert len(sheets.of_review(review)) == 9


def test_a_draft_keeps_what_was_typed_right_or_wrong(hall):
    sheet = first_sheet(steps.scoring(hall))
    sheets.save(
        sheet, {"scores": {"1": "abc", "99": "5"}, "comment": "短"}, by=trail.SYSTEM, now=NOON
    )
    assert sheet.scores == {"1": "abc"}
    assert sheet.comment == "短"
    assert sheet.state is SheetState.DRAFT


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"scores": {}}, "score_1"),
        ({"comment": "太短了"}, "comment"),
        ({"advice": None}, "advice"),
        ({"vetoes": ["材料造假"]}, "advice"),
    ],
)
def test_an_incomplete_sheet_is_not_submitted(hall, typed, field):
    review = steps.scoring(hall)
    sheet = first_sheet(review)
    with pytest.raises(Invalid) as refused:
        sheets.submit(
            sheet, steps.typed_for(sheet, 80) | typed, by=steps.judge(sheet.panelist), now=NOON
        )
    assert field in refused.value.fields


def test_a_submitted_sheet_is_hashed_and_stays(hall):
    review = steps.scoring(hall)
    sheet = first_sheet(review)
    judge = steps.judge(sheet.panelist)
    sheets.submit(sheet, steps.typed_for(sheet, "85.5"), by=judge, now=NOON)
    assert sheets.is_intact(sheet)
    assert sheet.versions[0].digest == sheet.digest
    with pytest.raises(WrongState, match="已经提交"):
        sheets.submit(sheet, steps.typed_for(sheet, 10), by=judge, now=NOON)
    with pytest.raises(WrongState, match="已经提交"):
        sheets.save(sheet, steps.typed_for(sheet, 10), by=judge, now=NOON)
    sheet.scores = {**sheet.scores, "1": "100"}
    assert not sheets.is_intact(sheet)


def test_the_price_opens_when_every_technical_sheet_is_in(hall):
    review = steps.scoring(hall)
    panel = list(review.sitting)
    for panelist in panel[:2]:
        steps.fill_in(panelist, Part.TECHNICAL, SCORES[0])
    assert review.technical_locked_at is None
    assert not any(sheets.price_is_open(one) for one in panel)
    assert {one.part for one in sheets.of_review(review)} == {Part.TECHNICAL}
    steps.fill_in(panel[2], Part.TECHNICAL, SCORES[2])
    assert review.technical_locked_at == NOON
    assert all(sheets.price_is_open(one) for one in panel)
    assert sum(one.part is Part.PRICE for one in sheets.of_review(review)) == 9


def test_a_latecomer_reads_prices_only_after_the_own_technical_part(hall):
    review = steps.scoring(hall)
    panel = list(review.sitting)
    for panelist in panel:
        steps.fill_in(panelist, Part.TECHNICAL, SCORES[0])
    seats.replace(panel[0], reason="病假", by=user(hall.officer), now=NOON)
    fresh = review.sitting[-1]
    seats.confirm(fresh, declared=True, by=steps.judge(fresh), now=NOON)
    assert not sheets.price_is_open(fresh)
    assert sheets.price_is_open(panel[1])
    for panelist in panel[1:]:
        steps.fill_in(panelist, Part.PRICE, SCORES[0])
    assert review.state is ReviewState.SCORING
    steps.fill_in(fresh, Part.TECHNICAL, SCORES[1])
    assert sheets.price_is_open(fresh)
    steps.fill_in(fresh, Part.PRICE, SCORES[1])
    assert review.state is ReviewState.SCORED


def test_a_sheet_sent_back_keeps_its_old_scores(hall):
    review = steps.scoring(hall)
    sheet = first_sheet(review)
    judge = steps.judge(sheet.panelist)
    sheets.submit(sheet, steps.typed_for(sheet, 60), by=judge, now=NOON)
    sheets.request_reopening(sheet, reason="把第二项看错了", by=judge, now=NOON)
    sheets.decide_reopening(sheet, approve=True, by=user(hall.leader), now=NOON)
    assert sheet.state is SheetState.DRAFT
    sheets.submit(sheet, steps.typed_for(sheet, 80), by=judge, now=NOON)
    assert [one.content["scores"]["1"] for one in sheet.versions] == ["60", "80"]


def test_a_refused_reopening_lets_the_review_go_on(hall):
    review = steps.scoring(hall)
    for panelist in review.sitting[:2]:
        steps.fill_in(panelist, Part.TECHNICAL, SCORES[0])
    sheet = first_sheet(review)
    sheets.request_reopening(sheet, reason="想再看看", by=steps.judge(sheet.panelist), now=NOON)
    steps.fill_in(review.sitting[2], Part.TECHNICAL, SCORES[2])
    assert review.technical_locked_at is None
    sheets.decide_reopening(sheet, approve=False, reason="理由不足", by=user(hall.leader), now=NOON)
    assert review.technical_locked_at == NOON


def test_the_technical_part_is_not_sent_back_once_prices_are_known(hall):
    review = steps.scoring(hall)
    for panelist in review.sitting:
        steps.fill_in(panelist, Part.TECHNICAL, SCORES[0])
    sheet = first_sheet(review)
    with pytest.raises(WrongState, match="公开报价"):
        sheets.request_reopening(sheet, reason="改分", by=steps.judge(sheet.panelist), now=NOON)


def test_all_in_locks_everything(hall):
    review = steps.scored(hall)
    assert review.state is ReviewState.SCORED
    assert {one.state for one in sheets.of_review(review)} == {SheetState.LOCKED}
    assert [one.expert.review_count for one in review.sitting] == [1, 1, 1]


def test_places_means_and_conclusion(hall):
    review = steps.concluded(hall)
    assert [(one.number, one.place, one.mean, one.outcome) for one in review.subjects] == [
        (1, 1, Decimal("90.00"), "recommended"),
        (2, 2, Decimal("81.00"), "recommended"),
        (3, 3, Decimal("52.33"), "below_line"),
    ]
    states = [one.bid.state for one in review.subjects]
    assert states == [BidState.RECOMMENDED, BidState.RECOMMENDED, BidState.NOT_RECOMMENDED]
    assert aggregating.compute(review) == review.result


def test_ties_go_to_the_lower_price(hall):
    review = steps.concluded(hall, ({1: 80, 2: 80, 3: 80},) * 3)
    assert [one.place for one in review.subjects] == [1, 2, 3]
    assert {one.tie for one in review.subjects} == {"price"}


def test_one_veto_excludes(hall):
    review = steps.scoring(hall)
    sheet = first_sheet(review)
    typed = steps.typed_for(sheet, 95, vetoes=["材料造假"], advice=Advice.REJECT)
    sheets.submit(sheet, typed, by=steps.judge(sheet.panelist), now=NOON)
    for part in (Part.TECHNICAL, Part.PRICE):
        for panelist in review.sitting:
            steps.fill_in(panelist, part, {1: 95, 2: 70, 3: 65})
    aggregating.aggregate(review, by=user(hall.officer), now=NOON)
    assert {one.number: one.outcome for one in review.subjects} == {
        1: "vetoed", 2: "recommended", 3: "recommended",
    }  # fmt: skip
    assert aggregating.vetoes(review) == {1: ["材料造假"]}


def test_a_sheet_changed_in_the_database_stops_the_aggregation(hall):
    review = steps.scored(hall)
    sheet = sheets.of_review(review)[0]
    sheet.scores = {**sheet.scores, "1": "99"}
    db.session.flush()
    with pytest.raises(WrongState, match="签名散列不符"):
        aggregating.aggregate(review, by=user(hall.officer), now=NOON)


def test_an_absent_judge_never_counts_as_zero(hall):
    review = steps.scoring(hall, Setup(5, SETUP.due_on))
    panel = list(review.sitting)
    late = review.due_at + timedelta(hours=1)
    for panelist in panel[:4]:
        steps.fill_in(panelist, Part.TECHNICAL, SCORES[0], now=late)
    with pytest.raises(WrongState, match="截止时间"):
        seats.miss(panel[4], reason="未提交", by=user(hall.officer), now=NOON)
    seats.miss(panel[4], reason="未提交", by=user(hall.officer), now=late)
    assert panel[4].state is PanelistState.ABSENT
    for panelist in panel[:4]:
        steps.fill_in(panelist, Part.PRICE, SCORES[0], now=late)
    aggregating.aggregate(review, by=user(hall.officer), now=late)
    assert [one.mean for one in review.subjects] == [Decimal(90), Decimal(80), Decimal(50)]
    assert panel[4].expert.absent_count == 1


def test_below_three_nobody_may_be_recorded_as_absent(hall):
    review = steps.scoring(hall)
    late = review.due_at + timedelta(hours=1)
    with pytest.raises(WrongState, match="少于 3 份"):
        seats.miss(review.sitting[0], reason="未提交", by=user(hall.officer), now=late)


def test_the_organiser_does_not_conclude(hall):
    review = steps.scored(hall)
    aggregating.aggregate(review, by=user(hall.officer), now=NOON)
    with pytest.raises(NotAllowed, match="组织者"):
        aggregating.conclude(review, conclusion="同意推荐前两名。", by=user(hall.officer), now=NOON)
    with pytest.raises(Invalid, match="至少 10 个字"):
        aggregating.conclude(review, conclusion="同意", by=user(hall.chief), now=NOON)


def test_harsh_judges_are_seen_by_the_chair(hall):
    review = steps.scored(hall, (SCORES[0], {1: 89, 2: 81, 3: 51}, {1: 60, 2: 50, 3: 20}))
    rows, criteria = aggregating.chair_tables(review)
    assert [one.leaning for one in rows] == [Leaning.EVEN, Leaning.EVEN, Leaning.HARSH]
    assert [one.judge for one in rows] == ["专家 1", "专家 2", "专家 3"]
    assert len(criteria) == 6


def test_a_voided_review_is_judged_anew_and_old_scores_stay(hall):
    review = steps.concluded(hall)
    operations.void(review, reason="发现评委应回避而未回避", by=user(hall.leader), now=NOON)
    assert review.live_key is None
    assert {one.bid.state for one in review.subjects} == {BidState.UNDER_REVIEW}
    assert len(sheets.of_review(review)) == 18
    again = steps.set_up(hall)
    assert again.previous_id == review.id
    assert again.review_no == "PS2026-002"


def test_blind_material_names_nobody(hall):
    review = steps.scoring(hall)
    for subject, name in zip(review.subjects, steps.NAMES, strict=True):
        told = repr(reading.technical(subject, review)) + repr(reading.price(subject, review))
        assert name not in told
        assert "××" in told
    review.is_blind = False
    assert "澜北大学" in repr(reading.technical(review.subjects[0], review))


def test_the_technical_part_tells_no_price(hall):
    review = steps.scoring(hall)
    told = repr(reading.technical(review.subjects[0], review))
    assert "90" not in told
    assert "90 万元" in repr(reading.price(review.subjects[0], review))


def test_needs_on_the_line_are_shortlisted_by_the_conclusion(writing, make):
    hall = steps.build(make)
    needs = [make.need(need_no=f"XQ2026{n:06}") for n in range(2)]
    rows = [db.session.get_one(Need, one.id) for one in needs]
    review = operations.review_needs("第一批遴选", rows, SETUP, by=user(hall.officer), now=NOON)
    steps.drawing.perform(review, by=user(hall.officer), now=NOON)
    steps.drawing.approve(review, by=user(hall.leader), now=NOON)
    for panelist in list(review.sitting):
        seats.confirm(panelist, declared=True, by=steps.judge(panelist), now=NOON)
    for panelist in review.sitting:
        steps.fill_in(panelist, Part.TECHNICAL, {1: 80, 2: 40})
    assert review.state is ReviewState.SCORED
    aggregating.aggregate(review, by=user(hall.officer), now=NOON)
    aggregating.conclude(review, conclusion="同意第一项列入拟发榜。", by=user(hall.chief), now=NOON)
    assert [one.state for one in rows] == [NeedState.SHORTLISTED, NeedState.ACCEPTED]
