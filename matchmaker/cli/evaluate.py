"""`flask evaluate`: how good the ranking is on a test set. Needs no database."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from matchmaker.cli import word_files
from matchmaker.cli.failing import Failure
from matchmaker.matching import Document
from matchmaker.matching.evaluation import Figure, Report, evaluate
from matchmaker.matching.testset import TestSetRefused, load

HELP = """在测试集上评测匹配质量。

DIR 含 corpus.jsonl、queries.jsonl、qrels.tsv 三个文件。"""


@click.command("evaluate", help=HELP)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象。")
@click.option("--judged-only", is_flag=True, help="每条查询只在已评判的文档中排序。")
@word_files.options
def evaluate_command(
    *,
    folder: Path,
    as_json: bool,
    judged_only: bool,
    words: Path | None,
    synonyms: Path | None,
) -> None:
    """Evaluate and print; a missing or broken file is refused by its name."""
    segmenter = word_files.segmenter(words, synonyms)
    try:
        test_set = load(folder)
    except TestSetRefused as refused:
        raise Failure(str(refused)) from None
    report = evaluate(
        test_set,
        segmenter=segmenter,
        judged_only=judged_only,
        progress=_silent if as_json else _bar,
    )
    click.echo(json.dumps(report.to_dict()) if as_json else _told(report))


def _silent(queries: Sequence[Document]) -> Iterable[Document]:
    return queries


def _bar(queries: Sequence[Document]) -> Iterator[Document]:
    with click.progressbar(queries, label="评测", file=sys.stderr) as bar:
        yield from bar


def _told(report: Report) -> str:
    lines = [f"查询 {report.queries} 条，文档 {report.documents} 篇；括号内为 95% 置信区间"]
    lines += [f"{name:<15}{_figure(figure)}" for name, figure in report.figures.items()]
    return "\n".join(lines)


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return "不适用"
    return f"{figure.value:.4f}（{figure.low:.4f} 至 {figure.high:.4f}）"
