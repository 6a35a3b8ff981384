"""Any list as a workbook: exactly what is on screen, or every field the viewer may see."""

import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import Response, request
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from matchmaker import clock, listing, web
from matchmaker.audit import trail
from matchmaker.spreadsheets import Column, Sheet, Watermark, write_csv, write_workbook

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROW, WIDE = 14, 40


def respond(
    spec: listing.Spec,
    query: Select[Any],
    args: MultiDict[str, str],
    *,
    viewer: Any,
    name: str,
    now: datetime,
) -> Response:
    """Answer with the filtered list as .xlsx (or `format=csv`); the export goes on the trail.

    query : already scoped, as for `listing.build`.  name : what the file and sheet are called.
    """
    columns, rows = listing.export_rows(spec, query, args, viewer=viewer)
    counted = _Counted(rows)
    as_csv = args.get("format") == "csv"
    widths = [Column(c.label, NARROW if c.align == "end" else WIDE) for c in columns]
    sheet = Sheet(name=name, columns=widths, rows=counted)
    content = _written(sheet, _mark(spec, args, viewer, now), csv=as_csv)
    details: dict[str, Any] = {"columns": [column.key for column in columns], "query": dict(args)}
    with web.transaction():
        trail.record("export", spec.resource, by=viewer, now=now, rows=counted.count, **details)
    return _attachment(content, f"{name}-{clock.local(now):%Y%m%d-%H%M}", csv=as_csv)


def respond_table(
    sheet: Sheet, *, resource: str, viewer: Any, now: datetime, conditions: str, **details: Any
) -> Response:
    """Answer with one table of figures as .xlsx; the export goes on the trail.

    conditions : what the last sheet says the figures are of; details : kept on the trail.
    """
    taken_at = f"{clock.local(now):%Y-%m-%d %H:%M}"
    mark = Watermark((("导出人", viewer.name), ("导出时间", taken_at), ("条件", conditions)))
    content = _written(sheet, mark, csv=False)
    with web.transaction():
        trail.record("export", resource, by=viewer, now=now, **details)
    return _attachment(content, f"{sheet.name}-{clock.local(now):%Y%m%d-%H%M}", csv=False)


def _mark(spec: listing.Spec, args: MultiDict[str, str], viewer: Any, now: datetime) -> Watermark:
    """Say on the last sheet who took the list out, when and under which conditions."""
    taken_at = f"{clock.local(now):%Y-%m-%d %H:%M}"
    conditions = _conditions(spec, args)
    return Watermark((("导出人", viewer.name), ("导出时间", taken_at), ("条件", conditions)))


def _written(sheet: Sheet, mark: Watermark, *, csv: bool) -> bytes:
    stream = io.BytesIO()
    if csv:
        write_csv(stream, sheet, watermark=mark)
    else:
        write_workbook(stream, [sheet], watermark=mark)
    return stream.getvalue()


def _attachment(content: bytes, name: str, *, csv: bool) -> Response:
    filename = quote(f"{name}.{'csv' if csv else 'xlsx'}")
    disposition = f"attachment; filename*=UTF-8''{filename}"
    return Response(
        content,
        mimetype="text/csv" if csv else WORKBOOK,
        headers={"Content-Disposition": disposition},
    )


class _Counted:
    """Rows as plain cells, counted as they are written."""

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Any:
        for row in self.rows:
            self.count += 1
            yield [plain(value) for value in row]


def plain(value: Any) -> Any:
    """Return a cell as text, number or date: labels for states, 、 between items."""
    if hasattr(value, "label"):
        return value.label
    if isinstance(value, datetime):
        return clock.local(value).replace(tzinfo=None)
    if isinstance(value, list | tuple):
        return "、".join(str(plain(one)) for one in value)
    kept = value is None or isinstance(value, str | int | float | Decimal | date)
    return value if kept else str(value)


def _conditions(spec: listing.Spec, args: MultiDict[str, str]) -> str:
    labels = {one.key: one for one in spec.filters}
    parts = [f"搜索：{args['q']}"] if args.get("q") else []
    for key, value in args.items():
        if key in labels and value:
            shown = dict(labels[key].choices()).get(value, value)
            parts.append(f"{labels[key].label}：{shown}")
    return "；".join(parts) or f"无（{request.path}）"
