"""今日工作, the broker's part: overdue leads first, then what is due, unassigned, new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from matchmaker import clock, disclosure, policy, web
from matchmaker.brokering import leads, pairings
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.listing import with_sides
from matchmaker.brokering.models import Pairing
from matchmaker.disclosure import Shown
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_LEADS
from matchmaker.matching.grading import grade

MOST_ITEMS = 8


@dataclass(frozen=True)
class Item:
    """One thing to do: where it is, since when it waits, whether it is late."""

    title: str
    url_endpoint: str
    public_id: str
    note: str
    late: bool = False


@dataclass(frozen=True)
class Group:
    """A kind of work: its items (late ones first), how many in all, and the whole list."""

    label: str
    endpoint: str
    total: int
    items: Sequence[Item]
    args: dict[str, str] = field(default_factory=dict)

    @property
    def late(self) -> int:
        """How many of the items shown are late."""
        return sum(item.late for item in self.items)


def groups(viewer: Any, *, now: datetime) -> list[Group]:
    """Return what waits for this viewer among leads and pairs; empty kinds left out."""
    found = [*_own_leads(viewer, now=now), _unassigned(viewer), _new_pairs(viewer, now=now)]
    return [group for group in found if group.total]


def _own_leads(viewer: Any, *, now: datetime) -> list[Group]:
    """Leads the viewer moves on: overdue, due today."""
    mine = policy.scope(viewer, "lead", "update_progress")
    late = leads.overdue(now=now)
    officer = {"officer": str(viewer.id)}
    due = Lead.state.in_(OPEN_LEADS) & (Lead.next_on == clock.today(now)) & ~late
    return [
        _group(
            "逾期的对接", mine, late, _overdue_note, viewer=viewer, args={"overdue": "1", **officer}
        ),
        _group("今日到期的对接", mine, due, _next_note, viewer=viewer, args=officer),
    ]


def _unassigned(viewer: Any) -> Group:
    open_ones = Lead.state.in_(OPEN_LEADS) & Lead.officer_id.is_(None)
    anybody = policy.scope(viewer, "lead", "assign")
    return _group(
        "待分派的对接", anybody, open_ones, _opened_note, viewer=viewer, args={"officer": "none"}
    )


def _group(
    label: str,
    query: Select[Any],
    condition: ColumnElement[bool],
    note: Callable[[Shown], str],
    *,
    viewer: Any,
    args: dict[str, str],
) -> Group:
    narrowed = query.where(condition)
    oldest = leads.loaded(narrowed.order_by(Lead.last_step_at, Lead.id).limit(MOST_ITEMS))
    items = [
        Item(row.need_title, "leads.show", row.public_id, note(row), late="overdue" in args)
        for row in disclosure.shown(oldest, viewer, "lead")
    ]
    return Group(label, "leads.index", _count(narrowed), items, args)


def _overdue_note(row: Shown) -> str:
    planned = f"应于 {web.as_day(row.next_on)} {row.next_action}，" if row.next_on else ""
    return f"{row.state.label}，{planned}最近一步 {web.as_day(row.last_step_at)}"


def _next_note(row: Shown) -> str:
    return f"{row.state.label}，今天：{row.next_action or '跟进'}"


def _opened_note(row: Shown) -> str:
    return f"{row.supplier_title}，{web.as_day(row.created_at)} 提出"


def _new_pairs(viewer: Any, *, now: datetime) -> Group:
    if not policy.may(viewer, "pairing", "accept"):
        return Group("待办的配对", "brokering.desk", 0, ())
    waiting = pairings.desk(viewer, now=now)
    best = waiting.order_by(Pairing.score.desc(), Pairing.id).limit(MOST_ITEMS)
    items = [
        Item(
            row.need_title,
            "brokering.show",
            row.public_id,
            f"{row.candidate_title} · {_told(row.score)} · {'、'.join(row.words[:3])}",
        )
        for row in disclosure.shown(with_sides(best), viewer, "pairing")
    ]
    return Group("待办的配对", "brokering.desk", _count(waiting), items)


def _told(score: float) -> str:
    return f"匹配度 {score:.3f}（{grade(score).label}）"


def _count(query: Select[Any]) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return db.session.scalar(counted) or 0
