"""匹配权重: a set of weights from its learning to its use, and back."""

from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Lifecycle, State, move


class WeightSetState(State):
    """权重状态."""

    LEARNING = "learning", "正在学习", "active"
    DRAFT = "draft", "待发布", "warn"
    PUBLISHED = "published", "使用中", "good"
    RETIRED = "retired", "已停用", "neutral"
    REJECTED = "rejected", "未获验证支持", "bad"


W = WeightSetState
WEIGHT_SET = Lifecycle(
    "weight_set",
    "匹配权重",
    W.LEARNING,
    move("support", "验证支持", W.LEARNING, W.DRAFT, by={Role.SYSTEM}),
    move("reject", "验证不支持", W.LEARNING, W.REJECTED, by={Role.SYSTEM}, needs_reason=True),
    move("publish", "发布", W.DRAFT, W.PUBLISHED, by={Role.OFFICER}, needs_reason=True),
    move(
        "discard",
        "不采用",
        W.DRAFT,
        W.RETIRED,
        by={Role.OFFICER, Role.SYSTEM},
        needs_reason=True,
    ),
    move("replace", "由新权重接替", W.PUBLISHED, W.RETIRED, by={Role.OFFICER}),
    move("roll_back", "回退", W.PUBLISHED, W.RETIRED, by={Role.OFFICER}),
    move("restore", "恢复使用", W.RETIRED, W.PUBLISHED, by={Role.OFFICER}),
)
