"""Words as a plain text file, one word or one group a line: what is exported can be imported."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker.audit import trail
from matchmaker.brokering.term_models import TermKind
from matchmaker.brokering.terms import MODELS
from matchmaker.errors import Invalid
from matchmaker.extensions import db

MOST_BYTES = 1_000_000


def decoded(content: bytes) -> str:
    """Return a file's text, UTF-8 or GB 18030. Raises `Invalid` with the cure."""
    if len(content) > MOST_BYTES:
        raise Invalid({"file": "文件超过 1 MB，请分成几个文件"})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid({"file": "不是文本文件，请另存为 UTF-8 编码的 .txt，每行一个词（或一组）"})


def written(kind: TermKind, *, by: Any, now: datetime) -> str:
    """Return all words or groups in force, one a line; the export goes on the trail."""
    model = MODELS[kind]
    rows = db.session.scalars(select(model).where(model.removed_at.is_(None)).order_by(model.id))
    lines = _lines(rows)
    trail.record("export", "term", by=by, now=now, kind=str(kind), rows=len(lines))
    return "".join(f"{line}\n" for line in lines)


def _lines(rows: Iterable[Any]) -> list[str]:
    return [row.told for row in rows]
