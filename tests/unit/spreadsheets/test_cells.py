from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from matchmaker.spreadsheets import (
    FieldKind,
    FieldSpec,
    Row,
    UnreadableError,
    match_headings,
    parse_cell,
    parse_row,
)

CODES = {"804": "先进制造工艺与装备", "403": "高分子", "C29": "橡胶和塑料制品业", "x": "转让、许可"}
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
READ = [
    (FieldKind.TEXT, 12.0, "12"),
    (FieldKind.TEXT, 0.1 + 0.2, "0.3"),
    (FieldKind.TEXT, True, "是"),
    (FieldKind.TEXT, False, "否"),
    (FieldKind.TEXT, date(2026, 1, 5), "2026-01-05"),
    (FieldKind.TEXT, NOON, "2026-01-05 12:00"),
    (FieldKind.TEXT, "  甲\x00\x1b乙\u200b😀👨\u200d🔬\ud800 ", "甲乙😀👨\u200d🔬"),
    (FieldKind.TEXT, "一_x000D_\n二\r\n三", "一\n\n二\n三"),
    (FieldKind.TEXT, "<b>' OR 1=1 --", "<b>' OR 1=1 --"),
    (FieldKind.TEXT, "字" * 50_000, "字" * 50_000),
    (FieldKind.INTEGER, "12", 12),
    (FieldKind.INTEGER, 12.0, 12),
    (FieldKind.INTEGER, "1,200", 1200),
    (FieldKind.DECIMAL, "1,234,567.5", Decimal("1234567.5")),
    (FieldKind.DECIMAL, 0.1 + 0.2, Decimal("0.3")),
    (FieldKind.DECIMAL, "15%", Decimal("0.15")),
    (FieldKind.PERCENT, 0.15, Decimal("0.15")),
    (FieldKind.PERCENT, "15", Decimal("0.15")),
    (FieldKind.PERCENT, "15%", Decimal("0.15")),
    (FieldKind.PERCENT, "0.5%", Decimal("0.005")),
    (FieldKind.DATE, date(2026, 1, 5), date(2026, 1, 5)),
    (FieldKind.DATE, NOON, date(2026, 1, 5)),
    (FieldKind.DATE, 46027.0, date(2026, 1, 5)),
    (FieldKind.DATE, 46027.75, date(2026, 1, 5)),
    (FieldKind.DATE, 20260105, date(2026, 1, 5)),
    (FieldKind.DATE, "20260105", date(2026, 1, 5)),
    (FieldKind.DATE, "2026-1-5", date(2026, 1, 5)),
    (FieldKind.DATE, "2026/1/5", date(2026, 1, 5)),
    (FieldKind.DATE, "2026.01.05", date(2026, 1, 5)),
    (FieldKind.DATE, "2026年1月5日", date(2026, 1, 5)),
    (FieldKind.DATE, "2026 年 1 月 5 日", date(2026, 1, 5)),
    (FieldKind.DATE, "2026-01-05 08:30:00", date(2026, 1, 5)),
    (FieldKind.BOOLEAN, "是", True),
    (FieldKind.BOOLEAN, "有", True),
    (FieldKind.BOOLEAN, 1, True),
    (FieldKind.BOOLEAN, True, True),
    (FieldKind.BOOLEAN, "否", False),
    (FieldKind.BOOLEAN, "无", False),
    (FieldKind.BOOLEAN, "×", False),
    (FieldKind.LIST, "膜、水;电;膜,气\n土/木", ("膜", "水", "电", "气", "土", "木")),
    (FieldKind.LIST, "8/10英寸,PVDF", ("8/10英寸", "PVDF")),
    (FieldKind.CODE, "804", "804"),
    (FieldKind.CODE, 804.0, "804"),
    (FieldKind.CODE, "804 先进制造工艺与装备", "804"),
    (FieldKind.CODE, "先进制造工艺与装备(804)", "804"),
    (FieldKind.CODE, "804-先进制造工艺与装备", "804"),
    (FieldKind.CODE, "先进制造工艺与装备", "804"),
    (FieldKind.CODE, "c29", "C29"),
    (FieldKind.CODES, "804、高分子、403", ("804", "403")),
    (FieldKind.CODES, "转让、许可", ("x",)),
]


@pytest.mark.parametrize(("kind", "cell", "value"), READ)
def test_a_cell_says_what_it_means(kind, cell, value):
    assert parse_cell(cell, FieldSpec("k", "栏", kind=kind, codes=CODES)) == value


MONEY = [
    (50, "", 50_000_000),
    (12.3, "", 12_300_000),
    (0.000001, "", 1),
    ("12.5", "元", 1250),
    ("50万", "元", 50_000_000),
    ("50 万元", "元", 50_000_000),
    ("1.2亿元", "", 12_000_000_000),
    ("3千", "", 300_000),
    ("3百万元", "", 300_000_000),
    ("120000元", "", 12_000_000),
    ("¥1,200.50元", "", 120_050),
    ("人民币12.5万元整", "", 12_500_000),
    ("50", "", 50_000_000),
    (2, "亿元", 20_000_000_000),
    (7, "千元", 700_000),
    (0, "", 0),
]


