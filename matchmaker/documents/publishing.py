"""Contexts of what the bureau publishes before bids come in."""

from datetime import date
from typing import Annotated, NotRequired, TypedDict

from matchmaker.documents.fields import Deadline, Fen, Hint

IN_SETTINGS = Hint("（请在“参数设置”中填写）")


class Issued(TypedDict):
    """Who issues a document and where questions go."""

    bureau_name: Annotated[str, "发文单位", IN_SETTINGS]
    issued_on: Annotated[date, "发文日期"]
    contact_phone: Annotated[str, "联系电话", IN_SETTINGS]
    contact_address: Annotated[str, "联系地址", IN_SETTINGS]
    contact_section: NotRequired[Annotated[str, "联系科室"]]
    contact_person: NotRequired[Annotated[str, "联系人"]]
    contact_email: NotRequired[Annotated[str, "电子邮箱"]]


class Numbered(Issued):
    """A document under the red head, with a number (文号) where it is a formal one."""

    document_no: NotRequired[Annotated[str, "文号"]]


class Indicator(TypedDict):
    """One indicator (考核指标) and how it is tested."""

    name: Annotated[str, "指标名称"]
    requirement: Annotated[str, "指标要求"]
    test_method: Annotated[str, "验收方法"]
    is_key: NotRequired[Annotated[bool, "关键指标"]]


class Criterion(TypedDict):
    """One line of the rubric."""

    name: Annotated[str, "评审项"]
    weight: Annotated[int, "权重"]
    standard: NotRequired[Annotated[str, "评分说明"]]


class CallNotice(Numbered):
    """征集通知: a call for needs."""

    title: Annotated[str, "通知标题"]
    addressees: Annotated[str, "主送单位"]
    batch_name: Annotated[str, "征集批次"]
    purpose: Annotated[str, "征集目的"]
    scope: Annotated[list[str], "征集范围"]
    eligibility: Annotated[list[str], "申报条件"]
    requirements: Annotated[list[str], "填报要求"]
    starts_on: Annotated[date, "征集开始日期"]
    ends_at: Annotated[Deadline, "征集截止时间"]
    site_url: Annotated[str, "平台网址"]
    attachments: NotRequired[Annotated[list[str], "附件"]]


class BountyEntry(TypedDict):
    """One bounty inside a notice."""

    bounty_no: Annotated[str, "榜单编号"]
    title: Annotated[str, "榜单名称"]
    kind: Annotated[str, "榜单类型"]
    mode: Annotated[str, "组织方式"]
    publisher: Annotated[str, "发榜单位"]
    problem: Annotated[str, "任务内容"]
    indicators: Annotated[list[Indicator], "考核指标"]
    prize_fen: Annotated[Fen, "榜额"]
    subsidy: NotRequired[Annotated[str, "财政支持"]]
    max_awards: Annotated[int, "拟选数量"]
    duration_months: Annotated[int, "执行期"]
    bidder_conditions: Annotated[str, "揭榜条件"]
    ip_arrangement: Annotated[str, "产权归属"]
    pledge: NotRequired[Annotated[bool, "立军令状"]]
    url: Annotated[str, "榜单网址"]
    digest: NotRequired[Annotated[str, "公告摘要值"]]


class BountyNotice(Numbered):
    """榜单公告: one bounty or several of one batch."""

    title: Annotated[str, "公告标题"]
    batch_name: NotRequired[Annotated[str, "批次名称"]]
    bounties: Annotated[list[BountyEntry], "榜单"]
    published_on: Annotated[date, "发榜日期"]
    bid_deadline_at: Annotated[Deadline, "揭榜截止时间"]
    questions_close_at: NotRequired[Annotated[Deadline, "提问截止时间"]]
    site_url: Annotated[str, "平台网址"]


class BidGuide(Issued):
    """揭榜指南: how a team bids for one bounty."""

    bounty_no: Annotated[str, "榜单编号"]
    bounty_title: Annotated[str, "榜单名称"]
    publisher: Annotated[str, "发榜单位"]
    kind: Annotated[str, "榜单类型"]
    mode: Annotated[str, "组织方式"]
    selector: Annotated[str, "决选方式"]
    prize_fen: Annotated[Fen, "榜额"]
    max_awards: Annotated[int, "拟选数量"]
    bidder_conditions: Annotated[str, "揭榜条件"]
    materials: Annotated[list[str], "申报材料"]
    formal_checks: Annotated[list[str], "形式审查要点"]
    rubric: Annotated[list[Criterion], "评审标准"]
    price_reviewed: NotRequired[Annotated[bool, "评价格"]]
    pass_mark: Annotated[int, "合格线"]
    pledge: NotRequired[Annotated[bool, "立军令状"]]
    published_on: Annotated[date, "发榜日期"]
    questions_close_at: NotRequired[Annotated[Deadline, "提问截止时间"]]
    bid_deadline_at: Annotated[Deadline, "揭榜截止时间"]
    site_url: Annotated[str, "平台网址"]


class ClosingNotice(Numbered):
    """流榜公告 or 撤榜公告: a bounty that ends without an award."""

    bounty_no: Annotated[str, "榜单编号"]
    bounty_title: Annotated[str, "榜单名称"]
    publisher: Annotated[str, "发榜单位"]
    published_on: Annotated[date, "发榜日期"]
    decided_on: Annotated[date, "决定日期"]
    reason: Annotated[str, "原因"]
    follow_up: Annotated[str, "后续安排"]
    url: Annotated[str, "榜单网址"]
