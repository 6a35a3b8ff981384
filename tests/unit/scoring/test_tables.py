from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.scoring import feedback, tables
from matchmaker.scoring.tables import Leaning
from tests.unit.scoring import rubrics

RUBRIC = rubrics.NEED
KEYS = [one.key for one in RUBRIC.criteria]


def flat(score):
    return dict.fromkeys(KEYS, Decimal(score))


def test_one_far_from_all_others_is_flagged():
    cells = tables.flagged([Decimal(80), Decimal(82), Decimal(81), Decimal(79), Decimal(40)])
    assert [cell.outlier for cell in cells] == [False] * 4 + [True]
    assert cells[-1].gap == Decimal("-40.00")


def test_near_values_are_never_flagged():
    assert not any(
        cell.outlier
        for cell in tables.flagged([Decimal(80), Decimal(80), Decimal(80), Decimal(89)])
    )


def test_where_all_disagree_nobody_stands_out():
    assert not any(
        cell.outlier
        for cell in tables.flagged(
            [Decimal(40), Decimal(60), Decimal(80), Decimal(95), Decimal(50)]
        )
    )


def test_two_judges_do_not_flag_each_other():
    assert not any(cell.outlier for cell in tables.flagged([Decimal(10), Decimal(90)]))


def test_an_absent_judge_has_an_empty_cell():
    cells = tables.flagged([Decimal(80), None, Decimal(81), Decimal(82)])
    assert cells[1].value is None
    assert not cells[1].outlier


@given(st.lists(st.decimals(0, 100, places=1), min_size=3, max_size=7), st.data())
def test_a_flag_does_not_depend_on_the_order(values, data):
    shuffled = data.draw(st.permutations(values))
    first = sorted((cell.value, cell.outlier) for cell in tables.flagged(values))
    assert first == sorted((cell.value, cell.outlier) for cell in tables.flagged(shuffled))


def test_harsh_and_lenient_judges_are_seen():
    given_scores = {
        (judge, subject): flat(base + shift)
        for subject, base in (("A", 80), ("B", 70))
        for judge, shift in (("j1", 0), ("j2", 1), ("j3", -1), ("hard", -25), ("soft", 18))
    }
    rows = tables.judges(RUBRIC, ["j1", "j2", "j3", "hard", "soft"], ["A", "B"], given_scores)
    assert [row.leaning for row in rows] == [Leaning.EVEN] * 3 + [Leaning.HARSH, Leaning.LENIENT]
    assert all(cell.outlier for cell in rows[3].cells)
    assert rows[3].bias == Decimal("-25.00")


def test_criteria_show_means_and_where_judges_disagree():
    given_scores = {(f"j{n}", "A"): flat(80) for n in range(4)}
    given_scores["j4", "A"] = flat(80) | {"4": Decimal(30)}
    names = [f"j{n}" for n in range(6)]
    rows = {row.key: row for row in tables.criteria(RUBRIC, names, ["A", "B"], given_scores)}
    assert rows["4"].cells[0].outlier
    assert rows["4"].cells[0].value == Decimal("70.00")
    assert not rows["1"].cells[0].outlier
    assert rows["1"].cells[1].value is None


def test_feedback_tells_levels_and_nobody_elses_figures():
    own = flat("61.23") | {"1": Decimal("91.07")}
    chosen = flat("93.45") | {"1": Decimal("80.11")}
    told = feedback.draft(RUBRIC, own, chosen)
    text = told.text()
    assert all(number not in text for number in ("61.23", "93.45", "91.07", "80.11"))
    assert told.strengths[0].startswith("产业带动")
    assert len(told.gaps) == 3
    assert told.gaps[0].startswith("技术指标")
    assert "请达到“良”（" in told.advice[0]
    assert all(one.name in text for one in RUBRIC.criteria)


def test_feedback_where_nothing_is_behind():
    text = feedback.draft(RUBRIC, flat(95), flat(95)).text()
    assert "同一档次" in text
    assert "保持现有水平" in text


@given(*(st.lists(st.decimals(0, 100, places=2), min_size=4, max_size=4) for _ in range(2)))
def test_feedback_always_has_its_four_parts(own, chosen):
    told = feedback.draft(
        RUBRIC, dict(zip(KEYS, own, strict=True)), dict(zip(KEYS, chosen, strict=True))
    )
    assert [line.criterion.name for line in told.lines] == [one.name for one in RUBRIC.criteria]
    assert all(heading in told.text() for heading in ("一、", "二、", "三、", "四、"))


def test_feedback_where_nobody_was_chosen():
    text = feedback.draft_alone(RUBRIC, flat(70))
    assert "入选" not in text
    assert text.count("请达到“良”") == 3


def test_feedback_of_a_disqualified_bid():
    text = feedback.draft_disqualified(["营业执照已过期"])
    assert "营业执照已过期" in text
    assert "形式审查未通过" in feedback.draft_disqualified([])
