"""征集批次: the bureau asks its enterprises for needs, within a period."""

from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Lifecycle, State, move


class CallState(State):
    """征集状态. Between its last moment and the night's job a call counts as closed already."""

    DRAFT = "draft", "草稿", "neutral"
    PUBLISHED = "published", "征集中", "active"
    CLOSED = "closed", "已截止", "neutral"
    CANCELLED = "cancelled", "已取消", "bad"


C = CallState
CALL = Lifecycle(
    "call",
    "征集批次",
    C.DRAFT,
    move("publish", "发布征集", C.DRAFT, C.PUBLISHED, by={Role.SECTION_CHIEF}),
    move("discard", "放弃草稿", C.DRAFT, C.CANCELLED, by={Role.OFFICER}),
    move("close", "到期截止", C.PUBLISHED, C.CLOSED, by={Role.SYSTEM}),
    # Before its end a call is extended without leaving its state; after it, this takes it back.
    move(
        "extend",
        "延期",
        C.CLOSED,
        C.PUBLISHED,
        by={Role.OFFICER, Role.SECTION_CHIEF},
        needs_reason=True,
    ),
)
