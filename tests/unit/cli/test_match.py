import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from matchmaker.cli import match as module
from matchmaker.cli.match import match_command
from matchmaker.cli.pair_tables import (
    ACHIEVEMENT_FIELDS,
    NEED_FIELDS,
    TableRefused,
    candidate_facts,
    need_facts,
    read_pool,
)
from matchmaker.matching import CandidateFacts, NeedFacts

NEEDS = [
    ["2026 年企业技术需求汇总表"],
    ["需求编号", "需求名称", "背景与现状", "拟解决的主要技术问题", "关键词", "技术领域", "合作方式",
     "目标TRL", "拟投入总额（万元）", "联系人"],
    ["N1", "铸件机器人打磨", "粉尘大", "铸件毛坯离散，需恒力打磨", "机器人", "804",
     "委托开发、合作开发", 8, 180, "张某"],
    ["N2", "=1+1", "", "氨燃料喷射阀密封", "", "", "", "", "", ""],
]  # fmt: skip
ACHIEVEMENTS = [
    ["成果编号", "成果名称", "成果简介(公开摘要)", "技术领域", "转化方式", "技术就绪度",
     "意向价格（万元）"],
    ["A1", "机器人打磨铸件", "恒力打磨铸件", "804 先进制造工艺与装备", "委托开发", "TRL 8", 120],
    ["A2", "水稻育种", "水稻不育系", "农业生物", "许可证贸易", "七级", "面议"],
]  # fmt: skip


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(path)
    return path


@pytest.fixture
def needs(tmp_path):
    return workbook(tmp_path / "needs.xlsx", NEEDS)


@pytest.fixture
def achievements(tmp_path):
    return workbook(tmp_path / "achievements.xlsx", ACHIEVEMENTS)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "pairs.xlsx"


def run(*arguments):
    return CliRunner().invoke(match_command, [str(each) for each in arguments])


def sheets(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_two_workbooks_become_explained_pairs(needs, achievements, out):
    result = run(needs, achievements, "--out", out)
    assert result.exit_code == 0, result.output
    assert "需求 2 条，成果 2 项：配对 1 对，无合适候选 1 条" in result.stdout
    found = sheets(out)
    assert list(found) == ["配对", "无合适候选", "说明"]
    pair = dict(zip(*found["配对"], strict=True))
    assert (pair["需求编号"], pair["成果编号"], pair["名次"]) == ("N1", "A1", 1)
    assert pair["得分"] == pytest.approx(pair["文本分"] + 0.06)
    assert pair["调整分"] == pytest.approx(0.06)
    assert pair["调整说明"].split("；")[0] == "技术领域相同 +0.03"
    assert "铸件" in pair["共同的词"]
    assert pair["未提到的词"]
    assert pair["推荐理由"].startswith("双方都提到“")


def test_needs_without_a_candidate_have_a_sheet_and_no_cell_is_a_formula(needs, achievements, out):
    run(needs, achievements, "--out", out)
    assert sheets(out)["无合适候选"][1][:2] == ("N2", "=1+1")
    cells = [c for s in openpyxl.load_workbook(out) for row in s.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]


def test_unknown_columns_version_and_threshold_are_told(needs, achievements, out):
    result = run(needs, achievements, "--out", out)
    notes = sheets(out)["说明"]
    assert ("备注", "needs.xlsx：未使用的列：联系人") in notes
    assert "未使用的列：联系人" in result.stderr
    assert dict(notes)["算法版本"].startswith("tfidf-")
    assert dict(notes)["门槛"].startswith("0.105")


def test_top_and_threshold_are_kept(needs, achievements, out):
    assert "配对 3 对" in run(needs, achievements, "--out", out, "--threshold", 0).stdout
    assert (
        "配对 2 对" in run(needs, achievements, "--out", out, "--threshold", 0, "--top", 1).stdout
    )
    assert "配对 0 对" in run(needs, achievements, "--out", out, "--threshold", 1).stdout


def test_a_title_and_a_text_are_enough(tmp_path, out):
    (tmp_path / "n.csv").write_text("名称,正文\n铸件打磨,机器人打磨铸件\n", encoding="gb18030")
    (tmp_path / "a.csv").write_text("标题,简介\n打磨机器人,打磨铸件\n", encoding="utf-8-sig")
    result = run(tmp_path / "n.csv", tmp_path / "a.csv", "--out", out)
    assert "配对 1 对" in result.stdout
    assert sheets(out)["配对"][1][0] == "第2行"


def test_expired_achievements_are_held_back_with_the_reason(tmp_path, needs, out):
    (tmp_path / "a.csv").write_text(
        "名称,简介,有效期至\n机器人打磨,恒力打磨铸件,2020-01-01\n", encoding="utf-8"
    )
    run(needs, tmp_path / "a.csv", "--out", out)
    assert "第2行：供方已于 2020-01-01 到期" in sheets(out)["无合适候选"][1][2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "编号,名称\n1,打磨\n",
            "缺少必需的列，请把一列命名为其中之一：拟解决的主要技术问题、正文、简介",
        ),
        ("编号,正文\n1,打磨\n", "缺少必需的列，请把一列命名为其中之一：需求名称、名称、标题"),
        ("名称,正文\n,\n", "标题行以下没有可用的行"),
    ],
)
def test_a_table_without_what_is_needed_is_refused(tmp_path, achievements, out, text, message):
    (tmp_path / "n.csv").write_text(text, encoding="utf-8")
    result = run(tmp_path / "n.csv", achievements, "--out", out)
    assert result.exit_code == 1
    assert f"错误：n.csv：{message}" in result.output
    assert "Error" not in result.output
    assert not out.exists()


