import json

import pytest

from matchmaker.matching import Document
from matchmaker.matching.testset import TestSetRefused, load

GOOD = {
    "corpus.jsonl": '{"id":"d1","title":"激光","text":"焊接"}\n\n{"id":"d2","text":"水稻"}\n',
    "queries.jsonl": '{"id":"q1","title":"激光"}\n',
    "qrels.tsv": "query-id\tdoc-id\tgrade\nq1\td1\t2\r\nq1\td2\t-1\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_set_is_read(folder):
    found = load(folder)
    assert found.documents == (Document("d1", "激光", "", "焊接"), Document("d2", "", "", "水稻"))
    assert found.queries == (Document("q1", "激光"),)
    assert found.grades == {"q1": {"d1": 2, "d2": -1}}
    assert found.is_graded


def test_a_set_of_ones_is_not_graded(folder):
    (folder / "qrels.tsv").write_text("query-id\tdoc-id\tgrade\nq1\td1\t1\n")
    assert not load(folder).is_graded


def test_a_byte_order_mark_and_separators_inside_strings_are_no_trouble(folder):
    text = "\ufeff" + json.dumps({"id": "q1", "title": "激光\u2028焊接"}, ensure_ascii=False)
    (folder / "queries.jsonl").write_text(text, encoding="utf-8")
    assert load(folder).queries[0].title == "激光\u2028焊接"


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(TestSetRefused, match=f"找不到文件 .*{name}"):
        load(folder)


@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_is_no_text_is_named(folder, name):
    (folder / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TestSetRefused, match=f"{name} 无法按 UTF-8 文本读取"):
        load(folder)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "第 1 行不是含 id、title、text 的 JSON 对象"),
        ("[]", "第 1 行不是含"),
        ('"d1"', "第 1 行不是含"),
        ('{"title":"x"}', "第 1 行不是含"),
        ('{"id":1}', "第 1 行的 id、title、text 须为字符串"),
        ('{"id":"d1","title":null}', "须为字符串"),
        ('{"id":""}', "第 1 行的 id“”为空或重复"),
        ('{"id":"d1"}\n{"id":"d1"}', "第 2 行的 id“d1”为空或重复"),
        ("\n", "没有内容"),
    ],
)
def test_a_broken_line_is_named(folder, line, message):
    (folder / "corpus.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(TestSetRefused, match=message):
        load(folder)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["q1\td1\t2"], "首行须为 query-id、doc-id、grade，以制表符分隔"),
        ([], "首行须为"),
        (["query-id\tdoc-id\tgrade"], "没有内容"),
        (["query-id\tdoc-id\tgrade", "q1 d1 2"], "qrels.tsv 第 2 行须为三列，以制表符分隔"),
        (
            ["query-id\tdoc-id\tgrade", "q9\td1\t2"],
            "第 2 行的编号不在 queries.jsonl 或 corpus.jsonl",
        ),
        (["query-id\tdoc-id\tgrade", "q1\td9\t2"], "第 2 行的编号不在"),
        (["query-id\tdoc-id\tgrade", "q1\td1\t好"], "第 2 行的等级须为 -1 至 10 的整数"),
        (["query-id\tdoc-id\tgrade", "q1\td1\t-2"], "等级须为"),
        (["query-id\tdoc-id\tgrade", "q1\td1\t99"], "等级须为"),
    ],
)
def test_broken_judgements_are_named(folder, rows, message):
    (folder / "qrels.tsv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(TestSetRefused, match=message):
        load(folder)
