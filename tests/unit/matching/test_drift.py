import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import Document, Index, Segmenter, drift, refresh
from matchmaker.matching.weighting import BACKGROUND

PLAIN = Segmenter()
WORDS = ["激光", "焊接", "涂层", "轮胎", "薄膜", "plga", "paek", "sf6"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("，".join))


def pool(texts, *, first=0):
    return [Document(f"d{n:03}", body=text) for n, text in enumerate(texts, first)]


def test_right_after_a_refresh_nothing_has_moved():
    index = Index.build(pool(["激光焊接", "涂层"]), segmenter=PLAIN)
    assert drift(index).bound == pytest.approx(0, abs=1e-12)
    assert not drift(index).due


def test_a_case_worked_by_hand():
    index = Index.build(pool(["qwtz", "paek"]), segmenter=PLAIN)
    index.add(Document("new", body="qwtz"))
    # qwtz in two of three instead of one of two; paek still in one; nothing else is unseen twice.
    qwtz = math.log((1 + 3 + BACKGROUND) / 3) / math.log((1 + 2 + BACKGROUND) / 2)
    paek = math.log((1 + 3 + BACKGROUND) / 2) / math.log((1 + 2 + BACKGROUND) / 2)
    found = drift(index)
    assert found.bound == pytest.approx((paek / qwtz) ** 2 - 1, abs=1e-12)
    assert found.term in {"qwtz", "·qwtz"}


@settings(max_examples=40, deadline=None)
@given(TEXTS.filter(bool), TEXTS, st.sampled_from(WORDS))
def test_no_score_moves_further_than_the_bound(old, new, word):
    index = Index.build(pool(old), segmenter=PLAIN)
    for document in pool(new, first=len(old)):
        index.add(document)
    need = Document("q", body=f"{word}，激光")
    bound = drift(index).bound
    before = index.score(need, index.ids)
    refresh(index)
    for then, now in zip(before, index.score(need, index.ids), strict=True):
        assert abs(now.text_score - then.text_score) <= bound * then.text_score + 1e-9
    assert drift(index).bound == pytest.approx(0, abs=1e-12)


def test_a_new_theme_calls_for_a_refresh_and_mere_growth_does_not():
    texts = ["激光焊接", "涂层轮胎", "薄膜", "plga"]
    index = Index.build(pool(texts * 30), segmenter=PLAIN)
    for document in pool(texts * 10, first=120):
        index.add(document)
    assert not drift(index).due
    for document in pool(["paek"] * 60, first=160):
        index.add(document)
    found = drift(index)
    assert found.due
    assert found.term in {"paek", "·paek"}
    refresh(index)
    assert not drift(index).due


def test_all_pools_are_counted():
    needs = Index.build(pool(["激光"]), segmenter=PLAIN)
    achievements = Index.build(pool(["激光"] * 3), segmenter=PLAIN)
    refresh(needs, achievements)
    assert drift(needs, achievements).bound == pytest.approx(0, abs=1e-12)
    assert drift(achievements).bound >= 0
