import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker import scoring
from matchmaker.scoring import Part, RubricError
from tests.unit.scoring import rubrics


def test_a_rubric_is_read_with_parts_and_tie_breaker():
    assert [one.name for one in rubrics.BID.of(Part.PRICE)] == ["经费"]
    assert rubrics.BID.parts == (Part.TECHNICAL, Part.PRICE)
    assert rubrics.NEED.parts == (Part.TECHNICAL,)
    assert rubrics.BID.tie_breaker.name == "技术方案"
    assert rubrics.BID.vetoes == rubrics.VETOES
    assert len({one.key for one in rubrics.BID.criteria}) == 6


def test_a_criterion_without_levels_has_the_standard_four():
    bare = [{"name": "方案", "weight": 100}]
    levels = scoring.rubric.read(bare).criteria[0].levels
    assert [(one.label, one.low, one.text) for one in levels][:2] == [
        ("优", 90, ""),
        ("良", 75, ""),
    ]


def spoilt(**changes):
    rows = copy.deepcopy(rubrics.BID_ROWS)
    rows[0].update(changes)
    return rows


def levels(*spans):
    return [{"label": "档", "low": low, "high": high, "text": "x"} for low, high in spans]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "至少要有一项"),
        ([1], "至少要有一项"),
        (spoilt(weight=31), "合计应为 100，现为 101"),
        (spoilt(weight=30.0), "整数"),
        (spoilt(weight=True), "整数"),
        (spoilt(weight=0), "整数"),
        (spoilt(name=" "), "没有名称"),
        (spoilt(name="指标响应"), "名称相同"),
        (spoilt(part="money"), "技术部分或报价部分"),
        (spoilt(levels=levels((90, 100), (0, 88))), "相接"),
        (spoilt(levels=levels((50, 99), (0, 49))), "相接"),
        (spoilt(levels=levels((50, 100))), "相接"),
        (spoilt(levels="优良中差"), "相接"),
        ([rubrics.row("经费", 100, "price")], "技术部分"),
    ],
)
def test_a_wrong_rubric_is_refused_in_words(rows, told):
    with pytest.raises(RubricError, match=told):
        scoring.rubric.read(rows)


def test_every_problem_is_told_at_once():
    with pytest.raises(RubricError) as refused:
        scoring.rubric.read(spoilt(name="", weight="x"))
    assert len(refused.value.problems) == 2


@given(st.decimals(0, 100, places=1))
def test_every_score_reaches_one_level(score):
    one = rubrics.NEED.criteria[0]
    reached = one.standing(score)
    assert score >= one.levels[reached].low
    assert reached == 0 or score < one.levels[reached - 1].low


def test_levels_change_at_their_lowest_score():
    one = rubrics.NEED.criteria[0]
    scores = ("90", "89.9", "75", "74.9", "60", "59.9")
    assert [one.levels[one.standing(Decimal(x))].label for x in scores] == list("优良良中中差")
