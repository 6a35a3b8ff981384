"""The list of bounties: what every reader may filter and sort by, and what the bureau adds."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, or_

from matchmaker import codes, disclosure, policy, web
from matchmaker.accounts.models import Organisation
from matchmaker.bounties import timing
from matchmaker.bounties.models import Bounty, present_state
from matchmaker.bounties.policy import owned
from matchmaker.codes import BountyKind, BountyMode
from matchmaker.lifecycles import ON_RECORD, BountyState
from matchmaker.listing import Choices, Column, Filter, Spec
from matchmaker.money import MoneyError, parse_money

Apply = Callable[[Select[Any], str], Select[Any]]
UNTITLED = "（未填写名称）"
UNNUMBERED = "未编号"


def _name(value: Any) -> Any:
    return value if isinstance(value, disclosure.Hidden) else (value.name if value else "")


COLUMNS = (
    Column("bounty_no", "榜单编号", lambda b: b.bounty_no or UNNUMBERED, sort=Bounty.bounty_no),
    Column("title", "榜单名称", lambda b: b.title or UNTITLED, sort=Bounty.title),
    Column("owner_name", "发榜方", lambda b: b.owner_name),
    Column("kind", "类型", lambda b: b.kind.label, sort=Bounty.kind),
    Column(
        "tech_field_code",
        "技术领域",
        lambda b: codes.label("tech_field", b.tech_field_code) if b.tech_field_code else "",
    ),
    Column(
        "amount_fen",
        "榜额",
        lambda b: web.fen_as_wan(b.amount_fen),
        sort=Bounty.amount_fen,
        align="end",
    ),
    Column("state", "状态", lambda b: b.present_state, sort=Bounty.state),
    Column(
        "bid_deadline_at",
        "截榜时间",
        lambda b: timing.stamp(b.bid_deadline_at).removesuffix("（北京时间）"),
        sort=Bounty.bid_deadline_at,
    ),
    Column(
        "published_at",
        "发布日期",
        lambda b: web.as_day(b.published_at) if b.published_at else "",
        sort=Bounty.published_at,
        default=False,
    ),
    Column("mode", "组织方式", lambda b: b.mode.label, sort=Bounty.mode, default=False),
    Column(
        "duration_months",
        "执行期（月）",
        lambda b: b.duration_months,
        sort=Bounty.duration_months,
        align="end",
        default=False,
    ),
    Column("keywords", "关键词", lambda b: "、".join(b.keywords), default=False),
    Column("chain_node", "产业链环节", lambda b: str(b.chain_node or ""), default=False),
)
INNER_COLUMNS = (
    Column("handler", "经办", lambda b: _name(b.handler), default=False),
    Column("section", "主责科室", lambda b: _name(b.section), default=False),
)


def _by_enum(column: Any, members: Any) -> Apply:
    return lambda query, value: query.where(column == value) if value in set(members) else query


def _by_state(query: Select[Any], value: str) -> Select[Any]:
    known = {str(state.value): state for state in BountyState}
    return query.where(present_state() == known[value]) if value in known else query


def _by_field(query: Select[Any], value: str) -> Select[Any]:
    if codes.is_code("tech_field", value):
        return query.where(Bounty.tech_field_code == value)
    below = [leaf.code for top in codes.tech_fields() if top.code == value for leaf in top.children]
    return query.where(Bounty.tech_field_code.in_(below)) if below else query


def _amount(*, least: bool) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        try:
            fen = parse_money(value)
        except MoneyError:
            return query
        return query.where(Bounty.amount_fen >= fen if least else Bounty.amount_fen <= fen)

    return apply


def _by_owner(query: Select[Any], value: str) -> Select[Any]:
    return query.where(Bounty.owner.has(Organisation.name.icontains(value, autoescape=True)))


def _mine(viewer: Any) -> Apply:
    return lambda query, _value: query.where(or_(owned(viewer), Bounty.handler_id == viewer.id))


def _open_only(query: Select[Any], _value: str) -> Select[Any]:
    return query.where(present_state() == BountyState.PUBLISHED)


def _tech_fields() -> Choices:
    found: list[tuple[str, str]] = []
    for top in codes.tech_fields():
        found.append((top.code, top.name))
        found += [(leaf.code, f"　{leaf.name}") for leaf in top.children]
    return found


def _members(members: Any) -> Callable[[], Choices]:
    return lambda: [(one.value, one.label) for one in members]


def spec_for(viewer: Any) -> Spec:
    """Return the list as this viewer may use it."""
    inner = policy.may(viewer, "bounty", "read_bureau")
    states = list(BountyState) if inner else [s for s in BountyState if s in ON_RECORD]
    filters = [
        Filter("open", "只看揭榜中", _open_only, kind="check"),
        Filter("state", "状态", _by_state, choices=_members(states)),
        Filter("kind", "类型", _by_enum(Bounty.kind, BountyKind), choices=_members(BountyKind)),
        Filter("mode", "组织方式", _by_enum(Bounty.mode, BountyMode), choices=_members(BountyMode)),
        Filter("field", "技术领域", _by_field, choices=_tech_fields),
        Filter("owner", "发榜方", _by_owner, kind="text"),
        Filter("amount_from", "榜额不低于（万元）", _amount(least=True), kind="number"),
        Filter("amount_to", "榜额不超过（万元）", _amount(least=False), kind="number"),
    ]
    if viewer.is_authenticated and (inner or viewer.organisation_id):
        label = "我经办的" if inner else "本单位的"
        filters.append(Filter("mine", label, _mine(viewer), kind="check"))
    return Spec(
        resource="bounty",
        columns=(*COLUMNS, *INNER_COLUMNS) if inner else COLUMNS,
        filters=tuple(filters),
        default_sort="-published_at",
        search=(Bounty.title, Bounty.bounty_no, Bounty.task_text),
        tie=Bounty.id,
    )
