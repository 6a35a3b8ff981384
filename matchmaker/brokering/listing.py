"""The pairing desk as a list."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker import clock, codes, web
from matchmaker.accounts.models import Organisation, RoleGrant, User
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import vectors
from matchmaker.brokering.models import CandidateKind, Pairing, RejectReason
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import PairingState, Role
from matchmaker.listing import Choices, Column, Filter, Spec
from matchmaker.matching.grading import grade
from matchmaker.needs.models import Need
from matchmaker.places import operations as places
from matchmaker.services.models import Broker

DECIDED = "decided"  # accepted and rejected together
AGES = (("1", "1 天以内"), ("7", "7 天以内"), ("30", "30 天以内"), ("+30", "超过 30 天"))
Apply = Callable[[Select[Any], str], Select[Any]]


def town_choices() -> Choices:
    """Return the towns in use."""
    return [(str(town.id), town.name) for town in places.towns()]


def field_choices() -> Choices:
    """Return the fields of technology, the broad ones and those within."""
    return codes.choices("tech_field")


def officer_choices() -> Choices:
    """Return the officers who may handle something."""
    query = select(User).join(RoleGrant, RoleGrant.user_id == User.id)
    query = query.where(RoleGrant.role == Role.OFFICER, RoleGrant.approved_at.is_not(None))
    return [(str(one.id), one.name) for one in db.session.scalars(query.order_by(User.id))]


def broker_choices() -> Choices:
    """Return the brokers who have an account."""
    query = select(Broker).where(Broker.user_id.is_not(None)).order_by(Broker.id)
    return [(str(one.id), one.name) for one in db.session.scalars(query)]


def labels(kinds: Any) -> Callable[[], Choices]:
    """Return the choices of an enumeration with labels."""
    return lambda: [(str(kind.value), kind.label) for kind in kinds]


def _of_needs(query: Select[Any], needs: Select[Any], column: Any) -> Select[Any]:
    return query.where(column.in_(needs))


def in_town(column: Any) -> Apply:
    """Return the filter of a town's needs; `column` names the need."""

    def apply(query: Select[Any], value: str) -> Select[Any]:
        town_id = row_number(value)
        if town_id is None:
            return query
        firms = select(Organisation.id).where(Organisation.town_id == town_id)
        return _of_needs(query, select(Need.id).where(Need.enterprise_id.in_(firms)), column)

    return apply


def _field(column: Any) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        if not value.isdecimal():
            return query
        inside = Need.tech_field_code.startswith(value, autoescape=True)
        return _of_needs(query, select(Need.id).where(inside), column)

    return apply


def _score(query: Select[Any], value: str) -> Select[Any]:
    try:
        return query.where(Pairing.score >= float(value))
    except ValueError:
        return query


def _kind(query: Select[Any], value: str) -> Select[Any]:
    known = {str(kind.value): kind for kind in CandidateKind}
    return query.where(Pairing.kind == known[value]) if value in known else query


def _pair_handler(query: Select[Any], value: str) -> Select[Any]:
    handler_id = row_number(value)
    if handler_id is None:
        return query
    return query.where(Pairing.need_id.in_(select(Need.id).where(Need.handler_id == handler_id)))


def _aged(now: datetime) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        days = value.lstrip("+ ")
        if not days.isdecimal() or len(days) > 4:  # noqa: PLR2004
            return query
        since = now - timedelta(days=int(days))
        older = value[0] in "+ "  # a plus sign in an address may arrive as a blank
        return query.where(
            Pairing.first_seen_at < since if older else Pairing.first_seen_at >= since
        )

    return apply


def _matching_text(query: Select[Any], value: str) -> Select[Any]:
    """Find pairs by what stands in either title."""
    return query.where(
        or_(
            Pairing.need_id.in_(
                select(Need.id).where(Need.title.icontains(value, autoescape=True))
            ),
            Pairing.achievement_id.in_(
                select(Achievement.id).where(Achievement.title.icontains(value, autoescape=True))
            ),
            Pairing.expert_id.in_(
                select(Expert.id).where(Expert.name.icontains(value, autoescape=True))
            ),
        )
    )


def with_sides(query: Select[Any]) -> Select[Any]:
    """Bring along what the desk shows of both sides."""
    return query.options(
        selectinload(Pairing.need).options(
            joinedload(Need.enterprise).joinedload(Organisation.town), joinedload(Need.handler)
        ),
        selectinload(Pairing.achievement).joinedload(Achievement.institution),
        selectinload(Pairing.expert).joinedload(Expert.organisation),
        selectinload(Pairing.service),
        selectinload(Pairing.decided_by),
    )


