"""A person's copy of everything the platform holds about the person, as JSON or a workbook."""

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import clock
from matchmaker.accounts.merging import references
from matchmaker.extensions import db
from matchmaker.privacy import dispositions, people
from matchmaker.privacy.dispositions import Disposition
from matchmaker.privacy.people import Person
from matchmaker.spreadsheets import Column, Sheet, Watermark, write_workbook

HEADINGS = (Column("类别", 16), Column("第几条", 8), Column("项目", 18), Column("内容", 60),
            Column("注销时的处置", 12), Column("依据", 50))  # fmt: skip


def copy(person: Person, *, now: datetime) -> dict[str, Any]:
    """Return the copy: every table that may hold something of the person, rows or none.

    A credential, or what is secret by law, stands in it as withheld, with the reason.
    """
    return {
        "说明": "揭榜台所存本人个人信息的副本（个人信息保护法第四十五条）",
        "账号": person.user.login,
        "生成时间": clock.local(now).isoformat(timespec="seconds"),
        "类别": [_table(name, columns, person) for name, columns in dispositions.copied().items()],
        "办理记录": list(_acts(person)),
    }


def _table(name: str, columns: list[Disposition], person: Person) -> dict[str, Any]:
    table, label = db.metadata.tables[name], dispositions.labels()
    query = select(*(table.c[one.column] for one in columns)).where(people.rows(table, person))
    rows = db.session.execute(query.order_by(*table.primary_key.columns)).all()
    return {
        "表": name,
        "名称": label["table", name],
        "项目": [
            {
                "列": one.column,
                "名称": label["column", one.column],
                "处置": dispositions.DISPOSITIONS[one.disposition],
                "依据": dispositions.BASES[one.basis],
            }
            for one in columns
        ],
        "记录": [
            [_given(value, one) for value, one in zip(row, columns, strict=True)] for row in rows
        ],
    }


def _given(value: Any, column: Disposition) -> Any:
    if column.copy in dispositions.WITHHELD:
        return dispositions.WITHHELD[column.copy]
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value.value if hasattr(value, "value") else value


def _acts(person: Person) -> Iterator[dict[str, Any]]:
    """Yield where the person stands as the one who did something, and in how many rows."""
    copied = dispositions.copied()
    for table, column in references("user_account", copied):
        query = select(func.count()).select_from(table).where(column.in_(person.ids))
        count = db.session.scalar(query)
        if count:
            yield {"表": table.name, "列": column.name, "条数": count}


def as_json(found: dict[str, Any]) -> bytes:
    """Return the copy as JSON a person can read."""
    return json.dumps(found, ensure_ascii=False, indent=1, default=str).encode()


def as_workbook(found: dict[str, Any]) -> bytes:
    """Return the copy as a workbook, a line a value."""
    stream = io.BytesIO()
    mark = Watermark((("账号", found["账号"]), ("生成时间", found["生成时间"])))
    sheets = [Sheet(name="个人信息", columns=HEADINGS, rows=_lines(found))]
    write_workbook(stream, sheets, watermark=mark)
    return stream.getvalue()


def _lines(found: dict[str, Any]) -> Iterator[list[Any]]:
    for table in found["类别"]:
        for number, row in enumerate(table["记录"], start=1):
            for column, value in zip(table["项目"], row, strict=True):
                what = [table["名称"], number, column["名称"], _cell(value)]
                yield [*what, column["处置"], column["依据"]]


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value
