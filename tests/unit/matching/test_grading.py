"""What a score means: cut points, a rising chance, one legend."""

import math

import pytest

from matchmaker.matching import THRESHOLD
from matchmaker.matching.grading import GRADES, chance, grade, legend
from matchmaker.matching.weighting import emphasis


@pytest.mark.parametrize(
    ("score", "label"),
    [
        (1.0, "强"),
        (0.2, "强"),
        (0.1995, "强"),  # shown as 0.200
        (0.1994, "较强"),
        (0.12, "较强"),
        (0.1194, "弱"),
        (0.105, "弱"),
        (0.1046, "弱"),  # shown as 0.105
        (0.1044, "无"),
        (0.0, "无"),
        (-0.05, "无"),
    ],
)
def test_a_score_has_the_grade_of_the_figure_shown(score, label):
    assert grade(score).label == label


def test_what_is_pushed_by_default_is_never_called_nothing():
    assert grade(THRESHOLD).label == "弱"
    assert grade(THRESHOLD - 0.001).label == "无"


def test_the_chance_rises_with_the_score_and_stays_a_chance():
    chances = [chance(step / 100) for step in range(-10, 101)]
    assert chances == sorted(chances)
    assert all(0 <= one <= 1 for one in chances)


def test_the_chance_by_hand():
    assert chance(0.2) == pytest.approx(1 / (1 + math.exp(-3.72) * 0.21**-2.10))


def test_the_legend_names_every_grade():
    told = legend()
    assert all(one.label in told for one in GRADES)
    assert "强（0.2 起）" in told
    assert "inf" not in told


@pytest.mark.parametrize(
    ("term", "factor"),
    [("打磨", 1), ("sf6", 1), ("·打", 1.25), ("·打磨", 1), ("·sf6", 1.3), ("·x", 1.3)],
)
def test_single_characters_and_latin_words_count_more_among_the_characters(term, factor):
    assert emphasis(term) == factor
