"""The 难题库 as a list: what every reader may sort and filter by, and what the bureau adds.

A filter reads only fields that every reader of a row may see, or guards itself: an anonymous
owner is found by name by nobody who may not know it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Select, String, and_, cast, or_

from matchmaker import clock, codes, disclosure, policy, web
from matchmaker.accounts.models import Organisation
from matchmaker.codes import Disclosure, NeedCategory, NeedType
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import NeedState
from matchmaker.listing import Choices, Column, Filter, Spec
from matchmaker.money import MoneyError, parse_money
from matchmaker.needs.models import Need
from matchmaker.places import operations as places

UNTITLED = "（未填写名称）"
Apply = Callable[[Select[Any], str], Select[Any]]


def _labels(code_list: str, values: Any) -> str:
    if isinstance(values, disclosure.Hidden):
        return str(values)
    return "、".join(codes.label(code_list, code) for code in values or ())


def _label(code_list: str, code: str) -> str:
    return codes.label(code_list, code) if code else ""


def _day(value: Any) -> Any:
    return value if isinstance(value, disclosure.Hidden) else (web.as_day(value) if value else "")


def _name(value: Any) -> Any:
    return value if isinstance(value, disclosure.Hidden) else (value.name if value else "")


def _worded(value: Any) -> Any:
    return value if isinstance(value, disclosure.Hidden) else (value.label if value else "")


def _wan(value: Any) -> str:
    return web.fen_as_wan(value) if value is not None else ""


COLUMNS = (
    Column("need_no", "需求编号", lambda n: n.need_no or "", sort=Need.need_no),
    Column("title", "需求名称", lambda n: n.title or UNTITLED, sort=Need.title),
    Column("owner_name", "提出企业", lambda n: n.owner_name),
    Column("town", "镇街园区", lambda n: str(n.town or "")),
    Column("tech_field_code", "技术领域", lambda n: _label("tech_field", n.tech_field_code)),
    Column(
        "budget_total_fen",
        "拟投入总额",
        lambda n: _wan(n.budget_total_fen),
        sort=Need.budget_total_fen,
        align="end",
    ),
    Column("state", "状态", lambda n: n.state, sort=Need.state),
    Column("updated_at", "更新日期", lambda n: _day(n.updated_at), sort=Need.updated_at),
    Column("category", "需求类别", lambda n: _worded(n.category), default=False),
    Column("need_type", "需求性质", lambda n: _worded(n.need_type), default=False),
    Column("keywords", "关键词", lambda n: "、".join(n.keywords), default=False),
    Column("coop_modes", "合作方式", lambda n: _labels("coop_mode", n.coop_modes), default=False),
    Column(
        "pay_to_bidder_fen",
        "付给揭榜方",
        lambda n: _wan(n.pay_to_bidder_fen),
        sort=Need.pay_to_bidder_fen,
        default=False,
        align="end",
    ),
    Column(
        "duration_months",
        "完成时限（月）",
        lambda n: n.duration_months,
        sort=Need.duration_months,
        default=False,
        align="end",
    ),
    Column("target_trl", "目标TRL", lambda n: n.target_trl, sort=Need.target_trl, default=False),
    Column("industry_code", "行业", lambda n: _label("industry", n.industry_code), default=False),
    Column("chain_node", "产业链环节", lambda n: str(n.chain_node or ""), default=False),
    Column("problem", "拟解决的主要技术问题", lambda n: n.problem, default=False),
    Column("background", "背景与现状", lambda n: n.background, default=False),
    Column("key_indicators", "核心考核指标", lambda n: "；".join(n.key_indicators), default=False),
    Column("bidder_conditions", "对揭榜方条件", lambda n: n.bidder_conditions, default=False),
    Column("ip_arrangement", "产权归属与利益分配", lambda n: n.ip_arrangement, default=False),
    Column("foundation", "现有基础与已做工作", lambda n: n.foundation, default=False),
    Column(
        "accepted_at",
        "受理日期",
        lambda n: _day(n.accepted_at),
        sort=Need.accepted_at,
        default=False,
    ),
    Column(
        "expires_on", "有效期至", lambda n: _day(n.expires_on), sort=Need.expires_on, default=False
    ),
)
# What only the bureau and the owner may read: offered to them alone.
INNER_COLUMNS = (
    Column("handler", "经办人", lambda n: _name(n.handler), default=False),
    Column("enterprise", "企业（实名）", lambda n: _name(n.enterprise), default=False),
    Column("audience", "公开范围", lambda n: _worded(n.audience), default=False),
    Column("source", "来源", lambda n: _worded(n.source), default=False),
    Column("submitted_at", "提交日期", lambda n: _day(n.submitted_at), default=False),
)


def _by_town(query: Select[Any], value: str) -> Select[Any]:
    number = row_number(value)
    if number is None:
        return query
    return query.where(Need.enterprise.has(Organisation.town_id == number))


def _by_field(query: Select[Any], value: str) -> Select[Any]:
    """Narrow by a field of technology; one of the first level takes all below it."""
    if codes.is_code("tech_field", value):
        return query.where(Need.tech_field_code == value)
    if codes.is_code("tech_field_top", value):
        below = [
            leaf.code for top in codes.tech_fields() if top.code == value for leaf in top.children
        ]
        return query.where(Need.tech_field_code.in_(below))
    return query


def _of_enum(column: Any, members: Any) -> Apply:
    return lambda query, value: query.where(column == value) if value in set(members) else query


def _by_mode(query: Select[Any], value: str) -> Select[Any]:
    if not codes.is_code("coop_mode", value):
        return query
    return query.where(cast(Need.coop_modes, String).like(f'%"{value}"%'))


def _budget(*, least: bool) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        try:
            fen = parse_money(value)
        except MoneyError:
            return query
        bound = Need.budget_total_fen >= fen if least else Need.budget_total_fen <= fen
        return query.where(bound)

    return apply


def _since(query: Select[Any], value: str) -> Select[Any]:
    try:
        day = datetime.fromisoformat(value).date()
    except ValueError:
        return query
    start = datetime.combine(day, time(), tzinfo=clock.BEIJING).astimezone(UTC)
    return query.where(Need.updated_at >= start)


def _by_owner(viewer: Any) -> Apply:
    """Search by the enterprise's name among those the viewer may know by name."""

    def apply(query: Select[Any], value: str) -> Select[Any]:
        escaped = value.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        named = Need.enterprise.has(Organisation.name.ilike(f"%{escaped}%", escape="\\"))
        known = policy.level_labels(viewer, "need")["I"]
        return query.where(and_(named, or_(Need.is_anonymous.is_(False), known)))

    return apply


