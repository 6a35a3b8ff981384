"""科研团队: fields, form, rules and list of the pool of teams."""

from typing import Any

from sqlalchemy.orm import joinedload
from wtforms import Form as RowForm

from matchmaker import codes, web
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.achievements.models import Team
from matchmaker.lifecycles import PoolState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.pools import filters
from matchmaker.pools.checks import between, some_of
from matchmaker.pools.forms import PoolForm
from matchmaker.pools.inputs import CheckBoxes, Rows, Wanted, line, paragraph
from matchmaker.pools.specs import Field, Pool, Problems, Stage, field_names
from matchmaker.pools.views import blueprint


class MemberRow(RowForm):
    """One member (成员), kept for conflict checks."""

    name = line("姓名", 50)
    organisation = line("单位", 100)


class TeamForm(PoolForm):
    """A team on one page."""

    name = line("团队名称", 100, wanted=True)
    leader_name = line("负责人", 50, wanted=True)
    leader_title = line("负责人职称", 50, wanted=True)
    directions = paragraph("研究方向", 2000, wanted=True, description="参与匹配，请写明具体技术")
    tech_field_codes = CheckBoxes(
        "技术领域", codes.choices("tech_field"), validators=[Wanted()], description="1 至 3 个"
    )
    members = Rows("主要成员", MemberRow, description="仅科技局可见，用于评审回避")


def _members(shown: Any) -> Any:
    if not shown.sees("members"):
        return shown.members
    return ["　".join(filter(None, (m.get("name"), m.get("organisation")))) for m in shown.members]


def check(row: Any) -> Problems:
    """Return field → what is missing and how to put it right."""
    found = {
        "name": between("团队名称", row.name, 2, 100),
        "leader_name": between("负责人", row.leader_name, 1, 50),
        "leader_title": between("负责人职称", row.leader_title, 1, 50),
        "directions": between("研究方向", row.directions, 10, 2000),
        "tech_field_codes": some_of("技术领域", row.tech_field_codes, "tech_field", 3),
    }
    return {name: text for name, text in found.items() if text}


LIST = Spec(
    resource="team",
    columns=(
        Column("name", "团队名称", lambda s: s.name, sort=Team.name),
        Column("institution", "所属单位", lambda s: s.institution.name),
        Column("leader", "负责人", lambda s: s.leader_name, sort=Team.leader_name),
        Column("leader_title", "职称", lambda s: s.leader_title),
        Column("fields", "技术领域", field_names),
        Column("directions", "研究方向", lambda s: s.directions, default=False),
        Column("state", "状态", lambda s: s.state, sort=Team.state),
        Column("updated", "更新时间", lambda s: web.as_moment(s.updated_at), sort=Team.updated_at),
    ),
    filters=(
        filters.by_state(Team, PoolState),
        filters.by_fields(Team.tech_field_codes),
        Filter(
            "institution",
            "所属单位",
            lambda q, v: q.where(Team.institution.has(filters.by_name(Organisation.name, v))),
            kind="text",
        ),
    ),
    default_sort="-updated",
    search=(Team.name, Team.leader_name, Team.directions),
    tie=Team.id,
)
POOL = Pool(
    resource="team",
    model=Team,
    label="科研团队",
    title="科研团队",
    views="teams",
    headline="name",
    owner="institution",
    owner_kinds=(OrganisationKind.INSTITUTION,),
    intro="高校院所的科研团队及其研究方向。",
    fields=(
        Field("name", "团队名称"),
        Field("institution", "所属单位"),
        Field("leader_name", "负责人"),
        Field("leader_title", "负责人职称"),
        Field("directions", "研究方向", wide=True),
        Field("tech_field_codes", "技术领域", field_names),
        Field("members", "主要成员", _members),
    ),
    stages=(
        Stage(
            "team",
            "团队",
            (
                "name",
                "leader_name",
                "leader_title",
                "directions",
                "tech_field_codes",
                "members",
            ),
        ),
    ),
    form=TeamForm,
    listing=LIST,
    check=check,
    options=(joinedload(Team.institution),),
)
bp = blueprint(POOL)
