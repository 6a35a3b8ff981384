"""I5: every state is where the trail left it, and every step of the trail is in the table."""

from collections.abc import Iterator
from typing import cast

from sqlalchemy import Select, Table, and_, func, literal, select, text
from sqlalchemy.orm import Session, aliased

from matchmaker.audit.ledger import NAMELESS, BookHead, SealedEntry
from matchmaker.audit.models import Entry
from matchmaker.extensions import Base, db
from matchmaker.guard.checks import Check, Row
from matchmaker.lifecycles import ALL
from matchmaker.workflow import Lifecycle

# Nouns whose rows also come into being in bulk, without an entry a row: pairs the matcher finds.
IN_BULK = frozenset({"pairing"})
# Acts that bring rows into being or take them back, beside the moves of a lifecycle.
TAKEN_BACK = frozenset({"import_undo"})


def _tables() -> Iterator[tuple[Lifecycle, Table]]:
    for mapper in Base.registry.mappers:
        lifecycle = getattr(mapper.class_, "lifecycle", None)
        if isinstance(lifecycle, Lifecycle):
            yield lifecycle, cast("Table", mapper.local_table)


def _strays(session: Session) -> Iterator[Row]:
    """Name every row whose state is not what its last entry left."""
    for lifecycle, table in _tables():
        seq = (
            select(func.max(Entry.seq))
            .where(
                Entry.noun == lifecycle.noun,
                Entry.object_id == table.c.public_id,
                Entry.to_state != "",
            )
            .correlate(table)
            .scalar_subquery()
        )
        said = select(Entry.to_state).where(Entry.seq == seq).correlate(table).scalar_subquery()
        state = table.c.state.cast(db.String(40))
        query = select(table.c.public_id, state, said).where(
            func.coalesce(said, "") != state  # a row without an entry has state and no word of it
        )
        if lifecycle.noun == "bid":
            query = query.where(table.c.public_id.not_in(_in_open_books()))
        for name, found, told in session.execute(query).tuples():
            if told is None and lifecycle.noun in IN_BULK:
                continue
            yield f"{lifecycle.label} {name}", f"现为 {found}，日志为 {told or '无'}"


def _in_open_books() -> Select[tuple[str]]:
    """Rows whose acts still lie in a sealed book: see `_sealed_strays`."""
    return (
        select(SealedEntry.object_id)
        .join(BookHead, BookHead.name == SealedEntry.book)
        .where(BookHead.merged_at.is_(None))
    )


def _unknown_moves(session: Session) -> Iterator[Row]:
    """Name every step that no lifecycle has, or whose actor may not make it."""
    moves = {
        (life.noun, one.action, str(source), str(one.target)): one
        for life in ALL
        for one in life.moves
        for source in one.sources
    }
    labels = {life.noun for life in ALL}
    query = (
        select(
            Entry.noun, Entry.action, Entry.from_state, Entry.to_state, Entry.actor_roles,
            (func.trim(Entry.reason) == "").label("bare"),
            (Entry.actor_name == NAMELESS).label("nameless"),
            func.min(Entry.seq), func.count(),
        )
        .where(Entry.to_state != "", Entry.from_state != "")
        .group_by(
            Entry.noun, Entry.action, Entry.from_state, Entry.to_state, Entry.actor_roles,
            text("bare"), text("nameless"),
        )
    )  # fmt: skip
    for noun, action, before, after, roles, bare, nameless, seq, count in session.execute(query):
        if noun not in labels or action in TAKEN_BACK:
            continue
        said = f"{noun} {action} {before}→{after}，{count} 条"
        move = moves.get((noun, action, before, after))
        if move is None:
            yield f"审计日志第 {seq} 条", f"流程表中没有：{said}"
        elif not nameless and not move.by & set(roles.split()):
            yield f"审计日志第 {seq} 条", f"无权办理：{said}"
        elif move.needs_reason and bare:
            yield f"审计日志第 {seq} 条", f"没有理由：{said}"


def _broken_courses(session: Session) -> Iterator[Row]:
    """Name every step that does not begin where the row's step before it ended."""
    before = func.lag(Entry.to_state).over(
        partition_by=(Entry.noun, Entry.object_id), order_by=Entry.seq
    )
    steps = (
        select(Entry.seq, Entry.noun, Entry.object_id, Entry.from_state, before.label("before"))
        .where(Entry.to_state != "")
        .subquery()
    )
    query = select(steps).where(steps.c.before.is_not(None), steps.c.before != steps.c.from_state)
    for seq, noun, name, start, ended in session.execute(query):
        yield f"{noun} {name}", f"第 {seq} 条从 {start or '（无）'} 开始，前一条到 {ended}"


def _sealed_strays(session: Session) -> Iterator[Row]:
    """The same for acts under seal: a bid's last entry in an open book is its state."""
    later = aliased(SealedEntry)
    last = ~(
        select(literal(1))
        .where(later.object_id == SealedEntry.object_id, later.seq > SealedEntry.seq)
        .where(later.book == SealedEntry.book, later.to_state != "")
        .exists()
    )
    bid = next(table for life, table in _tables() if life.noun == "bid")
    state = bid.c.state.cast(db.String(40))
    query = (
        select(bid.c.public_id, state, SealedEntry.to_state)
        .join(
            SealedEntry, and_(SealedEntry.object_id == bid.c.public_id, SealedEntry.to_state != "")
        )
        .join(BookHead, and_(BookHead.name == SealedEntry.book, BookHead.merged_at.is_(None)))
        .where(last, SealedEntry.to_state != state)
    )
    for name, found, told in session.execute(query).tuples():
        yield f"揭榜申请 {name}", f"现为 {found}，密封台账为 {told}"


CHECKS = (
    Check("I5", "状态与审计日志不符", ask=_strays),
    Check("I5", "密封期间状态与台账不符", ask=_sealed_strays),
    Check("I5", "流程表以外的变化", ask=_unknown_moves),
    Check("I5", "变化不相衔接", ask=_broken_courses),
)
