"""公示 and what may be raised against it: notice, correction, objection."""

from matchmaker.lifecycles.roles import ENTERPRISE, INSTITUTION, Role
from matchmaker.workflow import Lifecycle, State, move


class NoticeState(State):
    """公示状态. Whether a period is over is told by the time, not by a state alone."""

    DRAFT = "draft", "起草中", "neutral"
    SUBMITTED = "submitted", "待保密审查", "warn"
    CHECKED = "checked", "待批准发布", "warn"
    PUBLISHED = "published", "已发布，次日起算", "active"
    RUNNING = "running", "公示中", "good"
    SUSPENDED = "suspended", "异议办理中，公示中止", "bad"
    ENDED_CLEAR = "ended_clear", "公示期满", "neutral"
    REVOKED = "revoked", "已撤回", "bad"
    CANCELLED = "cancelled", "已作废", "neutral"


N = NoticeState
# Before publication nobody outside knows of it; after, its page stays for ever.
DRAFTED_NOTICES = (N.DRAFT, N.SUBMITTED, N.CHECKED, N.CANCELLED)
PUBLIC_NOTICES = (N.PUBLISHED, N.RUNNING, N.SUSPENDED, N.ENDED_CLEAR, N.REVOKED)
COUNTING_NOTICES = (N.PUBLISHED, N.RUNNING)
LIVE_NOTICES = (N.DRAFT, N.SUBMITTED, N.CHECKED, N.PUBLISHED, N.RUNNING, N.SUSPENDED)
NOTICE = Lifecycle(
    "notice",
    "公示",
    N.DRAFT,
    move("submit", "提交审查", N.DRAFT, N.SUBMITTED, by={Role.OFFICER}),
    move("check", "审查通过", N.SUBMITTED, N.CHECKED, by={Role.SECTION_CHIEF}),
    move(
        "return",
        "退回修改",
        {N.SUBMITTED, N.CHECKED},
        N.DRAFT,
        by={Role.SECTION_CHIEF, Role.LEADER},
        needs_reason=True,
    ),
    move(
        "cancel",
        "作废",
        {N.DRAFT, N.SUBMITTED, N.CHECKED},
        N.CANCELLED,
        by={Role.OFFICER, Role.LEADER, Role.SYSTEM},
        needs_reason=True,
    ),
    move("publish", "批准并发布", N.CHECKED, N.PUBLISHED, by={Role.LEADER}),
    move("start", "开始计算公示期", N.PUBLISHED, N.RUNNING, by={Role.SYSTEM}),
    move("suspend", "受理异议，中止公示", COUNTING_NOTICES, N.SUSPENDED, by={Role.OFFICER}),
    move(
        "suspend_late",
        "补登期内收到的书面异议，中止公示",
        N.ENDED_CLEAR,
        N.SUSPENDED,
        by={Role.OFFICER},
        needs_reason=True,
    ),
    move("resume", "恢复公示", N.SUSPENDED, N.RUNNING, by={Role.LEADER, Role.SYSTEM}),
    move(
        "revoke",
        "撤回公示",
        {N.PUBLISHED, N.RUNNING, N.SUSPENDED},
        N.REVOKED,
        by={Role.LEADER},
        needs_reason=True,
    ),
    move("end", "公示期满", COUNTING_NOTICES, N.ENDED_CLEAR, by={Role.SYSTEM}),
)


class CorrectionState(State):
    """更正公告的状态."""

    REQUESTED = "requested", "待批准", "warn"
    PUBLISHED = "published", "已发布", "good"
    DECLINED = "declined", "未批准", "neutral"


C = CorrectionState
CORRECTION = Lifecycle(
    "correction",
    "更正公告",
    C.REQUESTED,
    move("approve", "批准并发布", C.REQUESTED, C.PUBLISHED, by={Role.LEADER}),
    move("decline", "不予批准", C.REQUESTED, C.DECLINED, by={Role.LEADER}, needs_reason=True),
)


class ObjectionState(State):
    """异议状态."""

    SUBMITTED = "submitted", "待签收", "warn"
    ACCEPTED = "accepted", "办理中", "active"
    REFUSED = "refused", "不予受理", "neutral"
    UPHELD = "upheld", "异议成立", "bad"
    DISMISSED = "dismissed", "异议不成立", "neutral"
    WITHDRAWN = "withdrawn", "已撤回", "neutral"


O = ObjectionState  # noqa: E741 - read beside N and C
OPEN_OBJECTIONS = (O.SUBMITTED, O.ACCEPTED)
DECIDED_OBJECTIONS = (O.UPHELD, O.DISMISSED, O.REFUSED)
COMPLAINANTS = ENTERPRISE | INSTITUTION | {Role.BROKER, Role.EXPERT}
OBJECTION = Lifecycle(
    "objection",
    "异议",
    O.SUBMITTED,
    move("accept", "签收受理", O.SUBMITTED, O.ACCEPTED, by={Role.OFFICER}),
    move("refuse", "不予受理", O.SUBMITTED, O.REFUSED, by={Role.OFFICER}, needs_reason=True),
    move("uphold", "异议成立", O.ACCEPTED, O.UPHELD, by={Role.LEADER}, needs_reason=True),
    move("dismiss", "异议不成立", O.ACCEPTED, O.DISMISSED, by={Role.LEADER}, needs_reason=True),
    move(
        "withdraw",
        "撤回异议",
        OPEN_OBJECTIONS,
        O.WITHDRAWN,
        by={*COMPLAINANTS, Role.OFFICER},
        needs_reason=True,
    ),
)
