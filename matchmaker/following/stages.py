"""The process as its followers see it: stages, what comes next, who must act."""

from dataclasses import dataclass

from matchmaker.lifecycles import BountyState as B


@dataclass(frozen=True)
class Stage:
    """One column of the board: some states of a bounty, in the order of the process."""

    key: str
    label: str
    states: tuple[B, ...]


STAGES = (
    Stage("drafting", "起草会审", (B.DRAFT, B.REVIEWING, B.LIST_NOTICE, B.READY)),
    Stage("open", "揭榜中", (B.PUBLISHED,)),
    Stage("opening", "开榜与形式审查", (B.CLOSED,)),
    Stage("judging", "评审择优", (B.UNDER_REVIEW, B.SELECTED)),
    Stage("notice", "公示", (B.AWARD_NOTICE, B.SUSPENDED)),
    Stage("signing", "签约", (B.AWARDED,)),
    Stage("work", "实施", (B.CONTRACTED, B.IN_PROGRESS)),
    Stage("acceptance", "验收", (B.ACCEPTANCE, B.RECTIFYING)),
    Stage("payout", "兑榜", (B.ACCEPTED, B.PAID_OUT)),
)
ENDED = Stage("ended", "已结束", (B.ARCHIVED, B.FAILED, B.WITHDRAWN, B.TERMINATED, B.DROPPED))
ALL_STAGES = (*STAGES, ENDED)
_OF_STATE = {state: stage for stage in ALL_STAGES for state in stage.states}


def stage_of(state: B) -> Stage:
    """Return the stage a state belongs to."""
    return _OF_STATE[state]


@dataclass(frozen=True)
class Task:
    """What has to happen in a state: by whom, and for how many working days at the most.

    limit : the setting that holds the days; "" where a date of the bounty's own decides.
    person : whether it is the handler's: the board names them, not the role.
    """

    what: str
    who: str
    limit: str = ""
    person: bool = False


TASKS: dict[B, Task] = {
    B.DRAFT: Task("补齐榜单内容，提交会审", "局经办", "step_workdays", person=True),
    B.REVIEWING: Task("会审并作保密审查", "科室负责人", "step_workdays"),
    B.LIST_NOTICE: Task("拟发榜公示期满", "系统"),
    B.READY: Task("批准发布", "分管局长", "step_workdays"),
    B.PUBLISHED: Task("接受提问和揭榜申请，到期截榜", "揭榜方"),
    B.CLOSED: Task("两名保管人开榜，逐项形式审查", "局经办", "step_workdays", person=True),
    B.UNDER_REVIEW: Task("专家评审、汇总、作出结论", "局经办", "review_workdays", person=True),
    B.SELECTED: Task("审核拟揭榜名单并公示", "科室负责人", "step_workdays"),
    B.AWARD_NOTICE: Task("拟揭榜公示期满", "系统"),
    B.SUSPENDED: Task("查清并答复异议", "局经办", person=True),
    B.AWARDED: Task("洽谈并签订技术合同", "发榜方、揭榜方"),
    B.CONTRACTED: Task("登记合同，启动实施", "局经办", "step_workdays", person=True),
    B.IN_PROGRESS: Task("按里程碑交付、检查、付款", "揭榜方"),
    B.ACCEPTANCE: Task("组织专家验收", "局经办", "acceptance_workdays", person=True),
    B.RECTIFYING: Task("完成整改，再次申请验收", "揭榜方"),
    B.ACCEPTED: Task("付清榜金，核拨后补助", "发榜方", "acceptance_workdays"),
    B.PAID_OUT: Task("归档", "局经办", "acceptance_workdays", person=True),
    B.FAILED: Task("确定流榜后的去向", "局经办", "step_workdays", person=True),
}
