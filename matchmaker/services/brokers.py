"""技术经纪人、科技特派员、科技助理: fields, form, rules, list and pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import select as select_rows
from sqlalchemy.orm import joinedload

from matchmaker import codes, web
from matchmaker.accounts.models import OrganisationKind
from matchmaker.codes import BrokerType
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState, Role
from matchmaker.listing import Column, Filter, Spec
from matchmaker.places import operations as places
from matchmaker.pools import filters
from matchmaker.pools.checks import between
from matchmaker.pools.forms import PoolForm
from matchmaker.pools.inputs import CheckBoxes, line, options, paragraph, select
from matchmaker.pools.specs import Field, Pool, Problems, Stage
from matchmaker.pools.views import blueprint
from matchmaker.services.models import Broker

B = Broker


class BrokerForm(PoolForm):
    """A broker on one page."""

    name = line("姓名", 50, wanted=True)
    broker_type = select("类型", codes.choices("broker_type"), wanted=True, coerce=BrokerType)
    grade_level = select("等级", [(label, label) for _code, label in codes.choices("broker_grade")])
    org_name = line("所属机构", 100, description="机构已在平台登记的可以不填")
    serve_towns = CheckBoxes("服务镇街", (), description="仅认证用户可见")
    intro = paragraph("专长与服务经历", 2000, wanted=True, description="10 至 2000 字")
    cert_no = line("证书号", 30, description="仅科技局可见")

    def prepare(self, row: Any, _viewer: Any) -> None:
        """Offer the towns in use, and those the row names already."""
        if "serve_towns" in self:
            known = [town.name for town in places.towns()]
            kept = [name for name in (row.serve_towns if row else ()) if name not in known]
            self.serve_towns.choices = options((name, name) for name in known + kept)


def check(row: Any) -> Problems:
    """Return field → what is missing and how to put it right."""
    found = {
        "name": between("姓名", row.name, 2, 50),
        "broker_type": "" if row.broker_type else "请选择类型",
        "org_name": "" if row.organisation_name else "请填写所属机构",
        "intro": between("专长与服务经历", row.intro, 10, 2000),
    }
    return {name: text for name, text in found.items() if text}


def born(row: Any, by: Any, _now: datetime) -> dict[str, Any]:
    """Tie a broker's own entry to the account, once."""
    if Role.BROKER not in by.roles:
        return {}
    if db.session.scalar(select_rows(B.id).where(B.user_id == by.id)) is not None:
        raise Invalid({"name": "您已登记过经纪人信息，请在原记录上修改"})
    row.user_id = by.id
    return {}


LIST = Spec(
    resource="broker",
    columns=(
        Column("name", "姓名", lambda s: s.name, sort=B.name),
        Column("type", "类型", lambda s: s.broker_type.label if s.broker_type else ""),
        Column("level", "等级", lambda s: s.grade_level, sort=B.grade_level),
        Column("organisation", "所属机构", lambda s: s.organisation_name),
        Column("towns", "服务镇街", lambda s: _towns(s)),
        Column("intro", "专长与服务经历", lambda s: s.intro, default=False),
        Column("deals", "促成项数", lambda s: str(s.deal_count), default=False, align="end"),
        Column("state", "状态", lambda s: s.state, sort=B.state),
        Column("updated", "更新时间", lambda s: web.as_moment(s.updated_at), sort=B.updated_at),
    ),
    filters=(
        filters.by_state(B, PoolState),
        Filter(
            "type",
            "类型",
            filters.where(B.broker_type.__eq__, filters.member(BrokerType)),
            choices=lambda: codes.choices("broker_type"),
        ),
        Filter(
            "town",
            "服务镇街",
            filters.names(B.serve_towns),
            choices=lambda: [(town.name, town.name) for town in places.towns()],
            needs="serve_towns",
        ),
    ),
    default_sort="-updated",
    search=(B.name, B.intro, B.org_name),
    tie=B.id,
)


def _towns(shown: Any) -> Any:
    return "、".join(shown.serve_towns) if shown.sees("serve_towns") else str(shown.serve_towns)


def _deals(shown: Any) -> Any:
    if not shown.sees("deal_count"):
        return shown.deal_count
    return f"{shown.deal_count} 项，{web.fen_as_wan(shown.deal_amount_fen)}"


POOL = Pool(
    resource="broker",
    model=B,
    label="技术经纪人",
    title="技术经纪人",
    views="brokers",
    headline="name",
    owner="organisation",
    owner_kinds=tuple(OrganisationKind),
    intro="技术经纪（理）人、科技特派员、科技助理和企业技术负责人。",
    fields=(
        Field("name", "姓名"),
        Field("broker_type", "类型"),
        Field("grade_level", "等级"),
        Field("org_name", "所属机构", lambda s: s.organisation_name),
        Field("serve_towns", "服务镇街", _towns),
        Field("intro", "专长与服务经历", wide=True),
        Field("cert_no", "证书号"),
        Field("deal_count", "促成合同", _deals),
    ),
    stages=(
        Stage(
            "broker",
            "技术经纪人",
            ("name", "broker_type", "grade_level", "org_name", "serve_towns", "intro", "cert_no"),
        ),
    ),
    form=BrokerForm,
    listing=LIST,
    check=check,
    born=born,
    options=(joinedload(B.organisation),),
)
bp = blueprint(POOL)
