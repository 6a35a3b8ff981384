"""Notices and objections as lists: the public's, the desk's, one's own."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_

from matchmaker import clock, web
from matchmaker.codes import NoticeKind
from matchmaker.lifecycles import (
    COUNTING_NOTICES,
    DRAFTED_NOTICES,
    OPEN_OBJECTIONS,
    NoticeState,
    ObjectionState,
)
from matchmaker.listing import Column, Filter, Spec
from matchmaker.notices import period
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.workdays import WorkdayCalendar, end_of

Apply = Callable[[Select[Any], str], Select[Any]]
_YEAR = 4


def _kind(query: Select[Any], value: str) -> Select[Any]:
    known = {str(kind.value): kind for kind in NoticeKind}
    return query.where(Notice.kind == known[value]) if value in known else query


def _year(query: Select[Any], value: str) -> Select[Any]:
    if len(value) == _YEAR and value.isascii() and value.isdigit():
        return query.where(Notice.notice_no.startswith(f"GS{value}-"))
    return query


def over(now: datetime) -> ColumnElement[bool]:
    """Hold for notices whose period is over, whether or not the job has run."""
    counted = and_(Notice.state.in_(COUNTING_NOTICES), Notice.ends_at <= now)
    return or_(Notice.state == NoticeState.ENDED_CLEAR, counted)


def _where(now: datetime) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        running = and_(Notice.state.in_(COUNTING_NOTICES), Notice.ends_at > now)
        known: dict[str, ColumnElement[bool]] = {
            "running": running,
            "over": over(now),
            "suspended": Notice.state == NoticeState.SUSPENDED,
            "revoked": Notice.state == NoticeState.REVOKED,
        }
        return query.where(known[value]) if value in known else query

    return apply


def _left(now: datetime, calendar: WorkdayCalendar) -> Callable[[Any], str]:
    def value(notice: Any) -> str:
        running = notice.state in COUNTING_NOTICES and now < notice.ends_at
        return period.remaining(notice, calendar, now=now) if running else ""

    return value


def _kinds() -> list[tuple[str, str]]:
    return [(str(kind.value), kind.label) for kind in NoticeKind]


def _end(notice: Any) -> str:
    return web.as_day(notice.end_on) + ("（暂定）" if notice.provisional else "")


def public_spec(now: datetime, calendar: WorkdayCalendar) -> Spec:
    """Return the public list: every published notice, running ones by what is left."""
    places = (
        ("running", "公示中"),
        ("over", "公示期满"),
        ("suspended", "公示中止"),
        ("revoked", "已撤回"),
    )
    year = clock.today(now).year
    years = [(str(one), f"{one} 年") for one in range(year, year - 6, -1)]
    return Spec(
        resource="notice",
        columns=(
            Column("title", "标题", lambda n: n.title, sort=Notice.title),
            Column("notice_no", "公示编号", lambda n: n.notice_no, sort=Notice.notice_no),
            Column("kind", "类型", lambda n: n.kind.label),
            Column("phase", "状态", lambda n: period.phase(n, now=now)),
            Column(
                "published_on",
                "发布日期",
                lambda n: web.as_day(n.published_on),
                sort=Notice.published_on,
            ),
            Column("end_on", "公示止日", _end, sort=Notice.end_on),
            Column("left", "剩余", _left(now, calendar)),
        ),
        filters=(
            Filter("kind", "类型", _kind, choices=_kinds),
            Filter("phase", "状态", _where(now), choices=lambda: places),
            Filter("year", "年度", _year, choices=lambda: years),
        ),
        default_sort="-published_on",
        search=(Notice.title, Notice.notice_no),
        tie=Notice.id,
    )


def draft_spec() -> Spec:
    """Return the desk's list of what is not yet public."""
    return Spec(
        resource="notice",
        columns=(
            Column("title", "标题", lambda n: n.title, sort=Notice.title),
            Column("kind", "类型", lambda n: n.kind.label),
            Column("state", "状态", lambda n: n.state, sort=Notice.state),
            Column("handler", "经办", lambda n: n.handler.name if n.handler else "待认领"),
            Column(
                "created_at", "起草日期", lambda n: web.as_day(n.created_at), sort=Notice.created_at
            ),
        ),
        filters=(
            Filter("kind", "类型", _kind, choices=_kinds),
            Filter(
                "state",
                "状态",
                lambda q, v: q.where(Notice.state == NoticeState(v)) if v in DRAFTED_NOTICES else q,
                choices=lambda: [(str(s.value), s.label) for s in DRAFTED_NOTICES],
            ),
        ),
        default_sort="-created_at",
        search=(Notice.title,),
        tie=Notice.id,
    )


class Lateness:
    """What the list prints for an overdue objection: a red badge."""

    label, tone = "逾期", "bad"


def due_in(row: Any, calendar: WorkdayCalendar, *, now: datetime) -> Any:
    """Say how long there is to decide an objection; a red badge once it is overdue."""
    if row.state is not ObjectionState.ACCEPTED or row.decide_by is None:
        return ""
    if clock.today(now) > row.decide_by:
        return Lateness
    return calendar.remaining(now, end_of(row.decide_by))


def _urgency(now: datetime) -> ColumnElement[Any]:
    """Put overdue ones first, unsigned ones beside what is due today, decided ones last."""
    due = func.coalesce(Objection.decide_by, literal(clock.today(now)))
    return case((Objection.state.in_(OPEN_OBJECTIONS), due), else_=literal(date.max))


def objection_spec(now: datetime, calendar: WorkdayCalendar, *, bureau: bool) -> Spec:
    """Return the list of objections: the bureau's with who handles it, one's own without."""
    columns = [
        Column("title", "公示", lambda n: n.notice_title),
        Column("objection_no", "异议编号", lambda n: n.objection_no, sort=Objection.objection_no),
        Column("state", "状态", lambda n: n.state, sort=Objection.state),
        Column(
            "received_at",
            "收到日期",
            lambda n: web.as_day(n.received_at),
            sort=Objection.received_at,
        ),
        Column("due", "答复期限", lambda n: due_in(n, calendar, now=now), sort=_urgency(now)),
    ]
    if bureau:
        who = Column("handler", "经办", lambda n: n.handler.name if n.handler else "待指定")
        columns.append(who)
    states = [(str(state.value), state.label) for state in ObjectionState]
    return Spec(
        resource="objection",
        columns=tuple(columns),
        filters=(
            Filter(
                "state",
                "状态",
                lambda q, v: (
                    q.where(Objection.state == ObjectionState(v)) if v in dict(states) else q
                ),
                choices=lambda: states,
            ),
        ),
        default_sort="due" if bureau else "-received_at",
        search=(Objection.objection_no,),
        tie=Objection.id,
    )
