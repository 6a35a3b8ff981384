"""合同、里程碑与拨付: from a draft made of the award to the archive."""

from matchmaker.lifecycles.roles import ENTERPRISE, INSTITUTION, Role
from matchmaker.workflow import Lifecycle, State, move


class ContractState(State):
    """技术合同."""

    DRAFT = "draft", "待洽谈", "warn"
    NEGOTIATING = "negotiating", "洽谈中", "active"
    PRICE_NOTICE = "price_notice", "协议定价公示中", "active"
    LAPSED = "lapsed", "未签作废", "neutral"
    SIGNED = "signed", "已签订", "good"
    PERFORMING = "performing", "履行中", "active"
    AMENDING = "amending", "变更中", "warn"
    DISPUTED = "disputed", "争议处理中", "bad"
    TERMINATING = "terminating", "拟终止", "bad"
    ELIMINATED = "eliminated", "赛马淘汰", "neutral"
    COMPLETED = "completed", "履行完毕", "good"
    TERMINATED = "terminated", "已终止", "bad"
    ARCHIVED = "archived", "已归档", "neutral"


class MilestoneState(State):
    """里程碑（分期）; overdue is derived from the date, never stored."""

    PLANNED = "planned", "待交付", "neutral"
    SUBMITTED = "submitted", "已交付，待检查", "active"
    REWORK = "rework", "返工", "warn"
    PASSED = "passed", "检查通过，待备案", "active"
    FAILED = "failed", "检查不合格", "bad"
    PAYABLE = "payable", "待付款", "warn"
    PAID = "paid", "已付款", "good"
    CHANGED = "changed", "已变更", "neutral"
    STOPPED = "stopped", "停止拨付", "bad"


class PaymentState(State):
    """一笔付款."""

    RECORDED = "recorded", "待核对", "active"
    VERIFIED = "verified", "已核对", "good"
    RETURNED = "returned", "凭证退回", "bad"


class RegistrationState(State):
    """技术合同登记."""

    PREPARING = "preparing", "待提交登记", "warn"
    SUBMITTED = "submitted", "登记受理中", "active"
    REGISTERED = "registered", "已登记", "good"
    REJECTED = "rejected", "不予登记", "bad"


class SupplementState(State):
    """补充协议."""

    DRAFT = "draft", "待双方确认", "active"
    EFFECTIVE = "effective", "已生效", "good"
    DROPPED = "dropped", "已撤回", "neutral"


class AcceptanceState(State):
    """验收."""

    APPLIED = "applied", "已申请验收", "active"
    REVIEWING = "reviewing", "专家验收中", "active"
    RECTIFYING = "rectifying", "整改中", "warn"
    PASSED = "passed", "验收通过", "good"
    FAILED = "failed", "验收不通过", "bad"


class SubsidyState(State):
    """一批补助."""

    PROPOSED = "proposed", "待批准", "active"
    REFUSED = "refused", "不予补助", "neutral"
    APPROVED = "approved", "已批准，待公示", "active"
    NOTICED = "noticed", "公示中", "active"
    CLEARED = "cleared", "公示无异议，待拨付", "warn"
    REVOKED = "revoked", "公示后撤销", "bad"
    PAID = "paid", "已拨付", "good"


_PARTIES = ENTERPRISE | INSTITUTION
_ADMINS = {Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN}
_OFFICER = {Role.OFFICER}
_SYSTEM = {Role.OFFICER, Role.SYSTEM}

C = ContractState
UNSIGNED = (C.DRAFT, C.NEGOTIATING, C.PRICE_NOTICE)
RUNNING = (C.SIGNED, C.PERFORMING)
CONTRACT = Lifecycle(
    "contract",
    "技术合同",
    C.DRAFT,
    move("negotiate", "提出合同文本", C.DRAFT, C.NEGOTIATING, by=_PARTIES),
    move("publish_price", "登记协议定价公示", C.NEGOTIATING, C.PRICE_NOTICE,
         by={Role.INSTITUTION_ADMIN, Role.OFFICER}),
    move("reopen_text", "修改公示中的文本", C.PRICE_NOTICE, C.NEGOTIATING, by=_PARTIES,
         needs_reason=True),
    move("sign", "核验签订", {C.NEGOTIATING, C.PRICE_NOTICE}, C.SIGNED, by=_OFFICER),
    move("lapse", "逾期未签作废", UNSIGNED, C.LAPSED, by=_SYSTEM, needs_reason=True),
    move("give_up", "放弃签约", UNSIGNED, C.LAPSED, by=_ADMINS, needs_reason=True),
    move("start", "开始履行", C.SIGNED, C.PERFORMING, by=_SYSTEM),
    move("amend", "提出变更", C.PERFORMING, C.AMENDING, by=_ADMINS),
    move("amend_apply", "补充协议生效", C.AMENDING, C.PERFORMING, by=_OFFICER),
    move("amend_drop", "撤回变更", C.AMENDING, C.PERFORMING, by={*_ADMINS, Role.OFFICER},
         needs_reason=True),
    move("dispute", "提出争议", C.PERFORMING, C.DISPUTED, by={*_PARTIES, Role.OFFICER},
         needs_reason=True),
    move("resume", "争议了结，恢复履行", C.DISPUTED, C.PERFORMING, by=_OFFICER, needs_reason=True),
    move("terminate_request", "提请终止", {C.SIGNED, C.PERFORMING, C.DISPUTED}, C.TERMINATING,
         by=_OFFICER, needs_reason=True),
    move("terminate_approve", "批准终止", C.TERMINATING, C.TERMINATED, by={Role.LEADER}),
    move("terminate_refuse", "不予终止", C.TERMINATING, C.PERFORMING, by={Role.LEADER},
         needs_reason=True),
    move("eliminate", "赛马淘汰", {C.SIGNED, C.PERFORMING}, C.ELIMINATED, by=_OFFICER,
         needs_reason=True),
    move("complete", "履行完毕", C.PERFORMING, C.COMPLETED, by=_SYSTEM),
    move("archive", "归档", {C.COMPLETED, C.TERMINATED, C.ELIMINATED, C.LAPSED}, C.ARCHIVED,
         by=_OFFICER),
)  # fmt: skip

