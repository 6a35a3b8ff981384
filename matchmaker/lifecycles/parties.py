"""Organisations and accounts: registration, verification, suspension."""

from matchmaker.lifecycles.roles import ENTERPRISE, INSTITUTION, Role
from matchmaker.workflow import Lifecycle, State, move


class OrganisationState(State):
    """认证状态."""

    UNCLAIMED = "unclaimed", "未认领", "neutral"
    PENDING = "pending", "待认证", "warn"
    ACTIVE = "active", "已认证", "good"
    REJECTED = "rejected", "认证未通过", "bad"
    SUSPENDING = "suspending", "拟停用", "warn"
    SUSPENDED = "suspended", "已停用", "bad"
    MERGED = "merged", "已合并", "neutral"


O = OrganisationState  # noqa: E741 - a table of moves reads best with one letter
ORGANISATION = Lifecycle(
    "organisation",
    "单位",
    O.PENDING,
    move("verify", "通过认证", {O.PENDING, O.REJECTED, O.UNCLAIMED}, O.ACTIVE, by={Role.OFFICER}),
    move("reject", "退回认证", O.PENDING, O.REJECTED, by={Role.OFFICER}, needs_reason=True),
    move(
        "resubmit",
        "重新提交认证",
        O.REJECTED,
        O.PENDING,
        by={Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN},
    ),
    move(
        "suspend_request", "提请停用", O.ACTIVE, O.SUSPENDING, by={Role.OFFICER}, needs_reason=True
    ),
    move("suspend_approve", "批准停用", O.SUSPENDING, O.SUSPENDED, by={Role.LEADER}),
    move("suspend_refuse", "不予停用", O.SUSPENDING, O.ACTIVE, by={Role.LEADER}, needs_reason=True),
    move("restore", "恢复", O.SUSPENDED, O.ACTIVE, by={Role.LEADER}, needs_reason=True),
    move(
        "merge",
        "合并",
        {O.UNCLAIMED, O.PENDING, O.ACTIVE, O.REJECTED},
        O.MERGED,
        by={Role.LEADER},
        needs_reason=True,
    ),
    # Undo puts a merged organisation back where it was; the operation picks the action.
    move("unmerge_unclaimed", "撤销合并", O.MERGED, O.UNCLAIMED, by={Role.LEADER}),
    move("unmerge_pending", "撤销合并", O.MERGED, O.PENDING, by={Role.LEADER}),
    move("unmerge_active", "撤销合并", O.MERGED, O.ACTIVE, by={Role.LEADER}),
    move("unmerge_rejected", "撤销合并", O.MERGED, O.REJECTED, by={Role.LEADER}),
)


class UserState(State):
    """账号状态."""

    INVITED = "invited", "待激活", "warn"
    ACTIVE = "active", "正常", "good"
    DISABLED = "disabled", "已停用", "bad"
    MERGED = "merged", "已合并", "neutral"
    ERASED = "erased", "已注销", "neutral"


U = UserState
_MANAGERS = {Role.SYSADMIN, Role.SECADMIN, Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN}
USER = Lifecycle(
    "user",
    "账号",
    U.INVITED,
    move(
        "activate",
        "激活",
        U.INVITED,
        U.ACTIVE,
        by={Role.VISITOR, Role.OFFICER, *ENTERPRISE, *INSTITUTION},
    ),
    move("disable", "停用", {U.INVITED, U.ACTIVE}, U.DISABLED, by=_MANAGERS, needs_reason=True),
    move(
        "disable_dormant",
        "长期未用停用",
        U.ACTIVE,
        U.DISABLED,
        by={Role.SYSTEM},
        needs_reason=True,
    ),
    move("refuse_claim", "退回认领", U.INVITED, U.DISABLED, by={Role.OFFICER}, needs_reason=True),
    move("enable", "启用", U.DISABLED, U.ACTIVE, by=_MANAGERS),
    move(
        "merge",
        "合并",
        {U.INVITED, U.ACTIVE, U.DISABLED},
        U.MERGED,
        by={Role.LEADER},
        needs_reason=True,
    ),
    move(
        "erase",
        "注销并删除个人信息",
        {U.INVITED, U.ACTIVE, U.DISABLED, U.MERGED},
        U.ERASED,
        by={Role.SYSTEM},
        needs_reason=True,
    ),
    move("unmerge_invited", "撤销合并", U.MERGED, U.INVITED, by={Role.LEADER}),
    move("unmerge_active", "撤销合并", U.MERGED, U.ACTIVE, by={Role.LEADER}),
    move("unmerge_disabled", "撤销合并", U.MERGED, U.DISABLED, by={Role.LEADER}),
)
