"""Whose a lead is, and what both sides' consent opens of the other."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from matchmaker import policy
from matchmaker.accounts import handover
from matchmaker.accounts.models import Organisation
from matchmaker.achievements import policy as _achievement_policy  # noqa: F401 - widened below
from matchmaker.achievements.models import Achievement, Team
from matchmaker.brokering.lead_models import Lead
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import REVEALED_LEADS, LeadState, Role
from matchmaker.needs import policy as _need_policy  # noqa: F401 - widened below
from matchmaker.needs.models import Need
from matchmaker.services.models import Broker, Service


def as_buyer(user: Any) -> ColumnElement[bool]:
    """Hold for leads of needs that are the user's: own ones, or all of the enterprise."""
    if not user.organisation_id or not user.roles & {Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN}:
        return false()
    mine = Need.enterprise_id == user.organisation_id
    if Role.ENTERPRISE_ADMIN not in user.roles:
        mine = and_(mine, Need.created_by_id == user.id)
    return Lead.need_id.in_(select(Need.id).where(mine))


def as_seller(user: Any) -> ColumnElement[bool]:
    """Hold for leads of what the user offers: own ones, or all of the institution."""
    columns = (Lead.expert_id, Lead.service_id, Lead.achievement_id, Lead.team_id)
    models: tuple[Any, ...] = (Expert, Service, Achievement, Team)
    return or_(
        *(
            column.in_(select(model.id).where(offered_by(model, user)))
            for column, model in zip(columns, models, strict=True)
        )
    )


def offered_by(model: Any, user: Any) -> ColumnElement[bool]:
    """Hold for suppliers of one kind that are the user's: own ones, or all of the institution."""
    if model is Expert:
        return and_(Expert.user_id == user.id)
    if not user.organisation_id:
        return false()
    if model is Service:
        return and_(Service.organisation_id == user.organisation_id)
    mine = model.institution_id == user.organisation_id
    if Role.INSTITUTION_ADMIN in user.roles:
        return and_(mine)
    return and_(mine, model.created_by_id == user.id)


def as_party(user: Any) -> ColumnElement[bool]:
    """Hold for leads in which the user stands on either side."""
    return or_(as_buyer(user), as_seller(user))


def brokered_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for leads given to the broker, and those of a service the broker runs."""
    mine = select(Broker.id).where(Broker.user_id == user.id)
    return or_(Lead.broker_id.in_(mine), as_seller(user))


def handled_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for leads the officer handles (经办)."""
    return and_(Lead.officer_id == user.id)


def in_my_town(user: Any) -> ColumnElement[bool]:
    """Hold for leads of needs of the town assistant's town."""
    if not user.town_id:
        return false()
    firms = select(Organisation.id).where(Organisation.town_id == user.town_id)
    return Lead.need_id.in_(select(Need.id).where(Need.enterprise_id.in_(firms)))


policy.register(
    "lead",
    Lead,
    states={"open": tuple(LeadState)},
    relations={
        Role.ENTERPRISE_USER: as_party,
        Role.ENTERPRISE_ADMIN: as_party,
        Role.RESEARCHER: as_seller,
        Role.INSTITUTION_ADMIN: as_seller,
        Role.BROKER: brokered_by_me,
        Role.OFFICER: handled_by_me,
        Role.TOWN_OFFICER: in_my_town,
    },
    levels={"O": ("read", "list"), "B": ("read_bureau",)},
)

handover.register_work(Lead, "officer_id", "对接")


def need_revealed(user: Any) -> ColumnElement[bool]:
    """Hold for needs whose enterprise agreed to be introduced to the user, who agreed too."""
    agreed = select(Lead.need_id).where(Lead.state.in_(REVEALED_LEADS))
    side = brokered_by_me(user) if Role.BROKER in user.roles else as_seller(user)
    return Need.id.in_(agreed.where(side))


def achievement_revealed(user: Any) -> ColumnElement[bool]:
    """Hold for achievements whose institution agreed, like the user, to be introduced."""
    agreed = select(Lead.achievement_id).where(
        Lead.state.in_(REVEALED_LEADS), Lead.achievement_id.is_not(None)
    )
    side = brokered_by_me(user) if Role.BROKER in user.roles else as_buyer(user)
    return Achievement.id.in_(agreed.where(side))


for _role in (Role.RESEARCHER, Role.INSTITUTION_ADMIN, Role.BROKER):
    policy.extend("need", _role, need_revealed)
for _role in (Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN, Role.BROKER):
    policy.extend("achievement", _role, achievement_revealed)
