"""The standing text of each kind of notice, and of the corrections the system writes."""

from typing import Any

from matchmaker.codes import NoticeKind, ObjectionOutcome

OPENING = {
    NoticeKind.LIST: (
        "为保证榜单编制公开、公平，经需求征集、技术论证、专家遴选和集体研究，"
        "现将下列拟发布的榜单予以公示，接受社会监督。"
    ),
    NoticeKind.AWARD: (
        "经形式审查、专家评审、发榜方选定和集体研究，"
        "现将下列拟揭榜单位和项目予以公示，接受社会监督。"
    ),
    NoticeKind.ACCEPTANCE: "经组织专家验收，现将下列项目的验收结论予以公示，接受社会监督。",
    NoticeKind.SUBSIDY: (
        "经审核技术合同登记、履行和资金实际支付情况，"
        "现将下列项目拟拨付的财政补助予以公示，接受社会监督。"
    ),
    NoticeKind.INTEGRITY: (
        "经调查核实并告知当事人、听取陈述申辩，现将下列失信行为及拟作出的处理予以公示，"
        "接受社会监督。"
    ),
}
TITLES = {
    NoticeKind.LIST: "关于拟发布“揭榜挂帅”榜单的公示",
    NoticeKind.AWARD: "关于“揭榜挂帅”项目拟揭榜单位的公示",
    NoticeKind.ACCEPTANCE: "关于“揭榜挂帅”项目验收结果的公示",
    NoticeKind.SUBSIDY: "关于“揭榜挂帅”项目拟补助资金的公示",
    NoticeKind.INTEGRITY: "关于科研失信行为处理的公示",
}
PERIOD = "公示期自发布次日起计算，共 {workdays} 个工作日。"
OBJECTING = (
    "任何单位和个人对公示内容有异议的，请在公示期内以书面形式实名提出，写明事实和理由、"
    "联系方式，并附相关证据；以单位名义提出的须加盖公章。可登录本平台在线提出，"
    "也可将书面材料当面送交或寄至受理地址，以公示期最后一日 24 时前收到为准。"
    "匿名或者逾期提出的不作为异议受理，可作为线索了解。我局对异议人的身份予以保密。"
)
OUTCOMES = {
    ObjectionOutcome.REVOKE: "取消本次公示的结果",
    ObjectionOutcome.RE_REVIEW: "撤回本次公示，重新组织评审",
    ObjectionOutcome.STANDBY: "取消原拟定结果，按规定从候补中递补并另行公示",
}
OUTCOMES_OF = {
    NoticeKind.AWARD: tuple(ObjectionOutcome),
    NoticeKind.ACCEPTANCE: (ObjectionOutcome.REVOKE, ObjectionOutcome.RE_REVIEW),
    NoticeKind.LIST: (ObjectionOutcome.REVOKE, ObjectionOutcome.RE_REVIEW),
    NoticeKind.SUBSIDY: (ObjectionOutcome.REVOKE, ObjectionOutcome.RE_REVIEW),
    NoticeKind.INTEGRITY: (ObjectionOutcome.REVOKE,),
}


def drafted(kind: NoticeKind, *, workdays: int) -> str:
    """Return the first draft of a notice's text; what it is about stands in its own table."""
    return "\n".join((OPENING[kind], PERIOD.format(workdays=workdays), OBJECTING))


def revocation(notice: Any, outcome: ObjectionOutcome, summary: str) -> str:
    """Return the correction that stands beside a notice withdrawn after an objection."""
    return (
        f"{notice.notice_no}号公示期间收到实名异议，经调查核实，异议成立，"
        f"我局决定{OUTCOMES[outcome]}。原公示自本公告发布之日起撤回，原文保留备查。\n{summary}"
    )


def withdrawal(notice: Any, reason: str) -> str:
    """Return the correction that stands beside a notice withdrawn for another reason."""
    return f"{notice.notice_no}号公示自本公告发布之日起撤回，原文保留备查。撤回原因：{reason}"
