"""匹配质量 as a workbook: the page's tables, each rate with its two numbers and interval."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Response

from matchmaker import web
from matchmaker.audit import trail
from matchmaker.reporting import rates, ratios, weeks, workbook
from matchmaker.reporting.quality import Line, Quality
from matchmaker.reporting.ratios import Ratio
from matchmaker.spreadsheets import Sheet

WORDS = (
    f"区间是 95% 置信区间（Wilson）：数量少时区间宽，两个区间不重叠才算有差别。"
    f"分母不足 {rates.MINIMUM} 的记“{rates.FEW}”，只看数量。",
    "比率记“—”的，时段内没有可算的记录。",
    ratios.RANK_NOTE,
    weeks.RULE,
)
NUMBERS = ("分子", "分母", "比率", "95% 区间")
TABLES = (
    ("按类型", "推荐类型", "kinds"),
    ("逐周", "周", "weeks"),
    ("按算法版本", "算法版本", "versions"),
    ("按镇街", "镇街园区", "towns"),
    ("按技术领域", "技术领域", "fields"),
)


def respond(board: Quality, *, viewer: Any, now: datetime) -> Response:
    """Answer with the workbook and put the export on the trail."""
    said = (
        ("统计时段", board.period.span),
        ("镇街园区", board.place or "全部"),
        ("技术领域", board.field or "全部"),
    )
    response = workbook.answer("匹配质量", sheets(board), said, viewer=viewer, now=now)
    told = {"period": board.period.span, "town": board.place, "field": board.field}
    with web.transaction():
        trail.record("export", "match_quality", by=viewer, now=now, **told)
    return response


def sheets(board: Quality) -> list[Sheet]:
    """Return the page's tables as sheets, the definitions last."""
    measures = [(one.definition.label, *_numbers(one)) for one in board.measures]
    alarms = [
        (one.definition.label, *_rate(one.recent), *_rate(one.before), one.told)
        for one in board.alarms
    ]
    recent = [f"最近 {weeks.RECENT} 周{name}" for name in NUMBERS]
    before = [f"此前 {weeks.BEFORE} 周{name}" for name in NUMBERS]
    words = [(one.label, one.means) for one in ratios.DEFINITIONS]
    return [
        workbook.plain("指标", ("指标", *NUMBERS), measures),
        workbook.plain("预警", ("指标", *recent, *before, "结论"), alarms),
        *(_table(name, first, getattr(board, key)) for name, first, key in TABLES),
        workbook.plain("口径", ("指标", "口径"), [*words, *(("说明", one) for one in WORDS)]),
    ]


def _table(name: str, first: str, lines: Sequence[Line]) -> Sheet:
    labels = [one.definition.label for one in lines[0].ratios] if lines else []
    headings = [first, *(f"{label}{number}" for label in labels for number in NUMBERS), "备注"]
    return workbook.plain(name, headings, _rows(lines))


def _rows(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    return [
        (line.label, *(value for one in line.ratios for value in _numbers(one)), line.note)
        for line in lines
    ]


def _numbers(ratio: Ratio) -> tuple[int, int, str, str]:
    return _rate(ratio.rate)


def _rate(rate: rates.Rate) -> tuple[int, int, str, str]:
    return rate.part, rate.whole, rate.shown, rate.span
