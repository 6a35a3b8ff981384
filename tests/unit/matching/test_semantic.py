"""The third channel: vectors, points, and the nearest sentences."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from matchmaker.matching import (
    SEMANTIC,
    CandidateFacts,
    Document,
    Hit,
    Likeness,
    NeedFacts,
    PairFacts,
    Segmenter,
    algorithm_version,
    rank,
    semantic,
)
from matchmaker.matching.evaluation import evaluate
from matchmaker.matching.testset import TestSet
from tests.encoders import CountingEncoder

TODAY = date(2026, 1, 5)
NEED = Document("n", title="铸件打磨", keywords="力控", body="需要在线修正轨迹。粉尘环境！长期运行")
SAME = Document("c", title="铸件打磨", keywords="力控", body="需要在线修正轨迹。粉尘环境！长期运行")
OTHER = Document("d", title="水稻育种", body="耐盐碱的新品种。亩产提高一成")


@pytest.fixture
def encoder():
    return CountingEncoder()


def both(encoder, one, other):
    return semantic.likeness(encoder, *semantic.vectors(encoder, [one, other]))


def test_a_title_counts_twice_and_the_vector_is_of_length_one(encoder):
    (found,) = semantic.vectors(encoder, [Document("x", title="甲", keywords="乙", body="丙")])
    title, rest = encoder.encode(["甲", "乙。丙"])
    wanted = 2 * title + rest
    assert found.dtype == np.float16
    assert np.linalg.norm(found.astype(float)) == pytest.approx(1, abs=1e-3)
    assert found.astype(float) == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-3)


def test_points_are_none_at_the_neutral_cosine_and_linear_around_it(encoder):
    same, other = both(encoder, NEED, SAME), both(encoder, NEED, OTHER)
    assert same.cosine == pytest.approx(1, abs=2e-3)
    assert other.cosine < encoder.neutral < same.cosine
    for one in (same, other):
        assert one.points == pytest.approx(encoder.weight * (one.cosine - encoder.neutral))
    assert "整体语义相近" in same.reason_zh(0.1)
    assert "整体语义不够相近" in other.reason_zh(0.1)


def test_the_surer_the_words_the_less_the_encoder_says():
    near = Likeness(0.75, 0.06)
    points = {
        score: rank([Hit("a", score)], lambda _: facts(near), today=TODAY, top=1).pairs[0]
        for score in (0.11, 0.15, 0.2, 0.4)
    }
    told = {score: pair.adjustments[-1] for score, pair in points.items()}
    assert [told[s].points for s in told] == pytest.approx([0.027, 0.015, 0, 0], abs=1e-12)
    assert "不再加减分" not in told[0.15].reason_zh
    assert "不再加减分" in told[0.2].reason_zh


def test_likeness_is_the_same_in_both_directions(encoder):
    assert both(encoder, NEED, OTHER) == both(encoder, OTHER, NEED)


@pytest.mark.parametrize("blank", [Document("x"), Document("x", title="  ", body="\n")])
def test_a_text_that_says_nothing_has_no_likeness(encoder, blank):
    assert both(encoder, NEED, blank) is None
    (vector,) = semantic.vectors(encoder, [blank])
    assert not vector.any()


def test_a_missing_vector_is_no_likeness(encoder):
    (vector,) = semantic.vectors(encoder, [NEED])
    assert semantic.likeness(encoder, vector, None) is None


def test_the_digest_follows_every_field_and_not_the_id():
    versions = [NEED, Document("n", title="铸件打磨", body=NEED.body), OTHER, Document("n")]
    digests = [semantic.digest(one) for one in versions]
    assert len(set(digests)) == len(digests)
    assert semantic.digest(NEED) == semantic.digest(SAME)
    assert {len(one) for one in digests} == {32}
    moved = Document("n", title="铸件打磨力控", body=NEED.body)
    assert semantic.digest(moved) != digests[0]


def test_the_nearest_sentences_are_as_written(encoder):
    offered = Document("c", title="机械臂", body="成本较低。能在粉尘环境中工作；获奖两次")
    found = semantic.nearest(encoder, NEED, offered)
    assert (found.need, found.candidate) == ("粉尘环境", "能在粉尘环境中工作")
    told = encoder.encode([found.need, found.candidate])
    assert found.cosine == pytest.approx(float(told[0] @ told[1]), abs=1e-6)
    assert semantic.nearest(encoder, NEED, Document("x", title="短")) is None


def test_many_and_long_sentences_are_cut(encoder):
    long = Document(
        "x", title="标题文字", body="。".join(f"第{n}句话说的是" * 30 for n in range(40))
    )
    found = semantic.sentences(long)
    assert len(found) == semantic.MOST_SENTENCES
    assert max(map(len, found)) == semantic.LONGEST
    assert found[0] == "标题文字"


def facts(likeness):
    return PairFacts(NeedFacts(tech_field="804"), CandidateFacts(tech_fields={"804"}), likeness)


def test_the_parts_sum_to_the_score_and_the_order_follows():
    known = {"a": Likeness(0.2, -0.0225), "b": Likeness(0.6, 0.0375), "c": None}
    hits = [Hit("a", 0.14), Hit("c", 0.135), Hit("b", 0.13)]
    pairs = rank(hits, lambda name: facts(known[name]), today=TODAY, top=9).pairs
    assert [pair.id for pair in pairs] == ["b", "c", "a"]
    for pair in pairs:
        parts = [pair.text_score, *(one.points for one in pair.adjustments)]
        assert pair.score == pytest.approx(sum(parts), abs=1e-9)
        third = [one for one in pair.adjustments if one.code == SEMANTIC]
        whole = [known[pair.id].points] if known[pair.id] else []
        wanted = [points * (1 - pair.text_score / 0.2) for points in whole]
        assert [one.points for one in third] == pytest.approx(wanted, abs=1e-12)
    assert all(one.score >= other.score for one, other in pairwise(pairs))


def test_the_channel_lifts_nothing_over_the_threshold():
    high = facts(Likeness(0.95, 0.09))
    assert rank([Hit("a", 0.09)], lambda _: high, today=TODAY, top=9).pairs == ()
    low = PairFacts(NeedFacts(), CandidateFacts(), Likeness(0.1, -0.0375))
    assert rank([Hit("a", 0.105)], lambda _: low, today=TODAY, top=9).pairs == ()


def test_the_encoder_is_named_in_the_version(encoder):
    plain = algorithm_version(Segmenter())
    assert algorithm_version(Segmenter(), encoder=encoder) == f"{plain}.counting-1"


@pytest.mark.parametrize("judged_only", [True, False])
def test_evaluating_adds_the_points_to_every_score(encoder, judged_only):
    """Words alone cannot tell 抛光 from 水稻 for 打磨; the encoder can."""
    corpus = (Document("a", title="水稻"), Document("b", title="抛抛"), Document("c", body=" "))
    asked = (Document("q", title="打磨"),)
    grades = {"q": {"a": 0, "b": 2, "c": 0}}
    sets = TestSet(corpus, asked, grades)
    options = {"segmenter": Segmenter(), "judged_only": judged_only}
    assert evaluate(sets, **options).to_dict()["auc"] == 0.5
    assert evaluate(sets, **options, encoder=encoder).to_dict()["auc"] == 1
    assert evaluate(sets, **options, encoder=encoder).to_dict()["ndcg_at_10"] == 1
