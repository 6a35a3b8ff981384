"""Near duplicates: the figures by a naive reference, planted copies, and bad input."""

import re

import pytest

from matchmaker.matching import near
from matchmaker.matching.near import Kind, Text, compare, find, folded

SCALE = (
    "钢铁轧制加热炉产生的氧化铁皮粘附在辊道表面，造成板坯压痕。现有人工敲打清理每班两次，"
    "停机四十分钟。希望开发在线高压水与机械刷组合的清理装置，不停机完成清理，"
    "并由视觉系统判断残留面积。装置须耐受九百度辐射热，寿命不低于一年。"
)
PRAWN = (
    "南美白对虾育苗池水质波动大，弧菌暴发后成活率骤降。拟引入噬菌体与益生菌联用的防控方案，"
    "替代抗生素，配套水质在线监测，给出投放时机与剂量模型，并在两个育苗场验证三个批次。"
)
REST = "另附近三年设备台账、能耗记录和检修照片，供对接单位现场踏勘前查阅，联系人见企业资料。"


def pairs_of(text):
    """Return the pairs of neighbouring characters, none across punctuation, figures left out."""
    runs = re.split(r"[，。、；：！？,.;:!?\n]+", text)
    cut = ["".join(re.findall(r"[\u4e00-\u9fff]", run)) for run in runs]
    return {run[at : at + 2] for run in cut for at in range(len(run) - 1)}


def dice(left, right):
    a, b = pairs_of(left), pairs_of(right)
    return 2 * len(a & b) / (len(a) + len(b))


def reworded(text):
    return text.replace("清理", "清洗").replace("装置", "设备").replace("不停机", "连续运行中")


def test_the_score_is_the_share_of_common_pairs():
    changed = reworded(SCALE)
    found = find([Text("", SCALE), Text("", PRAWN), Text("", changed)])
    assert [(one.a, one.b) for one in found] == [(0, 2)]
    assert found[0].score == pytest.approx(dice(SCALE, changed))
    assert found[0].kind is Kind.SAME


def test_the_order_of_clauses_plays_no_part():
    clauses = re.findall(r"[^，。]+[，。]", SCALE)
    shuffled = "".join(clauses[3:] + clauses[:3])
    assert compare(Text("", SCALE), Text("", shuffled)) == (1.0, Kind.SAME)


def test_writing_and_figures_play_no_part():
    wide = SCALE.replace("，", ",") + " ２００度"
    assert compare(Text("", SCALE), Text("", wide)) == (1.0, Kind.SAME)
    assert folded("ＰＬＣ控制 12 V") == folded("plc 控制")


def test_a_text_inside_a_longer_one_is_recycled():
    longer = (
        PRAWN + REST + "".join(f"第{c}项要求与上文无关{c * 3}。" for c in "甲乙丙丁戊己庚辛壬癸")
    )
    longer += SCALE.replace("希望开发", "拟研制") + "所有部件须国产，" + PRAWN[::-1] + REST[::-1]
    score, kind = compare(Text("", SCALE), Text("", longer))
    assert kind is Kind.PART
    inside = len(pairs_of(SCALE) & pairs_of(longer)) / len(pairs_of(SCALE))
    assert score == pytest.approx(inside)


def test_like_titles_over_unlike_bodies_are_told_apart():
    title = "加热炉辊道氧化铁皮在线清理装置"
    found = compare(Text(title, SCALE[:30] + REST), Text(title + "研制", PRAWN))
    assert found is not None
    assert found[1] is Kind.TITLE
    assert compare(Text("", REST), Text("", PRAWN)) is None


def test_unrelated_texts_are_not_alike():
    assert find([Text("甲", SCALE), Text("乙", PRAWN), Text("丙", REST)]) == []


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [Text("", "")],
        [Text("", ""), Text("", "")],
        [Text("钢", ""), Text("钢", "")],
        [Text("", "12 34"), Text("", "12 34")],
        [Text("", "\x00\u200b😀"), Text("", "\x00\u200b😀")],
    ],
)
def test_texts_that_say_nothing_are_like_nothing(texts):
    assert find(texts) == []


def test_one_character_fifty_thousand_times():
    many = "钢" * 50_000
    assert find([Text("", many), Text("", SCALE), Text("", many)]) == []
    assert len(folded("锰" * 100_000)) == near.LONGEST


def test_many_copies_stay_connected():
    copies = [Text(f"第{n}", SCALE) for n in range(3 * near.RARE)]
    found = find([*copies, Text("", PRAWN)])
    assert {place for one in found for place in (one.a, one.b)} == set(range(len(copies)))


def test_asking_for_one_finds_what_asking_for_all_finds():
    texts = [Text("", SCALE), Text("", PRAWN), Text("", reworded(SCALE)), Text("", PRAWN + REST)]
    everything = find(texts)
    assert {(one.a, one.b) for one in everything} == {(0, 2), (1, 3)}
    for place in range(len(texts)):
        mine = [one for one in everything if place in (one.a, one.b)]
        assert find(texts, asked=[place]) == mine


def test_latin_words_count_as_one_mark_each():
    assert len(folded("基于 transformer 的 OCR 模型")) == len("基于x的x模型")
    assert compare(Text("", SCALE), Text("", "transformer ocr model " * 30)) is None
