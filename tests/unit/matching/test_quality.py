"""The twenty example needs: a floor under the quality of the ranking, not a proof of it."""

import json
from pathlib import Path

import pytest

from matchmaker.matching import THRESHOLD, Document, Index, Segmenter, explain, refresh
from matchmaker.matching.evaluation import ndcg

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "data" / "examples.json").read_text(encoding="utf-8")
)
GRADES = {(r["need_id"], r["achievement_id"]): r["grade"] for r in EXAMPLES["relevance"]}


def document(entry, *fields):
    body = "。".join([*(entry[name] for name in fields), *entry["key_indicators"]])
    return Document(entry["id"], entry["title"], " ".join(entry["keywords"]), body)


@pytest.fixture(scope="module")
def pools():
    words = tuple(EXAMPLES["user_dict"]), tuple(map(tuple, EXAMPLES["synonyms"]))
    segmenter = Segmenter(*words)
    needs = [document(need, "background", "problem") for need in EXAMPLES["needs"]]
    achievements = [document(each, "summary") for each in EXAMPLES["achievements"]]
    index = Index.build(achievements, segmenter=segmenter)
    refresh(index, Index.build(needs, segmenter=segmenter))
    return needs, achievements, index


def test_ndcg_at_five_is_at_least_098(pools):
    needs, _, index = pools
    figures = []
    for need in needs:
        found = [GRADES.get((need.id, hit.id), 0) for hit in index.search(need, top=5)]
        judged = [grade for (name, _), grade in GRADES.items() if name == need.id]
        if need.id not in EXAMPLES["no_match_needs"]:
            figures.append(ndcg(found, sorted(judged, reverse=True)[:5]))
    assert len(figures) == 19
    assert sum(figures) / len(figures) >= 0.98


def test_every_pair_worth_arranging_is_pushed(pools):
    needs, _, index = pools
    pushed = {
        (need.id, hit.id)
        for need in needs
        for hit in index.search(need, top=20, at_least=THRESHOLD)
    }
    wanted = {pair for pair, grade in GRADES.items() if grade >= 2}
    assert len(wanted) == 22
    assert wanted <= pushed
    assert len(pushed - wanted) <= 4


def test_the_need_that_nothing_fits_gets_nothing(pools):
    needs, _, index = pools
    alone = next(need for need in needs if need.id in EXAMPLES["no_match_needs"])
    assert index.search(alone, top=20, at_least=THRESHOLD) == []


def test_hard_pairs_are_explained_by_their_synonyms(pools):
    needs, achievements, index = pools
    need = next(n for n in needs if n.id == "N13")
    found = next(a for a in achievements if a.id == "A16")
    explanation = explain(need, found, segmenter=index.segmenter, idf=index.idf)
    assert "“黄姜”就是该成果中的“盾叶薯蓣”" in explanation.sentence
