"""Recommendations and leads (推荐、对接) as the figures count them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import leads, pairings
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import Pairing
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import OPEN_LEADS, LeadState, PairingState
from matchmaker.listing import Column, Filter
from matchmaker.needs.models import Need
from matchmaker.reporting import ranked
from matchmaker.reporting.pools import day, state, text
from matchmaker.reporting.subjects import Apply, Dates, Subject, last_reached, top_field


def _waiting(now: datetime) -> Apply:
    """Hold for what the pairing desk shows as new."""
    return lambda query, _value: query.where(
        Pairing.state == PairingState.NEW, pairings.standing(now=now)
    )


def _overdue(now: datetime) -> Apply:
    return lambda query, _value: query.where(leads.overdue(now=now))


def _of_need(column: Any, model: Any) -> Any:
    """Return a value of the row's need or its enterprise, in the row's own query."""
    query = (
        select(column).select_from(Need).join(Organisation, Organisation.id == Need.enterprise_id)
    )
    return query.where(Need.id == model.need_id).correlate(model).scalar_subquery()


PAIRING = Subject(
    key="pairings",
    label="推荐",
    resource="pairing",
    action="list",
    model=Pairing,
    standing=(PairingState.NEW,),
    standing_label="只看未处理",
    dates=(Dates("处理日期", Pairing.decided_at),),
    columns=(
        Column("title", "需求", text("need_title")),
        Column("candidate", "推荐对象", text("candidate_title")),
        Column("owner", "所在单位", text("candidate_owner")),
        Column("score", "匹配分", lambda p: f"{p.score:.3f}", sort=Pairing.score, align="end"),
        state(Pairing),
        Column("kind", "推荐类型", lambda p: p.kind.label, default=False),
        Column("version", "算法版本", text("algorithm_version"), default=False),
        Column("decided", "处理日期", day("decided_at"), sort=Pairing.decided_at),
    ),
    row=("needs.show", "need_public_id"),
    options=(
        selectinload(Pairing.need),
        selectinload(Pairing.achievement).selectinload(Achievement.institution),
        selectinload(Pairing.expert).selectinload(Expert.organisation),
        selectinload(Pairing.service),
    ),
    town=_of_need(Organisation.town_id, Pairing),
    field=_of_need(top_field(Need.tech_field_code), Pairing),
    more=lambda now: (
        Filter("waiting", "只看待处理", _waiting(now), kind="check"),
        *ranked.PAIR_FILTERS,
    ),
)
LEAD = Subject(
    key="leads",
    label="对接",
    resource="lead",
    action="list",
    model=Lead,
    standing=OPEN_LEADS,
    standing_label="只看进行中",
    dates=(
        Dates("发起日期", Lead.created_at),
        Dates("签约日期", last_reached(Lead, LeadState.SIGNED), "signed_"),
    ),
    columns=(
        Column("lead_no", "对接编号", text("lead_no"), sort=Lead.lead_no),
        Column("title", "需求", text("need_title")),
        Column("supplier", "供方", text("supplier_title")),
        Column("owner", "供方单位", text("supplier_owner")),
        Column("town", "镇街园区", text("town")),
        state(Lead),
        Column("last", "最近一步", day("last_step_at"), sort=Lead.last_step_at),
        Column("created", "发起日期", day("created_at"), sort=Lead.created_at),
    ),
    row=("leads.show", "public_id"),
    options=(
        joinedload(Lead.need).joinedload(Need.enterprise).joinedload(Organisation.town),
        joinedload(Lead.achievement).joinedload(Achievement.institution),
        joinedload(Lead.expert).joinedload(Expert.organisation),
        joinedload(Lead.service),
        joinedload(Lead.team),
    ),
    town=_of_need(Organisation.town_id, Lead),
    field=_of_need(top_field(Need.tech_field_code), Lead),
    more=lambda now: (Filter("overdue", "只看逾期", _overdue(now), kind="check"),),
)
