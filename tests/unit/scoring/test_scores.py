from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.scoring import sheets
from matchmaker.scoring.averaging import TooFew, trimmed_mean
from matchmaker.scoring.ranking import Outcome, Standing, TieBreak, rank
from tests.unit.scoring import rubrics

scores = st.decimals(0, 100, places=1)
totals = st.decimals(0, 100, places=2)


def halves_up(value: Fraction) -> Decimal:
    return Decimal(int(value * 100 + Fraction(1, 2))) / 100


@pytest.mark.parametrize(
    "text", ["", "abc", "101", "-1", "NaN", "1e400", "85.55", "Infinity", "９９９"]
)
def test_what_is_no_score(text):
    with pytest.raises(ValueError, match=r"分"):
        sheets.parse_score(text)


@pytest.mark.parametrize(
    ("text", "score"), [("0", "0"), (" 100 ", "100"), ("85.5", "85.5"), (7, "7")]
)
def test_what_is_a_score(text, score):
    assert sheets.parse_score(text) == Decimal(score)


def test_every_missing_score_is_named():
    criteria = rubrics.NEED.criteria
    with pytest.raises(sheets.ScoreError) as refused:
        sheets.read(criteria, {"1": "80", "2": "x", "4": ""})
    assert set(refused.value.problems) == {"2", "3", "4"}
    assert "请给“研究基础”打分" in refused.value.problems["3"]


@given(st.lists(scores, min_size=6, max_size=6))
def test_a_total_is_exact_with_halves_up(values):
    given_scores = {one.key: value for one, value in zip(rubrics.BID.criteria, values, strict=True)}
    exact = sum(
        Fraction(one.weight) * Fraction(given_scores[one.key]) for one in rubrics.BID.criteria
    )
    assert sheets.total(rubrics.BID, given_scores) == halves_up(exact / 100)


@given(st.lists(totals, min_size=3, max_size=9), st.lists(st.none(), max_size=4))
def test_absent_judges_never_count(values, absent):
    assert trimmed_mean([*values, *absent]) == trimmed_mean(values)


@given(st.lists(totals, min_size=5, max_size=9))
def test_from_five_on_one_highest_and_one_lowest_go(values):
    mean = trimmed_mean(values)
    kept = sorted(values)[1:-1]
    assert mean.value == halves_up(sum(map(Fraction, kept)) / len(kept))
    assert (mean.lowest, mean.highest, mean.counted) == (min(values), max(values), len(values) - 2)


@given(st.lists(totals, min_size=3, max_size=4))
def test_below_five_all_count(values):
    mean = trimmed_mean(values)
    assert mean.value == halves_up(sum(map(Fraction, values)) / len(values))
    assert mean.lowest is None


def test_only_one_of_equal_extremes_goes():
    assert trimmed_mean(
        [Decimal(90), Decimal(90), Decimal(60), Decimal(60), Decimal(75)]
    ).value == Decimal("75.00")
    assert trimmed_mean([Decimal("80.005")] * 3).value == Decimal("80.01")


def test_two_valid_sheets_are_too_few():
    with pytest.raises(TooFew, match="2 份"):
        trimmed_mean([Decimal(80), None, Decimal(90), None, None])


def standing(name, mean, tie="80", price=None, **more):
    return Standing(name, Decimal(mean), Decimal(tie), price, **more)


def test_ties_go_to_the_criterion_then_the_price_then_the_lot():
    found = rank(
        [
            standing("a", "80", "70", 100),
            standing("b", "80", "90", 300),
            standing("c", "80", "90", 200),
            standing("d", "85"),
        ],
        seed="s",
    )
    assert [(one.name, one.place) for one in found] == [("d", 1), ("c", 2), ("b", 3), ("a", 4)]
    told = {one.name: one.tie for one in found}
    assert told["d"] is TieBreak.NONE
    assert told["a"] is TieBreak.CRITERION
    assert told["c"] is told["b"] is TieBreak.PRICE


def test_a_lot_is_drawn_by_the_seed_and_recorded():
    same = [standing(name, "80", "80", 100) for name in "abcdef"]
    orders = {tuple(one.name for one in rank(same, seed=str(n))) for n in range(20)}
    assert len(orders) > 10
    assert rank(same, seed="x") == rank(list(reversed(same)), seed="x")
    assert {one.tie for one in rank(same, seed="x")} == {TieBreak.LOT}


def test_the_line_and_the_veto():
    found = rank(
        [
            standing("good", "60"),
            standing("low", "59.99"),
            standing("best", "99", vetoed=True),
        ],
        seed="s",
    )
    assert [(one.name, one.outcome) for one in found] == [
        ("good", Outcome.RECOMMENDED),
        ("low", Outcome.BELOW_LINE),
        ("best", Outcome.VETOED),
    ]


entries = st.lists(
    st.tuples(st.integers(60, 63), st.integers(60, 62), st.none() | st.integers(1, 3)),
    min_size=1,
    max_size=8,
)


@given(entries, st.randoms())
def test_ranking_depends_on_nothing_but_rule_and_seed(values, random):
    rows = [
        standing(str(n), str(mean), str(tie), price) for n, (mean, tie, price) in enumerate(values)
    ]
    shuffled = random.sample(rows, len(rows))
    found = rank(rows, seed="s")
    assert found == rank(shuffled, seed="s")
    assert sorted(one.place for one in found) == list(range(1, len(rows) + 1))
    means = {row.name: row.mean for row in rows}
    assert [means[one.name] for one in found] == sorted(means.values(), reverse=True)
    for one in found:
        tied = [other for other in rows if other.mean == means[one.name]]
        assert (one.tie is TieBreak.NONE) == (len(tied) == 1)
