import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import (
    Document,
    Explanation,
    Index,
    Reading,
    Segmenter,
    Span,
    explain,
    explain_readings,
    fragments,
)
from matchmaker.matching.weighting import FIELDS, Idf

PLAIN = Segmenter()
WORDS = ["激光", "焊接", "动力电池", "电池", "轮胎", "plga", "微球", "水稻", "，", "的"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map("".join)
DOCUMENTS = st.builds(Document, st.just("x"), title=TEXTS, keywords=TEXTS, body=TEXTS)


def told(need, candidate, segmenter=PLAIN, **options):
    documents = [Document("n", body=need), Document("c", body=candidate)]
    return explain(*documents, segmenter=segmenter, idf=Idf(), **options)


def test_contributions_sum_to_the_score_of_every_pair(index, documents, need, segmenter):
    for document in documents:
        explanation = explain(need, document, segmenter=segmenter, idf=index.idf)
        hit = index.score(need, [document.id])[0]
        shares = [share.points for word in explanation.words for share in word.shares]
        assert math.fsum(shares) == pytest.approx(hit.text_score, abs=1e-9)
        assert explanation.text_score == pytest.approx(hit.text_score, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_contributions_sum_to_the_score_of_any_texts(need, candidate):
    index = Index.build([candidate], segmenter=PLAIN)
    explanation = explain(need, candidate, segmenter=PLAIN, idf=index.idf)
    hit = index.score(need, ["x"])[0]
    assert sum(word.points for word in explanation.words) == pytest.approx(hit.text_score, abs=1e-9)
    assert sum(explanation.channels) == pytest.approx(hit.text_score, abs=1e-9)
    assert {span.term for span in explanation.need_spans} == {w.term for w in explanation.words}
    assert explanation.sentence.endswith("。")
    for document, spans in (
        (need, explanation.need_spans),
        (candidate, explanation.candidate_spans),
    ):
        assert math.fsum(span.points for span in spans) == pytest.approx(hit.text_score, abs=1e-9)
        for name in FIELDS:
            mine = [span for span in spans if span.field == name]
            assert "".join(
                text for text, _ in fragments(document.text(name), mine)
            ) == document.text(name)


def test_shares_name_the_field_on_each_side(index, documents, need, segmenter):
    explanation = explain(need, documents[0], segmenter=segmenter, idf=index.idf)
    casting = next(word for word in explanation.words if word.term == "铸件")
    assert {(s.need_field, s.candidate_field) for s in casting.shares} == {
        ("title", "keywords"),
        ("title", "body"),
        ("body", "keywords"),
        ("body", "body"),
    }
    points = {(s.need_field, s.candidate_field): s.points for s in casting.shares}
    assert points["title", "keywords"] == pytest.approx(6 * points["body", "body"])


def test_words_come_heaviest_first(index, documents, need, segmenter):
    points = [
        w.points for w in explain(need, documents[0], segmenter=segmenter, idf=index.idf).words
    ]
    assert points == sorted(points, reverse=True)


def test_words_met_through_a_synonym_are_marked_in_both_texts(segmenter):
    explanation = told("黄姜提取", "以盾叶薯蓣为料", segmenter)
    assert explanation.words[0].in_need == ("黄姜",)
    assert explanation.words[0].in_candidate == ("盾叶薯蓣",)
    assert [span[:4] for span in explanation.need_spans] == [("body", 0, 2, "黄姜")]
    assert [span[:4] for span in explanation.candidate_spans] == [("body", 1, 5, "黄姜")]
    assert explanation.sentence == (
        "需求中的“黄姜”就是该成果中的“盾叶薯蓣”，需求中的“提取”在该成果中没有提到。"
    )


def test_letter_case_is_no_other_name():
    assert told("plga", "PLGA").sentence == "双方都提到“plga”。"


@pytest.mark.parametrize(
    ("need", "candidate", "sentence"),
    [
        ("", "激光", "双方的文字中没有相同的词，该专家是否合用请人工判断。"),
        ("激光", "焊接", "双方的文字中没有相同的词，该专家是否合用请人工判断。"),
        ("激光", "激光焊接", "双方都提到“激光”。"),
        ("激光轮胎", "激光", "双方都提到“激光”，需求中的“轮胎”在该专家中没有提到。"),
        ("动力电池", "动力电池", "双方都提到“动力电池”。"),
        ("微球", "微球", "双方都提到“微球”。"),
        ("激光微球", "激光微球", "双方都提到“激光”。"),
    ],
)
def test_the_sentence_reads_well_with_many_words_few_or_none(need, candidate, sentence):
    assert told(need, candidate, candidate_noun="该专家").sentence == sentence


def test_the_sentence_names_three_words_met_and_two_missing():
    words = "激光、轮胎、水稻、阀门"
    explanation = told(f"{words}、薄膜、电池、涂层", words)
    assert explanation.sentence.count("“") == 5


def test_a_missing_word_that_holds_a_met_one_is_not_held_against_the_candidate():
    explanation = told("动力电池与轮胎", "电池")
    assert explanation.missing == ("动力电池", "轮胎")
    assert "动力电池" not in explanation.sentence


def test_the_five_heaviest_unmet_words_are_named_as_written():
    segmenter = Segmenter(synonyms=(("微控制器", "MCU"),))
    need = Document("n", title="ＭＣＵ选型", body="激光、轮胎、水稻、阀门、薄膜、动力电池")
    explanation = explain(need, Document("c", body="涂层"), segmenter=segmenter, idf=Idf())
    assert explanation.missing[0] in {"ＭＣＵ", "选型"}
    assert {"ＭＣＵ", "选型"} < set(explanation.missing)
    assert len(explanation.missing) == 5
    assert "电池" not in explanation.missing


def test_bare_pairs_of_characters_are_not_named_as_missing():
    assert told("微球轮胎", "激光").missing == ("轮胎",)


def test_an_explanation_survives_storage(index, documents, need, segmenter):
    explanation = explain(need, documents[0], segmenter=segmenter, idf=index.idf)
    stored = json.dumps(explanation.to_dict(), ensure_ascii=False)
    assert Explanation.from_dict(json.loads(stored)) == explanation
    assert len(stored) < 4000


def test_a_broken_stored_explanation_is_refused(index, documents, need, segmenter):
    stored = explain(need, documents[0], segmenter=segmenter, idf=index.idf).to_dict()
    del stored["missing"]
    with pytest.raises(KeyError, match="missing"):
        Explanation.from_dict(stored)


def test_marks_cut_the_text_without_a_loss():
    spans = [Span("body", 1, 5, "动力电池", 0.3)]
    assert fragments("用动力电池。", spans) == [("用", ""), ("动力电池", "动力电池"), ("。", "")]
    assert fragments("", []) == []


def test_a_longer_word_is_taken_apart_where_the_other_side_holds_a_part():
    explanation = told("动力电池", "电池包")
    assert [(word.term, word.is_met) for word in explanation.words] == [("电池", True)]
    assert [span[:4] for span in explanation.need_spans] == [("body", 2, 4, "电池")]
    assert [span[:4] for span in explanation.candidate_spans] == [("body", 0, 2, "电池")]


def test_words_that_share_characters_only_bring_points_but_are_not_called_met():
    explanation = told("打磨铸件", "研磨钢板")
    word = explanation.words[0]
    assert (word.term, word.in_candidate, word.is_met) == ("打磨", ("研磨",), False)
    assert word.points > 0
    assert explanation.main_words == ()
    assert "没有相同的词" in explanation.sentence


def test_main_words_leave_out_parts_of_others():
    words = told("动力电池、轮胎", "动力电池、轮胎").main_words
    assert {word.term for word in words} == {"动力电池", "轮胎"}


def test_a_part_of_a_word_met_by_another_name_is_not_missing(segmenter):
    assert told("盾叶薯蓣", "黄姜", segmenter).missing == ()


def test_a_word_cut_elsewhere_in_the_candidate_is_not_missing():
    assert "库存" in {token.term for token in PLAIN.tokens("库存")}
    assert told("库存", "数据库存储").missing == ()


def test_words_that_say_too_little_are_not_named_as_missing():
    assert told("轮胎系统设备", "激光").missing == ("轮胎",)


def test_a_run_no_dictionary_knows_stays_whole_where_both_hold_it():
    explanation = told("聚酰胺，轮胎", "聚酰胺")
    assert [(word.term, word.is_met) for word in explanation.words] == [("聚酰胺", True)]
    assert [span[:4] for span in explanation.need_spans] == [("body", 0, 3, "聚酰胺")]


def test_texts_read_once_are_explained_alike(index, documents, need, segmenter):
    read = Reading.of(need, segmenter, index.idf)
    for document in documents:
        found = explain_readings(read, Reading.of(document, segmenter, index.idf))
        assert found == explain(need, document, segmenter=segmenter, idf=index.idf)