def test_what_is_no_table_or_not_there_is_refused(tmp_path, achievements, out):
    (tmp_path / "n.xlsx").write_bytes(b"\x00\x01")
    assert (
        "n.xlsx：文件内容是 .csv 格式"
        in run(tmp_path / "n.xlsx", achievements, "--out", out).output
    )
    assert "没有.xlsx：找不到或打不开" in run(tmp_path / "没有.xlsx", achievements).output


def test_an_unwritable_place_is_refused(tmp_path, needs, achievements):
    result = run(needs, achievements, "--out", tmp_path / "none" / "pairs.xlsx")
    assert result.exit_code == 1
    assert "无法写入" in result.output


def test_a_crash_while_writing_leaves_the_old_file(needs, achievements, out, monkeypatch):
    out.write_text("old")
    monkeypatch.setattr(module, "write_workbook", lambda *_: 1 / 0)
    assert isinstance(run(needs, achievements, "--out", out).exception, ZeroDivisionError)
    assert out.read_text() == "old"
    assert sorted(p.name for p in out.parent.iterdir()) == [
        "achievements.xlsx",
        "needs.xlsx",
        "pairs.xlsx",
    ]


def test_cells_become_facts(needs, achievements):
    need = read_pool(needs, NEED_FIELDS).values["N1"]
    assert need_facts(need) == NeedFacts(
        tech_field="804",
        coop_modes=frozenset({"commission_dev", "joint_dev"}),
        target_trl=8,
        budget_fen=180_000_000,
    )
    pool = read_pool(achievements, ACHIEVEMENT_FIELDS)
    assert candidate_facts(pool.values["A1"]) == CandidateFacts(
        tech_fields=frozenset({"804"}),
        transfer_modes=frozenset({"commission_dev"}),
        trl=8,
        asking_price_fen=120_000_000,
    )
    assert candidate_facts(pool.values["A2"]) == CandidateFacts(
        tech_fields=frozenset({"207"}), transfer_modes=frozenset({"许可证贸易"})
    )
    assert pool.remarks == []


