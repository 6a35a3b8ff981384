"""`flask match`: two spreadsheets in, explained pairs out. Needs no database."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from matchmaker import clock
from matchmaker.cli import word_files
from matchmaker.cli.answering import Answer, match, match_spread
from matchmaker.cli.failing import Failure
from matchmaker.cli.pair_tables import (
    ACHIEVEMENT_FIELDS,
    NEED_FIELDS,
    Pool,
    TableRefused,
    read_pool,
)
from matchmaker.matching import (
    THRESHOLD,
    Explanation,
    Pair,
    Ranking,
    Segmenter,
    algorithm_version,
)
from matchmaker.matching.grading import grade, legend
from matchmaker.spreadsheets import Column, Sheet, write_workbook

HELP = """为每条需求找出最合适的成果，写成带说明的配对表。

NEEDS、ACHIEVEMENTS 是 .xlsx、.xls、.ods 或 .csv 表格，各须有一列名称、一列正文。
行业用语可用 --words、--synonyms 给出，写错的行会逐行指出。"""
PAIR_COLUMNS = (
    Column("需求编号", 14),
    Column("需求名称", 32),
    Column("名次", 6),
    Column("成果编号", 14),
    Column("成果名称", 32),
    Column("得分", 8, "score"),
    Column("分级", 6),
    Column("文本分", 8, "score"),
    Column("调整分", 8, "score"),
    Column("调整说明", 36),
    Column("共同的词", 40),
    Column("未提到的词", 30),
    Column("推荐理由", 60),
)
LONE_COLUMNS = (Column("需求编号", 14), Column("需求名称", 40), Column("原因", 60))
WORDS_SHOWN = 8
File = click.Path(path_type=Path)


@click.command("match", help=HELP)
@click.argument("needs", type=File)
@click.argument("achievements", type=File)
@click.option(
    "--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="每条需求最多几项。"
)
@click.option(
    "--out", type=File, default=Path("pairs.xlsx"), show_default=True, help="写到哪个文件。"
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=THRESHOLD,
    show_default=True,
    help="低于此分的不列出。",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    default="",
    help="在 Dask 集群上计算，如 tcp://192.168.1.10:8786；结果与单机完全相同。",
)
@word_files.options
def match_command(
    *,
    needs: Path,
    achievements: Path,
    top: int,
    out: Path,
    threshold: float,
    scheduler: str,
    words: Path | None,
    synonyms: Path | None,
) -> None:
    """Read both tables, rank, explain, write; a bad file is refused by its name."""
    segmenter = word_files.segmenter(words, synonyms)
    try:
        asked, offered = read_pool(needs, NEED_FIELDS), read_pool(achievements, ACHIEVEMENT_FIELDS)
    except TableRefused as refused:
        raise Failure(str(refused)) from None
    today = clock.today(clock.now())
    how = partial(match_spread, scheduler=scheduler) if scheduler else match
    answers = how(asked, offered, segmenter=segmenter, top=top, threshold=threshold, today=today)
    pools = ((needs, asked), (achievements, offered))
    remarks = [f"{path.name}：{r}" for path, pool in pools for r in pool.remarks]
    notes = _notes(answers, offered, segmenter=segmenter, threshold=threshold, remarks=remarks)
    try:
        write(out, answers, offered, notes=notes)
    except OSError as error:
        raise Failure(f"无法写入 {out}：{error.strerror}") from None
    for remark in remarks:
        click.echo(remark, err=True)
    pairs = sum(len(answer.ranking.pairs) for answer in answers)
    lone = sum(not answer.ranking.pairs for answer in answers)
    click.echo(
        f"需求 {len(answers)} 条，成果 {len(offered.documents)} 项："
        f"配对 {pairs} 对，无合适候选 {lone} 条，已写入 {out}"
    )


def write(
    out: Path, answers: Sequence[Answer], offered: Pool, *, notes: Sequence[tuple[str, str]]
) -> None:
    """Write the three sheets to a file beside `out`, then put it in its place."""
    titles = {document.id: document.title for document in offered.documents}
    pairs = (row for answer in answers for row in _pair_rows(answer, titles))
    lone = (
        (answer.need.id, answer.need.title, _reason(answer.ranking))
        for answer in answers
        if not answer.ranking.pairs
    )
    unfinished = out.with_name(f".{out.name}.part")
    try:
        with unfinished.open("wb") as file:
            write_workbook(
                file,
                [
                    Sheet("配对", PAIR_COLUMNS, pairs),
                    Sheet("无合适候选", LONE_COLUMNS, lone),
                    Sheet("说明", (Column("项目", 16), Column("内容", 80)), notes),
                ],
            )
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def _pair_rows(answer: Answer, titles: dict[str, str]) -> Iterator[tuple[str | int | float, ...]]:
    explained = zip(answer.ranking.pairs, answer.explanations, strict=True)
    for place, (pair, why) in enumerate(explained, start=1):
        yield (
            answer.need.id,
            answer.need.title,
            place,
            pair.id,
            titles[pair.id],
            pair.score,
            grade(pair.score).label,
            pair.text_score,
            pair.score - pair.text_score,
            _adjusted(pair),
            _words(why),
            "、".join(why.missing),
            why.sentence,
        )


def _adjusted(pair: Pair) -> str:
    return "；".join(f"{each.reason_zh} {each.points:+.2f}" for each in pair.adjustments)


def _words(why: Explanation) -> str:
    """The heaviest words as the need writes them, a synonym with its partner."""
    told = []
    for word in why.main_words[:WORDS_SHOWN]:
        one, other = word.in_need[0], word.in_candidate[0]
        name = one if one.casefold() == other.casefold() else f"{one}＝{other}"
        told.append(f"{name} {word.points:.3f}")
    return "、".join(told)


def _reason(ranking: Ranking) -> str:
    if ranking.blocked:
        return "；".join(f"{each.id}：{each.reason_zh}" for each in ranking.blocked[:3])
    return "没有达到门槛的成果，建议上门核实需求或向外征集"


def _notes(
    answers: Sequence[Answer],
    offered: Pool,
    *,
    segmenter: Segmenter,
    threshold: float,
    remarks: Sequence[str],
) -> list[tuple[str, str]]:
    told = f"用户词典 {len(segmenter.words)} 个词，同义词 {len(segmenter.synonyms)} 组"
    return [
        ("算法版本", algorithm_version(segmenter)),
        ("词语", told),
        ("门槛", f"{threshold:.3f}：文本分或得分低于此数的不列出"),
        ("得分", "得分＝文本分＋调整分；文本分由双方共有的词和字算出，在 0 到 1 之间"),
        ("分级", legend()),
        ("规模", f"需求 {len(answers)} 条，成果 {len(offered.documents)} 项"),
        *(("备注", remark) for remark in remarks),
    ]
