"""A lead opened by hand: from a need to an achievement, expert, service or team found by search."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from matchmaker import disclosure, policy, web
from matchmaker.achievements.models import Achievement, Team
from matchmaker.audit import trail
from matchmaker.brokering import lead_policy, leads
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import Pairing
from matchmaker.codes import LeadSource
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    ENTERPRISE,
    OPEN_NEEDS,
    ExpertState,
    PairingState,
    PoolState,
    Role,
)
from matchmaker.needs.models import Need
from matchmaker.services.models import Broker, Service
from matchmaker.workflow import Labelled

MOST = 20  # candidates shown at once; more words narrow the search
ANYBODYS = {Role.OFFICER, Role.BROKER}  # may bring any two together


class SupplierKind(Labelled):
    """What a lead may lead to."""

    ACHIEVEMENT = "achievement", "成果"
    EXPERT = "expert", "专家"
    SERVICE = "service", "服务机构"
    TEAM = "team", "科研团队"


MODELS: dict[SupplierKind, type[Any]] = {
    SupplierKind.ACHIEVEMENT: Achievement,
    SupplierKind.EXPERT: Expert,
    SupplierKind.SERVICE: Service,
    SupplierKind.TEAM: Team,
}
# Only what everybody who may open a lead may read of the row.
SEARCHED: dict[SupplierKind, tuple[Any, ...]] = {
    SupplierKind.ACHIEVEMENT: (Achievement.title, Achievement.summary),
    SupplierKind.EXPERT: (Expert.name, Expert.org_name, Expert.bio),
    SupplierKind.SERVICE: (Service.name, Service.intro),
    SupplierKind.TEAM: (Team.name, Team.leader_name, Team.directions),
}


@dataclass(frozen=True)
class Supplier:
    """One candidate of the search: `score` where the matcher knows the pair."""

    value: str  # kind:public id, as the form sends it
    title: str
    owner: str
    score: float | None
    row: Shown


def need_of(public_id: str, *, viewer: Any) -> Need:
    """Return the open need a lead may be opened from; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "need", "read_public_fields", "see_matches")
    query = query.where(Need.public_id == public_id, Need.state.in_(OPEN_NEEDS))
    found: Need = web.found(db.session.scalars(query).one_or_none())
    return found


def may_open(need: Any, *, viewer: Any) -> bool:
    """Tell whether the viewer may open a lead from this need at all."""
    if need.state not in OPEN_NEEDS or not policy.may(viewer, "lead", "create"):
        return False
    return bool(viewer.roles & (ANYBODYS | {Role.RESEARCHER})) or _asks(need, viewer)


def _asks(need: Any, viewer: Any) -> bool:
    """Tell whether the need is the viewer's own."""
    return bool(viewer.roles & ENTERPRISE) and policy.permits(viewer, "need", "see_matches", need)


def suppliers(
    need: Need, kind: SupplierKind, words: str, *, viewer: Any
) -> tuple[list[Supplier], bool]:
    """Return the candidates that hold all words, best pairs first, and whether there are more."""
    model = MODELS[kind]
    query = _offers(need, kind, viewer=viewer)
    for word in words.split():
        found = (column.icontains(word, autoescape=True) for column in SEARCHED[kind])
        query = query.where(or_(*found))
    query = query.where(model.id.not_in(_taken(need, kind)))
    score = select(Pairing.score).where(_pair(need, kind, model.id)).scalar_subquery()
    query = query.add_columns(score.label("score")) if kind is not SupplierKind.TEAM else query
    order = (score.desc().nulls_last(),) if kind is not SupplierKind.TEAM else ()
    ranked = db.session.execute(query.order_by(*order, model.id).limit(MOST + 1)).all()
    scores = {one[0].id: one[1] if len(one) > 1 else None for one in ranked[:MOST]}
    rows = disclosure.shown(_whole(kind).where(model.id.in_(scores)), viewer, kind.value)
    shown = {row.id: row for row in rows}
    listed = [_supplier(kind, shown[i], found) for i, found in scores.items() if i in shown]
    return listed, len(ranked) > MOST


