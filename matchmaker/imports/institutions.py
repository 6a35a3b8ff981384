"""Columns of achievements and research teams, with the names universities give them."""

from matchmaker import codes
from matchmaker.accounts.models import OrganisationKind
from matchmaker.achievements.models import Achievement, Team
from matchmaker.codes import Origin, Ownership
from matchmaker.imports import cells
from matchmaker.imports.kinds import Kind
from matchmaker.imports.needs import BODY, FIELD, KEYWORDS, TECH_FIELDS, USCC, lacks_body
from matchmaker.lifecycles import PoolState
from matchmaker.spreadsheets import FieldKind, FieldSpec

_INSTITUTION = FieldSpec(
    "owner",
    "完成单位",
    (
        "单位名称",
        "单位",
        "高校院所",
        "所属单位",
        "成果单位",
        "持有单位",
        "第一完成单位",
        "成果持有单位",
    ),
    required=True,
    max_length=100,
    help="单位全称",
    example="海澜理工大学",
)
ACHIEVEMENT = Kind(
    noun="achievement",
    model=Achievement,
    label="成果",
    views="achievements",
    owner="institution",
    owner_kind=OrganisationKind.INSTITUTION,
    editable=(PoolState.DRAFT, PoolState.RETURNED),
    initial=PoolState.DRAFT,
    specs=(
        FieldSpec(
            "number", "成果编号", ("编号",), max_length=60, help="本单位的编号，用于再次导入时更新"
        ),
        FieldSpec(
            "title",
            "成果名称",
            ("名称", "标题", "成果标题", "技术名称", "项目名称", "科技成果名称"),
            required=True,
            max_length=120,
            example="恒力末端执行器与机器人磨抛系统",
        ),
        _INSTITUTION,
        USCC,
        FieldSpec(
            "summary",
            "成果简介",
            (*BODY, "成果介绍", "成果摘要", "成果内容", "技术简介", "成果描述"),
            required=True,
            max_length=2000,
            help="公开内容，提交时不少于 40 字；匹配需求主要看这一栏",
            example="结构光相机获取点云并与数模配准，恒力末端执行器实时补偿接触力，已在泵阀铸件上运行一年。",
        ),
        FieldSpec("detail", "详细说明", ("成果详情", "详细介绍"), max_length=10_000),
        FieldSpec(
            "origin",
            "成果来源",
            ("来源",),
            kind=FieldKind.CODE,
            codes={one.value: one.label for one in Origin},
        ),
        FieldSpec("reg_no", "科技成果登记号", ("成果登记号", "登记号"), max_length=40),
        FIELD,
        KEYWORDS,
        FieldSpec(
            "indicators",
            "技术指标",
            ("主要技术指标", "性能指标", "主要指标", "指标", "核心指标"),
            max_length=5000,
            help="每行一条，如 配准误差≤0.2 mm",
        ),
        FieldSpec("trl", "技术就绪度", ("TRL", "成熟度", "技术成熟度"), max_length=40, example="8"),
        FieldSpec(
            "ip_items",
            "知识产权",
            ("知识产权情况", "专利", "专利情况", "知识产权类型"),
            kind=FieldKind.LIST,
            codes=dict(codes.choices("ip_type")),
            help="类型加号码，多件以顿号隔开",
            example="发明专利 ZL202010123456.7、软件著作权",
        ),
        FieldSpec(
            "ownership",
            "权属",
            ("权属情况", "成果权属"),
            kind=FieldKind.CODE,
            codes={one.value: one.label for one in Ownership},
        ),
        FieldSpec(
            "transfer_modes",
            "转化方式",
            ("合作方式", "转让方式", "拟转化方式", "转化意向"),
            kind=FieldKind.LIST,
            codes=dict(codes.choices("transfer_mode")),
            example="技术许可、委托开发",
        ),
        FieldSpec(
            "asking_price_fen",
            "意向价格",
            ("报价", "转让价格", "价格", "意向金额"),
            kind=FieldKind.MONEY,
            example="120",
        ),
        FieldSpec("cases", "应用案例", ("应用情况", "典型案例"), max_length=5000),
    ),
    convert={
        "owner_uscc": cells.credit_code,
        "keywords": cells.words(20),
        "indicators": cells.indicators,
        "trl": cells.level,
        "ip_items": cells.rights,
        "transfer_modes": cells.code_list("transfer_mode"),
    },
    enums={"origin": Origin, "ownership": Ownership},
    derive=lambda content: {"is_negotiable": False} if content.get("asking_price_fen") else {},
    check=lacks_body("summary", "成果简介"),
)
TEAM = Kind(
    noun="team",
    model=Team,
    label="科研团队",
    views="teams",
    headline="name",
    owner="institution",
    owner_kind=OrganisationKind.INSTITUTION,
    editable=(PoolState.DRAFT, PoolState.RETURNED),
    initial=PoolState.DRAFT,
    specs=(
        FieldSpec("name", "团队名称", ("名称", "团队"), required=True, max_length=100),
        _INSTITUTION,
        USCC,
        FieldSpec("leader_name", "负责人", ("团队负责人", "带头人", "负责人姓名"), max_length=50),
        FieldSpec("leader_title", "负责人职称", ("职称",), max_length=50),
        FieldSpec(
            "directions",
            "研究方向",
            ("方向", "团队简介", "主要研究方向", *BODY),
            required=True,
            max_length=2000,
        ),
        FieldSpec(
            "tech_field_codes",
            "技术领域",
            FIELD.aliases,
            kind=FieldKind.CODES,
            codes=TECH_FIELDS,
        ),
    ),
    convert={"owner_uscc": cells.credit_code},
)
