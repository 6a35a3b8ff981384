import math
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import Document, Hit, Idf, Index, Segmenter, refresh
from matchmaker.matching import pool as module
from matchmaker.matching.weighting import CHANNELS, FIELDS, channel, part, tokens

WORDS = ["激光", "焊接", "涂层", "轮胎", "薄膜", "电池", "水稻", "阀门", "plga", "sf6"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map("，".join)
PLAIN = Segmenter()


def naive(need, document, *, segmenter, idf):
    """The score as the head of weighting.py writes it, without an index."""

    def weights(text, kind):
        found = {}
        for name in FIELDS:
            terms = [t.term for t in tokens(text.text(name), segmenter) if channel(t.term) == kind]
            for term in set(terms):
                found[term] = found.get(term, 0) + part(name, terms.count(term))
        return {term: value * idf.of(term) for term, value in found.items()}

    def cosine(kind):
        one, other = weights(need, kind), weights(document, kind)
        norms = [math.sqrt(sum(value**2 for value in side.values())) for side in (one, other)]
        return sum(one[t] * other.get(t, 0) for t in one) / math.prod(norms) if all(norms) else 0.0

    return sum(weight * cosine(kind) for kind, weight in enumerate(CHANNELS.values()))


def test_scores_are_the_cosine_written_naively(index, documents, need, segmenter):
    hits = index.search(need, top=10)
    expected = {d.id: naive(need, d, segmenter=segmenter, idf=index.idf) for d in documents}
    assert {hit.id: hit.text_score for hit in hits} == pytest.approx(expected, abs=1e-9)
    assert hits[0].id == "A1"


def test_a_case_worked_by_hand():
    index = Index.build(
        [Document("a", title="qwtz"), Document("b", body="qwtz，qwtz，paek")], segmenter=PLAIN
    )
    # Both channels see Latin words alike. qwtz stands in both of two documents, paek in one, and
    # in none of the fifty of the background: idf ln(53/3) and ln(53/2).
    shared, rare = math.log(53 / 3), math.log(53 / 2)
    twice = 1 + math.log(1 + math.log(2))
    b = twice * shared / math.hypot(twice * shared, rare)
    hits = index.search(Document("q", body="QWTZ"), top=2)
    assert [hit.id for hit in hits] == ["a", "b"]
    assert [hit.text_score for hit in hits] == pytest.approx([1.0, b], abs=1e-12)


def test_a_word_of_every_day_weighs_less_than_a_rare_one_in_the_smallest_corpus():
    index = Index.build([Document("a", body="发展"), Document("b", body="皂苷")], segmenter=PLAIN)
    assert index.idf.of("发展") < index.idf.of("皂苷")
    assert index.idf.of("·发") < index.idf.of("·苷")
    assert index.idf.of("·的") < 1
    assert index.idf.of("·皂苷") > 3


def test_the_order_of_documents_does_not_matter(index, documents, need, segmenter):
    other = Index.build(documents[::-1], segmenter=segmenter, idf=index.idf)
    assert other.search(need, top=9) == index.search(need, top=9)


def test_asking_again_gives_the_same(index, need):
    assert index.search(need, top=9) == index.search(need, top=9)


def test_level_documents_come_by_id():
    copies = [Document(name, title="激光焊接") for name in ("c", "a", "b10", "b9")]
    hits = Index.build(copies, segmenter=PLAIN).search(Document("q", title="激光"), top=3)
    assert [hit.id for hit in hits] == ["a", "b10", "b9"]


@pytest.mark.parametrize("text", ["", "zzz", "玻璃"])
def test_nothing_in_common_or_nothing_at_all_scores_nought(index, text):
    hits = index.search(Document("q", body=text), top=9)
    assert hits == [Hit(name, 0.0) for name in ("A1", "A2", "A3", "A4")]
    assert index.search(Document("q", body=text), top=9, at_least=0.01) == []


def test_a_document_without_words_is_found_last(index, need):
    index.add(Document("A0"))
    assert index.search(need, top=9)[-1].text_score == 0.0
    assert index.score(need, ["A0"]) == [Hit("A0", 0.0)]


def test_an_empty_index_finds_nothing(need, segmenter):
    index = Index.build([], segmenter=segmenter)
    assert len(index) == 0
    assert index.search(need, top=5) == []


def test_no_more_than_top_and_none_below_the_bound(index, need):
    best = index.search(need, top=9)[0]
    assert index.search(need, top=1) == [best]
    assert index.search(need, top=0) == []
    assert index.search(need, top=9, at_least=best.text_score) == [best]


def test_an_added_document_ranks_as_if_built_in_at_the_same_idf(index, documents, need, segmenter):
    new = Document("A5", "恒力打磨末端", "力控", "全新词语石榴石，铸件打磨力控。")
    index.add(new)
    built = Index.build([*documents, new], segmenter=segmenter, idf=index.idf)
    assert index.search(need, top=9) == built.search(need, top=9)
    asked = Document("q", body="石榴石")
    assert index.search(asked, top=1) == built.search(asked, top=1)
    assert index.search(asked, top=1)[0].id == "A5"


def test_adding_changes_no_other_score(index, need):
    before = index.score(need, ["A1", "A2"])
    index.add(Document("A5", title="铸件铸件"))
    assert index.score(need, ["A1", "A2"]) == before


def test_a_replaced_document_ranks_by_its_new_text(index, documents, need, segmenter):
    edited = replace(documents[0], title="水稻育种", keywords="", body="")
    index.replace(edited)
    built = Index.build([edited, *documents[1:]], segmenter=segmenter, idf=index.idf)
    assert index.search(need, top=9) == built.search(need, top=9)
    assert len(index) == 4


def test_replacing_what_is_not_there_adds_it(index):
    index.replace(Document("A9", title="水稻"))
    assert index.ids == ["A1", "A2", "A3", "A4", "A9"]


def test_a_removed_document_is_gone(index, need):
    index.remove("A1")
    assert "A1" not in index
    assert [hit.id for hit in index.search(need, top=9)] == ["A2", "A3", "A4"]
    with pytest.raises(KeyError, match="A1"):
        index.remove("A1")
    with pytest.raises(KeyError, match="A1"):
        index.score(need, ["A1"])


@pytest.mark.parametrize("name", ["", "A1"])
def test_an_empty_or_taken_id_is_refused(index, name):
    with pytest.raises(ValueError, match=f"编号“{name}”为空或重复"):
        index.add(Document(name, title="激光"))
    assert len(index) == 4


def test_a_long_tail_is_laid_out_afresh(monkeypatch, index, documents, need, segmenter):
    monkeypatch.setattr(module, "TAIL", 3)
    new = [Document(f"B{n}", title="铸件打磨" * n) for n in range(6)]
    for document in new:
        index.add(document)
    built = Index.build([*documents, *new], segmenter=segmenter, idf=index.idf)
    assert [len(segment) for segment in index.segments] == [8]
    assert index.search(need, top=20) == built.search(need, top=20)


def test_the_heaviest_words_met_are_named_without_explaining(index, need):
    (words,) = index.met(need, ["A1"], most=3)
    assert len(words) == 3
    assert {"铸件", "机器人"} <= set(words)
    assert index.met(Document("q", title="水稻"), ["A1", "A2"], most=3) == [[], []]


def test_refresh_counts_over_all_pools(documents, need, segmenter):
    needs = Index.build([need], segmenter=segmenter)
    achievements = Index.build(documents, segmenter=segmenter)
    idf = refresh(needs, achievements)
    corpus = [
        {token.term for name in FIELDS for token in tokens(document.text(name), segmenter)}
        for document in [*documents, need]
    ]
    assert idf == Idf.fit(corpus)
    assert needs.idf is achievements.idf is idf


def test_both_directions_score_alike(index, documents, need, segmenter):
    needs = Index.build([need], segmenter=segmenter, idf=index.idf)
    for document in documents:
        there, back = index.score(need, [document.id]), needs.score(document, [need.id])
        assert there[0].text_score == pytest.approx(back[0].text_score, abs=1e-9)


def test_many_needs_are_answered_one_by_one(index, need):
    other = Document("N2", title="反渗透膜污堵")
    answers = list(index.search_many([need, other], top=2))
    assert answers == [index.search(need, top=2), index.search(other, top=2)]


def test_searching_while_documents_come_and_go(index, need):
    problems = []

    def churn():
        for _ in range(50):
            index.replace(Document("X", title="铸件打磨"))
            index.remove("X")

    def ask():
        for _ in range(50):
            found = sorted(hit.id for hit in index.search(need, top=9) if hit.id != "X")
            if found != ["A1", "A2", "A3", "A4"]:
                problems.append(found)

    threads = [threading.Thread(target=job) for job in (churn, ask)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, max_size=12), TEXTS, st.integers(1, 5))
def test_the_kernel_selects_what_full_scoring_would(texts, asked, top):
    documents = {f"d{n}": Document(f"d{n}", body=text) for n, text in enumerate(texts)}
    index, need = Index.build(documents.values(), segmenter=PLAIN), Document("q", body=asked)
    scored = index.score(need, index.ids)
    assert index.search(need, top=top) == sorted(scored, key=lambda h: (-h.text_score, h.id))[:top]
    for hit in scored:
        exact = naive(need, documents[hit.id], segmenter=PLAIN, idf=index.idf)
        assert hit.text_score == pytest.approx(exact, abs=1e-9)
