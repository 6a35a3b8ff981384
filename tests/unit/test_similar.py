import json
import logging
from itertools import combinations
from pathlib import Path

import jieba
import pytest

from matchmaker.similar import (
    OrganisationCandidate,
    TitleCandidate,
    core_name,
    similar_organisations,
    similar_titles,
)

jieba.setLogLevel(logging.WARNING)
EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "data" / "examples.json").read_text(encoding="utf-8")
)
RENAMED = [
    ("滨海阀门铸造有限公司", "山东省滨海阀门铸造有限责任公司"),
    ("远航轮胎有限公司", "山东远航轮胎股份有限公司"),
    ("海氟新材有限公司", "海氟新材料有限公司"),
    ("星桥光电有限公司", "星桥光电科技有限公司"),
    ("华能达成套电器有限公司", "华能达电器成套有限公司"),
    ("锦绣印染有限公司", "锦锈印染有限公司"),
    ("深蓝渔业科技有限公司", "荣成市深蓝渔业有限公司"),
    ("北原橡塑机械有限公司", "北原橡塑机械厂"),
    ("固能电池有限公司", "固能电池（集团）有限公司"),
    ("金穗种业有限公司", "山东金穗种业科技股份有限公司"),
    ("飞驰车辆有限公司", "ＦＣ飞驰车辆有限公司"),
    ("滨海理工大学", "滨海理工大学（威海校区）"),
    ("东方材料研究院", "东方新材料研究院"),
    ("鲜菇园农业有限公司", "鲜菇园现代农业有限公司"),
]
DIFFERENT = [
    ("东岸制药有限公司", "西岭制药有限公司"),
    ("蓝塔防腐有限公司", "蓝塔渔业有限公司"),
    ("滨海理工大学", "滨海海洋大学"),
    ("固能电池有限公司", "锋能电源有限公司"),
    ("远航轮胎有限公司", "远洋船舶有限公司"),
    ("北方工业大学", "南方农业大学"),
    ("星桥光电有限公司", "星海光学有限公司"),
    ("楚黄药业有限公司", "湘沅锰业有限公司"),
    ("山东大学", "山西大学"),
    ("湖南大学", "湖南农业大学"),
    ("哈尔滨工业大学", "哈尔滨工程大学"),
    ("城西街道印染厂", "城东街道铸造厂"),
]


def title_of(row):
    return TitleCandidate(int(row["id"][1:]), row["title"], row["keywords"])


def similar(row, others):
    return similar_titles(
        row["title"], row["keywords"], map(title_of, others), segment=jieba.cut_for_search
    )


def test_the_planted_pair_of_needs_is_found_and_no_other():
    needs = EXAMPLES["needs"]
    pairs = {
        (left["id"], right["id"])
        for left, right in combinations(needs, 2)
        if similar(left, [right])
    }
    assert pairs == {("N07", "N20")}


def test_no_two_example_achievements_look_alike():
    for left, right in combinations(EXAMPLES["achievements"], 2):
        assert similar(left, [right]) == []


def test_the_best_comes_first_and_ties_go_by_id():
    row = {"id": "X0", "title": "反渗透膜污堵治理工艺", "keywords": ["中水回用"]}
    near = TitleCandidate(9, "反渗透膜污堵治理方法", ["中水回用"])
    same = [TitleCandidate(number, row["title"], row["keywords"]) for number in (5, 3)]
    found = similar_titles(
        row["title"], row["keywords"], [near, *same], segment=jieba.cut_for_search
    )
    assert [number for number, _ in found] == [3, 5, 9]
    assert found[0][1] == 100.0


def test_one_shared_word_is_no_duplicate():
    candidate = TitleCandidate(1, "反渗透膜抗污堵与长周期运行", ["印染废水"])
    assert similar_titles("膜", [], [candidate], segment=jieba.cut_for_search) == []
    assert similar_titles("", [], [candidate], segment=jieba.cut_for_search) == []


def test_width_and_case_do_not_hide_a_duplicate():
    candidate = TitleCandidate(1, "plga缓释微球粒径控制")
    assert similar_titles("ＰＬＧＡ缓释微球粒径控制", [], [candidate], segment=jieba.cut_for_search)


def test_only_the_first_two_thousand_characters_are_looked_at():
    seen = []

    def segment(text):
        seen.append(len(text))
        return text.split()

    similar_titles("长 " * 50_000, [], [TitleCandidate(1, "短")], segment=segment)
    assert max(seen) == 2_000


@pytest.mark.parametrize(("one", "other"), RENAMED)
def test_a_renamed_organisation_is_shown(one, other):
    assert similar_organisations(one, [OrganisationCandidate(1, other)])
    assert similar_organisations(other, [OrganisationCandidate(1, one)])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_organisations_are_not(one, other):
    assert similar_organisations(one, [OrganisationCandidate(1, other)]) == []


def test_no_two_example_organisations_look_alike():
    names = [row.get("enterprise") or row["owner_org"] for row in
             [*EXAMPLES["needs"], *EXAMPLES["achievements"]]]  # fmt: skip
    for one, other in combinations(sorted(set(names)), 2):
        assert similar_organisations(one, [OrganisationCandidate(1, other)]) == []


def test_an_alias_is_as_good_as_the_name():
    known = OrganisationCandidate(7, "哈尔滨工业大学（威海）", ["哈工大（威海）", "哈工大威海校区"])
    nameless = OrganisationCandidate(7, "哈尔滨工业大学（威海）")
    assert similar_organisations("哈工大(威海)", [nameless]) == []
    assert similar_organisations("哈工大(威海)", [known]) == [(7, 100.0)]


def test_the_districts_own_places_are_cut():
    known = OrganisationCandidate(1, "城东印染有限公司")
    assert similar_organisations("滨城城东印染有限公司", [known], places=["滨城"]) == [(1, 100.0)]


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("山东省荣成市远航轮胎股份有限公司", "远航轮胎"),
        ("山东大学", "山东大学"),
        ("中国科学院金属研究所", "中国科学院金属研究所"),
        ("北京有限公司", "北京"),
        ("公司", "公司"),
        ("", ""),
        ("滨海科技有限公司", "滨海"),
    ],
)
def test_the_core_of_a_name(name, core):
    assert core_name(name) == core
