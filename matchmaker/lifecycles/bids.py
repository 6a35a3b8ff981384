"""揭榜申请: sealed until two holders open it, then followed to its result."""

from matchmaker.lifecycles.roles import ENTERPRISE, Role
from matchmaker.workflow import Lifecycle, State, move


class BidState(State):
    """揭榜申请状态."""

    DRAFT = "draft", "草稿", "neutral"
    SUBMITTED = "submitted", "已密封提交", "good"
    REPLACED = "replaced", "已被新稿替换", "neutral"
    WITHDRAWN = "withdrawn", "已撤回", "neutral"
    LAPSED = "lapsed", "截榜未提交", "neutral"
    LOCKED = "locked", "待启封", "active"
    OPENED = "opened", "待形式审查", "warn"
    QUALIFIED = "qualified", "形式审查通过", "good"
    DISQUALIFYING = "disqualifying", "拟不予通过", "warn"
    DISQUALIFIED = "disqualified", "形式审查未通过", "bad"
    UNDER_REVIEW = "under_review", "评审中", "active"
    RECOMMENDED = "recommended", "推荐", "good"
    NOT_RECOMMENDED = "not_recommended", "未获推荐", "neutral"
    SELECTED = "selected", "拟揭榜", "good"
    STANDBY = "standby", "候补", "warn"
    WON = "won", "中选", "good"
    CONTRACTED = "contracted", "已签约", "good"
    STAGE_PASSED = "stage_passed", "阶段通过", "good"
    ELIMINATED = "eliminated", "阶段淘汰", "neutral"
    FORFEITED = "forfeited", "放弃签约", "bad"
    CANCELLED = "cancelled", "榜单撤回作废", "neutral"
    VOID = "void", "无效", "bad"


B = BidState
BIDDERS = ENTERPRISE | {Role.RESEARCHER}
SEALED = frozenset({B.SUBMITTED, B.LOCKED})
OPENED_BIDS = frozenset(
    {B.OPENED, B.QUALIFIED, B.DISQUALIFYING, B.DISQUALIFIED, B.UNDER_REVIEW, B.RECOMMENDED}
    | {B.NOT_RECOMMENDED, B.SELECTED, B.STANDBY, B.WON, B.CONTRACTED, B.STAGE_PASSED}
    | {B.ELIMINATED, B.FORFEITED}
)
_RANKED = {B.RECOMMENDED, B.NOT_RECOMMENDED, B.SELECTED, B.STANDBY}
_RUNNING = {B.OPENED, B.QUALIFIED, B.DISQUALIFYING, B.UNDER_REVIEW, *_RANKED, B.WON}
_HOLDERS = {Role.OFFICER, Role.LEADER, Role.AUDITOR, Role.SYSTEM}
_CONCLUDERS = {Role.SECTION_CHIEF, Role.SYSTEM}
BID = Lifecycle(
    "bid",
    "揭榜申请",
    B.DRAFT,
    move("submit", "密封提交", B.DRAFT, B.SUBMITTED, by=BIDDERS),
    move("replace", "以新稿替换", B.SUBMITTED, B.REPLACED, by=BIDDERS),
    move("withdraw", "撤回", {B.DRAFT, B.SUBMITTED}, B.WITHDRAWN, by=BIDDERS),
    move("lapse", "截榜未提交", B.DRAFT, B.LAPSED, by={Role.SYSTEM}),
    move("lock", "截榜锁定", B.SUBMITTED, B.LOCKED, by={Role.SYSTEM}),
    move("open", "启封", B.LOCKED, B.OPENED, by=_HOLDERS),
    move("spoil", "启封核验不符", B.LOCKED, B.VOID, by=_HOLDERS, needs_reason=True),
    move("qualify", "形式审查通过", B.OPENED, B.QUALIFIED, by={Role.OFFICER}),
    move(
        "disqualify_propose",
        "提请不予通过",
        {B.OPENED, B.QUALIFIED, B.UNDER_REVIEW},
        B.DISQUALIFYING,
        by={Role.OFFICER, Role.EXPERT},
        needs_reason=True,
    ),
    move("disqualify_approve", "批准不予通过", B.DISQUALIFYING, B.DISQUALIFIED, by={Role.LEADER}),
    move(
        "disqualify_refuse",
        "不同意，予以通过",
        B.DISQUALIFYING,
        B.QUALIFIED,
        by={Role.LEADER},
        needs_reason=True,
    ),
    move(
        "restore",
        "申诉成立",
        B.DISQUALIFIED,
        B.QUALIFIED,
        by={Role.LEADER},
        needs_reason=True,
    ),
    move("start_review", "进入评审", B.QUALIFIED, B.UNDER_REVIEW, by={Role.OFFICER, Role.SYSTEM}),
    move("recommend", "推荐", B.UNDER_REVIEW, B.RECOMMENDED, by=_CONCLUDERS),
    move("not_recommend", "不推荐", B.UNDER_REVIEW, B.NOT_RECOMMENDED, by=_CONCLUDERS),
    move(
        "review_again",
        "重新评审",
        {*_RANKED, B.WON},
        B.UNDER_REVIEW,
        by={Role.LEADER, Role.SYSTEM},
        needs_reason=True,
    ),
    move("select", "拟定揭榜", {B.RECOMMENDED, B.STANDBY}, B.SELECTED, by=_CONCLUDERS),
    move("recognise", "认定揭榜", B.QUALIFIED, B.SELECTED, by={Role.SECTION_CHIEF}),
    move("stand_by", "列为候补", B.RECOMMENDED, B.STANDBY, by=_CONCLUDERS),
    move("win", "确定中选", B.SELECTED, B.WON, by={Role.SYSTEM, Role.LEADER}),
    move("contract", "登记签约", B.WON, B.CONTRACTED, by={Role.OFFICER, Role.SYSTEM}),
    move(
        "forfeit",
        "放弃签约",
        {B.SELECTED, B.WON},
        B.FORFEITED,
        by={Role.OFFICER, Role.SYSTEM},
        needs_reason=True,
    ),
    move("pass_stage", "阶段通过", B.CONTRACTED, B.STAGE_PASSED, by={Role.OFFICER}),
    move("next_stage", "进入下一阶段", B.STAGE_PASSED, B.CONTRACTED, by={Role.OFFICER}),
    move(
        "eliminate",
        "阶段淘汰",
        {B.CONTRACTED, B.STAGE_PASSED},
        B.ELIMINATED,
        by={Role.OFFICER},
        needs_reason=True,
    ),
    move(
        "cancel",
        "榜单撤回作废",
        {B.SUBMITTED, B.LOCKED, *(_RUNNING - {B.WON})},
        B.CANCELLED,
        by={Role.SYSTEM},
    ),
    move("void", "宣布无效", _RUNNING, B.VOID, by={Role.LEADER}, needs_reason=True),
)
