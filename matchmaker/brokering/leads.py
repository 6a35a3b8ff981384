"""对接 operations: open, consent, move on, write down, hand over."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, locks, outbox, policy, web
from matchmaker.accounts.models import User
from matchmaker.achievements.models import Achievement, Team
from matchmaker.audit import trail
from matchmaker.brokering import lead_policy
from matchmaker.brokering.lead_models import FollowUp, Lead, Manner, Side
from matchmaker.brokering.models import Pairing
from matchmaker.codes import DeadReason, LeadSource
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_LEADS, LeadState, NeedState, Role
from matchmaker.needs.models import Need
from matchmaker.places import operations as places
from matchmaker.services.models import Broker, Service

READ = ("read", "list")
BEFORE_MATCHING = (NeedState.ACCEPTED, NeedState.DIAGNOSED, NeedState.REOPENED)
STEPS = ("contact", "negotiate", "reach_intent", "sign")
FIRST_STEP_DAYS = 3  # in which the officer asks both sides


def loaded(query: Select[Any]) -> Select[Any]:
    """Bring along what a list shows of each lead."""
    return query.options(
        joinedload(Lead.need).joinedload(Need.enterprise),
        joinedload(Lead.achievement).joinedload(Achievement.institution),
        joinedload(Lead.expert).joinedload(Expert.organisation),
        joinedload(Lead.service).joinedload(Service.organisation),
        joinedload(Lead.team).joinedload(Team.institution),
        joinedload(Lead.officer),
        joinedload(Lead.broker),
    )


def visible(viewer: Any) -> Select[Any]:
    """Return the query of the leads the viewer may see in a list."""
    return loaded(policy.scope(viewer, "lead", *READ))


def get(public_id: str, *actions: str, viewer: Any) -> Lead:
    """Return the lead on which the viewer may do any of `actions`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "lead", *(actions or READ)).where(Lead.public_id == public_id)
    found: Lead = web.found(db.session.scalars(query).one_or_none())
    return found


def overdue(*, now: datetime) -> ColumnElement[bool]:
    """Hold for open leads whose next date passed, or that saw no step for too many days."""
    days = int(places.settings()["lead_idle_days"])
    late = or_(Lead.next_on < clock.today(now), Lead.last_step_at <= now - timedelta(days=days))
    return and_(Lead.state.in_(OPEN_LEADS), late)


def is_overdue(lead: Any, *, now: datetime, idle_days: int) -> bool:
    """Tell the same of one lead."""
    if lead.state not in OPEN_LEADS:
        return False
    passed = lead.next_on is not None and lead.next_on < clock.today(now)
    return passed or bool(lead.last_step_at <= now - timedelta(days=idle_days))


def open_from(pairing: Pairing, *, officer: User | None, by: Any, now: datetime) -> Lead:
    """Return the lead of a pair, opened unless there is one already."""
    ids = {
        "need_id": pairing.need_id,
        "achievement_id": pairing.achievement_id,
        "expert_id": pairing.expert_id,
        "service_id": pairing.service_id,
    }
    locks.hold(f"lead:{pairing.need_id}")
    known = db.session.scalars(select(Lead).filter_by(**ids, team_id=None)).one_or_none()
    if known is not None:
        return known
    return enter(Lead(**ids), LeadSource.MATCH, pairing=pairing, officer=officer, by=by, now=now)


def enter(
    lead: Lead,
    source: LeadSource,
    *,
    pairing: Pairing | None,
    officer: User | None,
    note: str = "",
    by: Any,
    now: datetime,
) -> Lead:
    """Number a new lead and put it on the trail, with what the matcher said of the pair."""
    lead.lead_no = locks.next_number(Lead.lead_no, f"DJ{clock.today(now).year}", 5)
    lead.source = source
    if pairing is not None:
        lead.pairing_id, lead.score, lead.words = pairing.id, pairing.score, list(pairing.words)
        lead.algorithm_version = pairing.algorithm_version
    lead.officer_id = officer.id if officer else None
    lead.next_action, lead.next_on = "征求双方意见", _in_days(now, FIRST_STEP_DAYS)
    lead.last_step_at = lead.created_at = now
    lead.created_by_id = by.id
    db.session.add(lead)
    told: dict[str, Any] = {"note": note} if note else {}
    if pairing is not None:
        told |= {"pairing": pairing.public_id, "score": pairing.score}
    trail.enter(lead, by=by, now=now, source=source.value, **told)
    _start_matching(lead.need, by=by, now=now)
    _tell(lead, "opened", now=now)
    return lead


def _start_matching(need: Need, *, by: Any, now: datetime) -> None:
    """Let the need's first lead, taken up by the bureau or a broker, put it in 对接中."""
    if need.state in BEFORE_MATCHING and by.roles & {Role.OFFICER, Role.BROKER}:
        trail.advance(need, "start_matching", by=by, now=now)


def _tell(lead: Lead, what: str, *, now: datetime) -> None:
    """Let other parts know: `lead.moved` with what happened."""
    db.session.flush()
    outbox.add("lead.moved", {"id": lead.id, "what": what}, now=now)


def side_of(lead: Lead, user: Any) -> Side | None:
    """Return the side the user stands on; None for the bureau and brokers."""
    for side, rule in ((Side.BUYER, lead_policy.as_buyer), (Side.SELLER, lead_policy.as_seller)):
        if db.session.scalar(select(Lead.id).where(Lead.id == lead.id, rule(user))):
            return side
    return None


