"""Context of the review's summary (评审汇总表)."""

from datetime import date
from typing import Annotated, NotRequired, TypedDict


class Ranked(TypedDict):
    """One bidder (or need) in the order of the result; scores as text with two decimals."""

    place: Annotated[str, "名次"]
    name: Annotated[str, "参评对象"]
    pi_name: NotRequired[Annotated[str, "负责人"]]
    technical: NotRequired[Annotated[str, "技术分"]]
    price: NotRequired[Annotated[str, "报价分"]]
    total: Annotated[str, "总分"]
    verdict: Annotated[str, "评审结论"]


class ByJudge(TypedDict):
    """One judge's totals, in the order of `bidders`; an outlier is marked by the caller."""

    judge: Annotated[str, "评委"]
    scores: Annotated[list[str], "评分"]


class ByCriterion(TypedDict):
    """One criterion's means (or requirement's answers), in the order of `bidders`."""

    name: Annotated[str, "评审项"]
    weight: NotRequired[Annotated[str, "权重"]]
    scores: Annotated[list[str], "得分"]


class ReviewSummary(TypedDict):
    """评审汇总表: of needs or of bids."""

    bureau_name: Annotated[str, "发文单位"]
    title: Annotated[str, "汇总表标题"]
    subject_no: NotRequired[Annotated[str, "编号"]]
    subject: Annotated[str, "评审事项"]
    reviewed_on: Annotated[date, "评审日期"]
    method: Annotated[str, "计分规则"]
    drawn: NotRequired[Annotated[str, "专家抽取情况"]]
    results: Annotated[list[Ranked], "评审结果"]
    bidders: Annotated[list[str], "参评名单"]
    by_judge: Annotated[list[ByJudge], "评委评分"]
    by_criterion: NotRequired[Annotated[list[ByCriterion], "分项得分"]]
    remarks: NotRequired[Annotated[str, "离群说明"]]
    conclusion: Annotated[str, "结论意见"]
    organiser: Annotated[str, "评审组织人"]
    concluded_by: Annotated[str, "结论人"]
