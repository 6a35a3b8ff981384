import tempfile

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import Segmenter, TermRefused, check_term
from matchmaker.matching import text as module
from matchmaker.matching.folding import fold
from matchmaker.matching.text import BLOCK, LONGEST_TERM, Token, blocks

PLAIN = Segmenter()


def surfaces(segmenter, text):
    return [text[token.start : token.end] for token in segmenter.tokens(text)]


@pytest.mark.parametrize(
    ("written", "folded"),
    [("ＰＬＧＡ", "plga"), ("ＳＦ₆", "sf6"), ("㎡", "m2"), ("ﬁlm", "film"), ("膜\u200b层", "膜层")],
)
def test_writing_is_unified(written, folded):
    assert fold(written)[0] == folded


@given(st.text())
def test_every_folded_character_knows_where_it_came_from(text):
    folded, places = fold(text)
    assert len(folded) == len(places)
    assert list(places) == sorted(places)
    assert all(
        fold(text[place])[0].count(piece) for piece, place in zip(folded, places, strict=True)
    )


@settings(deadline=None)  # the first text waits for jieba's dictionary
@given(st.text(alphabet="激光焊接反渗透膜，。 aZ9ＡＢ₆㎡\u200b", max_size=200))
def test_tokens_stand_where_they_say(text):
    for token in PLAIN.tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert fold(text[token.start : token.end])[0] == token.term


def test_spans_are_those_of_the_text_as_written():
    segmenter = Segmenter(synonyms=(("六氟化硫", "SF6"), ("黄姜", "盾叶薯蓣")))
    text = "用ＳＦ₆替代;盾叶\u00ad薯蓣"
    tokens = {token.term: text[token.start : token.end] for token in segmenter.tokens(text)}
    assert tokens["六氟化硫"] == "ＳＦ₆"
    assert tokens["黄姜"] == "盾叶\u00ad薯蓣"


@pytest.mark.parametrize("word", ["PLGA", "MBR", "SF6", "T800", "5G", "3D", "MCU", "ABS"])
def test_abbreviations_and_model_names_are_words(word):
    assert Segmenter(base=()).terms(f"采用{word}材料")[0] == word.lower()


@pytest.mark.parametrize(
    "word",
    ["2024", "3.5", "10mm", "0.5MPa", "200kg", "90%", "20d", "W", "mm", "膜", "三个", "四万", "的"],
)
def test_figures_units_and_single_characters_are_not(word):
    assert not any(word.lower() == term for term in PLAIN.terms(f"，{word}，"))


def test_stop_words_are_dropped_and_are_the_segmenters_own():
    assert PLAIN.terms("进行激光焊接") == ["激光", "焊接"]
    assert Segmenter(stop_words=frozenset({"激光"})).terms("进行激光焊接") == ["进行", "焊接"]


def test_a_word_is_followed_by_the_words_in_it():
    assert PLAIN.tokens("动力电池") == [
        Token("动力电池", 0, 4),
        Token("动力", 0, 2),
        Token("电池", 2, 4),
    ]


def test_characters_no_word_claims_meet_in_pairs():
    assert PLAIN.tokens("用微球釉") == [Token("微球", 1, 3), Token("球釉", 2, 4)]
    assert PLAIN.terms("微，球") == []
    assert PLAIN.terms("微的球") == []


def test_a_user_word_is_kept_in_one_piece():
    assert "恒力控制" not in PLAIN.terms("采用恒力控制打磨")
    assert "恒力控制" in Segmenter(words=("恒力控制",)).terms("采用恒力控制打磨")


def test_synonyms_are_one_term_and_groups_that_share_a_word_are_one_group():
    segmenter = Segmenter(synonyms=(("打磨", "磨抛"), ("力控", "恒力控制"), ("抛磨", "磨抛")))
    assert segmenter.synonyms == (("力控", "恒力控制"), ("打磨", "磨抛", "抛磨"))
    assert set(segmenter.terms("打磨、磨抛、抛磨")) == {"打磨"}
    assert surfaces(segmenter, "磨抛与恒力控制")[:2] == ["磨抛", "恒力控制"]


def test_a_sub_word_of_the_same_meaning_is_not_counted_twice():
    segmenter = Segmenter(synonyms=(("PLGA", "聚乳酸", "聚乳酸羟基乙酸"),))
    assert segmenter.terms("聚乳酸羟基乙酸").count("plga") == 1


