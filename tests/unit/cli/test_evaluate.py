import json

import pytest
from click.testing import CliRunner

from matchmaker import encoding
from matchmaker.cli.evaluate import evaluate_command
from matchmaker.matching.evaluation import METRICS
from tests.encoders import CountingEncoder

FILES = {
    "corpus.jsonl": '{"id":"d1","title":"激光焊接"}\n{"id":"d2","title":"水稻"}\n',
    "queries.jsonl": '{"id":"q1","title":"激光","text":"焊接"}\n',
    "qrels.tsv": "query-id\tdoc-id\tgrade\nq1\td1\t2\nq1\td2\t0\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(evaluate_command, [str(each) for each in arguments])


@pytest.mark.parametrize("options", [[], ["--judged-only"]])
def test_json_is_one_object_with_every_key_and_nothing_else(folder, options):
    result = run(folder, "--json", *options)
    found = json.loads(result.output)
    assert result.exit_code == 0
    assert set(found) == {"queries", "documents"} | {
        name + end for name in METRICS for end in ("", "_low", "_high")
    }
    assert found["auc"] == found["ndcg_at_10"] == found["recall_at_10"] == found["mrr_at_10"] == 1
    assert (found["queries"], found["documents"]) == (1, 2)


def test_figures_are_told_with_their_intervals(folder):
    result = run(folder)
    assert "查询 1 条，文档 2 篇" in result.stdout
    assert "ndcg_at_10     1.0000（1.0000 至 1.0000）" in result.stdout
    assert "不适用" not in result.stdout


def test_an_undefined_figure_is_said_to_be_so(folder):
    (folder / "qrels.tsv").write_text("query-id\tdoc-id\tgrade\nq1\td1\t1\n")
    assert "auc            不适用" in run(folder).stdout
    assert json.loads(run(folder, "--json").output)["auc_low"] is None


def test_a_second_semantic_run_encodes_nothing(folder, monkeypatch):
    """The encoder's reversed judgement shows that its points are added."""
    own = CountingEncoder()
    own.weight = -9.0
    monkeypatch.setattr("matchmaker.encoding.installed", lambda: own)
    options = ("--semantic", "--vectors", folder / "vectors", "--json")
    first = json.loads(run(folder, *options).output)
    assert first["auc"] == 0
    asked = own.asked
    assert asked == 4
    assert json.loads(run(folder, *options).output) == first
    assert own.asked == asked
    (folder / "vectors" / "counting-1.npz").write_bytes(b"broken")
    assert json.loads(run(folder, *options).output) == first
    assert own.asked == 2 * asked


def test_without_the_package_the_cure_is_told(folder, monkeypatch):
    monkeypatch.setattr(encoding, "MODULE", "no_such_module")
    encoding.installed.cache_clear()
    result = run(folder, "--semantic")
    assert result.exit_code == 1
    assert "scripts/setup --semantic" in result.output
    assert run(folder).exit_code == 0
    encoding.installed.cache_clear()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    result = run(folder)
    assert result.exit_code == 1
    assert "找不到文件" in result.output
    assert name in result.output


@pytest.mark.parametrize("more", [["--judged-only"], ["DIR"]])
def test_a_test_set_and_live_use_exclude_each_other(folder, more):
    result = run("--live", *(folder if one == "DIR" else one for one in more))
    assert result.exit_code == 1
    assert "--live 用本平台的办理结果，不能同时给出 DIR" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "请给出测试集目录 DIR，或用 --live"),
        (["DIR", "--from", "2026-01-01"], "只与 --live 一起用"),
    ],
)
def test_what_is_missing_or_too_much_is_named(folder, arguments, said):
    result = run(*(folder if one == "DIR" else one for one in arguments))
    assert result.exit_code == 1
    assert said in result.output
