"""榜单, from draft to archive; and every change asked for after its publication."""

from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Lifecycle, State, move


class BountyState(State):
    """榜单状态."""

    DRAFT = "draft", "起草中", "neutral"
    REVIEWING = "reviewing_internal", "待会审", "warn"
    LIST_NOTICE = "list_notice", "拟发榜公示中", "active"
    READY = "ready", "待批准发布", "warn"
    PUBLISHED = "published", "揭榜中", "good"
    CLOSED = "closed", "已截榜", "active"
    UNDER_REVIEW = "under_review", "评审中", "active"
    SELECTED = "selected", "拟定揭榜方", "active"
    AWARD_NOTICE = "award_notice", "拟揭榜公示中", "active"
    SUSPENDED = "suspended", "异议处理中", "bad"
    AWARDED = "awarded", "待签约", "good"
    CONTRACTED = "contracted", "已签约", "good"
    IN_PROGRESS = "in_progress", "实施中", "good"
    ACCEPTANCE = "acceptance", "验收中", "active"
    RECTIFYING = "rectifying", "整改中", "warn"
    ACCEPTED = "accepted", "验收通过", "good"
    PAID_OUT = "paid_out", "已兑榜", "good"
    ARCHIVED = "archived", "已归档", "neutral"
    FAILED = "failed", "流榜", "bad"
    WITHDRAWN = "withdrawn", "已撤榜", "bad"
    TERMINATED = "terminated", "已终止", "bad"
    DROPPED = "dropped", "已作废", "neutral"


