"""What we write we can read: templates, workbooks, csv."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from matchmaker.spreadsheets import (
    Column,
    FieldKind,
    FieldSpec,
    Sheet,
    Watermark,
    match_headings,
    parse_row,
    read_table,
    write_csv,
    write_template,
    write_workbook,
)

CODES = {"804": "先进制造工艺与装备", "403": "高分子"}
SPECS = [
    FieldSpec("title", "需求名称", ("名称",), required=True, help="不超过 200 字"),
    FieldSpec("field", "技术领域", kind=FieldKind.CODE, codes=CODES, required=True),
    FieldSpec("modes", "合作方式", kind=FieldKind.CODES, codes={"a": "转让", "b": "许可"}),
    FieldSpec("budget", "预算", kind=FieldKind.MONEY),
    FieldSpec("due", "截止日期", kind=FieldKind.DATE),
    FieldSpec("open", "是否公开", kind=FieldKind.BOOLEAN),
    FieldSpec("count", "数量", kind=FieldKind.INTEGER),
    FieldSpec("share", "占比", kind=FieldKind.PERCENT),
    FieldSpec("length", "长度", kind=FieldKind.DECIMAL),
    FieldSpec("words", "关键词", kind=FieldKind.LIST),
]
HAZARDS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=1", "=cmd|' /C calc'!A0",
           '=HYPERLINK("http://x")', " =1", "+1", "-1", "@x", "http://a.b", "{=1}"]  # fmt: skip


TYPED = [
    "膜组件",
    "804 先进制造工艺与装备",
    "转让、许可",
    12.5,
    "2026-1-5",
    "是",
    3,
    "15%",
    1.5,
    "膜;水",
]


def test_the_template_read_back_maps_completely_and_its_example_is_ignored(tmp_path):
    path = tmp_path / "模板.xlsx"
    write_template(path, SPECS, title="技术需求导入模板")
    book = openpyxl.load_workbook(path)
    assert book["代码表"].sheet_state == "hidden"
    page = book.worksheets[0]
    rules = [rule for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert [rule.formula1 for rule in rules] == ["'代码表'!$B$1:$B$2", '"是,否"']
    page.append(TYPED)
    book.save(path)
    table = read_table(path, specs=SPECS)
    mapping = match_headings(table.headings, SPECS)
    assert set(mapping.columns) == {spec.key for spec in SPECS}
    assert not mapping.unknown
    assert not mapping.missing
    (row,) = table.rows
    parsed = parse_row(row, mapping, SPECS)
    assert parsed.errors == ()
    assert dict(parsed.values) == {
        "title": "膜组件",
        "field": "804",
        "modes": ("a", "b"),
        "budget": 12_500_000,
        "due": date(2026, 1, 5),
        "open": True,
        "count": 3,
        "share": Decimal("0.15"),
        "length": Decimal("1.5"),
        "words": ("膜", "水"),
    }


def test_no_text_becomes_a_formula_in_a_workbook():
    stream = io.BytesIO()
    write_workbook(stream, [Sheet("表", [Column("名称")], [[text] for text in HAZARDS])])
    page = openpyxl.load_workbook(stream).worksheets[0]
    cells = [cell for row in page.iter_rows(min_row=2) for cell in row]
    assert len(cells) == len(HAZARDS)
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[0].quotePrefix
    assert not cells[-1].quotePrefix


@pytest.mark.parametrize("text", HAZARDS[:-2])
def test_hazardous_text_in_a_csv_starts_with_an_apostrophe(text):
    stream = io.BytesIO()
    write_csv(stream, Sheet("表", [Column("名称")], [[text], [-1]]))
    lines = stream.getvalue().decode("utf-8-sig").split("\r\n")
    assert lines[1].lstrip('"').startswith("'")
    assert "-1" in lines


def test_a_csv_opens_in_excel_and_carries_its_watermark(tmp_path):
    path = tmp_path / "a.csv"
    sheet = Sheet("表", [Column("名称"), Column("公开")], [["甲", True], [None, date(2026, 1, 5)]])
    write_csv(path, sheet, watermark=Watermark([("导出人", "张三")]))
    assert (
        path.read_bytes() == "\ufeff名称,公开\r\n甲,是\r\n,2026-01-05\r\n导出人：张三\r\n".encode()
    )


def test_every_kind_of_cell_and_the_watermark_survive_the_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    row = ["甲\x00乙😀", 3, 12.5, Decimal("0.25"), date(2026, 1, 5), noon, True, None, "", 10**17]
    columns = [Column(f"列{n}", shown_as="number") for n in range(len(row))]
    watermark = Watermark([("导出人", "张三"), ("条件", "=全部")])
    write_workbook(path, [Sheet("表", columns, iter([row]), title="汇总表")], watermark=watermark)
    table = read_table(path, sheet="表")
    assert table.titles[0].cells == ("汇总表",)
    expected = ("甲乙😀", 3, 12.5, 0.25, date(2026, 1, 5), noon.replace(tzinfo=None), "是")
    assert table.rows[0].cells == (*expected, None, None, str(10**17))
    assert [row.cells for row in read_table(path, sheet="说明").rows] == [
        ("导出人", "张三"),
        ("条件", "=全部"),
    ]


@pytest.mark.parametrize("filler", ["字", "😀"])
def test_text_longer_than_a_cell_is_cut_with_a_remark(filler):
    stream = io.BytesIO()
    rows = [[filler * 50_000], [filler * 16_383]]
    write_workbook(stream, [Sheet("表", [Column("正文")], rows)])
    page = openpyxl.load_workbook(stream).worksheets[0]
    assert page["A2"].value.endswith("…（篇幅所限，此处截断）")
    assert len(page["A2"].value.encode("utf-16-le")) <= 2 * 32_767
    assert page["A3"].value == filler * 16_383


def test_a_text_just_fitting_is_whole():
    stream = io.BytesIO()
    write_workbook(stream, [Sheet("表", [Column("正文")], [["字" * 32_767]])])
    assert openpyxl.load_workbook(stream).worksheets[0]["A2"].value == "字" * 32_767


def test_an_empty_sheet_and_a_moment_in_a_csv():
    stream = io.BytesIO()
    write_csv(stream, Sheet("表", [Column("时间")], [[datetime(2026, 1, 5, 12, tzinfo=UTC)]]))
    assert "2026-01-05 12:00" in stream.getvalue().decode("utf-8-sig")
    write_workbook(io.BytesIO(), [Sheet("表", [], [])])


def test_five_thousand_hostile_strings_stay_text_in_both_formats():
    starts = [
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "\uff1d",
        "\uff0b",
        "\uff0d",
        "\uff20",
        " =",
        "\x00=",
    ]
    bodies = ["1+1", "cmd|' /C calc'!A0", "DDE(1)", 'HYPERLINK("http://x","y")', "SUM(A1:A9)"]
    texts = [f"{start}{body}{n}" for start in starts for body in bodies for n in range(77)]
    assert len(texts) > 5_000
    sheet = Sheet("表", [Column("名称")], [[text] for text in texts])
    stream, lines = io.BytesIO(), io.BytesIO()
    write_workbook(stream, [sheet])
    write_csv(lines, sheet)
    page = openpyxl.load_workbook(stream, read_only=True).worksheets[0]
    assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s"}
    written = list(csv.reader(io.StringIO(lines.getvalue().decode("utf-8-sig"), newline="")))
    assert len(written) == len(texts) + 1
    assert all(row[0].startswith("'") for row in written[1:])
