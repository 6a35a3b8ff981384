"""What needs somebody today: the bureau's desk, and the first page of everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from matchmaker import clock, disclosure, policy
from matchmaker.brokering import desk as brokering
from matchmaker.brokering import leads
from matchmaker.brokering.desk import Group, Item
from matchmaker.brokering.lead_models import Lead
from matchmaker.calls import today as calls
from matchmaker.extensions import db
from matchmaker.following import today as following
from matchmaker.lifecycles import (
    OPEN_LEADS,
    ExpertState,
    LeadState,
    NeedState,
    OrganisationState,
    PoolState,
    Role,
)
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar

MOST_ITEMS = 8
FIRST_NEED = "说清一个难题，平台就能找到能解的人。"
FIRST_ACHIEVEMENT = "登记一项成果，有需要的企业会看到您。"
NO_LEADS = "看到合适的匹配，可以申请对接；双方同意后互见联系方式。"
DECISION_WORKDAYS = 5  # a submitted row waits no longer for the bureau's word


@dataclass(frozen=True)
class Queue:
    """Where a kind of work comes from: who may act (action), on rows in which states."""

    label: str
    resource: str
    action: str
    states: tuple[Any, ...]
    since: str  # attribute that says since when a row waits
    title: str = "title"


QUEUES = (
    Queue("待初筛的需求", "need", "screen", (NeedState.SUBMITTED,), "submitted_at"),
    Queue("待受理的需求", "need", "review_decide", (NeedState.SCREENED,), "submitted_at"),
    Queue("待审核的成果", "achievement", "review_decide", (PoolState.SUBMITTED,), "submitted_at"),
    Queue("待审核的团队", "team", "review_decide", (PoolState.SUBMITTED,), "updated_at", "name"),
    Queue(
        "待审核的服务机构", "service", "review_decide", (PoolState.SUBMITTED,), "updated_at", "name"
    ),
    Queue(
        "待审核的经纪人", "broker", "review_decide", (PoolState.SUBMITTED,), "updated_at", "name"
    ),
    Queue(
        "待认证的单位", "organisation", "verify", (OrganisationState.PENDING,), "created_at", "name"
    ),
    Queue(
        "待批准停用的单位",
        "organisation",
        "suspend_approve",
        (OrganisationState.SUSPENDING,),
        "created_at",
        "name",
    ),
    Queue(
        "待提请入库的专家", "expert", "admit_propose", (ExpertState.APPLIED,), "created_at", "name"
    ),
    Queue(
        "待批准入库的专家", "expert", "admit_approve", (ExpertState.PROPOSED,), "updated_at", "name"
    ),
    Queue(
        "待批准出库的专家",
        "expert",
        "remove_approve",
        (ExpertState.REMOVING,),
        "updated_at",
        "name",
    ),
)
PLURAL = {
    "need": "needs",
    "achievement": "achievements",
    "team": "teams",
    "service": "services",
    "broker": "brokers",
    "organisation": "organisations",
    "expert": "experts",
}


def desk(viewer: Any, *, now: datetime) -> list[Group]:
    """Return the bureau's work of today, kinds with late items first; empty kinds left out."""
    calendar = WorkdayCalendar(places.holidays())
    groups = [
        group
        for queue in QUEUES
        if policy.may(viewer, queue.resource, queue.action)
        and (group := _group(queue, viewer, calendar, now)) is not None
    ]
    groups += brokering.groups(viewer, now=now)
    groups += calls.groups(viewer, now=now)
    groups += following.groups(viewer, now=now)
    return sorted(groups, key=lambda group: -group.late)


def _group(queue: Queue, viewer: Any, calendar: WorkdayCalendar, now: datetime) -> Group | None:
    query = policy.scope(viewer, queue.resource, queue.action)
    model = query.column_descriptions[0]["entity"]
    query = query.where(model.state.in_(queue.states))
    total = _total(query)
    if not total:
        return None
    oldest = query.order_by(getattr(model, queue.since).asc(), model.id.asc()).limit(MOST_ITEMS)
    plural = PLURAL[queue.resource]
    items = []
    for row in disclosure.shown(oldest, viewer, queue.resource):
        since = getattr(row, queue.since) or now
        waited = calendar.workdays_between(clock.today(since), clock.today(now)).days
        items.append(
            Item(
                title=str(getattr(row, queue.title)),
                url_endpoint=f"{plural}.show",
                public_id=row.public_id,
                note=f"已等 {waited} 个工作日" if waited else "今天提交",
                late=waited > DECISION_WORKDAYS,
            )
        )
    args = {"state": str(queue.states[0])}
    return Group(queue.label, f"{plural}.index", total, items, args)


def _total(query: Select[Any]) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return db.session.scalar(counted) or 0


@dataclass(frozen=True)
class Panel:
    """A panel of the own first page: title, rows as listed, where to go on."""

    title: str
    items: Sequence[Item]
    endpoint: str
    create: str
    action: str
    empty: str


def panels(viewer: Any, *, now: datetime) -> list[Panel]:
    """Return the first page's panels for people outside the bureau; what waits comes first."""
    waiting = [*following.groups(viewer, now=now), *calls.open_calls(viewer, now=now)]
    found = [
        Panel(group.label, group.items, group.endpoint, "", "", "")
        for group in sorted(waiting, key=lambda group: -group.late)
    ]
    if viewer.roles & {Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_USER}:
        found.append(_own(viewer, "need", "我的需求", "发布需求", FIRST_NEED))
    if viewer.roles & {Role.RESEARCHER, Role.INSTITUTION_ADMIN}:
        found.append(_own(viewer, "achievement", "我的成果", "登记成果", FIRST_ACHIEVEMENT))
    if viewer.organisation_id or Role.BROKER in viewer.roles:
        found.append(_leads(viewer))
    return found


def _leads(viewer: Any) -> Panel:
    """List the open leads the viewer is a party of; those still to be agreed to are marked."""
    query = leads.visible(viewer).where(Lead.state.in_(OPEN_LEADS))
    recent = query.order_by(Lead.last_step_at.desc(), Lead.id.desc()).limit(MOST_ITEMS)
    items = [
        Item(
            title=f"{row.need_title} ⇄ {row.supplier_title}",
            url_endpoint="leads.show",
            public_id=row.public_id,
            note=row.state.label,
            late=row.state is LeadState.RECOMMENDED,
        )
        for row in disclosure.shown(recent, viewer, "lead")
    ]
    return Panel("我的对接", items, "leads.index", "", "", NO_LEADS)


def _own(viewer: Any, resource: str, title: str, action: str, empty: str) -> Panel:
    query = policy.scope(viewer, resource, "read_bureau")
    model = query.column_descriptions[0]["entity"]
    recent = query.order_by(model.updated_at.desc(), model.id.desc()).limit(MOST_ITEMS)
    plural = PLURAL[resource]
    items = [
        Item(
            title=str(row.title),
            url_endpoint=f"{plural}.show",
            public_id=row.public_id,
            note=row.state.label,
            late=row.state.tone == "bad",
        )
        for row in disclosure.shown(recent, viewer, resource)
    ]
    return Panel(title, items, f"{plural}.index", f"{plural}.create", action, empty)
