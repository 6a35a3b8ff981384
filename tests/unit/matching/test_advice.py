import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import (
    Document,
    Index,
    Reading,
    Segmenter,
    advise,
    gains,
    refresh,
    with_keywords,
)
from matchmaker.matching.advice import LEAST
from matchmaker.matching.weighting import CHANNELS, Idf

SEGMENTER = Segmenter(words=("恒力控制",), synonyms=(("黄姜", "盾叶薯蓣"),))
WORDS = [
    "激光",
    "焊接",
    "动力电池",
    "电池",
    "plga",
    "微球",
    "盾叶薯蓣",
    "黄姜",
    "恒力控制",
    "的",
    "、",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map("".join)
DOCUMENTS = st.builds(Document, st.just("x"), title=TEXTS, keywords=TEXTS, body=TEXTS)


def read(document, idf, segmenter=SEGMENTER):
    return Reading.of(document, segmenter, idf)


def words(text, *others, idf=None, segmenter=SEGMENTER):
    """The words advised for a text against others, all given by their fields."""
    held = idf or Idf()
    readings = [read(Document("c", **other), held, segmenter) for other in others]
    return [one.word for one in advise(read(Document("n", **text), held, segmenter), readings)]


@settings(max_examples=40, deadline=None)
@given(DOCUMENTS, DOCUMENTS, st.lists(st.sampled_from([*WORDS, "轮胎", "激光焊接"]), max_size=3))
def test_the_predicted_gain_is_what_editing_brings(text, other, added):
    index = Index.build([other], segmenter=SEGMENTER)
    before = index.score(text, ["x"])[0].text_score
    after = index.score(with_keywords(text, added), ["x"])[0].text_score
    predicted = gains(read(text, index.idf), added, [read(other, index.idf)])
    assert predicted[0] == pytest.approx(after - before, abs=1e-9)


def test_the_gain_holds_at_the_remembered_idf_of_either_pool(documents, need, segmenter):
    documents[0] = with_keywords(documents[0], ["激光"])
    achievements = Index.build(documents, segmenter=segmenter)
    needs = Index.build([need], segmenter=segmenter)
    idf = refresh(achievements, needs)
    others = [read(one, idf, segmenter) for one in documents]
    found = advise(read(need, idf, segmenter), others)
    assert found
    for one in found:
        before = [hit.text_score for hit in achievements.score(need, [d.id for d in documents])]
        edited = with_keywords(need, [one.word])
        after = [hit.text_score for hit in achievements.score(edited, [d.id for d in documents])]
        rises = [b - a for a, b in zip(before, after, strict=True)]
        assert one.gains == pytest.approx(rises, abs=1e-9)
    # The other way: a keyword of the need put into the achievement, which is really replaced.
    before = needs.score(documents[0], [need.id])[0].text_score
    best = advise(others[0], [read(need, idf, segmenter)])[0]
    achievements.replace(with_keywords(documents[0], [best.word]))
    after = achievements.score(need, [documents[0].id])[0].text_score
    assert after - before == pytest.approx(best.gains[0], abs=1e-9)


def test_a_gain_worked_by_hand():
    # One word channel term and three character terms a word, every term of idf ln 51.
    idf = Idf()
    text, other = Document("n", keywords="微球"), Document("c", body="qwtz")
    found = gains(read(text, idf), ["qwtz"], [read(other, idf)])[0]
    by_word, by_character = CHANNELS.values()
    weights = [idf.of(term) for term in ("·微", "·球", "·微球", "·qwtz")]
    characters = weights[3] / math.sqrt(sum(weight**2 for weight in weights))
    cut = [idf.of(term) for term in ("微球", "qwtz")]
    assert found == pytest.approx(
        by_word * cut[1] / math.hypot(*cut) + by_character * characters, abs=1e-12
    )


def test_words_of_several_texts_are_told_with_the_gain_of_each():
    idf = Idf()
    text = read(Document("n", title="轮胎"), idf)
    others = [
        read(Document(str(n), body=body), idf) for n, body in enumerate(["水稻", "轮胎、阀门"])
    ]
    found = advise(text, others)
    assert [one.word for one in found] == ["阀门"]  # 水稻 stands in a text that does not fit
    assert found[0].gains[0] == pytest.approx(0)
    assert found[0].gains[1] >= LEAST


@pytest.mark.parametrize(
    "text",
    [
        {"title": "激光器"},
        {"keywords": "激光"},
        {"body": "用激光切割"},
        {"body": "用Ｌａｓｅｒ切割"},
        {"body": "激光焊接的激光"},
    ],
)
def test_what_stands_in_the_text_is_never_advised(text):
    segmenter = Segmenter(synonyms=(("激光", "laser"),))
    told = words(text, {"keywords": "激光、阀门"}, segmenter=segmenter)
    assert told == ["阀门"]


def test_a_word_made_up_of_words_already_there_is_not_advised():
    assert words({"body": "激光，焊接"}, {"keywords": "激光焊接"}) == []
    assert words({"body": "激光"}, {"keywords": "激光焊接"}) == ["激光焊接"]


@pytest.mark.parametrize(
    "other",
    [
        {"body": "的以及技术系统"},  # says nothing
        {"body": "上海张学良"},  # a place, a person
        {"body": "三十秒 XJ2000 600kN"},  # amounts and models
        {"body": "QWTZ"},  # Latin letters that no second text knows
        {"body": "璎瑭璎"},  # no word of any dictionary
        {"body": "浸入", "title": "考虑"},  # what is done, unless it is a keyword
        {"body": ""},
    ],
)
def test_nobody_is_asked_to_vouch_for_such_words(other):
    assert words({"title": "轮胎"}, other) == []


def test_the_bureaus_own_words_and_known_abbreviations_are_advised():
    assert words({"title": "轮胎"}, {"body": "恒力控制"}) == ["恒力控制"]
    idf = Idf(10, {"plga": 2})
    assert words({"title": "轮胎"}, {"body": "PLGA"}, idf=idf) == ["PLGA"]


def test_a_common_word_is_not_advised():
    idf = Idf(100, {"电池": 90, "·电池": 90, "·电": 90, "·池": 90})
    assert words({"title": "轮胎"}, {"body": "电池"}, idf=idf) == []


def test_of_two_words_one_inside_the_other_only_the_better_is_told():
    told = words({"title": "轮胎"}, {"keywords": "动力电池、电池"})
    assert len(told) == 1


def test_nothing_is_advised_without_another_text():
    assert advise(read(Document("n", title="轮胎"), Idf()), []) == ()
