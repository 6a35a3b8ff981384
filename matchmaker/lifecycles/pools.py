"""技术库 人才库 服务库: achievements, teams, experts, services and brokers."""

from matchmaker.lifecycles.roles import ENTERPRISE, INSTITUTION, Role
from matchmaker.workflow import Lifecycle, Move, State, move


class PoolState(State):
    """上架状态, shared by achievements, teams, services and brokers."""

    DRAFT = "draft", "草稿", "neutral"
    SUBMITTED = "submitted", "待审核", "warn"
    RETURNED = "returned", "退回修改", "bad"
    PUBLISHED = "published", "已上架", "good"
    OFFLINE = "offline", "已下架", "neutral"
    TRANSFORMED = "transformed", "已转化", "good"


P = PoolState


def _pool(noun: str, label: str, owners: frozenset[Role], *more: Move) -> Lifecycle:
    """Write the lifecycle the pools share: the owner submits, the officer decides."""
    submitters = owners | {Role.OFFICER}
    return Lifecycle(
        noun,
        label,
        P.DRAFT,
        move("submit", "提交审核", {P.DRAFT, P.RETURNED}, P.SUBMITTED, by=submitters),
        move("return", "退回修改", P.SUBMITTED, P.RETURNED, by={Role.OFFICER}, needs_reason=True),
        move("publish", "审核上架", P.SUBMITTED, P.PUBLISHED, by={Role.OFFICER}),
        move("withdraw", "下架", P.PUBLISHED, P.OFFLINE, by=submitters, needs_reason=True),
        move("republish", "重新上架", P.OFFLINE, P.SUBMITTED, by=submitters),
        move("transform", "登记转化", P.PUBLISHED, P.TRANSFORMED, by={Role.OFFICER}),
        *more,
    )


ACHIEVEMENT = _pool("achievement", "成果", INSTITUTION)
TEAM = _pool("team", "科研团队", INSTITUTION)
SERVICE = _pool(
    "service",
    "服务机构",
    frozenset({Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN, Role.BROKER}),
)
BROKER = _pool(
    "broker",
    "技术经纪人",
    frozenset({Role.BROKER}) | ENTERPRISE,
    move(
        "erase",
        "本人注销",
        {P.DRAFT, P.SUBMITTED, P.RETURNED, P.PUBLISHED},
        P.OFFLINE,
        by={Role.SYSTEM},
        needs_reason=True,
    ),
)


class ExpertState(State):
    """入库状态."""

    APPLIED = "applied", "待审核", "warn"
    PROPOSED = "proposed", "待批准入库", "warn"
    IN_POOL = "in_pool", "在库", "good"
    REFUSED = "refused", "未入库", "bad"
    REMOVING = "removing", "拟出库", "warn"
    REMOVED = "removed", "已出库", "neutral"


X = ExpertState
EXPERT = Lifecycle(
    "expert",
    "专家",
    X.APPLIED,
    move(
        "admit_propose",
        "提请入库",
        {X.APPLIED, X.REFUSED, X.REMOVED},
        X.PROPOSED,
        by={Role.OFFICER},
    ),
    move("refuse", "不予入库", X.APPLIED, X.REFUSED, by={Role.OFFICER}, needs_reason=True),
    move("admit_approve", "批准入库", X.PROPOSED, X.IN_POOL, by={Role.LEADER}),
    move("admit_refuse", "不予批准", X.PROPOSED, X.REFUSED, by={Role.LEADER}, needs_reason=True),
    move("remove_propose", "提请出库", X.IN_POOL, X.REMOVING, by={Role.OFFICER}, needs_reason=True),
    move("remove_approve", "批准出库", X.REMOVING, X.REMOVED, by={Role.LEADER}),
    move("remove_refuse", "保留在库", X.REMOVING, X.IN_POOL, by={Role.LEADER}),
    move(
        "erase",
        "本人注销",
        {X.APPLIED, X.PROPOSED, X.IN_POOL, X.REFUSED, X.REMOVING},
        X.REMOVED,
        by={Role.SYSTEM},
        needs_reason=True,
    ),
)
