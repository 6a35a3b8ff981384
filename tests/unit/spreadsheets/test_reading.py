import codecs
from datetime import date, datetime

import openpyxl
import pytest

from matchmaker.spreadsheets import FieldSpec, Limits, SpreadsheetError, open_table, read_table

from . import builders

ROWS = [
    ["需求名称", "简介", "预算(万元)"],
    ["膜组件国产化", "寻求耐污染膜", 50],
    ["涂层", "耐磨", 12.5],
]
TITLE = FieldSpec("title", "需求名称", ("名称", "标题"), required=True)
TEXT = FieldSpec("problem", "正文", ("简介", "成果简介"), required=True)


def contents(table):
    return [list(row.cells) for row in table.rows]


@pytest.mark.parametrize("maker", [builders.xlsx, builders.xls], ids=["xlsx", "xls"])
def test_workbooks_of_both_ages_say_the_same(tmp_path, maker):
    path = maker(tmp_path / f"需求.{maker.__name__}", ROWS)
    table = read_table(path)
    assert table.headings == tuple(ROWS[0])
    assert contents(table) == ROWS[1:]
    assert (table.sheet, table.file_format) == ("需求", path.suffix)
    assert [row.number for row in table.rows] == [2, 3]


def test_an_open_document_is_read(tmp_path):
    table = read_table(builders.ods(tmp_path / "a.ods", [["名称", "简介"], ["甲", "乙"]]))
    assert contents(table) == [["甲", "乙"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_a_csv_is_read_in_every_usual_writing(tmp_path, encoding, mark):
    path = tmp_path / "a.csv"
    lines = [["名称", "简介"], ["膜组件", '"第一行\n第二行"'], ["涂层", "𠮷野😀"]]
    path.write_bytes("\r\n".join(mark.join(line) for line in lines).encode(encoding))
    table = read_table(path)
    assert contents(table) == [["膜组件", "第一行\n第二行"], ["涂层", "𠮷野😀"]]
    expected = "utf-8-sig" if encoding == "utf-8-sig" else encoding
    assert table.encoding == expected


def test_big_endian_utf_16_and_a_declared_delimiter(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(codecs.BOM_UTF16_BE + "sep=|\n名称|简介\n甲,一|乙".encode("utf-16-be"))
    assert contents(read_table(path)) == [["甲,一", "乙"]]


def test_title_rows_stand_above_the_heading(tmp_path):
    rows = [["2026年度企业技术需求汇总表"], ["填报单位:科技局", None, "日期"], *ROWS]
    table = read_table(builders.xlsx(tmp_path / "a.xlsx", rows), specs=[TITLE, TEXT])
    assert table.heading_number == 3
    assert [row.cells[0] for row in table.titles] == [
        "2026年度企业技术需求汇总表",
        "填报单位:科技局",
    ]
    assert len(table.rows) == 2


def test_cells_merged_downwards_belong_to_every_row(tmp_path):
    rows = [
        ["汇总表"],
        ["单位", "名称"],
        ["甲公司", "一"],
        [None, "二"],
        [None, "三"],
        [None, "四"],
    ]
    path = builders.xlsx(tmp_path / "a.xlsx", rows, merge=["A1:B1", "A3:A5"])
    table = read_table(path)
    assert table.titles[0].cells == ("汇总表",)
    assert contents(table) == [["甲公司", "一"], ["甲公司", "二"], ["甲公司", "三"], [None, "四"]]


def test_the_sheet_with_known_headings_is_chosen_and_hidden_ones_are_not(tmp_path):
    path = builders.xlsx(tmp_path / "a.xlsx", ROWS, hidden=["旧数据"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("封面", 0).append(["请填下一张表"])
    book.save(path)
    table = read_table(path, specs=[TITLE, TEXT])
    assert table.sheet == "需求"
    assert table.sheet_names == ("封面", "旧数据", "需求")
    assert table.hidden_sheets == ("旧数据",)
    assert read_table(path, sheet="封面").headings == ("请填下一张表",)
    with pytest.raises(SpreadsheetError, match="没有名为“附表”的工作表"):
        read_table(path, sheet="附表")


def test_dates_percent_and_truth_come_as_they_are(tmp_path):
    rows = [
        ["日", "时", "真", "比"],
        [date(2026, 1, 5), datetime.fromisoformat("2026-01-05T03:04"), True, 0.15],
    ]
    table = read_table(builders.xlsx(tmp_path / "a.xlsx", rows))
    assert contents(table) == rows[1:]


def test_rows_stream_and_an_abandoned_child_ends(tmp_path):
    path = builders.xlsx(tmp_path / "a.xlsx", [["名称"], *([f"第{n}项"] for n in range(5000))])
    with open_table(path) as stream:
        rows = stream.iter_rows()
        assert next(rows).cells == ("第0项",)
        assert stream.head.headings == ("名称",)
    with pytest.raises(ValueError, match="closed"):
        list(rows)


def test_blank_rows_keep_the_line_numbers(tmp_path):
    path = builders.xlsx(tmp_path / "a.xlsx", [["名称"], [None], ["甲"], [" "], ["乙"]])
    assert [row.number for row in read_table(path).rows] == [3, 5]


def test_the_limits_are_the_callers(tmp_path):
    path = builders.xlsx(tmp_path / "a.xlsx", [["名称"], *([n] for n in range(100))])
    assert len(read_table(path, limits=Limits(rows=100)).rows) == 100
    with pytest.raises(SpreadsheetError, match="超过 99 行"):
        read_table(path, limits=Limits(rows=99))


def test_failed_formulas_are_not_taken_for_blanks(tmp_path):
    path = builders.xlsx(tmp_path / "a.xlsx", [["名称", "预算"], ["甲", "#REF!"], ["乙", 3]])
    book = openpyxl.load_workbook(path)
    book.active["B2"].data_type = "e"
    book.save(path)
    assert contents(read_table(path)) == [["甲", "#REF!"], ["乙", 3]]