def _waited(now: datetime) -> Callable[[Any], str]:
    def days(pair: Any) -> str:
        passed = (clock.today(now) - clock.today(pair.first_seen_at)).days
        return f"{passed} 天" if passed else "今天"

    return days


def _code_label(name: str, code: Any) -> str:
    return codes.label(name, code) if isinstance(code, str) and code else ""


def named(value: Any) -> str:
    """Return a person's or a town's name, what stands for a closed one, or nothing."""
    return str(getattr(value, "name", value) or "")


def _desk_filters(now: datetime) -> tuple[Filter, ...]:
    return (
        Filter("text", "需求或供方名称", _matching_text, kind="text"),
        Filter(
            "state",
            "办理情况",
            lambda query, _value: query,  # the view chooses the query by it
            choices=lambda: [*labels(PairingState)(), (DECIDED, "已办理（采纳和不相关）")],
        ),
        Filter("town", "镇街园区", in_town(Pairing.need_id), choices=town_choices),
        Filter("field", "技术领域", _field(Pairing.need_id), choices=field_choices),
        Filter("kind", "类型", _kind, choices=labels(CandidateKind)),
        Filter("score", "匹配度不低于", _score, kind="number"),
        Filter("age", "推荐时间", _aged(now), choices=lambda: AGES),
        Filter("handler", "需求经办", _pair_handler, choices=officer_choices),
    )


def _semantic_columns() -> tuple[Column, ...]:
    """What the third channel adds, where it is in use."""
    if vectors.encoder() is None:
        return ()
    return (Column("semantic", "整体语义", _semantic, align="end"),)


def _semantic(pair: Any) -> str:
    return "未含语义" if pair.semantic_points is None else f"{pair.semantic_points:+.3f}"


def _decision_columns(*, shown: bool) -> tuple[Column, ...]:
    """How a pair was decided, why, by whom and when; chosen at once where `shown`."""
    return (
        Column("state", "办理情况", lambda p: p.state, default=shown),
        Column(
            "reason",
            "原因",
            lambda p: p.reason_code.label if p.reason_code else "",
            default=shown,
        ),
        Column("note", "补充说明", lambda p: p.note, default=shown),
        Column("decided_by", "办理人", lambda p: named(p.decided_by), default=shown),
        Column(
            "decided_at",
            "办理日期",
            lambda p: web.as_day(p.decided_at) if p.decided_at else "",
            sort=Pairing.decided_at,
            default=shown,
        ),
    )


def desk_spec(now: datetime, *, decided: bool = False) -> Spec:
    """Return the pairing desk's columns and filters; decided pairs tell how, why and by whom."""
    return Spec(
        resource="pairing",
        columns=(
            Column("title", "需求", lambda p: p.need_title),
            Column("candidate", "匹配到", lambda p: p.candidate_title),
            Column("owner", "供方单位", lambda p: p.candidate_owner),
            Column("kind", "类型", lambda p: p.kind.label, sort=Pairing.kind),
            Column("score", "匹配度", lambda p: f"{p.score:.3f}", sort=Pairing.score, align="end"),
            Column("grade", "分级", lambda p: grade(p.score).label),
            *_semantic_columns(),
            Column("words", "共同的词", lambda p: "、".join(p.words)),
            Column("town", "镇街园区", lambda p: named(p.town)),
            Column(
                "age",
                "已等",
                _waited(now),
                sort=Pairing.first_seen_at,
                default=not decided,
                align="end",
            ),
            Column(
                "field",
                "技术领域",
                lambda p: _code_label("tech_field", p.tech_field_code),
                default=False,
            ),
            Column("enterprise", "企业", lambda p: named(p.enterprise_name), default=False),
            Column("handler", "需求经办", lambda p: named(p.handler), default=False),
            *_decision_columns(shown=decided),
        ),
        filters=_desk_filters(now),
        default_sort="-score",
        tie=Pairing.id,
    )


BULK = [
    ("accept", "采纳并发起对接", False),
    *((f"reject:{one.value}", f"不相关：{one.label}", False) for one in list(RejectReason)[:-1]),
    ("reject:other", "不相关：其他", True),
]
