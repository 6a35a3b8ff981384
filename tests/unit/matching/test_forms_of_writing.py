"""Abbreviations, widths, traditional characters and figures: forms of one thing meet, junk not."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching import BASE_GROUPS, Document, Index, Segmenter, explain, refresh
from matchmaker.matching.characters import counted, grams
from matchmaker.matching.folding import fold
from matchmaker.matching.text import check_term
from matchmaker.matching.traditional import simplified

PLAIN = Segmenter()
BARE = Segmenter(base=())
RENAMING = Segmenter(synonyms=(("黄姜", "盾叶薯蓣"),))


def score(one, other, segmenter=PLAIN):
    index = Index.build([Document("A", body=other)], segmenter=segmenter)
    refresh(index, Index.build([Document("N", body=one)], segmenter=segmenter))
    return sum(hit.text_score for hit in index.search(Document("N", body=one), top=1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SF6", "六氟化硫"),
        ("ＭＢＲ", "膜生物反应器"),
        ("sf₆", "六氟化硫"),
        ("IGBT", "绝缘栅双极型晶体管"),
        ("膜生物反應器", "mbr"),
    ],
)
def test_an_abbreviation_meets_its_name_out_of_the_box(one, other):
    assert score(f"改进{one}设备", f"改进{other}设备") > 0.9
    assert score(one, other) > 0.9
    assert score(one, other, BARE) == 0


def test_a_group_switched_off_meets_no_more():
    assert score("SF6", "六氟化硫", BARE) == 0
    rest = Segmenter(base=tuple(group for group in BASE_GROUPS if group[0] != "六氟化硫"))
    assert score("SF6", "六氟化硫", rest) == 0
    assert score("MBR", "膜生物反应器", rest) > 0.9
    assert rest.version != PLAIN.version


def test_an_abbreviation_inside_a_longer_word_is_left_alone():
    text = "ESF6X、codec"
    assert [gram.term for gram in grams(text, PLAIN)] == ["·esf6x", "·codec"]
    assert "codec" in PLAIN.terms(text)
    assert Segmenter(words=("pe",)).terms("people speed") == ["people", "speed"]


def test_the_explanation_names_both_forms_and_sums_up():
    need, found = Document("N", body="替代SF6气体"), Document("A", body="六氟化硫气体替代")
    index = Index.build([found], segmenter=PLAIN)
    idf = refresh(index, Index.build([need], segmenter=PLAIN))
    why = explain(need, found, segmenter=PLAIN, idf=idf)
    assert "“SF6”就是该成果中的“六氟化硫”" in why.sentence
    assert abs(why.text_score - index.search(need, top=1)[0].text_score) <= 1e-9


def test_the_shipped_groups_are_sound():
    words = [check_term(word) for group in BASE_GROUPS for word in group]
    assert len(words) == len(set(words)), "no word stands in two groups"
    assert 60 <= len(BASE_GROUPS) <= 120
    assert all(len(group) >= 2 and not group[0].isascii() for group in BASE_GROUPS)
    assert len(PLAIN.groups) == len(BASE_GROUPS)


def test_the_bureaus_own_standard_word_prevails_over_the_shipped_one():
    own = Segmenter(synonyms=(("SF6", "六氟化硫气体"), ("六氟化硫", "SF6")))
    assert own.canonical("六氟化硫") == "sf6"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("環保絕緣開關", "环保绝缘开关"),
        ("乾燥後的特徵", "干燥后的特征"),
        ("顯著", "显著"),
        ("显著瞭望", "显著瞭望"),
        ("多醣", "多糖"),
    ],
)
def test_traditional_characters_are_read_as_simplified_ones(written, read):
    folded, places = fold(written)
    assert folded == read
    assert list(places) == list(range(len(written)))


def test_a_character_without_another_form_stays():
    assert [simplified(one) for one in "膜a😀"] == ["膜", "a", "😀"]


@pytest.mark.parametrize(
    "text", ["5mm", "30％", "25℃", "10m3", "12h", "5wt%", "100", "8 μm", "0.5ＭＰａ", "3×10²", "㎡"]
)
def test_figures_and_units_bring_nothing_in_either_channel(text):
    assert PLAIN.terms(f"，{text}，") == []
    assert grams(f"，{text}，", PLAIN) == []


@pytest.mark.parametrize("text", ["T800", "5G", "ABS", "3D"])
def test_model_names_stay_in_both_channels(text):
    assert len(PLAIN.terms(text)) == len(grams(text, PLAIN)) > 0


ODD = "盾叶薯蓣黄姜六氟化硫繁體萬與ﬁ①㎡１ＳＦ6\u00ad\u200b\ud800激光 .,-_#+abİß10m"


@given(st.text(alphabet=ODD, max_size=40))
def test_terms_without_places_are_those_with_places(text):
    segmenter = RENAMING
    assert segmenter.terms(text) == [token.term for token in segmenter.tokens(text)]
    assert counted(text, segmenter) == Counter(token.term for token in grams(text, segmenter))
