"""★ The fields an enterprise fills, in five stages: at most 22, at most eleven required.

Limits are characters, months, or numbers of entries. What a field may hold at most binds as soon
as a draft is saved; the least and the required bind at submission.
"""

from dataclasses import dataclass

STAGES: tuple[tuple[int, str], ...] = (
    (1, "问题"),
    (2, "指标与条件"),
    (3, "时间与经费"),
    (4, "合作与产权"),
    (5, "公开与提交"),
)
LAST_STAGE = len(STAGES)


@dataclass(frozen=True)
class Field:
    """One field of the form, named as the attribute of the model it fills.

    kind : line text words lines choice choices number money tick organisations.
    least, most : of a text's characters, a list's entries, or the number itself; 0 for no bound.
    """

    name: str
    label: str
    stage: int
    kind: str
    required: bool = False
    least: int = 0
    most: int = 0
    help: str = ""
    example: str = ""
    code_list: str = ""


FIELDS: tuple[Field, ...] = (
    Field(
        "title",
        "需求名称",
        1,
        "line",
        required=True,
        least=5,
        most=120,
        help="一句话说清要攻克什么，5–120 字。",
        example="例：大型阀体铸件机器人自适应打磨技术",
    ),
    Field(
        "problem",
        "拟解决的主要技术问题",
        1,
        "text",
        required=True,
        least=30,
        most=3000,
        help="写清现象、卡在哪里、要解决哪几个技术问题，30–3000 字。匹配成果主要看这一栏。",
    ),
    Field(
        "background",
        "背景与现状",
        1,
        "text",
        least=30,
        most=2000,
        help="产品、产量、现在怎么做、为什么不行。不填可空着，填则不少于 30 字。",
    ),
    Field(
        "foundation",
        "现有基础与已做工作",
        1,
        "text",
        most=2000,
        help="已有的设备、数据、试验。仅认证的高校院所可见。",
    ),
    Field("category", "需求类别", 1, "choice", code_list="category"),
    Field(
        "tech_field_code",
        "技术领域",
        1,
        "choice",
        required=True,
        code_list="tech_field",
        help="国家重点支持的高新技术领域，选到二级。",
    ),
    Field(
        "keywords",
        "关键词",
        1,
        "words",
        required=True,
        least=3,
        most=8,
        help="3–8 个词，用顿号或逗号隔开。",
        example="例：铸件打磨、力控、三维视觉",
    ),
    Field(
        "key_indicators",
        "核心考核指标",
        2,
        "lines",
        required=True,
        least=2,
        most=20,
        help="一行一条，至少 2 条，每条写明数值和单位。",
        example="例：打磨接触力波动≤±5 N",
    ),
    Field("target_trl", "目标技术就绪度", 2, "choice", code_list="trl"),
    Field(
        "bidder_conditions",
        "对揭榜方条件",
        2,
        "text",
        most=1000,
        help="要求业绩、设备、资质即可，不得指定单位、限定地域。",
    ),
    Field("industry_code", "所属行业", 2, "choice", code_list="industry"),
    Field("chain_node_id", "产业链环节", 2, "choice", code_list="chain"),
    Field(
        "duration_months",
        "完成时限",
        3,
        "number",
        required=True,
        least=1,
        most=48,
        help="1–48 个月，常见不超过 36 个月。",
    ),
    Field("budget_total_fen", "拟投入总额", 3, "money", required=True, help="大于 0，单位万元。"),
    Field(
        "pay_to_bidder_fen",
        "其中付给揭榜方",
        3,
        "money",
        required=True,
        help="以现金付给揭榜方的部分，不超过拟投入总额。",
    ),
    Field("coop_modes", "合作方式", 4, "choices", required=True, least=1, code_list="coop_mode"),
    Field(
        "ip_arrangement",
        "产权归属与利益分配",
        4,
        "text",
        required=True,
        least=4,
        most=1000,
        help="成果归谁、收益怎么分。",
        example="例：专利双方共有，需方在本行业独占实施",
    ),
    Field("audience", "公开范围", 5, "choice", required=True, code_list="audience"),
    Field(
        "directed_to",
        "定向单位",
        5,
        "organisations",
        most=20,
        help="公开范围选“仅定向单位可见”时填写：平台上已有的单位全称，用顿号隔开。",
    ),
    Field("is_anonymous", "对外匿名展示本企业名称", 5, "tick"),
    Field(
        "no_secret_declared",
        "本企业承诺：所填内容不含国家秘密、工作秘密和内部敏感信息",
        5,
        "tick",
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
LABELS = {field.name: field.label for field in FIELDS}


def of_stage(stage: int) -> tuple[Field, ...]:
    """Return the fields of one stage, in the order of the page."""
    return tuple(field for field in FIELDS if field.stage == stage)


def stage_of(name: str) -> int:
    """Return the stage a field is on; what is on none (the enterprise itself) is on the last."""
    return BY_NAME[name].stage if name in BY_NAME else LAST_STAGE
