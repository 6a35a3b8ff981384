"""Which services and brokers are somebody's own."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from matchmaker import policy
from matchmaker.lifecycles import PoolState, Role
from matchmaker.pools.specs import LEVELS
from matchmaker.services.models import Broker, Service

P = PoolState
STATES = {
    "draft": (P.DRAFT, P.RETURNED, P.OFFLINE),
    "submitted": (P.SUBMITTED,),
    "published": (P.PUBLISHED, P.TRANSFORMED),
}


def _of_my_organisation(model: Any) -> policy.Relation:
    def relation(user: Any) -> ColumnElement[bool]:
        mine = model.organisation_id == user.organisation_id
        return mine if user.organisation_id else false()

    return relation


def _handled_by_me(model: Any) -> policy.Relation:
    return lambda user: or_(model.handler_id == user.id, model.created_by_id == user.id)


policy.register(
    "service",
    Service,
    states=STATES,
    levels=LEVELS,
    relations={
        Role.ENTERPRISE_ADMIN: _of_my_organisation(Service),
        Role.INSTITUTION_ADMIN: _of_my_organisation(Service),
        Role.ENTERPRISE_USER: lambda _user: false(),
        Role.RESEARCHER: lambda _user: false(),
        Role.BROKER: lambda user: Service.created_by_id == user.id,
        Role.OFFICER: _handled_by_me(Service),
    },
)
policy.register(
    "broker",
    Broker,
    states=STATES,
    levels=LEVELS,
    relations={
        Role.BROKER: lambda user: or_(Broker.user_id == user.id, Broker.created_by_id == user.id),
        Role.ENTERPRISE_ADMIN: _of_my_organisation(Broker),
        Role.OFFICER: _handled_by_me(Broker),
    },
)
