"""The whole trail against everything that was ever written down of it.

The chain finds what was edited, removed or put elsewhere. Who cuts the tail off and moves the head
back leaves a chain that fits: that is found against the heads written down outside the database,
and against the daily anchors, which the auditors have by mail.
"""

from collections.abc import Iterable
from contextlib import closing
from typing import Any

from sqlalchemy import select

from matchmaker.audit import chain, heads
from matchmaker.audit.models import Anchor, Entry
from matchmaker.extensions import db

Kept = tuple[int, str, str]  # number, digest, where it was kept


def whole(session: Any = None, *, given: Iterable[Kept] = ()) -> tuple[int, str]:
    """Walk the chain and compare it with heads and anchors; return (entries, "" or the fault).

    given : further heads, as an auditor has them on paper.
    """
    session = session or db.session
    count, fault = chain.verify(session)
    if fault:
        return count, fault
    kept = [*given, *_anchors(session), *_heads()]
    wanted = {number: (digest, where) for number, digest, where in kept}
    return count, _cut(count, kept) or _differing(session, wanted)


def _anchors(session: Any) -> Iterable[Kept]:
    for anchor in session.scalars(select(Anchor).order_by(Anchor.day)):
        yield anchor.seq, anchor.digest, f"{anchor.day} 的每日锚点"


def _heads() -> Iterable[Kept]:
    place = heads.path()
    if place is None or not place.exists():
        return
    for number, digest in heads.written(place).items():
        yield number, digest, f"另存的链头文件 {place.name}"


def _cut(count: int, kept: Iterable[Kept]) -> str:
    number, _digest, where = max(kept, default=(0, "", ""))
    return f"末尾缺失：{where}记到第 {number} 条，现有 {count} 条" if number > count else ""


def _differing(session: Any, wanted: dict[int, tuple[str, str]]) -> str:
    """Compare digests: a chain rebuilt from some entry on fits itself, not what was kept of it."""
    if not wanted:
        return ""
    query = select(Entry.seq, Entry.digest).order_by(Entry.seq)
    query = query.execution_options(yield_per=5000)
    with closing(session.execute(query)) as entries:
        for number, digest in entries:
            kept = wanted.get(number)
            if kept is not None and kept[0] != digest:
                return f"第 {number} 条与{kept[1]}不符，日志在此之前被重写"
    return ""
