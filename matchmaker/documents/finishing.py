"""Context of the acceptance (验收意见)."""

from datetime import date
from typing import Annotated, NotRequired, TypedDict

from matchmaker.documents.fields import Fen


class Member(TypedDict):
    """One of the group that accepts."""

    name: Annotated[str, "姓名"]
    organisation: Annotated[str, "单位"]
    title: Annotated[str, "职称职务"]
    role: Annotated[str, "组内职务"]


class Measured(TypedDict):
    """One indicator as agreed and as found."""

    name: Annotated[str, "指标名称"]
    requirement: Annotated[str, "合同要求"]
    actual: Annotated[str, "实测结果"]
    test_method: Annotated[str, "验收方法"]
    result: Annotated[str, "是否达到"]


class Acceptance(TypedDict):
    """验收意见."""

    bureau_name: Annotated[str, "发文单位"]
    contract_no: Annotated[str, "合同编号"]
    title: Annotated[str, "项目名称"]
    bounty_no: NotRequired[Annotated[str, "榜单编号"]]
    buyer: Annotated[str, "发榜单位"]
    seller: Annotated[str, "揭榜单位"]
    pi_name: Annotated[str, "项目负责人"]
    applied_on: Annotated[date, "申请验收日期"]
    accepted_on: Annotated[date, "验收日期"]
    place: Annotated[str, "验收地点"]
    method: Annotated[str, "验收方式"]
    members: Annotated[list[Member], "验收组"]
    indicators: Annotated[list[Measured], "指标完成情况"]
    deliverables: Annotated[list[str], "交付成果"]
    total_fen: Annotated[Fen, "合同总额"]
    paid_fen: Annotated[Fen, "已付金额"]
    funds: Annotated[str, "经费使用情况"]
    opinion: Annotated[str, "验收意见"]
    conclusion: Annotated[str, "验收结论"]
    rectify: NotRequired[Annotated[str, "整改要求"]]
    rectify_by: NotRequired[Annotated[date, "整改期限"]]