M = MilestoneState
OPEN_MILESTONES = (M.PLANNED, M.SUBMITTED, M.REWORK, M.PASSED, M.FAILED, M.PAYABLE)
LIVE_MILESTONES = (*OPEN_MILESTONES, M.PAID)
MILESTONE = Lifecycle(
    "milestone",
    "里程碑",
    M.PLANNED,
    move("submit", "提交交付物", {M.PLANNED, M.REWORK}, M.SUBMITTED, by=_PARTIES),
    move("pass", "检查通过", M.SUBMITTED, M.PASSED, by={Role.ENTERPRISE_ADMIN}),
    move("rework", "要求返工", M.SUBMITTED, M.REWORK, by={Role.ENTERPRISE_ADMIN},
         needs_reason=True),
    move("fail", "检查不合格", M.SUBMITTED, M.FAILED, by={Role.ENTERPRISE_ADMIN},
         needs_reason=True),
    move("retry", "准予重新交付", M.FAILED, M.REWORK, by=_OFFICER, needs_reason=True),
    move("file", "备案", M.PASSED, M.PAYABLE, by=_OFFICER),
    move("pay", "付清", M.PAYABLE, M.PAID, by=_OFFICER),
    move("change", "补充协议变更", {M.PLANNED, M.REWORK, M.FAILED}, M.CHANGED, by=_OFFICER),
    move("stop", "停止拨付", OPEN_MILESTONES, M.STOPPED, by={Role.OFFICER, Role.LEADER},
         needs_reason=True),
)  # fmt: skip

P = PaymentState
PAYMENT = Lifecycle(
    "payment",
    "付款",
    P.RECORDED,
    move("verify", "核对到账", P.RECORDED, P.VERIFIED, by=_OFFICER),
    move("return", "退回凭证", P.RECORDED, P.RETURNED, by=_OFFICER, needs_reason=True),
)

R = RegistrationState
REGISTRATION = Lifecycle(
    "registration",
    "技术合同登记",
    R.PREPARING,
    move("submit", "提交登记", R.PREPARING, R.SUBMITTED, by={*_PARTIES, Role.OFFICER}),
    move("register", "录入登记证明", R.SUBMITTED, R.REGISTERED, by=_OFFICER),
    move("reject", "不予登记", R.SUBMITTED, R.REJECTED, by=_OFFICER, needs_reason=True),
    move("prepare_again", "补正后重报", R.REJECTED, R.PREPARING, by={*_PARTIES, Role.OFFICER}),
    move("cancel", "注销登记", R.REGISTERED, R.REJECTED, by=_OFFICER, needs_reason=True),
)

S = SupplementState
SUPPLEMENT = Lifecycle(
    "supplement",
    "补充协议",
    S.DRAFT,
    move("apply", "核验生效", S.DRAFT, S.EFFECTIVE, by=_OFFICER),
    move("drop", "撤回", S.DRAFT, S.DROPPED, by={*_ADMINS, Role.OFFICER}, needs_reason=True),
)

A = AcceptanceState
ACCEPTANCE = Lifecycle(
    "acceptance",
    "验收",
    A.APPLIED,
    move("convene", "组织专家验收", A.APPLIED, A.REVIEWING, by=_OFFICER),
    move("pass", "验收通过", A.REVIEWING, A.PASSED, by={Role.SECTION_CHIEF}),
    move("rectify", "限期整改", A.REVIEWING, A.RECTIFYING, by={Role.SECTION_CHIEF},
         needs_reason=True),
    move("fail", "验收不通过", A.REVIEWING, A.FAILED, by={Role.SECTION_CHIEF},
         needs_reason=True),
    move("reapply", "整改后再申请", A.RECTIFYING, A.APPLIED, by=_PARTIES),
    move("give_up", "逾期未整改", A.RECTIFYING, A.FAILED, by=_SYSTEM, needs_reason=True),
)  # fmt: skip

B = SubsidyState
SUBSIDY = Lifecycle(
    "subsidy_batch",
    "补助",
    B.PROPOSED,
    move("approve", "批准补助", B.PROPOSED, B.APPROVED, by={Role.LEADER}),
    move("refuse", "不予补助", B.PROPOSED, B.REFUSED, by={Role.LEADER}, needs_reason=True),
    move("publish", "发起公示", B.APPROVED, B.NOTICED, by=_OFFICER),
    move("clear", "公示期满", B.NOTICED, B.CLEARED, by={Role.SYSTEM}),
    move("revoke", "撤销补助", {B.APPROVED, B.NOTICED, B.CLEARED}, B.REVOKED,
         by={Role.LEADER, Role.SYSTEM}, needs_reason=True),
    move("pay", "拨付完毕", B.CLEARED, B.PAID, by=_OFFICER),
)  # fmt: skip
