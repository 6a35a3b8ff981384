import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import Document, Index, Segmenter, algorithm_version, explain, refresh
from matchmaker.matching.features import (
    DEFAULT,
    LABELS,
    MOST,
    NAMES,
    TEXT,
    Reader,
    Weights,
    class_of,
)
from matchmaker.matching.ranking import POINTS
from matchmaker.matching.sides import Reading

PLAIN = Segmenter()
WORDS = ["激光", "焊接", "动力电池", "电池", "轮胎", "plga", "微球", "水稻", "，", "的"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map("".join)
DOCUMENTS = st.builds(Document, st.just("x"), title=TEXTS, keywords=TEXTS, body=TEXTS)
UNEVEN = Weights(tuple(0.25 + 0.15 * n for n in range(len(NAMES))))
PART = {"title": "head", "keywords": "head", "body": "body"}


def naively(need, candidate, segmenter, idf):
    """Every feature by its name, summed over terms and fields as the text score is defined."""
    asked, offered = (Reading.of(one, segmenter, idf) for one in (need, candidate))
    found = dict.fromkeys(NAMES[:TEXT], 0.0)
    for term in asked.parts.keys() & offered.parts.keys():
        kind = ("word", "single", "pair")[class_of(term)]
        for mine, other in product(asked.parts[term], offered.parts[term]):
            name = f"{kind}.{PART[mine]}.{PART[other]}"
            found[name] += asked.parts[term][mine] * offered.parts[term][other]
    return list(found.values())


def test_there_are_at_most_twenty_and_each_has_a_label():
    assert len(NAMES) <= 20
    assert all(LABELS[name].strip() for name in NAMES)
    assert {code.partition("_")[0] for code in POINTS} == set(NAMES[TEXT:])


def test_a_latin_word_among_the_characters_is_no_single_one():
    assert [class_of(term) for term in ("电池", "·电", "·电池", "·plga")] == [0, 1, 2, 2]


def test_features_are_the_parts_of_the_text_score(index, documents, need, segmenter):
    reader = Reader(segmenter, index.idf)
    readings = [reader.read(document) for document in documents]
    found = reader.of_need(reader.read(need), readings)
    for document, features in zip(documents, found, strict=True):
        assert features == pytest.approx(naively(need, document, segmenter, index.idf), abs=1e-12)
        hit = index.score(need, [document.id])[0]
        assert features.sum() == pytest.approx(hit.text_score, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_both_directions_measure_the_same_and_sum_to_the_score(need, candidate):
    index = Index.build([candidate], segmenter=PLAIN)
    reader = Reader(PLAIN, index.idf)
    one, other = reader.read(need), reader.read(candidate)
    there, back = reader.of_need(one, [other]), reader.of_candidate(other, [one])
    assert there == pytest.approx(back, abs=1e-15)
    assert there.sum() == pytest.approx(index.score(need, ["x"])[0].text_score, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_an_explanation_sums_to_the_learnt_score(need, candidate):
    index = Index.build([candidate], segmenter=PLAIN)
    reader = Reader(PLAIN, index.idf)
    features = reader.of_need(reader.read(need), [reader.read(candidate)])[0]
    score = float(features @ UNEVEN.values[:TEXT])
    why = explain(need, candidate, segmenter=PLAIN, idf=index.idf, weights=UNEVEN)
    assert why.text_score == pytest.approx(score, abs=1e-9)
    assert sum(why.channels) == pytest.approx(score, abs=1e-9)
    for spans in (why.need_spans, why.candidate_spans):
        assert math.fsum(span.points for span in spans) == pytest.approx(score, abs=1e-9)


def test_nothing_to_read_brings_nothing(index, need, segmenter):
    reader = Reader(segmenter, index.idf)
    empty = reader.read(Document("empty"))
    assert reader.of_need(reader.read(need), [empty]).tolist() == [[0.0] * TEXT]
    assert reader.of_need(empty, []).shape == (0, TEXT)


def test_weights_are_kept_by_name_and_those_left_out_are_usual():
    assert Weights.from_dict({}) == DEFAULT
    assert Weights.from_dict(UNEVEN.to_dict()) == UNEVEN
    assert Weights.from_dict({"trl": 2}).adjustment("trl_far") == 2
    assert UNEVEN.text("·电", "title", "body") == UNEVEN.to_dict()["single.head.body"]
    assert UNEVEN.most == max(UNEVEN.values[:TEXT])


@pytest.mark.parametrize("values", [(1.0,), (-0.1,), (MOST + 0.1,), (math.nan,)])
def test_what_cannot_be_weights_is_refused(values):
    filled = values + DEFAULT.values[1:] if values != (1.0,) else values
    with pytest.raises(ValueError, match="权重须为"):
        Weights(filled)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="没有名为“weather”的权重"):
        Weights.from_dict({"weather": 1.0})


def test_the_version_names_learnt_weights_and_only_those():
    plain = algorithm_version(PLAIN)
    assert plain == algorithm_version(PLAIN, DEFAULT)
    assert algorithm_version(PLAIN, UNEVEN) == f"{plain}.{UNEVEN.version}"
    assert len(algorithm_version(PLAIN, UNEVEN)) <= 60


def test_one_idf_serves_both_sides(documents, need, segmenter):
    index = Index.build(documents, segmenter=segmenter)
    idf = refresh(index, Index.build([need], segmenter=segmenter))
    assert Reader(segmenter, idf).idf is index.idf
