"""What the night does to contracts: remind, begin, let lapse; nothing is read from its run."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from matchmaker import clock, jobs, outbox
from matchmaker.audit import trail
from matchmaker.contracts import accepting, negotiating, signing
from matchmaker.contracts.closing_models import Acceptance
from matchmaker.contracts.models import Contract
from matchmaker.contracts.parameters import REMIND_DAYS
from matchmaker.contracts.performing_models import Milestone, Reminder
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    UNSIGNED,
    AcceptanceState,
    ContractState,
    MilestoneState,
)

AWAITED = (MilestoneState.PLANNED, MilestoneState.REWORK)
RUNNING = (ContractState.SIGNED, ContractState.PERFORMING)


@jobs.nightly
def begin(now: datetime) -> None:
    """Begin the contracts whose first day has come."""
    today = clock.today(now)
    query = select(Contract).where(
        Contract.state == ContractState.SIGNED, Contract.start_on <= today
    )
    for contract in db.session.scalars(query.order_by(Contract.id)).all():
        signing.start(contract, by=trail.SYSTEM, now=now)


@jobs.nightly
def remind(now: datetime) -> None:
    """Remind of milestones 15, 7 and 1 days before their day, each once however often it runs.

    A night that was missed is made up by the nearest reminder only.
    """
    today = clock.today(now)
    last = today + timedelta(days=max(REMIND_DAYS))
    query = (
        select(Milestone)
        .join(Contract, Contract.id == Milestone.contract_id)
        .where(
            Contract.state.in_(RUNNING),
            Milestone.state.in_(AWAITED),
            Milestone.due_on > today,
            Milestone.due_on <= last,
        )
        .order_by(Milestone.id)
    )
    for row in db.session.scalars(query).all():
        days = min(one for one in REMIND_DAYS if one >= (row.due_on - today).days)
        if not _reminded(row, days):
            db.session.add(Reminder(milestone_id=row.id, due_on=row.due_on, days=days, at=now))
            outbox.add("milestone.due", {"id": row.id, "on": row.due_on.isoformat()}, now=now)


def _reminded(row: Milestone, days: int) -> bool:
    query = select(Reminder.id).where(
        Reminder.milestone_id == row.id, Reminder.due_on == row.due_on, Reminder.days <= days
    )
    return db.session.scalar(query.limit(1)) is not None


@jobs.nightly
def lapse(now: datetime) -> None:
    """Let contracts lapse whose time to sign is over.

    A last day that rests on a guess at the holidays waits for the officer's word.
    """
    today = clock.today(now)
    query = select(Contract).where(
        Contract.state.in_(UNSIGNED),
        Contract.sign_by < today,
        Contract.signing_held.is_(False),
        Contract.sign_by_guessed.is_(False),
    )
    for contract in db.session.scalars(query.order_by(Contract.id)).all():
        negotiating.lapse(contract, by=trail.SYSTEM, now=now)


@jobs.nightly
def end_rectification(now: datetime) -> None:
    """Fail the acceptances that were not applied for again in time."""
    today: date = clock.today(now)
    query = select(Acceptance).where(
        Acceptance.state == AcceptanceState.RECTIFYING, Acceptance.rectify_by < today
    )
    for row in db.session.scalars(query.order_by(Acceptance.id)).all():
        reason = f"整改期限 {row.rectify_by} 已过，未再申请验收"
        row.concluded_at, row.conclusion_note = now, reason
        trail.advance(row, "give_up", by=trail.SYSTEM, now=now, reason=reason)
        accepting.tell("fail", row.contract, now=now)
