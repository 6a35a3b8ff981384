"""Whose a pairing is: the parties see their own, town assistants their town's; weights: whose."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from matchmaker import policy
from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement
from matchmaker.brokering.models import Pairing
from matchmaker.brokering.weight_models import WeightSet
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import OPEN_NEEDS, PairingState, Role, WeightSetState
from matchmaker.needs.models import Need
from matchmaker.services.models import Service


def of_my_need(user: Any) -> ColumnElement[bool]:
    """Hold for pairs of needs whose ranking the user may see."""
    mine = select(Need.id).where(policy.expression(user, "need", "see_matches"))
    return Pairing.need_id.in_(mine)


def of_my_offer(user: Any) -> ColumnElement[bool]:
    """Hold for pairs of the user's achievements, record or service with needs open to them."""
    achievements = select(Achievement.id).where(
        policy.expression(user, "achievement", "see_matches")
    )
    experts = select(Expert.id).where(Expert.user_id == user.id)
    services = select(Service.id).where(Service.organisation_id == user.organisation_id)
    readable = select(Need.id).where(
        Need.state.in_(OPEN_NEEDS), policy.expression(user, "need", "read_public_fields")
    )
    return and_(
        or_(
            Pairing.achievement_id.in_(achievements),
            Pairing.expert_id.in_(experts),
            and_(Pairing.service_id.in_(services)) if user.organisation_id else Pairing.id < 0,
        ),
        Pairing.need_id.in_(readable),
    )


def of_either(user: Any) -> ColumnElement[bool]:
    """Hold for pairs on either side: an enterprise may also run a service."""
    return or_(of_my_need(user), of_my_offer(user))


def in_my_town(user: Any) -> ColumnElement[bool]:
    """Hold for pairs of needs of the town assistant's town."""
    firms = select(Organisation.id).where(Organisation.town_id == user.town_id)
    needs = select(Need.id).where(Need.enterprise_id.in_(firms))
    return and_(Pairing.need_id.in_(needs)) if user.town_id else Pairing.id < 0


policy.register(
    "pairing",
    Pairing,
    states={"new": (PairingState.NEW,)},
    relations={
        Role.ENTERPRISE_USER: of_either,
        Role.ENTERPRISE_ADMIN: of_either,
        Role.RESEARCHER: of_my_offer,
        Role.INSTITUTION_ADMIN: of_my_offer,
        Role.BROKER: of_my_offer,
        Role.TOWN_OFFICER: in_my_town,
    },
    levels={"P": ("list", "read_own"), "B": ("list",)},
)

# Weights are the bureau's; who may move one, the states say.
policy.register(
    "weight_set",
    WeightSet,
    states={
        "draft": (WeightSetState.DRAFT,),
        "published": (WeightSetState.PUBLISHED,),
    },
    relations={},
    levels={"B": ("read_bureau",)},
)
