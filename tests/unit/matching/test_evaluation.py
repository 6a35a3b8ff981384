import math

import numpy as np
import pytest

from matchmaker.matching import Document, Hit, Segmenter
from matchmaker.matching.evaluation import (
    METRICS,
    Figure,
    Rules,
    auc,
    evaluate,
    interval,
    measure,
    ndcg,
    ordered,
    recall,
    reciprocal_rank,
)
from matchmaker.matching.testset import TestSet

PLAIN = Segmenter()
DOCUMENTS = tuple(
    Document(name, title=title)
    for name, title in {
        "a": "激光焊接",
        "b": "激光",
        "c": "水稻",
        "d": "轮胎",
        "e": "激光焊接",
    }.items()
)
QUERIES = (Document("q1", title="激光焊接"), Document("q2", title="轮胎"))


def report(grades, **options):
    found = evaluate(TestSet(DOCUMENTS, QUERIES, grades), segmenter=PLAIN, **options)
    return found.to_dict()


def test_ndcg_by_hand_with_linear_gain():
    best = 3 + 2 / math.log2(3) + 1 / math.log2(4)
    assert ndcg([2, 3, 0, 1], [3, 2, 1, 0]) == pytest.approx(
        (2 + 3 / math.log2(3) + 1 / math.log2(5)) / best
    )
    assert ndcg([3, 2, 1], [1, 2, 3]) == 1


def test_ndcg_looks_at_ten_and_is_undefined_without_gain():
    assert ndcg([0] * 10 + [1], [1]) == 0
    assert math.isnan(ndcg([0, 0], [0]))


def test_recall_and_reciprocal_rank_by_hand():
    assert recall([True, False, True], 4) == 0.5
    assert math.isnan(recall([], 0))
    assert reciprocal_rank([False, False, True, True], 2) == pytest.approx(1 / 3)
    assert reciprocal_rank([False] * 10 + [True], 1) == 0
    assert math.isnan(reciprocal_rank([False], 0))


def test_auc_counts_a_tie_half():
    assert auc([0.9, 0.5], [0.5, 0.1]) == (1 + 1 + 0.5 + 1) / 4
    assert math.isnan(auc([], [0.1]))
    assert math.isnan(auc([0.1], []))


def test_level_hits_are_ordered_by_id():
    hits = [Hit("b", 0.5), Hit("c", 0.7), Hit("a", 0.5)]
    assert [hit.id for hit in ordered(hits)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("grades", "judged_only", "hit", "gains"),
    [
        ({"a": 1, "b": 0}, False, 1, [0, 0, 1]),
        ({"a": 1, "b": 0}, True, 1, [0, 0, 1]),
        ({"a": 3, "b": 1}, True, 2, [0, 0, 1, 2, 3]),
        ({"a": 3, "b": 1}, False, 2, [0, 0, 0, 1, 2]),
    ],
)
def test_gain_and_hit_follow_the_kind_of_set(grades, judged_only, hit, gains):
    rules = Rules.of(TestSet(DOCUMENTS, QUERIES, {"q1": grades}), judged_only=judged_only)
    assert rules.hit == hit
    assert [rules.gain(grade) for grade in range(-1, len(gains) - 1)] == gains


def test_one_query_by_hand():
    ranking = [Hit("a", 0.9), Hit("x", 0.8), Hit("b", 0.7)]
    judged = [Hit("a", 0.9), Hit("b", 0.7), Hit("c", 0.8)]
    grades = {"a": 1, "b": 3, "c": 0}
    found = dict(
        zip(METRICS, measure(ranking, judged, grades, rules=Rules(hit=2, gain_from=0)), strict=True)
    )
    assert found["ndcg_at_10"] == pytest.approx((1 + 3 / 2) / (3 + 1 / math.log2(3)))
    assert found["recall_at_10"] == found["recall_at_100"] == 1
    assert found["mrr_at_10"] == pytest.approx(1 / 3)
    assert found["auc"] == 0


def test_a_whole_set():
    found = report({"q1": {"a": 1}, "q2": {"d": 1, "c": 1}})
    # q1: a and e are level and a comes first; q2: d, then all at nought by id: a, b, c.
    assert found["ndcg_at_10"] == pytest.approx(
        (1 + (1 + 1 / math.log2(5)) / (1 + 1 / math.log2(3))) / 2
    )
    assert (found["recall_at_10"], found["mrr_at_10"]) == (1, 1)
    assert (found["queries"], found["documents"]) == (2, 5)
    assert found["auc"] is found["auc_low"] is found["auc_high"] is None


def test_a_document_of_grade_minus_one_is_out_of_the_ranking():
    assert report({"q1": {"e": 1}})["mrr_at_10"] == 0.5
    assert report({"q1": {"e": 1, "a": -1}})["mrr_at_10"] == 1
    assert report({"q1": {"e": 1, "a": -1}}, judged_only=True)["mrr_at_10"] == 1


def test_judged_only_ranks_the_judged_alone():
    grades = {"q1": {"c": 2, "d": 0}}
    assert report(grades)["mrr_at_10"] == 0.25
    assert report(grades, judged_only=True)["mrr_at_10"] == 1
    assert report(grades, judged_only=True)["auc"] == 0.5


def test_a_query_nobody_judged_does_not_count():
    assert report({"q1": {"a": 1}})["queries"] == 1


def test_the_report_has_the_keys_of_the_interface():
    expected = {"queries", "documents"}
    expected |= {f"{name}{end}" for name in METRICS for end in ("", "_low", "_high")}
    assert set(report({"q1": {"a": 2, "b": 0}})) == expected


def test_the_same_set_gives_the_same_report_and_progress_sees_every_query():
    seen = []
    grades = {"q1": {"b": 1}, "q2": {"a": 1}}
    first = report(grades, progress=lambda queries: seen.extend(queries) or queries)
    assert first == report(grades)
    assert [query.id for query in seen] == ["q1", "q2"]


def test_the_interval_holds_the_mean_and_narrows_with_more_queries():
    values = np.tile([0.0, 1.0], 20)
    few, many = interval(values), interval(np.tile(values, 10))
    assert few.low < few.value == 0.5 < few.high
    assert many.high - many.low < (few.high - few.low) / 2
    # normal approximation: 1.96 * 0.5 / sqrt(40)
    assert few.high - 0.5 == pytest.approx(0.155, abs=0.03)


def test_undefined_queries_are_left_out_of_the_mean():
    assert interval(np.array([math.nan, 1.0, math.nan])) == Figure(1.0, 1.0, 1.0)
    assert interval(np.array([math.nan])) == Figure(None, None, None)
