"""评审: the panel, its score sheets, the conclusion, the award and the feedback to who lost."""

from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Lifecycle, State, move


class ReviewState(State):
    """评审状态."""

    CREATED = "created", "待抽取专家", "warn"
    DRAWN = "drawn", "名单待批准", "warn"
    INVITING = "inviting", "专家确认中", "active"
    SCORING = "scoring", "打分中", "active"
    SCORED = "scored", "待汇总", "warn"
    AGGREGATED = "aggregated", "待结论", "warn"
    CONCLUDED = "concluded", "已结论", "good"
    VOIDED = "voided", "已作废", "bad"


R = ReviewState
OPEN_REVIEWS = frozenset({R.CREATED, R.DRAWN, R.INVITING, R.SCORING, R.SCORED, R.AGGREGATED})
REVIEW = Lifecycle(
    "review",
    "评审",
    R.CREATED,
    move("draw", "抽取专家", R.CREATED, R.DRAWN, by={Role.OFFICER}),
    move("approve_panel", "批准名单", R.DRAWN, R.INVITING, by={Role.LEADER}),
    move("return_panel", "退回重抽", R.DRAWN, R.CREATED, by={Role.LEADER}, needs_reason=True),
    move("start", "开始打分", R.INVITING, R.SCORING, by={Role.SYSTEM}),
    move("complete", "打分完成", R.SCORING, R.SCORED, by={Role.SYSTEM}),
    move("aggregate", "汇总", R.SCORED, R.AGGREGATED, by={Role.OFFICER}),
    move("conclude", "作出结论", R.AGGREGATED, R.CONCLUDED, by={Role.SECTION_CHIEF}),
    move(
        "void",
        "作废重评",
        OPEN_REVIEWS | {R.CONCLUDED},
        R.VOIDED,
        by={Role.LEADER, Role.SYSTEM},
        needs_reason=True,
    ),
)


class PanelistState(State):
    """评审专家状态."""

    DRAWN = "drawn", "待批准", "warn"
    INVITED = "invited", "待确认", "warn"
    CONFIRMED = "confirmed", "已确认", "good"
    REFUSED = "refused", "已谢绝", "neutral"
    CONFLICTED = "conflicted", "申报回避", "bad"
    REPLACED = "replaced", "已更换", "neutral"
    ABSENT = "absent", "缺席", "bad"
    RELEASED = "released", "未启用", "neutral"


P = PanelistState
SITTING = frozenset({P.DRAWN, P.INVITED, P.CONFIRMED})
PANELIST = Lifecycle(
    "panelist",
    "评审专家",
    P.DRAWN,
    move("invite", "邀请", P.DRAWN, P.INVITED, by={Role.LEADER, Role.SYSTEM}),
    move("release", "名单退回", P.DRAWN, P.RELEASED, by={Role.LEADER}),
    move("confirm", "确认参加", P.INVITED, P.CONFIRMED, by={Role.EXPERT}),
    move("refuse", "谢绝", P.INVITED, P.REFUSED, by={Role.EXPERT}, needs_reason=True),
    move(
        "declare_conflict",
        "申报回避",
        {P.INVITED, P.CONFIRMED},
        P.CONFLICTED,
        by={Role.EXPERT, Role.OFFICER},
        needs_reason=True,
    ),
    move(
        "replace",
        "更换",
        {P.INVITED, P.CONFIRMED},
        P.REPLACED,
        by={Role.OFFICER},
        needs_reason=True,
    ),
    move("miss", "登记缺席", P.CONFIRMED, P.ABSENT, by={Role.OFFICER}, needs_reason=True),
)


class SheetState(State):
    """打分表状态."""

    DRAFT = "draft", "填写中", "warn"
    SUBMITTED = "submitted", "已提交", "good"
    REOPENING = "reopening", "申请退回修改", "warn"
    LOCKED = "locked", "已锁定", "neutral"
    DROPPED = "dropped", "不计分", "bad"


S = SheetState
SUBMITTED_SHEETS = (S.SUBMITTED, S.REOPENING)
SCORE_SHEET = Lifecycle(
    "score_sheet",
    "打分表",
    S.DRAFT,
    move("submit", "提交", S.DRAFT, S.SUBMITTED, by={Role.EXPERT}),
    move(
        "reopen_request",
        "申请退回修改",
        S.SUBMITTED,
        S.REOPENING,
        by={Role.EXPERT},
        needs_reason=True,
    ),
    move("reopen_approve", "同意退回", S.REOPENING, S.DRAFT, by={Role.LEADER}),
    move(
        "reopen_refuse",
        "不同意退回",
        S.REOPENING,
        S.SUBMITTED,
        by={Role.LEADER},
        needs_reason=True,
    ),
    move("lock", "锁定", S.SUBMITTED, S.LOCKED, by={Role.SYSTEM}),
    move(
        "drop",
        "不计分",
        {S.DRAFT, *SUBMITTED_SHEETS},
        S.DROPPED,
        by={Role.EXPERT, Role.OFFICER, Role.SYSTEM},
    ),
)


class AwardState(State):
    """拟揭榜决定的状态."""

    PROPOSED = "proposed", "待科室审核", "warn"
    ENDORSED = "endorsed", "待领导批准", "warn"
    NOTICE = "notice", "公示中", "active"
    MADE = "made", "已中选", "good"
    RETURNED = "returned", "已退回", "neutral"
    REVOKED = "revoked", "已撤销", "bad"
    FORFEITED = "forfeited", "已放弃", "bad"


A = AwardState
LIVE_AWARDS = frozenset({A.PROPOSED, A.ENDORSED, A.NOTICE, A.MADE})
AWARD = Lifecycle(
    "award",
    "拟揭榜决定",
    A.PROPOSED,
    move("endorse", "审核通过", A.PROPOSED, A.ENDORSED, by={Role.SECTION_CHIEF}),
    move(
        "return",
        "退回",
        {A.PROPOSED, A.ENDORSED},
        A.RETURNED,
        by={Role.SECTION_CHIEF, Role.LEADER},
        needs_reason=True,
    ),
    move("approve", "批准公示", A.ENDORSED, A.NOTICE, by={Role.LEADER}),
    move("make", "公示期满中选", A.NOTICE, A.MADE, by={Role.SYSTEM, Role.LEADER}),
    move(
        "revoke",
        "撤销",
        {A.PROPOSED, A.ENDORSED, A.NOTICE, A.MADE},
        A.REVOKED,
        by={Role.LEADER, Role.SYSTEM},
        needs_reason=True,
    ),
    move(
        "forfeit",
        "登记放弃",
        A.MADE,
        A.FORFEITED,
        by={Role.OFFICER, Role.SYSTEM},
        needs_reason=True,
    ),
)


class FeedbackState(State):
    """评审反馈状态."""

    DRAFT = "draft", "待审阅", "warn"
    RELEASED = "released", "已反馈", "good"


FEEDBACK = Lifecycle(
    "feedback",
    "评审反馈",
    FeedbackState.DRAFT,
    move("release", "审阅并反馈", FeedbackState.DRAFT, FeedbackState.RELEASED, by={Role.OFFICER}),
)
