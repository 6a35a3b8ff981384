"""`flask evaluate`: how good the ranking is on a test set, or with `--live` in daily use.

A test set needs no database.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from matchmaker.cli import live, vector_cache, word_files
from matchmaker.cli.failing import Failure
from matchmaker.matching import Document
from matchmaker.matching.evaluation import Figure, Report, evaluate
from matchmaker.matching.testset import TestSetRefused, load

HELP = """在测试集上评测匹配质量；加 --live 时改看本平台实际办理的结果。

DIR 含 corpus.jsonl、queries.jsonl、qrels.tsv 三个文件。--live 与网页“匹配质量”的数字相同，
默认本年，可用 --from、--to 指定时段。"""


@click.command("evaluate", help=HELP)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--live", "is_live", is_flag=True, help="用本平台的办理结果，不用测试集。")
@click.option("--from", "first", metavar="日期", help="--live 的起始日期，如 2026-01-01。")
@click.option("--to", "last", metavar="日期", help="--live 的截止日期。")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象。")
@click.option("--judged-only", is_flag=True, help="每条查询只在已评判的文档中排序。")
@click.option(
    "--semantic", "is_semantic", is_flag=True, help="加上整体语义（须装 semantic 组件）。"
)
@click.option(
    "--vectors",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="--semantic 的向量存在此目录，再次评测时不重算；不给则用系统临时目录。",
)
@word_files.options
def evaluate_command(
    *,
    folder: Path | None,
    is_live: bool,
    first: str | None,
    last: str | None,
    as_json: bool,
    judged_only: bool,
    is_semantic: bool,
    vectors: Path | None,
    words: Path | None,
    synonyms: Path | None,
) -> None:
    """Evaluate and print; a missing or broken file is refused by its name."""
    if is_live:
        _require_no_test_set(folder, judged_only, is_semantic, words, synonyms)
        click.echo(live.told(_dates(first, last), as_json=as_json))
        return
    if folder is None:
        raise Failure("请给出测试集目录 DIR，或用 --live 看本平台的办理结果")
    if first or last:
        raise Failure("--from、--to 只与 --live 一起用")
    segmenter = word_files.segmenter(words, synonyms)
    try:
        test_set = load(folder)
    except TestSetRefused as refused:
        raise Failure(str(refused)) from None
    with vector_cache.encoder(vectors) if is_semantic else nullcontext() as encoder:
        report = evaluate(
            test_set,
            segmenter=segmenter,
            judged_only=judged_only,
            progress=_silent if as_json else _bar,
            encoder=encoder,
        )
    click.echo(json.dumps(report.to_dict()) if as_json else _told(report))


def _require_no_test_set(*given: Any) -> None:
    if any(given):
        raise Failure(
            "--live 用本平台的办理结果，不能同时给出 DIR 或 --judged-only、--semantic、--words、"
            "--synonyms；请去掉其中一种"
        )


def _dates(first: str | None, last: str | None) -> dict[str, str]:
    """Return the period as the page's address says it; the page's own where no date is given."""
    if not (first or last):
        return {}
    return {"period": "custom", "from": first or "", "to": last or ""}


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
