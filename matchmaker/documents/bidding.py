"""Contexts of bidding: the receipt, the pledge, the record of the opening."""

from datetime import date, datetime
from typing import Annotated, NotRequired, TypedDict

from matchmaker.documents.fields import Deadline
from matchmaker.documents.publishing import Indicator


class SealedFile(TypedDict):
    """One of the bidder's own files, by its digest."""

    name: Annotated[str, "文件名"]
    size: Annotated[str, "大小"]
    digest: Annotated[str, "摘要值"]


class Receipt(TypedDict):
    """受理回执: what was received and how to check it. Names no bidder."""

    bureau_name: Annotated[str, "发文单位"]
    issued_on: Annotated[date, "发文日期"]
    contact_phone: NotRequired[Annotated[str, "联系电话"]]
    contact_address: NotRequired[Annotated[str, "联系地址"]]
    bid_no: Annotated[str, "申请编号"]
    bounty_no: Annotated[str, "榜单编号"]
    bounty_title: Annotated[str, "榜单名称"]
    received_at: Annotated[datetime, "收到时间"]
    bid_deadline_at: Annotated[Deadline, "揭榜截止时间"]
    files: NotRequired[Annotated[list[SealedFile], "封存文件"]]
    commitment: Annotated[str, "封存凭证"]
    signature: Annotated[str, "电子签名"]
    public_key: Annotated[str, "验签公钥"]
    replaces: NotRequired[Annotated[str, "被替换的申请编号"]]
    site_url: Annotated[str, "核验网址"]


class PledgeStep(TypedDict):
    """A step (节点) of the pledge."""

    name: Annotated[str, "节点名称"]
    due: Annotated[str, "完成时间"]
    deliverables: Annotated[str, "交付物"]


class Answerable(TypedDict):
    """Who answers for what."""

    name: Annotated[str, "姓名"]
    organisation: Annotated[str, "单位"]
    duty: Annotated[str, "职责"]


class Pledge(TypedDict):
    """军令状: aims, steps, who answers, rewards and penalties; signed by three."""

    bureau_name: Annotated[str, "发文单位"]
    version: Annotated[str, "版本"]
    bounty_no: Annotated[str, "榜单编号"]
    bounty_title: Annotated[str, "榜单名称"]
    publisher: Annotated[str, "发榜单位"]
    bidder: Annotated[str, "揭榜单位"]
    pi_name: Annotated[str, "项目负责人"]
    goal: Annotated[str, "攻关目标"]
    duration_months: Annotated[int, "执行期"]
    indicators: Annotated[list[Indicator], "考核指标"]
    steps: Annotated[list[PledgeStep], "节点"]
    people: Annotated[list[Answerable], "责任人"]
    rewards: Annotated[str, "奖励措施"]
    penalties: Annotated[str, "责任追究"]


class Holder(TypedDict):
    """One of those who opened."""

    name: Annotated[str, "姓名"]
    role: Annotated[str, "身份"]
    at: Annotated[datetime, "时间"]


class Opened(TypedDict):
    """One bid at the opening; no price, which is read after the technical part is locked."""

    bid_no: Annotated[str, "申请编号"]
    lead_organisation: NotRequired[Annotated[str, "牵头单位"]]
    received_at: NotRequired[Annotated[datetime, "收到时间"]]
    commitment: Annotated[str, "封存凭证"]
    verdict: Annotated[str, "核对结果"]


class OpeningRecord(TypedDict):
    """开标记录（启封记录）."""

    bureau_name: Annotated[str, "发文单位"]
    bounty_no: Annotated[str, "榜单编号"]
    bounty_title: Annotated[str, "榜单名称"]
    publisher: Annotated[str, "发榜单位"]
    bid_deadline_at: Annotated[Deadline, "揭榜截止时间"]
    opened_at: Annotated[datetime, "启封时间"]
    holders: Annotated[list[Holder], "启封人"]
    sealed_count: Annotated[int, "封存份数"]
    opened_count: Annotated[int, "启封份数"]
    bids: NotRequired[Annotated[list[Opened], "申请"]]
    record_digest: Annotated[str, "记录摘要值"]
    witnesses: NotRequired[Annotated[list[str], "见证人"]]
    remarks: NotRequired[Annotated[str, "异常情况"]]
    recorded_on: Annotated[date, "记录日期"]
