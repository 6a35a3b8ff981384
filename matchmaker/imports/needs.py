"""Columns of needs with the names bureaus give them, and those other nouns share."""

from collections.abc import Mapping
from typing import Any

from matchmaker import codes
from matchmaker.accounts.models import OrganisationKind
from matchmaker.codes import Disclosure, NeedCategory
from matchmaker.imports import cells
from matchmaker.imports.kinds import Kind, Problem
from matchmaker.lifecycles import NeedState
from matchmaker.needs.models import Need
from matchmaker.spreadsheets import FieldKind, FieldSpec

BODY = ("正文", "简介", "内容", "内容简介", "描述", "摘要")
TECH_FIELDS = dict(codes.choices("tech_field"))
_MODES = dict(codes.choices("coop_mode"))
USCC = FieldSpec(
    "owner_uscc",
    "统一社会信用代码",
    ("信用代码", "社会信用代码", "企业统一社会信用代码", "机构代码"),
    max_length=60,
    help="18 位；单位尚未入驻时用于建立单位档案",
)
TOWN = FieldSpec(
    "town",
    "所属镇街",
    ("镇街", "镇街园区", "园区", "所在镇街", "所属乡镇", "乡镇", "属地"),
    max_length=100,
)
KEYWORDS = FieldSpec(
    "keywords", "关键词", ("关键字", "主题词"), kind=FieldKind.LIST, help="3 至 8 个，以顿号隔开"
)
FIELD = FieldSpec(
    "tech_field_code",
    "技术领域",
    ("技术领域代码", "所属技术领域", "领域", "所属领域"),
    kind=FieldKind.CODE,
    codes=TECH_FIELDS,
    help="国家重点支持的高新技术领域，选到二级",
)


def lacks_body(key: str, label: str) -> Any:
    """Return a check that the text matching reads is long enough to say something."""

    def check(content: Mapping[str, Any]) -> dict[str, Problem]:
        found: dict[str, Problem] = {}
        title = content.get("title") or ""
        if title and len(title) < 5:  # noqa: PLR2004
            found["title"] = (f"名称只有 {len(title)} 个字", "请写清楚要解决什么，不少于 5 个字")
        total, paid = content.get("budget_total_fen"), content.get("pay_to_bidder_fen")
        if total is not None and paid is not None and paid > total:
            found["pay_to_bidder_fen"] = ("付给揭榜方的金额大于拟投入总额", "请核对两个金额")
        for name in ("budget_total_fen", "asking_price_fen"):
            amount = content.get(name)
            if amount is not None and amount <= 0:
                found[name] = ("金额须大于 0", "请改正；未定可留空")
        if content.get("pay_to_bidder_fen") is not None and content["pay_to_bidder_fen"] < 0:
            found["pay_to_bidder_fen"] = ("金额为负数", "请改正；未定可留空")
        if not (content.get(key) or "").strip() and key in content and key not in found:
            found.setdefault(key, (f"{label}没有内容", f"请填写“{label}”"))
        return found

    return check


