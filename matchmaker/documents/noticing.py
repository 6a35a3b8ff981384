"""Contexts of public notices and the answers to objections."""

from datetime import date
from typing import Annotated, NotRequired

from matchmaker.documents.publishing import Issued, Numbered


class PublicNotice(Numbered):
    """公示: any kind; what is noticed is a table whose columns the caller names."""

    notice_no: Annotated[str, "公示编号"]
    title: Annotated[str, "公示标题"]
    basis: Annotated[str, "公示依据"]
    columns: Annotated[list[str], "公示栏目"]
    rows: Annotated[list[list[str]], "公示内容"]
    remarks: NotRequired[Annotated[str, "公示说明"]]
    published_on: Annotated[date, "公示发布日期"]
    start_on: Annotated[date, "公示开始日期"]
    end_on: Annotated[date, "公示截止日期"]
    workdays: Annotated[int, "公示工作日数"]
    url: Annotated[str, "公示网址"]


class ObjectionReply(Issued):
    """异议答复书: to the objector alone."""

    reply_no: Annotated[str, "答复书编号"]
    objector: Annotated[str, "异议人"]
    notice_no: Annotated[str, "公示编号"]
    notice_title: Annotated[str, "公示标题"]
    received_on: Annotated[date, "收到日期"]
    accepted_on: Annotated[date, "受理日期"]
    claim: Annotated[str, "异议事项"]
    findings: Annotated[str, "调查核实情况"]
    decision: Annotated[str, "处理结论"]
    answer: Annotated[str, "答复意见"]
    follow_up: Annotated[str, "后续处理"]
    remedy: NotRequired[Annotated[str, "救济途径"]]