def _offers(need: Need, kind: SupplierKind, *, viewer: Any) -> Select[Any]:
    """Return the query of the suppliers the viewer may bring together with the need."""
    model = MODELS[kind]
    standing = ExpertState.IN_POOL if kind is SupplierKind.EXPERT else PoolState.PUBLISHED
    query = policy.scope(viewer, kind.value, "read_public_fields").where(model.state == standing)
    if viewer.roles & ANYBODYS or _asks(need, viewer):
        return query
    return query.where(lead_policy.offered_by(model, viewer))


def _whole(kind: SupplierKind) -> Select[Any]:
    owned = kind in {SupplierKind.ACHIEVEMENT, SupplierKind.TEAM}
    model = MODELS[kind]
    query = select(model)
    return query.options(joinedload(model.institution)) if owned else query


def _taken(need: Need, kind: SupplierKind) -> Select[Any]:
    column = getattr(Lead, f"{kind.value}_id")
    return select(column).where(Lead.need_id == need.id, column.is_not(None))


def _pair(need: Need, kind: SupplierKind, supplier_id: Any) -> Any:
    if kind is SupplierKind.TEAM:
        return Pairing.id < 0
    return and_(Pairing.need_id == need.id, getattr(Pairing, f"{kind.value}_id") == supplier_id)


def _supplier(kind: SupplierKind, row: Shown, score: float | None) -> Supplier:
    title = row.title if kind is SupplierKind.ACHIEVEMENT else row.name
    owner = ""
    if kind is SupplierKind.EXPERT:
        owner = str(row.organisation_name)
    elif kind is not SupplierKind.SERVICE:
        owner = row.institution.name
    return Supplier(f"{kind.value}:{row.public_id}", str(title), owner, score, row)


def chosen(need: Need, value: str, *, viewer: Any) -> tuple[SupplierKind, Any]:
    """Return the supplier a form named; raise `Invalid` where none or an unknown one was."""
    kind, _, public_id = value.partition(":")
    known = {str(one.value): one for one in SupplierKind}
    if kind not in known:
        raise Invalid({"supplier": "请先搜索并选择一个供方"})
    model = MODELS[known[kind]]
    query = _offers(need, known[kind], viewer=viewer).where(model.public_id == public_id)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise Invalid({"supplier": "所选供方已下架或不在您可发起的范围内，请重新选择"})
    return known[kind], row


def open_by_hand(
    need: Need, supplier: str, *, source: LeadSource, note: str = "", by: Any, now: datetime
) -> Lead:
    """Open a lead the matcher did not propose, or not yet; a party agrees by opening it.

    Raises `Invalid` for a supplier that is none, and where there is such a lead already.
    """
    kind, row = chosen(need, supplier, viewer=by)
    ids = {"need_id": need.id, f"{kind.value}_id": row.id}
    known = db.session.scalars(select(Lead).filter_by(**ids)).one_or_none()
    if known is not None:
        told = f"这一对已有对接 {known.lead_no}（{known.state.label}），不必重复发起"
        raise Invalid({"supplier": told})
    trail.record("open_lead", "need", need.public_id, by=by, now=now, supplier=row.public_id)
    pairing = _decided_pair(need, kind, row, by=by, now=now)
    officer = by if Role.OFFICER in by.roles else need.handler
    lead = Lead(**ids, broker_id=_broker_id(by))
    leads.enter(lead, source, pairing=pairing, officer=officer, note=note, by=by, now=now)
    if not policy.permits(by, "lead", "create", lead):
        raise NotAllowed
    if leads.side_of(lead, by) is not None:
        leads.consent(lead, by=by, now=now)
    return lead


def _decided_pair(
    need: Need, kind: SupplierKind, row: Any, *, by: Any, now: datetime
) -> Pairing | None:
    """Return what the matcher said of the pair; a new pair counts as accepted by this."""
    query = select(Pairing).where(_pair(need, kind, row.id))
    pairing = db.session.scalars(query).one_or_none()
    if pairing is not None and pairing.state is PairingState.NEW:
        pairing.decided_by_id, pairing.decided_at = by.id, now
        action = "accept" if Role.OFFICER in by.roles else "introduce"
        trail.advance(pairing, action, by=by, now=now, score=pairing.score)
    return pairing


def _broker_id(user: Any) -> int | None:
    """Return the broker's own record, so that the lead is theirs to follow."""
    if Role.BROKER not in user.roles:
        return None
    return db.session.scalars(select(Broker.id).where(Broker.user_id == user.id)).first()