def consent(lead: Lead, *, by: Any, now: datetime) -> None:
    """Agree to be introduced, as one of the parties; the second consent opens the contacts."""
    side = side_of(lead, by)
    if side is None:
        raise NotAllowed
    _consent(lead, side, note="", by=by, now=now)


def consent_for(lead: Lead, side: Side, *, note: str, by: Any, now: datetime) -> None:
    """Write down a consent given to the officer, by telephone for instance."""
    if not note.strip():
        raise Invalid({"note": "请写明谁在何时以何种方式表示同意"})
    _consent(lead, side, note=note.strip()[:300], by=by, now=now)


def _consent(lead: Lead, side: Side, *, note: str, by: Any, now: datetime) -> None:
    if getattr(lead, f"{side.value}_consent_at") is not None:
        return
    if lead.state is not LeadState.RECOMMENDED:
        raise WrongState(f"对接当前为“{lead.state.label}”，不需要再表示同意。")
    setattr(lead, f"{side.value}_consent_at", now)
    setattr(lead, f"{side.value}_consent_by_id", by.id)
    setattr(lead, f"{side.value}_consent_note", note)
    lead.last_step_at = now
    told = {"side": side.value, "on_behalf": bool(note)}
    if lead.buyer_consent_at and lead.seller_consent_at:
        lead.next_action, lead.next_on = "联系双方，安排首次接洽", _in_days(now, FIRST_STEP_DAYS)
        trail.advance(lead, "both_consent", by=by, now=now, reason=note, **told)
        _tell(lead, "both_consented", now=now)
    else:
        trail.record("consent", "lead", lead.public_id, by=by, now=now, reason=note, **told)
        _tell(lead, "consented", now=now)


def _in_days(now: datetime, days: int) -> date:
    return clock.today(now + timedelta(days=days))


def advance(
    lead: Lead,
    action: str,
    *,
    by: Any,
    now: datetime,
    reason: str = "",
    next_action: str = "",
    next_on: date | None = None,
) -> None:
    """Take the lead to its next stage (接洽, 洽谈, 意向, 签约) with what comes after it."""
    if action not in STEPS:
        raise WrongState
    _plan(lead, next_action, next_on, now=now)
    trail.advance(lead, action, by=by, now=now, reason=reason)
    _start_matching(lead.need, by=by, now=now)
    _tell(lead, action, now=now)


def end(
    lead: Lead,
    action: str,
    *,
    dead_reason: DeadReason | None,
    note: str = "",
    by: Any,
    now: datetime,
) -> None:
    """Decline (`decline`, a party) or stop (`stop`, the bureau) with a reason code."""
    if dead_reason is None:
        raise Invalid({"dead_reason": "请选择原因"})
    if dead_reason is DeadReason.OTHER and not note.strip():
        raise Invalid({"note": "选择“其他”时请写明原因"})
    told = f"{dead_reason.label}：{note.strip()}" if note.strip() else dead_reason.label
    lead.dead_reason, lead.last_step_at = dead_reason, now
    lead.next_action, lead.next_on = "", None
    trail.advance(lead, action, by=by, now=now, reason=told)
    _tell(lead, action, now=now)


def revive(lead: Lead, *, reason: str, by: Any, now: datetime) -> None:
    """Take up a lead that was declined or stopped: both sides are asked anew."""
    lead.dead_reason, lead.last_step_at = None, now
    for side in Side:
        setattr(lead, f"{side.value}_consent_at", None)
        setattr(lead, f"{side.value}_consent_by_id", None)
        setattr(lead, f"{side.value}_consent_note", "")
    lead.next_action, lead.next_on = "重新征求双方意见", _in_days(now, FIRST_STEP_DAYS)
    trail.advance(lead, "revive", by=by, now=now, reason=reason)
    _tell(lead, "revived", now=now)


def follow_up(
    lead: Lead,
    *,
    manner: Manner,
    note: str,
    next_action: str = "",
    next_on: date | None = None,
    by: Any,
    now: datetime,
) -> FollowUp:
    """Write down a contact with the sides; counts as a step."""
    if lead.state not in OPEN_LEADS:
        raise WrongState(f"对接当前为“{lead.state.label}”，不再登记跟进。")
    if not note.strip():
        raise Invalid({"note": "请写下沟通要点"})
    _plan(lead, next_action, next_on, now=now)
    row = FollowUp(
        lead=lead,
        at=now,
        by_id=by.id,
        manner=manner,
        note=note.strip(),
        next_action=next_action.strip(),
        next_on=next_on,
    )
    db.session.add(row)
    trail.record("follow_up", "lead", lead.public_id, by=by, now=now, manner=manner.value)
    return row


def _plan(lead: Lead, next_action: str, next_on: date | None, *, now: datetime) -> None:
    if next_on is not None and next_on < clock.today(now):
        raise Invalid({"next_on": "下次日期不能早于今天"})
    lead.last_step_at = now
    lead.next_action, lead.next_on = next_action.strip()[:300], next_on


def assign(
    lead: Lead, *, officer: User, broker: Broker | None = None, by: Any, now: datetime
) -> None:
    """Give the lead to an officer and, if wanted, a broker."""
    lead.officer_id, lead.broker_id = officer.id, broker.id if broker else None
    details = {"officer": officer.name, "broker": broker.name if broker else ""}
    trail.record("assign", "lead", lead.public_id, by=by, now=now, **details)
    _start_matching(lead.need, by=by, now=now)
    _tell(lead, "assigned", now=now)
