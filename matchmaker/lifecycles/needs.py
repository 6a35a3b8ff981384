"""技术需求/难题, from draft to resolved."""

from matchmaker.lifecycles.roles import ENTERPRISE, Role
from matchmaker.workflow import Lifecycle, State, move


class NeedState(State):
    """需求状态."""

    DRAFT = "draft", "草稿", "neutral"
    SUBMITTED = "submitted", "待镇街初筛", "warn"
    RETURNED = "returned", "退回修改", "bad"
    SCREENED = "screened", "待受理", "warn"
    ACCEPTED = "accepted", "已受理", "good"
    DIAGNOSED = "diagnosed", "已问诊", "good"
    MERGED = "merged", "已合并", "neutral"
    MATCHING = "matching", "对接中", "active"
    SHORTLISTED = "shortlisted", "拟发榜", "active"
    ON_BOUNTY = "on_bounty", "已发榜", "active"
    REOPENED = "reopened", "重新开放", "good"
    RESOLVED = "resolved", "已解决", "good"
    WITHDRAWN = "withdrawn", "已撤回", "neutral"
    EXPIRED = "expired", "已过期", "neutral"
    CLOSED = "closed", "已关闭", "neutral"


N = NeedState
# What may be matched, pushed and shown in the 难题库.
OPEN_NEEDS = frozenset(
    {N.ACCEPTED, N.DIAGNOSED, N.MATCHING, N.SHORTLISTED, N.ON_BOUNTY, N.REOPENED}
)
NEED = Lifecycle(
    "need",
    "需求",
    N.DRAFT,
    move("submit", "提交", {N.DRAFT, N.RETURNED}, N.SUBMITTED, by={*ENTERPRISE, Role.OFFICER}),
    move(
        "return",
        "退回修改",
        {N.SUBMITTED, N.SCREENED},
        N.RETURNED,
        by={Role.TOWN_OFFICER, Role.OFFICER},
        needs_reason=True,
    ),
    move("screen", "通过初筛", N.SUBMITTED, N.SCREENED, by={Role.TOWN_OFFICER, Role.SYSTEM}),
    move("accept", "受理", N.SCREENED, N.ACCEPTED, by={Role.OFFICER}),
    move("diagnose", "登记问诊", N.ACCEPTED, N.DIAGNOSED, by={Role.OFFICER, Role.EXPERT}),
    move(
        "undo_diagnosis", "撤销问诊", N.DIAGNOSED, N.ACCEPTED, by={Role.OFFICER}, needs_reason=True
    ),
    move("merge", "并入共性需求", {N.ACCEPTED, N.DIAGNOSED}, N.MERGED, by={Role.SECTION_CHIEF}),
    move("unmerge", "撤销合并", N.MERGED, N.ACCEPTED, by={Role.SECTION_CHIEF}),
    move(
        "start_matching",
        "进入对接",
        {N.ACCEPTED, N.DIAGNOSED, N.REOPENED},
        N.MATCHING,
        by={Role.OFFICER, Role.BROKER},
    ),
    move("resolve", "确认解决", {N.MATCHING, N.ON_BOUNTY}, N.RESOLVED, by={Role.OFFICER}),
    move(
        "withdraw",
        "撤回",
        {N.SUBMITTED, N.RETURNED, N.SCREENED, *(OPEN_NEEDS - {N.ON_BOUNTY})},
        N.WITHDRAWN,
        by={*ENTERPRISE, Role.OFFICER},
        needs_reason=True,
    ),
    move(
        "close", "关闭", OPEN_NEEDS - {N.ON_BOUNTY}, N.CLOSED, by={Role.OFFICER}, needs_reason=True
    ),
    move("expire", "到期", OPEN_NEEDS - {N.ON_BOUNTY}, N.EXPIRED, by={Role.SYSTEM}),
    move(
        "reopen",
        "重新开放",
        {N.RESOLVED, N.WITHDRAWN, N.EXPIRED, N.CLOSED, N.MATCHING},
        N.REOPENED,
        by={Role.OFFICER},
        needs_reason=True,
    ),
    # 拟发榜 and 已发榜 are entered and left by the bounty's own operations.
    move(
        "shortlist",
        "列为拟发榜",
        {N.ACCEPTED, N.DIAGNOSED, N.MATCHING, N.REOPENED},
        N.SHORTLISTED,
        by={Role.OFFICER, Role.SECTION_CHIEF},
    ),
    move("put_on_bounty", "转为榜单", N.SHORTLISTED, N.ON_BOUNTY, by={Role.LEADER}),
    move("leave_bounty", "退回需求池", N.ON_BOUNTY, N.REOPENED, by={Role.SYSTEM}),
)
