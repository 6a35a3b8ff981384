"""New words and likely synonyms: figures by hand, junk left out."""

import math
from collections import Counter

import pytest

from matchmaker.matching import Segmenter
from matchmaker.matching.mining import cohesion, entropy, new_synonyms, new_words, snippet

PLAIN = Segmenter()
AROUND = ("提高", "降低", "检测", "更换", "清洗", "采购")
TEXTS = [
    (f"文{place}", f"{before}铸膜液{after}，{after}铸膜液{before}。")
    for place, (before, after) in enumerate(zip(AROUND, reversed(AROUND), strict=True))
]


def test_cohesion_is_the_normalised_mutual_information():
    both, left, right, total = 4, 8, 5, 100
    pmi = math.log((4 / 100) / ((8 / 100) * (5 / 100)))
    assert cohesion(both, left, right, total) == pytest.approx(pmi / -math.log(4 / 100))
    assert cohesion(4, 4, 4, 100) == pytest.approx(1.0)
    assert cohesion(4, 20, 20, 100) == pytest.approx(0.0)
    assert cohesion(4, 0, 0, 100) == cohesion(4, 4, 4, 100)
    assert cohesion(5, 5, 5, 5) == 1.0


def test_freedom_is_the_entropy_of_what_stands_beside():
    assert entropy(Counter()) == 0
    assert entropy(Counter("aaaa")) == 0
    assert entropy(Counter("aabb")) == pytest.approx(math.log(2))


def test_a_run_the_dictionary_does_not_know_is_proposed_with_its_evidence():
    found = {one.word: one for one in new_words(TEXTS, PLAIN)}
    assert list(found) == ["铸膜液"]
    one = found["铸膜液"]
    assert (one.times, one.texts) == (12, 6)
    assert one.examples[0] == ("文0", "提高铸膜液采购，采购铸膜液提高。")
    assert one.cohesion > 0.3
    assert one.freedom == pytest.approx(math.log(6))


def test_what_is_known_rare_or_always_in_the_same_place_is_not_proposed():
    assert new_words(TEXTS, Segmenter(words=("铸膜液",))) == []
    assert new_words(TEXTS[:2], PLAIN) == []
    same = [(f"{n}", "提高铸膜液采购，提高铸膜液采购") for n in range(6)]
    assert "铸膜液" not in {one.word for one in new_words(same, PLAIN)}


def test_a_part_of_a_proposed_word_is_not_proposed_beside_it():
    words = [one.word for one in new_words(TEXTS, PLAIN)]
    assert not {"铸膜", "膜液"} & set(words)


def test_progress_is_told_text_by_text():
    seen = []
    new_words(TEXTS, PLAIN, progress=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_words_opposite_each_other_in_accepted_pairs_are_proposed():
    pairs = [
        ("甲", "铸件打磨工艺", "机器人磨削系统"),
        ("乙", "阀门打磨", "磨削设备"),
        ("丙", "焊缝检测", "焊接电源"),
    ]
    found = new_synonyms(pairs, PLAIN)
    assert [(one.words, one.pairs, one.share) for one in found] == [(("打磨", "磨削"), 2, 1.0)]
    assert found[0].examples == ("甲", "乙")


def test_words_met_or_without_a_common_character_are_no_synonyms():
    assert new_synonyms([("甲", "打磨", "打磨")] * 3, PLAIN) == []
    assert new_synonyms([("甲", "打磨", "焊接")] * 3, PLAIN) == []
    assert new_synonyms([("甲", "动力电池", "电池")] * 3, PLAIN) == []
    united = Segmenter(synonyms=(("打磨", "磨削"),))
    assert new_synonyms([("甲", "打磨", "磨削")] * 3, united) == []


def test_a_snippet_is_cut_from_the_text_as_written():
    assert snippet("ＳＦ6" + "空" * 40, "sf6") == "ＳＦ6" + "空" * 16 + "…"
    assert snippet("", "sf6") == ""


@pytest.mark.parametrize("text", ["", "膜", "膜" * 3000, "12345", "abc def", "😀😀", "\x00\x01\t"])
def test_bad_texts_propose_nothing(text):
    assert new_words([(f"{n}", text) for n in range(3)], PLAIN) in ([], new_words([], PLAIN))
