"""Texts nobody would write, and words nobody should enter: a sensible answer, never a hang."""

import pytest

from matchmaker.matching import (
    Document,
    Index,
    Segmenter,
    TermRefused,
    check_term,
    explain,
    refresh,
    sides,
)
from matchmaker.matching.text import BLOCK

PLAIN = Segmenter()
REAL = "膜生物反应器处理高盐废水"
TEXTS = {
    "empty": "",
    "one character": "膜",
    "blank": " \n\t\u3000",
    "digits": "20251130 3.14 99%",
    "latin": "the quick brown fox",
    "emoji": "😀🚀👩‍🔬",
    "control": "\x00\x01\x1f膜\u202e\u200b",
    "same": "膜" * 3000,
    "surrogate": "\ud800膜",
    "combining": "e\u0301" * 100,
    "one word": "a" * 3000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_ranked_and_explained(text):
    need, found = Document("N", text, text, text), Document("A", "废水处理", "膜", REAL)
    index = Index.build([found, Document("B", body=text)], segmenter=PLAIN)
    idf = refresh(index, Index.build([need], segmenter=PLAIN))
    hits = {hit.id: hit.text_score for hit in index.search(need, top=5)}
    for candidate in (found, Document("B", body=text)):
        why = explain(need, candidate, segmenter=PLAIN, idf=idf)
        assert abs(why.text_score - hits.get(candidate.id, 0.0)) <= 1e-9
        assert why.sentence.endswith("。")


def test_what_says_nothing_ranks_nothing():
    index = Index.build([Document("A", body=REAL)], segmenter=PLAIN)
    refresh(index)
    for name in ("empty", "blank", "digits", "emoji", "one word"):
        hits = index.search(Document("N", body=TEXTS[name]), top=5)
        assert all(hit.text_score == 0 for hit in hits)


def test_a_long_text_of_one_character_is_cut_in_blocks(monkeypatch):
    seen = []
    words = Segmenter._words

    def spying(self, folded):
        for word, start in words(self, folded):
            seen.append(len(word))
            yield word, start

    monkeypatch.setattr(Segmenter, "_words", spying)
    tokens = PLAIN.tokens("膜" * 50_000)
    assert sum(seen) == 50_000
    assert max(seen) <= BLOCK
    assert len(tokens) < 50_000
    assert {token.term for token in tokens} == {"膜膜"}


def test_taking_words_apart_looks_only_at_what_stands_inside(monkeypatch):
    looked = []
    fitting = sides._fitting

    def spying(tokens):
        looked.append(len(tokens))
        return fitting(tokens)

    monkeypatch.setattr(sides, "_fitting", spying)
    long, other = Document("N", body="动力电池，" * 500), Document("A", body="电池")
    idf = refresh(Index.build([long, other], segmenter=PLAIN))
    sides.pair(*(sides.Reading.of(one, PLAIN, idf) for one in (long, other)))
    assert looked == [1] * 500


@pytest.mark.parametrize("word", ["膜" * 5000, "a" * 5000, "", "\x00\x01", "😀😀", "膜 膜", "﷽﷽"])
def test_a_word_that_is_none_is_refused_in_chinese(word):
    with pytest.raises(TermRefused, match="词语") as refused:
        check_term(word)
    assert len(str(refused.value)) < 100


def test_a_cycle_of_synonyms_is_one_group():
    cycle = Segmenter(synonyms=(("打磨", "磨抛"), ("磨抛", "抛光"), ("抛光", "打磨")))
    assert cycle.synonyms == (("打磨", "磨抛", "抛光"),)
    assert set(cycle.terms("打磨、磨抛、抛光")) == {"打磨"}


def test_groups_that_share_a_word_are_one_in_both_channels():
    shared = Segmenter(synonyms=(("打磨", "磨抛"), ("磨抛", "研磨抛光")))
    one, other = Document("N", body="打磨"), Document("A", body="研磨抛光")
    index = Index.build([other], segmenter=shared)
    refresh(index, Index.build([one], segmenter=shared))
    assert index.search(one, top=1)[0].text_score == pytest.approx(0.9 + 0.1, abs=0.15)


def test_five_thousand_groups_are_found_by_lookup_not_by_trial():
    groups = tuple((f"标准{n:04d}号", f"别名{n:04d}号") for n in range(5000))
    many = Segmenter(synonyms=groups, base=())
    assert many.canonical("别名0042号") == "标准0042号"