def test_a_stop_word_made_a_synonym_is_kept():
    assert PLAIN.terms("水平") == []
    assert Segmenter(synonyms=(("水平", "卧式"),)).terms("卧式水平") == ["水平", "水平"]


def test_a_segmenter_is_a_value():
    one = Segmenter(words=("恒力控制", "ＳＦ6"), synonyms=(("黄姜", "盾叶薯蓣"),))
    same = Segmenter(words=("sf6", "恒力控制", "恒力控制"), synonyms=(("黄姜", "盾叶薯蓣"),))
    assert one == same
    assert one.version == same.version
    assert len(one.version) == 12


@pytest.mark.parametrize(
    "other",
    [
        Segmenter(words=("恒力控制",)),
        Segmenter(synonyms=(("黄姜", "盾叶薯蓣"),)),
        Segmenter(synonyms=(("盾叶薯蓣", "黄姜"),)),
        Segmenter(stop_words=frozenset()),
    ],
)
def test_another_dictionary_is_another_version(other):
    assert other.version != PLAIN.version


def test_one_segmenters_words_are_not_anothers():
    text = "新能源汽车电池热管理"
    before = PLAIN.terms(text)
    assert "能源汽车电池" in Segmenter(words=("能源汽车电池",)).terms(text)
    assert PLAIN.terms(text) == Segmenter().terms(text) == before


def test_jiebas_global_dictionary_and_cache_are_not_touched(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    module.dictionary.cache_clear()
    Segmenter(words=("恒力控制",)).terms("恒力控制")
    assert list(tmp_path.iterdir()) == []
    assert not jieba.dt.initialized
    assert "恒力控制" not in jieba.dt.FREQ


@pytest.mark.parametrize("text", ["中" * 100_000, "a" * 5_000, "中文。" * 5_000, "", "。"])
def test_text_is_cut_in_blocks_and_nothing_lost(text):
    cut = blocks(text)
    assert "".join(cut) == text
    assert all(0 < len(block) <= BLOCK for block in cut)


def test_unbroken_text_never_reaches_jieba_whole(monkeypatch):
    seen = []
    monkeypatch.setitem(PLAIN.__dict__, "_cut", lambda block: seen.append(len(block)) or [block])
    PLAIN.tokens("中" * 100_000)
    assert seen == [BLOCK] * 200


def test_blocks_end_after_punctuation_where_there_is_any():
    assert [len(block) for block in blocks("中" * 300 + "。" + "中" * 300)] == [301, 300]


def test_words_across_a_hard_cut_keep_their_places():
    text = "中" * 499 + "激光焊接"
    assert [t.start for t in PLAIN.tokens(text) if t.term == "焊接"] == [501]


def test_the_longest_run_of_letters_is_no_word():
    assert PLAIN.terms("x" * 40) == ["x" * 40]
    assert PLAIN.terms("x" * 41) == []


def test_remembered_pieces_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    segmenter = Segmenter()
    assert segmenter.terms("激光、焊接、涂层、激光") == ["激光", "焊接", "涂层", "激光"]
    assert len(segmenter._remembered) <= 2


@pytest.mark.parametrize("word", ["", " 膜 ", "x", "膜" * (LONGEST_TERM + 1)])
def test_words_too_short_or_long_are_refused(word):
    with pytest.raises(TermRefused, match="须为 2 至 20 个字"):
        check_term(word)


@pytest.mark.parametrize("word", ["激光 焊接", "激光,焊接", "<b>", "激光\n焊接", "🚀🚀"])
def test_words_that_could_never_be_found_are_refused(word):
    with pytest.raises(TermRefused, match="只能由汉字、字母、数字"):
        check_term(word)


def test_what_may_be_a_word_is_folded():
    assert check_term(" ＳＦ６ ") == "sf6"
    assert check_term("锂" * LONGEST_TERM) == "锂" * LONGEST_TERM
    with pytest.raises(TermRefused, match="须为"):
        Segmenter(words=("膜",))
    with pytest.raises(TermRefused, match="须为"):
        Segmenter(synonyms=(("膜", "薄膜"),))


def test_what_is_a_dictionary_word_is_known():
    assert PLAIN.knows("激光")
    assert PLAIN.knows("plga")
    assert not PLAIN.knows("附接")
    assert Segmenter(words=("附接",)).knows("附接")
