"""Which achievements and teams are somebody's own."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from matchmaker import policy
from matchmaker.achievements.models import Achievement, Team
from matchmaker.lifecycles import PoolState, Role
from matchmaker.pools.specs import LEVELS

P = PoolState
STATES = {
    "draft": (P.DRAFT, P.RETURNED, P.OFFLINE),
    "submitted": (P.SUBMITTED,),
    "published": (P.PUBLISHED, P.TRANSFORMED),
}


def _created_by_me(model: Any) -> policy.Relation:
    return lambda user: model.created_by_id == user.id


def _of_my_institution(model: Any) -> policy.Relation:
    def relation(user: Any) -> ColumnElement[bool]:
        mine = model.institution_id == user.organisation_id
        return mine if user.organisation_id else false()

    return relation


def _handled_by_me(model: Any) -> policy.Relation:
    return lambda user: or_(model.handler_id == user.id, model.created_by_id == user.id)


def _nobodys(_user: Any) -> ColumnElement[bool]:
    return false()


for _resource, _model in (("achievement", Achievement), ("team", Team)):
    policy.register(
        _resource,
        _model,
        states=STATES,
        relations={
            Role.RESEARCHER: _created_by_me(_model),
            Role.INSTITUTION_ADMIN: _of_my_institution(_model),
            Role.OFFICER: _handled_by_me(_model),
            Role.ENTERPRISE_USER: _nobodys,
            Role.ENTERPRISE_ADMIN: _nobodys,
            Role.BROKER: _nobodys,
        },
        levels=LEVELS,
    )
