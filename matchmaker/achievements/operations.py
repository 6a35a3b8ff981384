"""The achievement as the pools' shared operations know it."""

from typing import Any

from sqlalchemy.orm import joinedload

from matchmaker import codes
from matchmaker.accounts.models import OrganisationKind
from matchmaker.achievements import listing, rules
from matchmaker.achievements.forms import STAGES, AchievementForm
from matchmaker.achievements.models import Achievement
from matchmaker.pools.specs import Field, Pool


def _trl(shown: Any) -> str | None:
    return f"{shown.trl} 级　{codes.label('trl', str(shown.trl))}" if shown.trl else None


def _indicators(shown: Any) -> list[str]:
    return [
        " ".join(str(one.get(key) or "") for key in ("name", "op", "value", "unit")).strip()
        for one in shown.indicators
    ]


def _rights(shown: Any) -> list[str]:
    return [_right(one) for one in shown.ip_items]


def _right(one: dict[str, Any]) -> str:
    kind = codes.label("ip_type", one["type"]) if one.get("type") else ""
    status = codes.label("ip_status", one["status"]) if one.get("status") else ""
    until = f"有效期至 {one['valid_to']}" if one.get("valid_to") else ""
    return "　".join(filter(None, (kind, one.get("no") or "", status, until)))


POOL = Pool(
    resource="achievement",
    model=Achievement,
    label="成果",
    title="技术库",
    views="achievements",
    headline="title",
    owner="institution",
    owner_kinds=(OrganisationKind.INSTITUTION,),
    intro="高校院所可转化的科技成果。公开内容任何人可查，价格等登录认证后可见。",
    fields=(
        Field("title", "成果名称"),
        Field("institution", "完成单位"),
        Field("team_id", "所属团队", lambda s: s.team),
        Field("origin", "成果来源"),
        Field("tech_field_code", "技术领域", listing.field_name),
        Field("chain_node_id", "产业链环节", lambda s: str(s.chain_node or "")),
        Field("keywords", "关键词", lambda s: "、".join(s.keywords)),
        Field("summary", "成果简介", wide=True),
        Field("indicators", "技术指标", _indicators, wide=True),
        Field("trl", "技术就绪度", _trl),
        Field("stage", "所处阶段"),
        Field("ip_items", "知识产权", _rights, wide=True),
        Field("ownership", "权属"),
        Field("reg_no", "科技成果登记号"),
        Field("transfer_modes", "转化方式", lambda s: "、".join(listing.modes(s))),
        Field("asking_price_fen", "意向价格", listing.price),
        Field("cases", "应用案例", wide=True),
        Field("detail", "详细说明", wide=True),
        Field("no_secret_declared", "不涉密声明"),
    ),
    stages=STAGES,
    form=AchievementForm,
    listing=listing.LIST,
    check=rules.check,
    refuse=rules.refuse,
    hints=rules.hints,
    options=(
        joinedload(Achievement.institution),
        joinedload(Achievement.team),
        joinedload(Achievement.chain_node),
    ),
)
