"""Workbooks an import hands out: the empty template, and the rows that were refused."""

import io
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.imports.models import Batch, BatchRow, Verdict
from matchmaker.imports.parties import kind_of
from matchmaker.spreadsheets import Column, Sheet, open_table, write_template, write_workbook

REASON, LINE = "错误原因", "原行号"


def template(noun: str, *, viewer: Any) -> bytes:
    """Return the template of a noun, its code lists as drop-downs."""
    kind = kind_of(noun)
    stream = io.BytesIO()
    write_template(stream, kind.specs_for(viewer), title=f"{kind.label}导入模板")
    return stream.getvalue()


def refused_rows(batch: Batch) -> bytes:
    """Return the wrong rows as they were sent, with every reason and the line they stood in.

    The headings stay, so that the corrected workbook can be uploaded as it is. `NotFound` once
    the upload has been swept.
    """
    query = select(BatchRow.number, BatchRow.errors).where(
        BatchRow.batch_id == batch.id, BatchRow.verdict == Verdict.WRONG
    )
    reasons = {number: told(errors) for number, errors in db.session.execute(query)}
    stream = io.BytesIO()
    try:
        path = store.path_of(batch.stored_as)
    except FileNotFoundError:
        raise NotFound("上传的文件已过保存期限，请重新上传。") from None
    columns = [Column(heading, 20) for heading in batch.headings]
    columns += [Column(LINE, 8), Column(REASON, 60)]
    with open_table(path, sheet=batch.sheet, specs=kind_of(batch.noun).specs) as table:
        rows = _with_reasons(table.iter_rows(), reasons, width=len(batch.headings))
        write_workbook(stream, [Sheet("需要修改的行", columns, rows)])
    return stream.getvalue()


def _with_reasons(rows: Any, reasons: dict[int, str], *, width: int) -> Iterator[list[Any]]:
    for row in rows:
        if row.number in reasons:
            cells = [*row.cells, *[None] * width][:width]
            yield [*cells, row.number, reasons[row.number]]


def told(errors: list[dict[str, Any]]) -> str:
    """Return the errors of a row as one text: column, field, cause and cure of each."""
    return "\n".join(f"{where(error)}：{error['cause']}。{error['cure']}。" for error in errors)


def where(error: dict[str, Any]) -> str:
    """Return where an error is: 第 C 列“需求名称”."""
    column = f"第 {error['column']} 列" if error["column"] else "缺少栏目"
    return f"{column}“{error['label']}”"
