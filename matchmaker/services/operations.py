"""服务机构: fields, form, rules and list of the service pool (服务库)."""

from typing import Any

from sqlalchemy.orm import joinedload
from wtforms import Form as RowForm

from matchmaker import codes, identifiers, web
from matchmaker.accounts.models import OrganisationKind
from matchmaker.codes import ServiceKind, ServiceLevel
from matchmaker.lifecycles import PoolState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.pools import filters
from matchmaker.pools.checks import between
from matchmaker.pools.forms import PoolForm
from matchmaker.pools.inputs import Rows, Wanted, line, paragraph, select
from matchmaker.pools.specs import Field, Pool, Problems, Stage
from matchmaker.services.models import Service

S = Service


class OfferRow(RowForm):
    """One service offered, with its price as the organisation words it."""

    name = line("服务项目", 80)
    price = line("收费标准", 80)


class StaffRow(RowForm):
    """One person sent to the district (派驻人员)."""

    name = line("姓名", 50)
    title = line("职务", 50)


class ServiceForm(PoolForm):
    """A service organisation on one page."""

    name = line("机构名称", 100, wanted=True)
    kind = select("服务类别", codes.choices("service_kind"), wanted=True, coerce=ServiceKind)
    grade_level = select(
        "级别", codes.choices("service_grade"), coerce=ServiceLevel, default=ServiceLevel.NONE
    )
    uscc = line("统一社会信用代码", 18)
    record_no = line("备案号", 30)
    intro = paragraph(
        "机构介绍", 2000, wanted=True, description="20 至 2000 字：服务能力、设备、资质；参与匹配"
    )
    offers = Rows("服务项目与价格", OfferRow, validators=[Wanted()], description="一行一项")
    staff = Rows("派驻人员", StaffRow, description="仅科技局可见")


def offers(shown: Any) -> list[str]:
    """Return the offers as lines: name and price."""
    return ["：".join(filter(None, (o.get("name"), o.get("price")))) for o in shown.offers]


def _staff(shown: Any) -> Any:
    if not shown.sees("staff"):
        return shown.staff
    return ["　".join(filter(None, (one.get("name"), one.get("title")))) for one in shown.staff]


def check(row: Any) -> Problems:
    """Return field → what is missing and how to put it right."""
    found = {
        "name": between("机构名称", row.name, 2, 100),
        "kind": "" if row.kind else "请选择服务类别",
        "uscc": _credit_code(row.uscc),
        "intro": between("机构介绍", row.intro, 20, 2000),
        "offers": _offers(row.offers),
    }
    return {name: text for name, text in found.items() if text}


def _offers(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "请至少填写一项服务"
    return "" if all(one.get("name") for one in rows) else "每行须写明服务项目，不需要的行请清空"


def _credit_code(text: str | None) -> str:
    if not text:
        return ""
    try:
        identifiers.credit_code(text)
    except identifiers.IdentifierError as error:
        return str(error)
    return ""


LIST = Spec(
    resource="service",
    columns=(
        Column("name", "机构名称", lambda s: s.name, sort=S.name),
        Column("kind", "服务类别", lambda s: s.kind.label if s.kind else "", sort=S.kind),
        Column("level", "级别", lambda s: s.grade_level.label, sort=S.grade_level),
        Column("offers", "服务项目与价格", lambda s: "；".join(offers(s))),
        Column("intro", "机构介绍", lambda s: s.intro, default=False),
        Column("record_no", "备案号", lambda s: str(s.record_no), default=False),
        Column("state", "状态", lambda s: s.state, sort=S.state),
        Column("updated", "更新时间", lambda s: web.as_moment(s.updated_at), sort=S.updated_at),
    ),
    filters=(
        filters.by_state(S, PoolState),
        Filter(
            "kind",
            "服务类别",
            filters.where(S.kind.__eq__, filters.member(ServiceKind)),
            choices=lambda: codes.choices("service_kind"),
        ),
        Filter(
            "level",
            "级别",
            filters.where(S.grade_level.__eq__, filters.member(ServiceLevel)),
            choices=lambda: codes.choices("service_grade"),
        ),
    ),
    default_sort="-updated",
    search=(S.name, S.intro),
    tie=S.id,
)
POOL = Pool(
    resource="service",
    model=S,
    label="服务机构",
    title="服务库",
    views="services",
    headline="name",
    owner="organisation",
    owner_kinds=tuple(OrganisationKind),
    intro="技术转移、检测、中试、知识产权等专业服务机构及其服务项目。",
    fields=(
        Field("name", "机构名称"),
        Field("organisation", "所属单位"),
        Field("kind", "服务类别"),
        Field("grade_level", "级别"),
        Field("uscc", "统一社会信用代码"),
        Field("record_no", "备案号"),
        Field("intro", "机构介绍", wide=True),
        Field("offers", "服务项目与价格", offers, wide=True),
        Field("staff", "派驻人员", _staff),
        Field("score", "年度考核得分"),
        Field("grade", "年度考核等次"),
    ),
    stages=(
        Stage(
            "service",
            "服务机构",
            ("name", "kind", "grade_level", "uscc", "record_no", "intro", "offers", "staff"),
        ),
    ),
    form=ServiceForm,
    listing=LIST,
    check=check,
    options=(joinedload(S.organisation),),
)
