"""The three stages of an achievement: what it is, what it reaches, how it may be had."""

from typing import Any

from wtforms import BooleanField
from wtforms import Form as RowForm

from matchmaker import codes
from matchmaker.achievements.reading import teams_of
from matchmaker.codes import Origin, Ownership
from matchmaker.form_fields import MoneyField
from matchmaker.places import operations as places
from matchmaker.pools.forms import PoolForm
from matchmaker.pools.inputs import (
    CheckBoxes,
    DayField,
    Rows,
    Wanted,
    Words,
    YesNo,
    groups,
    line,
    options,
    paragraph,
    select,
)
from matchmaker.pools.specs import Stage

COMPARISONS = [(sign, sign) for sign in ("≥", "≤", ">", "<", "=", "±", "～")]


class IndicatorRow(RowForm):
    """One technical indicator (技术指标)."""

    name = line("指标名称", 60)
    op = select("关系", COMPARISONS)
    value = line("数值", 40)
    unit = line("单位", 20)


class RightRow(RowForm):
    """One intellectual property right (知识产权)."""

    type = select("类型", codes.choices("ip_type"))
    no = line("编号", 60)
    status = select("状态", codes.choices("ip_status"))
    valid_to = DayField("有效期至")


class AchievementForm(PoolForm):
    """Fields are the model's attributes; which are shown is the stage's matter."""

    title = line("成果名称", 120, wanted=True, description="5 至 120 字，写明对象、方法和产物")
    team_id = select("所属团队", [], coerce=int, validate_choice=False)
    origin = select(
        "成果来源",
        [(o.value, o.label) for o in Origin],
        wanted=True,
        coerce=Origin,
        default=Origin.DOMESTIC,
    )
    tech_field_code = select("技术领域", groups(codes.grouped_choices("tech_field")), wanted=True)
    chain_node_id = select("产业链环节", [], coerce=int, validate_choice=False)
    keywords = Words(
        "关键词", [Wanted()], description="3 至 8 个，用顿号隔开；匹配需求时最重要的依据"
    )
    summary = paragraph(
        "成果简介（公开摘要）",
        2000,
        wanted=True,
        description="40 至 2000 字：解决什么问题、怎样解决、效果如何；公开可见",
    )
    indicators = Rows("技术指标", IndicatorRow, description="一行一项，如：磨抛接触力波动 ≤ 3 N")
    trl = select(
        "技术就绪度",
        [(key, f"{key} 级　{text}") for key, text in codes.choices("trl")],
        wanted=True,
        coerce=int,
    )
    ip_items = Rows(
        "知识产权",
        RightRow,
        validators=[Wanted()],
        description="一行一件，专利号如 ZL200310102344.5；没有的请选“无”",
    )
    ownership = select(
        "权属", [(o.value, o.label) for o in Ownership], wanted=True, coerce=Ownership
    )
    reg_no = line("科技成果登记号", 40)
    transfer_modes = CheckBoxes("转化方式", codes.choices("transfer_mode"), validators=[Wanted()])
    is_negotiable = YesNo("意向价格", ("面议", "标明价格"), default="1")
    asking_price_fen = MoneyField("标明的价格", description="选“标明价格”时填写；仅认证用户可见")
    cases = paragraph("应用案例", 2000, description="在哪里用过、效果如何；公开可见")
    detail = paragraph("详细说明", 20000, description="双方同意对接后对方才可见")
    no_secret_declared = BooleanField(
        "本人声明：以上内容不涉及国家秘密、工作秘密和内部敏感信息", [Wanted()]
    )

    def prepare(self, row: Any, viewer: Any) -> None:
        """Offer the institution's own teams and the district's chains."""
        if "team_id" in self:
            owner = row.institution_id if row is not None else viewer.organisation_id
            self.team_id.choices = {"": "不属于团队", **options(teams_of(owner))}
        if "chain_node_id" in self:
            nodes = [(node.id, str(node)) for node in places.chain_nodes()]
            self.chain_node_id.choices = {"": "请选择", **options(nodes)}


STAGES = (
    Stage(
        "what",
        "成果",
        ("title", "team_id", "origin", "tech_field_code", "chain_node_id", "keywords", "summary"),
    ),
    Stage("proof", "指标与知识产权", ("indicators", "trl", "ip_items", "ownership", "reg_no")),
    Stage(
        "transfer",
        "转化与提交",
        (
            "transfer_modes",
            "is_negotiable",
            "asking_price_fen",
            "cases",
            "detail",
            "no_secret_declared",
        ),
    ),
)