def test_what_cannot_be_read_is_told_and_left_out(tmp_path):
    rows = ["编号,名称,正文,预算,有效期至,技术领域", "1,甲,,很多,2027-01-01,未来"]
    rows += ["1,乙,焊接,,,", ",,,,,", "3,,,5,,"]
    (tmp_path / "n.csv").write_text("\n".join(rows), encoding="utf-8")
    pool = read_pool(tmp_path / "n.csv", NEED_FIELDS)
    assert [document.id for document in pool.documents] == ["1", "1（第3行）"]
    assert pool.remarks[0].startswith("第 2 行“拟投入总额”未采用")
    assert "第 3 行的编号“1”重复，已改记行号" in pool.remarks
    assert pool.remarks[-1].endswith("没有标题和正文，已跳过")
    assert need_facts(pool.values["1"]) == NeedFacts(expires_on=date(2027, 1, 1))


def test_nothing_but_a_missing_file_is_hidden(tmp_path):
    with pytest.raises(TableRefused, match="找不到或打不开"):
        read_pool(tmp_path / "x.csv", NEED_FIELDS)


EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "data" / "examples.json").read_text(encoding="utf-8")
)


@pytest.fixture
def example_tables(tmp_path):
    """The example needs and achievements as two workbooks."""

    def rows(entries, *fields):
        for one in entries:
            body = "。".join([*(one[name] for name in fields), *one["key_indicators"]])
            yield [one["id"], one["title"], body, "、".join(one["keywords"])]

    needs = rows(EXAMPLES["needs"], "background", "problem")
    offers = rows(EXAMPLES["achievements"], "summary")
    head = ["编号", "名称", "正文", "关键词"]
    return (
        workbook(tmp_path / "需求.xlsx", [head, *needs]),
        workbook(tmp_path / "成果.xlsx", [head, *offers]),
    )


def found_pairs(out):
    head, *rows = sheets(out)["配对"]
    return {(row[0], row[3]): dict(zip(head, row, strict=True)) for row in rows}


def test_words_and_synonyms_improve_the_result(tmp_path, example_tables, out):
    words, synonyms = tmp_path / "words.txt", tmp_path / "synonyms.txt"
    words.write_text("\n".join(EXAMPLES["user_dict"]), encoding="utf-8-sig")
    between = ("、", ",", "，", "\t")
    lines = [between[n % 4].join(group) for n, group in enumerate(EXAMPLES["synonyms"])]
    synonyms.write_text("\n\n".join(lines), encoding="gb18030")
    assert run(*example_tables, "--out", out).exit_code == 0
    before = found_pairs(out)
    result = run(*example_tables, "--out", out, "--words", words, "--synonyms", synonyms)
    assert result.exit_code == 0, result.output
    after = found_pairs(out)
    assert after["N13", "A16"]["文本分"] > 2 * before["N13", "A16"]["文本分"]
    assert after["N13", "A16"]["名次"] == 1
    assert "黄姜＝盾叶薯蓣" in after["N13", "A16"]["共同的词"]
    wanted = {(r["need_id"], r["achievement_id"]) for r in EXAMPLES["relevance"] if r["grade"] > 1}
    assert wanted <= set(after)
    assert dict(sheets(out)["说明"])["词语"] == "用户词典 45 个词，同义词 21 组"


@pytest.mark.parametrize(
    ("option", "content", "messages"),
    [
        ("--words", "打磨\n磨\n\n打 磨\n", ["w.txt：第 2 行：", "第 4 行：", "不能有空格"]),
        ("--synonyms", "打磨、磨抛\n打磨\n", ["w.txt：第 2 行：“打磨”至少要有两个词"]),
        ("--words", " \n", ["w.txt：文件里没有词"]),
        ("--words", "打磨\0", ["w.txt：不是文本文件"]),
        ("--synonyms", None, ["w.txt：找不到或打不开"]),
    ],
)
def test_wrong_lines_of_words_are_named(
    tmp_path, needs, achievements, out, option, content, messages
):
    if content is not None:
        (tmp_path / "w.txt").write_text(content, encoding="utf-8")
    result = run(needs, achievements, "--out", out, option, tmp_path / "w.txt")
    assert result.exit_code == 1
    assert all(message in result.output for message in messages), result.output
    assert not out.exists()


def test_help_tells_of_both_files():
    told = run("--help").output
    assert "--words" in told
    assert "每行一组，词间用顿号、逗号或制表符隔开" in "".join(told.split())
