"""Columns of experts, service organisations, brokers and organisations; every noun by name."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from matchmaker import codes
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.codes import BrokerType, ServiceKind, ServiceLevel
from matchmaker.errors import NotFound
from matchmaker.experts.models import Expert
from matchmaker.imports import cells
from matchmaker.imports.institutions import ACHIEVEMENT, TEAM
from matchmaker.imports.kinds import Kind
from matchmaker.imports.needs import KEYWORDS, NEED, TOWN, USCC
from matchmaker.lifecycles import ExpertState, OrganisationState, PoolState
from matchmaker.services.models import Broker, Service
from matchmaker.spreadsheets import FieldKind, FieldSpec

_FIELDS = dict(codes.choices("tech_field"))
_AT = FieldSpec(
    "owner", "工作单位", ("单位", "所在单位", "单位名称", "依托单位", "所属单位"), max_length=100
)
_NAME = FieldSpec("name", "姓名", ("名称", "专家姓名", "经纪人姓名"), required=True, max_length=50)
_PHONE = FieldSpec("phone", "联系电话", ("电话", "手机", "手机号", "联系方式"), max_length=60)
_MAIL = FieldSpec("email", "邮箱", ("电子邮箱", "邮件", "E-mail"), max_length=254)
_DRAFTS = (PoolState.DRAFT, PoolState.RETURNED)
EXPERT = Kind(
    noun="expert",
    model=Expert,
    label="专家",
    views="experts",
    headline="name",
    owner="organisation",
    loose=True,
    editable=(ExpertState.APPLIED,),
    initial=ExpertState.APPLIED,
    specs=(
        _NAME,
        replace(_AT, required=True),
        FieldSpec("title", "职称", ("职务", "职称职务", "专业技术职务"), max_length=50),
        FieldSpec(
            "tech_field_codes",
            "技术领域",
            ("领域", "所属领域", "专业领域"),
            kind=FieldKind.CODES,
            codes=_FIELDS,
        ),
        KEYWORDS,
        FieldSpec(
            "bio", "研究方向与简介", ("简介", "个人简介", "研究方向", "专长"), max_length=3000
        ),
        _PHONE,
        _MAIL,
    ),
    convert={"keywords": cells.words(20), "phone": cells.phone, "email": cells.mail},
)
SERVICE = Kind(
    noun="service",
    model=Service,
    label="服务机构",
    views="services",
    headline="name",
    editable=_DRAFTS,
    initial=PoolState.DRAFT,
    specs=(
        FieldSpec(
            "name", "机构名称", ("名称", "单位名称", "服务机构名称"), required=True, max_length=100
        ),
        FieldSpec("uscc", USCC.label, USCC.aliases, max_length=60),
        FieldSpec(
            "kind",
            "服务类别",
            ("类别", "机构类别", "服务类型"),
            kind=FieldKind.CODE,
            codes={one.value: one.label for one in ServiceKind},
        ),
        FieldSpec(
            "grade_level",
            "级别",
            ("机构级别",),
            kind=FieldKind.CODE,
            codes={one.value: one.label for one in ServiceLevel},
        ),
        FieldSpec("record_no", "备案号", ("备案编号", "资质编号"), max_length=40),
        FieldSpec(
            "intro",
            "机构简介",
            ("简介", "服务内容简介", "介绍"),
            required=True,
            max_length=3000,
        ),
        FieldSpec("offers", "服务项目", ("服务内容", "业务范围"), kind=FieldKind.LIST),
    ),
    convert={"uscc": cells.credit_code, "offers": cells.offers},
    enums={"kind": ServiceKind, "grade_level": ServiceLevel},
)
BROKER = Kind(
    noun="broker",
    model=Broker,
    label="技术经纪人",
    views="brokers",
    headline="name",
    owner="organisation",
    loose=True,
    editable=_DRAFTS,
    initial=PoolState.DRAFT,
    specs=(
        _NAME,
        replace(_AT, required=True),
        FieldSpec(
            "broker_type",
            "人员类型",
            ("类型", "经纪人类型"),
            kind=FieldKind.CODE,
            codes={one.value: one.label for one in BrokerType},
        ),
        FieldSpec("grade_level", "级别", ("等级", "经纪人级别"), max_length=20),
        FieldSpec("serve_towns", "服务镇街", ("服务区域", "服务镇街园区"), kind=FieldKind.LIST),
        FieldSpec("intro", "简介", ("个人简介", "服务专长"), max_length=3000),
        FieldSpec("cert_no", "证书编号", ("证书号",), max_length=40),
    ),
    convert={"serve_towns": list},
    enums={"broker_type": BrokerType},
)
ORGANISATION = Kind(
    noun="organisation",
    model=Organisation,
    label="单位",
    views="organisations",
    headline="name",
    editable=(OrganisationState.UNCLAIMED,),
    initial=OrganisationState.UNCLAIMED,
    number="uscc",
    stamps=("created_at",),
    specs=(
        FieldSpec(
            "name",
            "单位名称",
            ("企业名称", "名称", "机构名称", "单位全称"),
            required=True,
            max_length=100,
        ),
        FieldSpec(
            "kind",
            "单位类别",
            ("类别", "单位类型"),
            required=True,
            kind=FieldKind.CODE,
            codes={one.value: one.label for one in OrganisationKind},
        ),
        FieldSpec("uscc", USCC.label, USCC.aliases, max_length=60, help=USCC.help),
        TOWN,
        FieldSpec("address", "地址", ("单位地址", "注册地址", "经营地址"), max_length=100),
        FieldSpec(
            "industry_code",
            "所属行业",
            ("行业", "行业代码", "国民经济行业"),
            kind=FieldKind.CODE,
            codes=dict(codes.choices("industry")),
        ),
        FieldSpec("intro", "单位简介", ("简介", "主营业务", "企业简介"), max_length=3000),
        FieldSpec("contact_name", "联系人", ("联系人姓名",), max_length=50),
        FieldSpec("contact_phone", "联系电话", _PHONE.aliases, max_length=60),
        FieldSpec("contact_email", "邮箱", _MAIL.aliases, max_length=254),
    ),
    convert={
        "uscc": cells.credit_code,
        "contact_phone": cells.phone,
        "contact_email": cells.mail,
    },
    enums={"kind": OrganisationKind},
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.noun: kind for kind in (NEED, ACHIEVEMENT, TEAM, EXPERT, SERVICE, BROKER, ORGANISATION)}
)


def kind_of(noun: str) -> Kind:
    """Return what is known of a noun; raise `NotFound` for one that is not imported."""
    try:
        return KINDS[noun]
    except KeyError:
        raise NotFound from None


def label_of(noun: Any) -> str:
    """Return what people call the noun."""
    return KINDS[str(noun)].label
