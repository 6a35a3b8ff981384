"""What the matcher is measured by (匹配质量口径): each rate in words and as two lists."""

from dataclasses import dataclass

from matchmaker.reporting.brokered import PAIRING
from matchmaker.reporting.counting import Args, Cell
from matchmaker.reporting.pools import NEED
from matchmaker.reporting.ranked import FIRST
from matchmaker.reporting.rates import Rate
from matchmaker.reporting.subjects import Subject

OPEN = {"standing": "1", "current": "1"}
BY_OFFICER = {"decided": "1", "by": "officer"}


@dataclass(frozen=True)
class Definition:
    """A rate: the filters of the list it is of, and those that make the part of it."""

    key: str
    label: str
    means: str
    subject: Subject
    whole: Args
    part: Args

    def of(self, rate: Rate, args: Args, *, part: Args | None = None) -> "Ratio":
        """Return the rate with the lists it counts; `args` narrow both."""
        whole = {**self.whole, **args}
        named = {**whole, **(self.part if part is None else part)}
        return Ratio(
            self,
            Cell(f"{self.label}分子", rate.part, self.subject.key, named),
            Cell(f"{self.label}分母", rate.whole, self.subject.key, whole),
        )


@dataclass(frozen=True)
class Ratio:
    """One rate as counted."""

    definition: Definition
    part: Cell
    whole: Cell

    @property
    def rate(self) -> Rate:
        """The two numbers as a rate."""
        return Rate(self.part.value, self.whole.value)


def _decided(key: str, label: str, means: str, whole: Args) -> Definition:
    return Definition(key, label, means, PAIRING, whole, {"state": "accepted"})


def _open(key: str, label: str, means: str, matched: str) -> Definition:
    return Definition(key, label, means, NEED, OPEN, {"matched": matched})


ACCEPTANCE = _decided(
    "acceptance",
    "采纳率",
    "时段内采纳的推荐 ÷ 时段内处理过的推荐（采纳＋不相关），企业和供方自行办理的也算。"
    "没有处理的、撤销了判断的、因需求到期或成果下架而消失的不在分母里。",
    {"decided": "1"},
)
OFFICER = _decided(
    "officer", "科技局采纳率", "只算科技局经办人采纳或判为不相关的，以审计日志为准。", BY_OFFICER
)
PARTY = _decided(
    "party",
    "双方自行采纳率",
    "只算企业、供方或经纪人自己“申请对接”或点“不合适”的。",
    {"decided": "1", "by": "party"},
)
FIRST_FIVE = _decided(
    "first_five",
    "前五准确率",
    f"科技局处理的推荐中，处理时排在该需求同类候选（成果、专家、服务机构各自排名）前 {FIRST} 名的，"
    "有多少被采纳；前五名中还没有处理的不在分母里。",
    {**BY_OFFICER, "rank": "first"},
)
LATER = _decided(
    "later",
    "第六名及以后采纳率",
    "同样是科技局处理的推荐，排在第六名及以后的。排序有用时，前五准确率应明显高于它。",
    {**BY_OFFICER, "rank": "later"},
)
COVERED = _open(
    "covered",
    "有候选的需求",
    "当前在库且未过期的需求中，至少有一条推荐达到现行门槛的；判为不相关的也算找到过。",
    "any",
)
LONE = _open(
    "lone", "没有候选的需求", "当前在库且未过期的需求中，没有任何推荐达到现行门槛的。", "none"
)
SPENT = _open(
    "spent",
    "候选都判为不相关的需求",
    "当前在库且未过期的需求中，有过推荐、但全部判为不相关的：库里可能缺这类成果。",
    "spent",
)
DEFINITIONS = (ACCEPTANCE, OFFICER, PARTY, FIRST_FIVE, LATER, COVERED, LONE, SPENT)
RANK_NOTE = (
    "处理时的名次没有另存，按保存的匹配分推算：已处理的推荐用当时的分数，"
    "未处理的用现在的分数，后来删除的不计，所以个别名次可能与当天页面不同。"
)
