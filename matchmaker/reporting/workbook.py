"""The figures as a workbook: one sheet a table, the page's own numbers."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response

from matchmaker import clock, web
from matchmaker.audit import trail
from matchmaker.exporting import WORKBOOK
from matchmaker.reporting.counting import Distribution
from matchmaker.reporting.figures import Board
from matchmaker.spreadsheets import Column, Sheet, Watermark, write_workbook


def respond(board: Board, *, viewer: Any, now: datetime) -> Response:
    """Answer with the workbook and put the export on the trail."""
    period = board.period.span
    said = (("统计时段", period),)
    response = answer("统计", sheets(board), said, viewer=viewer, now=now)
    with web.transaction():
        trail.record("export", "figures", by=viewer, now=now, period=period)
    return response


def answer(
    name: str,
    tables: Sequence[Sheet],
    said: Iterable[tuple[str, str]],
    *,
    viewer: Any,
    now: datetime,
) -> Response:
    """Answer with sheets as a file; its last sheet tells who, when and what is `said`."""
    stream = io.BytesIO()
    moment = clock.local(now)
    lines = (("导出人", viewer.name), ("导出时间", f"{moment:%Y-%m-%d %H:%M}"), *said)
    write_workbook(stream, tables, watermark=Watermark(lines=lines))
    name = quote(f"{name}-{moment:%Y%m%d-%H%M}.xlsx")
    return Response(
        stream.getvalue(),
        mimetype=WORKBOOK,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def sheets(board: Board) -> list[Sheet]:
    """Return the page's tables as sheets."""
    return [
        _pools(board),
        plain("推荐与对接", ("指标", "数值"), measures(board)),
        plain("按状态", ("对象", "状态", "数量"), _long(board.states)),
        _wide("按镇街", "镇街园区", board.towns),
        _wide("按技术领域", "技术领域", board.fields),
    ]


def measures(board: Board) -> list[tuple[str, int | str]]:
    """Return the single figures by name, as the page lists them."""
    decided, outcome = board.acceptance, board.outcome
    return [
        ("采纳推荐（时段内）", decided.accepted.value),
        ("判为不相关（时段内）", decided.rejected.value),
        ("采纳率", decided.rate),
        ("待处理推荐（当前）", decided.waiting.value),
        ("发起对接（时段内）", outcome.started.value),
        ("签约（时段内）", outcome.signed.value),
        ("解决技术难题（时段内）", outcome.resolved.value),
        ("进行中对接（当前）", outcome.open.value),
        ("逾期对接（当前）", outcome.overdue.value),
        ("受理到首次对接的天数中位数（时段内受理）", outcome.first_lead_days),
    ]


def _pools(board: Board) -> Sheet:
    headings = ("库", "对象", "在库", "本月新增", "本年新增", "时段新增", "上年同期", "同比")
    rows = [
        (
            line.pool,
            line.label,
            *(c.value for c in (line.total, line.month, line.year, line.period, line.before)),
            line.growth,
        )
        for line in board.pools
    ]
    return plain("四库", headings, rows)


def plain(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Sheet:
    """Return a sheet of columns without formats."""
    return Sheet(name, [Column(heading) for heading in headings], rows)


def _long(distributions: Sequence[Distribution]) -> list[tuple[str, str, int]]:
    return [(one.title, cell.label, cell.value) for one in distributions for cell in one.cells]


def _wide(name: str, first: str, distributions: Sequence[Distribution]) -> Sheet:
    labels = [cell.label for cell in distributions[0].cells]
    columns = [[cell.value for cell in one.cells] for one in distributions]
    rows = zip(labels, *columns, strict=True)
    return plain(name, (first, *(one.title for one in distributions)), rows)