NEED = Kind(
    noun="need",
    model=Need,
    label="需求",
    views="needs",
    owner="enterprise",
    owner_kind=OrganisationKind.ENTERPRISE,
    number="need_no",
    editable=(NeedState.DRAFT, NeedState.RETURNED),
    initial=NeedState.DRAFT,
    specs=(
        FieldSpec("number", "需求编号", ("编号",), max_length=60, help="已有编号的填写，用于更新"),
        FieldSpec(
            "title",
            "需求名称",
            ("名称", "标题", "需求标题", "技术需求名称", "难题名称", "项目名称", "需求题目"),
            required=True,
            max_length=120,
            example="大型阀体铸件机器人自适应打磨技术",
        ),
        FieldSpec(
            "owner",
            "企业名称",
            (
                "需求单位",
                "单位名称",
                "企业",
                "单位",
                "提出单位",
                "申报单位",
                "所属企业",
                "需求企业",
                "需求方",
            ),
            required=True,
            max_length=100,
            help="营业执照上的全称",
            example="海澜阀门铸造有限公司",
        ),
        USCC,
        TOWN,
        FieldSpec(
            "problem",
            "拟解决的主要技术问题",
            (
                *BODY,
                "需求简介",
                "需求内容",
                "需求描述",
                "技术需求",
                "主要技术问题",
                "技术问题",
                "问题",
            ),
            required=True,
            max_length=3000,
            help="写清现象、卡在哪里、要解决哪几个技术问题；匹配成果主要看这一栏",
            example="铸件毛坯尺寸离散大，固定轨迹打磨会过切或漏磨，需要解决轨迹在线修正和恒力控制。",
        ),
        FieldSpec(
            "background", "背景与现状", ("背景", "需求背景", "现状", "背景情况"), max_length=2000
        ),
        FieldSpec(
            "foundation",
            "现有基础与已做工作",
            ("现有基础", "工作基础", "已做工作"),
            max_length=2000,
        ),
        FieldSpec(
            "category",
            "需求类别",
            ("需求类型", "类别"),
            kind=FieldKind.CODE,
            codes={one.value: one.label for one in NeedCategory},
        ),
        FIELD,
        FieldSpec(
            "industry_code",
            "所属行业",
            ("行业代码", "行业", "国民经济行业"),
            kind=FieldKind.CODE,
            codes=dict(codes.choices("industry")),
        ),
        KEYWORDS,
        FieldSpec(
            "key_indicators",
            "核心考核指标",
            ("考核指标", "技术指标", "主要技术指标", "指标", "主要指标", "指标要求"),
            max_length=5000,
            help="每行一条，写明数值和单位",
            example="打磨接触力波动≤±5 N；单件节拍≤6 min",
        ),
        FieldSpec("target_trl", "目标技术就绪度", ("目标TRL", "目标成熟度", "TRL"), max_length=40),
        FieldSpec("bidder_conditions", "对揭榜方条件", ("揭榜方条件", "揭榜条件"), max_length=1000),
        FieldSpec(
            "duration_months",
            "完成时限",
            ("研发周期", "期限", "完成期限", "周期", "实施期限", "时限"),
            max_length=20,
            help="月数，1 至 48",
            example="18",
        ),
        FieldSpec(
            "budget_total_fen",
            "拟投入总额",
            ("预算", "拟投入资金", "经费预算", "总投入", "投入资金", "预算金额"),
            kind=FieldKind.MONEY,
            example="180",
        ),
        FieldSpec(
            "pay_to_bidder_fen",
            "其中付给揭榜方",
            ("付给揭榜方", "榜金", "揭榜金额"),
            kind=FieldKind.MONEY,
            example="120",
        ),
        FieldSpec(
            "coop_modes",
            "合作方式",
            ("合作模式", "拟合作方式", "合作意向"),
            kind=FieldKind.LIST,
            codes=_MODES,
            example="委托开发、合作开发",
        ),
        FieldSpec(
            "ip_arrangement",
            "产权归属与利益分配",
            ("产权归属", "知识产权归属", "产权约定", "利益分配"),
            max_length=1000,
        ),
        FieldSpec(
            "audience",
            "公开范围",
            ("公开方式",),
            kind=FieldKind.CODE,
            codes={x.value: x.label for x in (Disclosure.PUBLIC, Disclosure.MEMBER)},
        ),
        FieldSpec("is_anonymous", "对外匿名", ("是否匿名", "匿名展示"), kind=FieldKind.BOOLEAN),
    ),
    convert={
        "owner_uscc": cells.credit_code,
        "keywords": cells.words(20),
        "key_indicators": cells.lines,
        "target_trl": cells.level,
        "duration_months": cells.months,
        "coop_modes": cells.code_list("coop_mode"),
    },
    enums={"category": NeedCategory, "audience": Disclosure},
    check=lacks_body("problem", "拟解决的主要技术问题"),
)