def _mine(viewer: Any) -> Apply:
    def apply(query: Select[Any], _value: str) -> Select[Any]:
        if viewer.organisation_id:
            return query.where(Need.enterprise_id == viewer.organisation_id)
        return query.where(Need.handler_id == viewer.id)

    return apply


def _towns() -> Choices:
    return [(str(town.id), town.name) for town in places.towns()]


def _tech_fields() -> Choices:
    found: list[tuple[str, str]] = []
    for top in codes.tech_fields():
        found.append((top.code, top.name))
        found += [(leaf.code, f"　{leaf.name}") for leaf in top.children]
    return found


def _members(members: Any) -> Callable[[], Choices]:
    return lambda: [(one.value, one.label) for one in members]


FILTERS = (
    Filter("town", "镇街园区", _by_town, choices=_towns),
    Filter("field", "技术领域", _by_field, choices=_tech_fields),
    Filter(
        "category",
        "需求类别",
        _of_enum(Need.category, NeedCategory),
        choices=_members(NeedCategory),
    ),
    Filter("type", "需求性质", _of_enum(Need.need_type, NeedType), choices=_members(NeedType)),
    Filter("mode", "合作方式", _by_mode, choices=lambda: codes.choices("coop_mode")),
    Filter("budget_from", "总额不低于（万元）", _budget(least=True), kind="number"),
    Filter("budget_to", "总额不超过（万元）", _budget(least=False), kind="number"),
    Filter("since", "更新不早于", _since, kind="date"),
)
SEARCH = (Need.title, Need.problem, Need.background, Need.keyword_line, Need.need_no)


def spec_for(viewer: Any) -> Spec:
    """Return the list as this viewer may use it: the bureau and owners find more columns."""
    inner = policy.may(viewer, "need", "read_bureau")
    filters = [*FILTERS, Filter("owner", "企业名称", _by_owner(viewer), kind="text")]
    if inner:
        states = _members(NeedState)
        mine = "本企业的" if viewer.organisation_id else "我经办的"
        filters.insert(0, Filter("state", "状态", _of_enum(Need.state, NeedState), choices=states))
        filters.append(
            Filter(
                "audience",
                "公开范围",
                _of_enum(Need.audience, Disclosure),
                choices=_members(Disclosure),
            )
        )
        filters.append(Filter("mine", mine, _mine(viewer), kind="check"))
    return Spec(
        resource="need",
        columns=(*COLUMNS, *INNER_COLUMNS) if inner else COLUMNS,
        filters=tuple(filters),
        default_sort="-updated_at",
        search=SEARCH,
        tie=Need.id,
    )
