"""The list of the technology pool (技术库)."""

from typing import Any

from sqlalchemy import Select, String, cast

from matchmaker import codes, web
from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement
from matchmaker.codes import Origin
from matchmaker.disclosure import Hidden
from matchmaker.lifecycles import PoolState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.pools.filters import by_field, by_name, by_state, holds, number, where

A = Achievement
WAN = 1_000_000  # 分
LOW, HIGH = 50 * WAN, 200 * WAN
BANDS = {
    "negotiable": ("面议", A.is_negotiable.is_(True)),
    "50": ("50 万元以内", A.asking_price_fen <= LOW),
    "200": ("50 至 200 万元", A.asking_price_fen.between(LOW + 1, HIGH)),
    "more": ("200 万元以上", A.asking_price_fen > HIGH),
}


def price(shown: Any) -> Any:
    """Return the asking price as people read it."""
    if isinstance(shown.is_negotiable, Hidden):
        return str(shown.is_negotiable)
    if shown.is_negotiable or shown.asking_price_fen is None:
        return "面议" if shown.is_negotiable else ""
    return web.fen_as_wan(shown.asking_price_fen)


def field_name(shown: Any) -> str:
    """Return the technology field's name."""
    known = codes.is_code("tech_field", shown.tech_field_code)
    return codes.label("tech_field", shown.tech_field_code) if known else ""


def modes(shown: Any) -> list[str]:
    """Return the transfer modes' names."""
    return [codes.label("transfer_mode", one) for one in shown.transfer_modes]


def _in_band(query: Select[Any], value: str) -> Select[Any]:
    return query.where(BANDS[value][1]) if value in BANDS else query


def _of_institution(query: Select[Any], value: str) -> Select[Any]:
    return query.where(A.institution.has(by_name(Organisation.name, value)))


LIST = Spec(
    resource="achievement",
    columns=(
        Column("title", "成果名称", lambda s: s.title, sort=A.title),
        Column("institution", "完成单位", lambda s: s.institution.name),
        Column("field", "技术领域", field_name, sort=A.tech_field_code),
        Column("trl", "就绪度", lambda s: s.trl, sort=A.trl, align="end"),
        Column("stage", "所处阶段", lambda s: s.stage, default=False),
        Column("modes", "转化方式", lambda s: "、".join(modes(s))),
        Column("price", "意向价格", price, align="end"),
        Column("keywords", "关键词", lambda s: "、".join(s.keywords), default=False),
        Column("origin", "来源", lambda s: s.origin.label, default=False),
        Column("summary", "成果简介", lambda s: s.summary, default=False),
        Column("reg_no", "登记号", lambda s: str(s.reg_no), default=False),
        Column("state", "状态", lambda s: s.state, sort=A.state),
        Column("updated", "更新时间", lambda s: web.as_moment(s.updated_at), sort=A.updated_at),
    ),
    filters=(
        by_state(A, PoolState),
        by_field(A.tech_field_code),
        Filter("trl_from", "就绪度从", where(A.trl.__ge__, number), kind="number"),
        Filter("trl_to", "就绪度到", where(A.trl.__le__, number), kind="number"),
        Filter(
            "mode",
            "转化方式",
            holds(A.transfer_modes, '"{}"'),
            choices=lambda: codes.choices("transfer_mode"),
        ),
        Filter(
            "ip",
            "知识产权",
            holds(A.ip_items, '"type": "{}"'),
            choices=lambda: codes.choices("ip_type"),
        ),
        Filter("institution", "完成单位", _of_institution, kind="text"),
        Filter(
            "origin",
            "来源",
            lambda q, v: q.where(cast(A.origin, String) == v),
            choices=lambda: [(o.value, o.label) for o in Origin],
        ),
        Filter(
            "price",
            "意向价格",
            _in_band,
            needs="asking_price_fen",
            choices=lambda: [(key, band[0]) for key, band in BANDS.items()],
        ),
    ),
    default_sort="-updated",
    search=(A.title, A.summary, A.cases),
    tie=A.id,
)
