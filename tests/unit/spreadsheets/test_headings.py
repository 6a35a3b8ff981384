import pytest

from matchmaker.spreadsheets import FieldKind, FieldSpec, fold_heading, match_headings
from matchmaker.spreadsheets.folding import find_heading_row

SPECS = [
    FieldSpec("title", "需求名称", ("名称", "标题"), required=True),
    FieldSpec("problem", "拟解决的主要技术问题", ("正文", "简介", "成果简介"), required=True),
    FieldSpec("budget", "预算", kind=FieldKind.MONEY),
]


@pytest.mark.parametrize(
    ("heading", "folded"),
    [
        ("预 算（万元）*", "预算"),
        ("*预算", "预算"),
        ("预算万元", "预算"),
        ("预算(单位：万元)", "预算"),
        ("成果简介(公开摘要)", "成果简介"),
        ("成果简介【限 500 字(含标点)】", "成果简介"),
        ("1、需求名称：", "需求名称"),
        ("一、需求名称", "需求名称"),
        ("联系\n电话", "联系电话"),
        ("ＴＲＬ", "trl"),
        ("(备注)", "备注"),
        ("万元", "万元"),
        ("", ""),
    ],
)
def test_headings_fold_to_what_they_name(heading, folded):
    assert fold_heading(heading) == folded


def test_headings_map_and_the_rest_is_named():
    mapping = match_headings(["序号", "需求名", "简介", "预算（元）", ""], SPECS)
    assert dict(mapping.columns) == {"problem": 2, "budget": 3}
    assert [(each.heading, each.suggestion) for each in mapping.unknown] == [
        ("序号", ""),
        ("需求名", "title"),
    ]
    assert mapping.missing == ("title",)
    assert dict(mapping.units) == {"budget": "元"}


def test_a_label_outranks_an_alias_and_rivals_are_told():
    mapping = match_headings(["标题", "名称", "需求名称", "正文"], SPECS)
    assert mapping.columns["title"] == 2
    assert mapping.ambiguous == {"title": (2, 1, 0)}
    assert mapping.unknown == ()


def test_a_choice_by_hand_wins():
    mapping = match_headings(["需求名称", "正文"], SPECS, chosen={"budget": 0, "title": 1})
    assert dict(mapping.columns) == {"budget": 0, "title": 1}
    assert mapping.missing == ("problem",)


@pytest.mark.parametrize("chosen", [{"nothing": 0}, {"title": 2}, {"title": -1}])
def test_a_choice_of_what_is_not_there_is_refused(chosen):
    with pytest.raises((KeyError, IndexError)):
        match_headings(["需求名称", "正文"], SPECS, chosen=chosen)


def test_no_specifications_map_nothing():
    assert match_headings(["甲"], []).columns == {}


KNOWN = frozenset({"需求名称", "简介"})


@pytest.mark.parametrize(
    ("rows", "position"),
    [
        ([["需求名称汇总"], ["说明", None], ["需求名称", "简介"], ["甲", "简介"]], 2),
        ([["汇总表"], ["名", "文", "额"], ["甲", "乙", 3]], 1),
        ([["汇总表"], ["名", "名", "额"], ["甲", "乙", 3]], 1),
        ([[1, 2], ["甲" * 50, "乙"]], 0),
        ([["甲"], ["乙"]], 0),
    ],
    ids=["known", "shape", "repeated", "no texts", "one column"],
)
def test_the_heading_row_is_found_below_titles(rows, position):
    assert find_heading_row(rows, known=KNOWN) == position


def test_no_rows_have_no_heading():
    with pytest.raises(ValueError, match="no rows"):
        find_heading_row([], known=KNOWN)
