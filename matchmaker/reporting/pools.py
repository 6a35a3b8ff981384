"""The subjects: the four pools (四库), recommendations and leads, as the figures count them."""

from typing import Any

from sqlalchemy.orm import selectinload

from matchmaker import codes, web
from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement, Team
from matchmaker.brokering.models import Pairing
from matchmaker.disclosure import Hidden
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import OPEN_NEEDS, ExpertState, NeedState, PairingState, PoolState
from matchmaker.listing import Column
from matchmaker.needs.models import Need
from matchmaker.reporting.subjects import Dates, Subject, entered, last_reached, top_field, town_of
from matchmaker.services.models import Broker, Service

ON_SHELF = (PoolState.PUBLISHED, PoolState.TRANSFORMED)
IN_POOL = (ExpertState.IN_POOL, ExpertState.REMOVING)


def _field(shown: Any) -> str:
    code = shown.tech_field_code
    return codes.label("tech_field", code) if codes.is_code("tech_field", str(code)) else ""


def _day(name: str) -> Any:
    def value(shown: Any) -> Any:
        found = getattr(shown, name)
        return str(found) if isinstance(found, Hidden) else web.as_day(found)

    return value


def _text(name: str) -> Any:
    return lambda shown: str(getattr(shown, name) or "")


def _state(model: Any) -> Column:
    return Column("state", "状态", lambda shown: shown.state, sort=model.state)


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
        Column("need_no", "需求编号", _text("need_no"), sort=Need.need_no),
        Column("title", "需求名称", _text("title"), sort=Need.title),
        Column("owner", "提出企业", _text("owner_name")),
        Column("town", "镇街园区", _text("town")),
        Column("field", "技术领域", _field, sort=Need.tech_field_code),
        _state(Need),
        Column("accepted", "受理日期", _day("accepted_at"), sort=Need.accepted_at),
    ),
    row=("needs.show", "public_id"),
    options=(selectinload(Need.enterprise).selectinload(Organisation.town),),
    town=town_of(Need.enterprise_id),
    field=top_field(Need.tech_field_code),
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
        Column("title", "成果名称", _text("title"), sort=Achievement.title),
        Column("owner", "完成单位", lambda shown: shown.institution.name),
        Column("field", "技术领域", _field, sort=Achievement.tech_field_code),
        _state(Achievement),
        Column("published", "上架日期", _day("published_at"), sort=Achievement.published_at),
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
            Column("name", "名称", _text("name"), sort=model.name),
            owner,
            _state(model),
            Column("updated", "更新日期", _day("updated_at"), sort=model.updated_at),
        ),
        row=(f"{key}.show", "public_id"),
        options=(selectinload(option),),
    )


_OWNER = Column("owner", "所在单位", _text("organisation_name"))
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
PAIRING = Subject(
    key="pairings",
    label="推荐",
    resource="pairing",
    action="list",
    model=Pairing,
    standing=(PairingState.NEW,),
    standing_label="只看未处理",
    dates=(Dates("处理日期", Pairing.decided_at),),
    columns=(
        Column("title", "需求", _text("need_title")),
        Column("candidate", "推荐对象", _text("candidate_title")),
        Column("owner", "所在单位", _text("candidate_owner")),
        Column("score", "匹配分", lambda p: f"{p.score:.3f}", sort=Pairing.score, align="end"),
        _state(Pairing),
        Column("decided", "处理日期", _day("decided_at"), sort=Pairing.decided_at),
    ),
    row=("needs.show", "need_public_id"),
    options=(
        selectinload(Pairing.need),
        selectinload(Pairing.achievement).selectinload(Achievement.institution),
        selectinload(Pairing.expert).selectinload(Expert.organisation),
        selectinload(Pairing.service),
    ),
)
POOLS: tuple[tuple[str, tuple[Subject, ...]], ...] = (
    ("难题库", (NEED,)),
    ("技术库", (ACHIEVEMENT,)),
    ("人才库", (EXPERT, TEAM)),
    ("服务库", (SERVICE, BROKER)),
)
