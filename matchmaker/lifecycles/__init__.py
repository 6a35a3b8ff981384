"""★ Every role, every state, every move and who may make it. Read this package first."""

from matchmaker.lifecycles.imports import BATCH, BatchState
from matchmaker.lifecycles.leads import (
    LEAD,
    OPEN_LEADS,
    PAIRING,
    REVEALED_LEADS,
    LeadState,
    PairingState,
)
from matchmaker.lifecycles.needs import NEED, OPEN_NEEDS, NeedState
from matchmaker.lifecycles.parties import ORGANISATION, USER, OrganisationState, UserState
from matchmaker.lifecycles.pools import (
    ACHIEVEMENT,
    BROKER,
    EXPERT,
    SERVICE,
    TEAM,
    ExpertState,
    PoolState,
)
from matchmaker.lifecycles.roles import (
    ADMINISTRATORS,
    BUREAU,
    ENTERPRISE,
    EVERYBODY,
    INSTITUTION,
    STAFF,
    Role,
)
from matchmaker.workflow import Lifecycle

ALL: tuple[Lifecycle, ...] = (
    ORGANISATION,
    USER,
    NEED,
    ACHIEVEMENT,
    TEAM,
    EXPERT,
    SERVICE,
    BROKER,
    PAIRING,
    LEAD,
    BATCH,
)

__all__ = [
    "ACHIEVEMENT",
    "ADMINISTRATORS",
    "ALL",
    "BATCH",
    "BROKER",
    "BUREAU",
    "ENTERPRISE",
    "EVERYBODY",
    "EXPERT",
    "INSTITUTION",
    "LEAD",
    "NEED",
    "OPEN_LEADS",
    "OPEN_NEEDS",
    "ORGANISATION",
    "PAIRING",
    "REVEALED_LEADS",
    "SERVICE",
    "STAFF",
    "TEAM",
    "USER",
    "BatchState",
    "ExpertState",
    "LeadState",
    "NeedState",
    "OrganisationState",
    "PairingState",
    "PoolState",
    "Role",
    "UserState",
]