@pytest.mark.parametrize(("cell", "unit", "fen"), MONEY)
def test_money_becomes_whole_fen(cell, unit, fen):
    assert parse_cell(cell, FieldSpec("k", "预算", kind=FieldKind.MONEY), unit=unit) == fen


REFUSED = [
    (FieldKind.TEXT, "字" * 50_001, "共 50001 个字"),
    (FieldKind.TEXT, "#REF!", "公式出错"),
    (FieldKind.TEXT, float("nan"), "不是有效的数字"),
    (FieldKind.INTEGER, 12.5, "不是整数"),
    (FieldKind.INTEGER, "1e30", "不是整数"),
    (FieldKind.INTEGER, "十二", "不是数字"),
    (FieldKind.INTEGER, True, "不是数字"),
    (FieldKind.DECIMAL, "NaN", "不是数字"),
    (FieldKind.DECIMAL, "9" * 50, "不是数字"),
    (FieldKind.DECIMAL, date(2026, 1, 5), "不是数字"),
    (FieldKind.PERCENT, "150%", "超过 100%"),
    (FieldKind.PERCENT, 1500, "超过 100%"),
    (FieldKind.MONEY, "面议", "不是金额"),
    (FieldKind.MONEY, "10-20万", "不是金额"),
    (FieldKind.MONEY, True, "不是金额"),
    (FieldKind.MONEY, -1, "不能为负数"),
    (FieldKind.MONEY, "0.0000001", "小数位数过多"),
    (FieldKind.MONEY, "99999999亿", "金额过大"),
    (FieldKind.DATE, "2026-02-30", "不是有效日期"),
    (FieldKind.DATE, "2026年1月", "不是有效日期"),
    (FieldKind.DATE, 12, "不是有效日期"),
    (FieldKind.DATE, "99999", "不是有效日期"),
    (FieldKind.DATE, date(1066, 1, 5), "不是有效日期"),
    (FieldKind.DATE, "尽快", "不是有效日期"),
    (FieldKind.BOOLEAN, "也许", "看不出是或否"),
    (FieldKind.LIST, "、".join(map(str, range(201))), "共 201 项"),
    (FieldKind.CODE, "先进制造", "是否为“804 先进制造工艺与装备”"),
    (FieldKind.CODE, "zzz", "“zzz”不在代码表中$"),
    (FieldKind.CODES, "804、" + "乱" * 30, "“乱{20}…”不在代码表中"),
]


@pytest.mark.parametrize(("kind", "cell", "cause"), REFUSED)
def test_a_cell_that_means_nothing_is_refused_with_cause_and_cure(kind, cell, cause):
    with pytest.raises(UnreadableError) as caught:
        parse_cell(cell, FieldSpec("k", "栏", kind=kind, codes=CODES))
    import re

    assert re.search(cause, caught.value.cause_zh)
    assert caught.value.cure_zh.startswith(("请", "以"))
    assert len(caught.value.cause_zh) < 100


@pytest.mark.parametrize("cell", [None, "", "  ", "\x00"])
def test_a_blank_cell_is_nothing_unless_required(cell):
    assert parse_cell(cell, FieldSpec("k", "栏", kind=FieldKind.DATE)) is None
    with pytest.raises(UnreadableError, match="必填项未填写"):
        parse_cell(cell, FieldSpec("k", "栏", required=True))


SPECS = [
    FieldSpec("title", "名称", required=True),
    FieldSpec("budget", "预算", kind=FieldKind.MONEY),
    FieldSpec("due", "截止日期", kind=FieldKind.DATE),
    FieldSpec("owner", "单位", required=True),
    FieldSpec("remark", "备注"),
]


def test_all_errors_of_a_row_come_at_once_with_their_places():
    mapping = match_headings(["预算(元)", "名称", "截止日期"], SPECS)
    parsed = parse_row(Row(7, ("面议", "甲\x00")), mapping, SPECS)
    assert [str(error) for error in parsed.errors] == [
        "第 7 行“预算”：“面议”不是金额。请只填一个数字（单位元），如 50；面议请留空。",
        "第 7 行“单位”：必填项未填写。请填写“单位”。",
    ]
    assert [error.column for error in parsed.errors] == [0, -1]
    assert dict(parsed.values) == {"title": "甲", "budget": None, "due": None}
    assert parsed.notices == ("第 7 行“名称”含不可见字符，已去除。",)


def test_a_good_row_has_no_errors_and_the_unit_of_its_heading():
    mapping = match_headings(["名称", "预算(元)", "单位"], SPECS)
    parsed = parse_row(Row(2, ("甲", 12.5, "乙")), mapping, SPECS)
    assert (parsed.errors, parsed.values["budget"], parsed.notices) == ((), 1250, ())
