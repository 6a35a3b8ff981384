"""The four pools (四库) as the figures count them."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from matchmaker import codes, web
from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement, Team
from matchmaker.brokering.lead_models import Lead
from matchmaker.disclosure import Hidden
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import OPEN_NEEDS, ExpertState, NeedState, PoolState
from matchmaker.listing import Column, Filter
from matchmaker.needs.models import Need
from matchmaker.reporting import ranked
from matchmaker.reporting.subjects import Dates, Subject, entered, last_reached, top_field, town_of
from matchmaker.services.models import Broker, Service

ON_SHELF = (PoolState.PUBLISHED, PoolState.TRANSFORMED)
IN_POOL = (ExpertState.IN_POOL, ExpertState.REMOVING)


def field_name(shown: Any) -> str:
    """Return the name of a row's technology field."""
    code = shown.tech_field_code
    return codes.label("tech_field", code) if codes.is_code("tech_field", str(code)) else ""


def day(name: str) -> Any:
    """Return the column value of a moment, as a day."""

    def value(shown: Any) -> Any:
        found = getattr(shown, name)
        return str(found) if isinstance(found, Hidden) else web.as_day(found)

    return value


def text(name: str) -> Any:
    """Return the column value of an attribute as text."""
    return lambda shown: str(getattr(shown, name) or "")


def state(model: Any) -> Column:
    """Return the column of a model's state."""
    return Column("state", "状态", lambda shown: shown.state, sort=model.state)


def _led(query: Select[Any], _value: str) -> Select[Any]:
    return query.where(Need.id.in_(select(Lead.need_id)))


NEED = Subject(
    key="needs",
    label="需求",
    resource="need",
    action="read_bureau",
    model=Need,
    standing=OPEN_NEEDS,
    standing_label="只看在库",
    dates=(
        Dates("受理日期", Need.accepted_at),
        Dates("解决日期", last_reached(Need, NeedState.RESOLVED), "resolved_"),
    ),
    columns=(
        Column("need_no", "需求编号", text("need_no"), sort=Need.need_no),
        Column("title", "需求名称", text("title"), sort=Need.title),
        Column("owner", "提出企业", text("owner_name")),
        Column("town", "镇街园区", text("town")),
        Column("field", "技术领域", field_name, sort=Need.tech_field_code),
        state(Need),
        Column("accepted", "受理日期", day("accepted_at"), sort=Need.accepted_at),
    ),
    row=("needs.show", "public_id"),
    options=(selectinload(Need.enterprise).selectinload(Organisation.town),),
    town=town_of(Need.enterprise_id),
    field=top_field(Need.tech_field_code),
    more=lambda now: (
        Filter("led", "只看已有对接", _led, kind="check"),
        *ranked.need_filters(now),
    ),
)
ACHIEVEMENT = Subject(
    key="achievements",
    label="成果",
    resource="achievement",
    action="read_bureau",
    model=Achievement,
    standing=ON_SHELF,
    standing_label="只看在库",
    dates=(Dates("上架日期", Achievement.published_at),),
    columns=(
        Column("title", "成果名称", text("title"), sort=Achievement.title),
        Column("owner", "完成单位", lambda shown: shown.institution.name),
        Column("field", "技术领域", field_name, sort=Achievement.tech_field_code),
        state(Achievement),
        Column("published", "上架日期", day("published_at"), sort=Achievement.published_at),
    ),
    row=("achievements.show", "public_id"),
    options=(selectinload(Achievement.institution),),
    field=top_field(Achievement.tech_field_code),
)


def _named(
    key: str, label: str, model: Any, standing: tuple[Any, ...], *, owner: Column, option: Any
) -> Subject:
    """Write a pool of people or organisations: a name, whose it is, its state."""
    return Subject(
        key=key,
        label=label,
        resource=model.lifecycle.noun,
        action="read_bureau",
        model=model,
        standing=standing,
        standing_label="只看在库",
        dates=(Dates("入库日期", entered(model, standing)),),
        columns=(
            Column("name", "名称", text("name"), sort=model.name),
            owner,
            state(model),
            Column("updated", "更新日期", day("updated_at"), sort=model.updated_at),
        ),
        row=(f"{key}.show", "public_id"),
        options=(selectinload(option),),
    )


_OWNER = Column("owner", "所在单位", text("organisation_name"))
EXPERT = _named("experts", "专家", Expert, IN_POOL, owner=_OWNER, option=Expert.organisation)
TEAM = _named(
    "teams",
    "科研团队",
    Team,
    ON_SHELF,
    owner=Column("owner", "所在单位", lambda shown: shown.institution.name),
    option=Team.institution,
)
SERVICE = _named(
    "services",
    "服务机构",
    Service,
    ON_SHELF,
    owner=Column("kind", "服务类别", lambda shown: shown.kind.label if shown.kind else ""),
    option=Service.organisation,
)
BROKER = _named("brokers", "技术经纪人", Broker, ON_SHELF, owner=_OWNER, option=Broker.organisation)
POOLS: tuple[tuple[str, tuple[Subject, ...]], ...] = (
    ("难题库", (NEED,)),
    ("技术库", (ACHIEVEMENT,)),
    ("人才库", (EXPERT, TEAM)),
    ("服务库", (SERVICE, BROKER)),
)
