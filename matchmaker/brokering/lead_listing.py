"""The leads as a list: what the bureau knows is for the bureau."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from matchmaker import web
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import leads
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.listing import (
    Apply,
    broker_choices,
    in_town,
    labels,
    named,
    officer_choices,
    town_choices,
)
from matchmaker.codes import LeadSource
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import LeadState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.needs.models import Need
from matchmaker.places import operations as places


def _lead_state(query: Select[Any], value: str) -> Select[Any]:
    known = {str(state.value): state for state in LeadState}
    return query.where(Lead.state == known[value]) if value in known else query


def _lead_source(query: Select[Any], value: str) -> Select[Any]:
    known = {str(source.value): source for source in LeadSource}
    return query.where(Lead.source == known[value]) if value in known else query


def _by_id(column: Any) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        if value == "none":
            return query.where(column.is_(None))
        number = row_number(value)
        return query if number is None else query.where(column == number)

    return apply


def _overdue(now: datetime) -> Apply:
    return lambda query, _value: query.where(leads.overdue(now=now))


def _lead_text(query: Select[Any], value: str) -> Select[Any]:
    return query.where(
        or_(
            Lead.lead_no.icontains(value, autoescape=True),
            Lead.need_id.in_(select(Need.id).where(Need.title.icontains(value, autoescape=True))),
            Lead.achievement_id.in_(
                select(Achievement.id).where(Achievement.title.icontains(value, autoescape=True))
            ),
        )
    )


class Lateness:
    """What the list prints for an overdue lead: a red badge."""

    label, tone = "逾期", "bad"


def _late(now: datetime) -> Callable[[Any], Any]:
    idle_days = int(places.settings()["lead_idle_days"])

    def value(lead: Any) -> Any:
        if not lead.sees("last_step_at"):
            return ""
        return Lateness if leads.is_overdue(lead, now=now, idle_days=idle_days) else ""

    return value


LEAD_COLUMNS = (
    Column("title", "需求", lambda n: n.need_title),
    Column("lead_no", "对接编号", lambda n: n.lead_no, sort=Lead.lead_no),
    Column("supplier", "供方", lambda n: n.supplier_title),
    Column("supplier_owner", "供方单位", lambda n: n.supplier_owner),
    Column("owner_name", "需方", lambda n: n.owner_name),
    Column("state", "阶段", lambda n: n.state, sort=Lead.state),
)
LEAD_BUREAU_COLUMNS = (
    Column("next_on", "下次日期", lambda n: web.as_day(n.next_on), sort=Lead.next_on),
    Column("next_action", "下一步", lambda n: n.next_action),
    Column("officer", "经办", lambda n: named(n.officer) or "待分派"),
    Column("town", "镇街园区", lambda n: named(n.town), default=False),
    Column("broker", "技术经纪人", lambda n: named(n.broker), default=False),
    Column(
        "last_step_at",
        "最近一步",
        lambda n: web.as_day(n.last_step_at),
        sort=Lead.last_step_at,
        default=False,
    ),
    Column("source", "来源", lambda n: n.source.label, default=False),
    Column(
        "dead_reason",
        "终止原因",
        lambda n: n.dead_reason.label if n.dead_reason else "",
        default=False,
    ),
)


def lead_spec(now: datetime, *, bureau: bool) -> Spec:
    """Return the leads' columns and filters; what only the bureau knows is for the bureau."""
    filters = [
        Filter("text", "编号、需求或成果", _lead_text, kind="text"),
        Filter("state", "阶段", _lead_state, choices=labels(LeadState)),
    ]
    columns = [
        *LEAD_COLUMNS,
        Column(
            "created_at",
            "发起日期",
            lambda n: web.as_day(n.created_at),
            sort=Lead.created_at,
            default=not bureau,
        ),
    ]
    if bureau:
        late = Column("late", "提醒", _late(now))
        columns = [*LEAD_COLUMNS, late, *LEAD_BUREAU_COLUMNS, columns[-1]]
        waiting = [("none", "待分派")]
        filters += [
            Filter("overdue", "只看逾期", _overdue(now), kind="check"),
            Filter("town", "镇街园区", in_town(Lead.need_id), choices=town_choices),
            Filter(
                "officer",
                "经办",
                _by_id(Lead.officer_id),
                choices=lambda: [*waiting, *officer_choices()],
            ),
            Filter("broker", "技术经纪人", _by_id(Lead.broker_id), choices=broker_choices),
            Filter("source", "来源", _lead_source, choices=labels(LeadSource)),
        ]
    return Spec(
        resource="lead",
        columns=tuple(columns),
        filters=tuple(filters),
        default_sort="-created_at",
        tie=Lead.id,
    )