B = BountyState
# Before publication nobody outside knows of it; after, its page stays for ever.
UNPUBLISHED = frozenset({B.DRAFT, B.REVIEWING, B.LIST_NOTICE, B.READY, B.DROPPED})
ON_RECORD = frozenset(BountyState) - UNPUBLISHED
BEFORE_AWARD_NOTICE = frozenset({B.PUBLISHED, B.CLOSED, B.UNDER_REVIEW, B.SELECTED})
UNDER_CONTRACT = frozenset({B.CONTRACTED, B.IN_PROGRESS, B.ACCEPTANCE, B.RECTIFYING})
_CHECKED = {B.REVIEWING, B.READY}
_RUNNING_BUREAU = {Role.OFFICER, Role.SYSTEM}
BOUNTY = Lifecycle(
    "bounty",
    "榜单",
    B.DRAFT,
    move("submit_for_approval", "提交会审", B.DRAFT, B.REVIEWING, by={Role.OFFICER}),
    move(
        "return",
        "退回修改",
        _CHECKED,
        B.DRAFT,
        by={Role.SECTION_CHIEF, Role.LEADER},
        needs_reason=True,
    ),
    move("start_list_notice", "拟发榜公示", B.REVIEWING, B.LIST_NOTICE, by={Role.SECTION_CHIEF}),
    move("end_list_notice", "公示无异议", B.LIST_NOTICE, B.READY, by={Role.SYSTEM}),
    move(
        "stop_list_notice",
        "公示撤回",
        B.LIST_NOTICE,
        B.DRAFT,
        by={Role.SYSTEM, Role.LEADER},
        needs_reason=True,
    ),
    move("review", "会审通过", B.REVIEWING, B.READY, by={Role.SECTION_CHIEF}),
    move("publish", "批准发布", B.READY, B.PUBLISHED, by={Role.LEADER}),
    move("drop", "作废", {B.DRAFT, *_CHECKED}, B.DROPPED, by={Role.OFFICER}, needs_reason=True),
    move("close", "截榜", B.PUBLISHED, B.CLOSED, by={Role.SYSTEM}),
    move("start_review", "进入评审", B.CLOSED, B.UNDER_REVIEW, by={Role.OFFICER}),
    move(
        "recognise",
        "认定揭榜方",
        B.CLOSED,
        B.SELECTED,
        by={Role.SECTION_CHIEF},
        needs_reason=True,
    ),
    move("select", "拟定揭榜方", B.UNDER_REVIEW, B.SELECTED, by={Role.SECTION_CHIEF}),
    move("start_award_notice", "拟揭榜公示", B.SELECTED, B.AWARD_NOTICE, by={Role.LEADER}),
    move(
        "suspend",
        "受理异议",
        {B.AWARD_NOTICE, B.AWARDED},  # awarded: it came in time, on paper, and was entered late
        B.SUSPENDED,
        by={Role.OFFICER, Role.AUDITOR, Role.SYSTEM},
    ),
    move("resume", "恢复公示", B.SUSPENDED, B.AWARD_NOTICE, by={Role.LEADER, Role.SYSTEM}),
    move(
        "rereview",
        "重新评审",
        {B.SELECTED, B.AWARD_NOTICE, B.SUSPENDED},
        B.UNDER_REVIEW,
        by={Role.LEADER, Role.SYSTEM},
        needs_reason=True,
    ),
    move(
        "fall_back",
        "启用候补",
        {B.AWARD_NOTICE, B.SUSPENDED, B.AWARDED},
        B.SELECTED,
        by={*_RUNNING_BUREAU, Role.LEADER},
        needs_reason=True,
    ),
    move("award", "公示期满", B.AWARD_NOTICE, B.AWARDED, by={Role.SYSTEM, Role.LEADER}),
    move(
        "fail",
        "流榜",
        {B.CLOSED, B.UNDER_REVIEW, B.SELECTED, B.AWARD_NOTICE, B.SUSPENDED, B.AWARDED},
        B.FAILED,
        by={*_RUNNING_BUREAU, Role.LEADER},
        needs_reason=True,
    ),
    move(
        "withdraw",
        "撤榜",
        BEFORE_AWARD_NOTICE,
        B.WITHDRAWN,
        by={Role.LEADER},
        needs_reason=True,
    ),
    move("contract", "登记签约", B.AWARDED, B.CONTRACTED, by=_RUNNING_BUREAU),
    move("start_work", "进入实施", B.CONTRACTED, B.IN_PROGRESS, by=_RUNNING_BUREAU),
    move("request_acceptance", "受理验收", B.IN_PROGRESS, B.ACCEPTANCE, by=_RUNNING_BUREAU),
    move("rectify", "要求整改", B.ACCEPTANCE, B.RECTIFYING, by=_RUNNING_BUREAU, needs_reason=True),
    move("accept_again", "整改后验收", B.RECTIFYING, B.ACCEPTANCE, by=_RUNNING_BUREAU),
    move("accept", "验收通过", B.ACCEPTANCE, B.ACCEPTED, by=_RUNNING_BUREAU),
    move("pay_out", "兑榜", B.ACCEPTED, B.PAID_OUT, by=_RUNNING_BUREAU),
    move(
        "terminate",
        "终止",
        UNDER_CONTRACT,
        B.TERMINATED,
        by={Role.LEADER},
        needs_reason=True,
    ),
    move("archive", "归档", {B.PAID_OUT, B.TERMINATED}, B.ARCHIVED, by={Role.OFFICER}),
)


class ChangeState(State):
    """榜单变更状态."""

    REQUESTED = "requested", "待会审", "warn"
    REVIEWED = "reviewed", "待批准", "warn"
    APPROVED = "approved", "已生效", "good"
    REFUSED = "refused", "未通过", "bad"
    TAKEN_BACK = "taken_back", "已撤回", "neutral"
    LAPSED = "lapsed", "截榜前未批准", "neutral"


C = ChangeState
OPEN_CHANGES = frozenset({C.REQUESTED, C.REVIEWED})
CHANGE = Lifecycle(
    "bounty_change",
    "榜单变更",
    C.REQUESTED,
    move("review", "会审通过", C.REQUESTED, C.REVIEWED, by={Role.SECTION_CHIEF}),
    move("approve", "批准", C.REVIEWED, C.APPROVED, by={Role.LEADER}),
    # 撤榜 is the owner's written wish: the leader alone decides on it.
    move("approve_withdrawal", "批准撤榜", C.REQUESTED, C.APPROVED, by={Role.LEADER}),
    move(
        "refuse",
        "不同意",
        OPEN_CHANGES,
        C.REFUSED,
        by={Role.SECTION_CHIEF, Role.LEADER},
        needs_reason=True,
    ),
    move("take_back", "撤回申请", OPEN_CHANGES, C.TAKEN_BACK, by={Role.OFFICER}),
    move("lapse", "截榜失效", OPEN_CHANGES, C.LAPSED, by={Role.SYSTEM}),
)
