import pytest

from matchmaker.matching import DEFAULT, Document, Index, Rescorer, Weights, explain
from matchmaker.matching.features import NAMES

LEARNT = Weights.from_dict(
    {name: 0.2 if ".body." in name else 1.8 for name in NAMES if "." in name}
)


def filled(weights, documents):
    texts = Rescorer(weights)
    for document in documents:
        assert texts.put(document) is document
    return texts


@pytest.mark.parametrize("threshold", [0.0, 0.01, 0.05, 0.2])
def test_finds_exactly_what_scoring_every_pair_would(index, documents, need, segmenter, threshold):
    hits = filled(LEARNT, documents).for_need(index, need, top=10, at_least=threshold)
    naive = {
        document.id: explain(
            need, document, segmenter=segmenter, idf=index.idf, weights=LEARNT
        ).text_score
        for document in documents
    }
    wanted = {name: score for name, score in naive.items() if score >= threshold}
    assert {hit.id: hit.text_score for hit in hits} == pytest.approx(wanted, abs=1e-9)
    assert hits == sorted(hits, key=lambda hit: (-hit.text_score, hit.id))


def test_a_candidate_finds_needs_by_the_same_score(index, documents, need, segmenter):
    needs = Index.build([need], segmenter=segmenter, idf=index.idf)
    there = filled(LEARNT, documents).for_need(index, need, top=9, at_least=0.0)
    for document in documents:
        back = filled(LEARNT, [need]).for_candidate(needs, document, top=9, at_least=0.0)
        score = next(hit.text_score for hit in there if hit.id == document.id)
        assert back[0].text_score == pytest.approx(score, abs=1e-12)


def test_usual_weights_pass_the_index_on(index, documents, need):
    texts = filled(DEFAULT, documents)
    assert texts.for_need(index, need, top=3, at_least=0.0) == index.search(need, top=3)


def test_an_edited_text_and_another_idf_are_read_anew(index, documents, need, segmenter):
    texts = filled(LEARNT, documents)
    before = texts.for_need(index, need, top=9, at_least=0.0)
    edited = Document(documents[1].id, need.title, need.keywords, need.body)
    index.replace(texts.put(edited))
    after = texts.for_need(index, need, top=9, at_least=0.0)
    assert after[0].id == edited.id
    assert after != before
    texts.drop(edited.id)
    index.remove(edited.id)
    index.refresh(Index.build(documents, segmenter=segmenter).idf)
    again = texts.for_need(index, need, top=9, at_least=0.0)
    assert edited.id not in {hit.id for hit in again}
    fresh = filled(LEARNT, documents).for_need(index, need, top=9, at_least=0.0)
    assert again == fresh


def test_weights_of_nothing_find_nothing(index, documents, need):
    nothing = Weights((0.0,) * len(NAMES))
    assert filled(nothing, documents).for_need(index, need, top=9, at_least=0.0) == []
