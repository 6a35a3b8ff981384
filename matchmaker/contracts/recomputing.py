"""What stated holidays move of contracts: the time to sign, the time for a registration.

A last day that was told to the parties only moves later. One that rested on a guess is certain
once the holidays it rests on are stated.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, web
from matchmaker.audit import trail
from matchmaker.contracts import parameters, registering
from matchmaker.contracts.closing_models import Registration
from matchmaker.contracts.models import Contract
from matchmaker.extensions import db
from matchmaker.lifecycles import UNSIGNED, RegistrationState
from matchmaker.places import holidays
from matchmaker.places.holidays import Change
from matchmaker.workdays import Deadline, WorkdayCalendar


@holidays.recomputes
def recompute(
    calendar: WorkdayCalendar, *, reason: str, by: Any, now: datetime, write: bool
) -> list[Change]:
    """Recompute every contract still to be signed and every registration under way."""
    how = {"reason": reason, "by": by, "now": now, "write": write}
    return [*_signings(calendar, **how), *_registrations(calendar, **how)]


def sign_by(contract: Contract, calendar: WorkdayCalendar) -> Deadline:
    """Return the last day to sign by this calendar: from the draft, with the one extension."""
    drafted = clock.today(contract.created_at)
    last = calendar.add_days(drafted, int(parameters.get("sign_days")))
    if contract.sign_extended:
        last = calendar.add_days(last.day, int(parameters.get("sign_extension_days")))
    return last


def _signings(calendar: WorkdayCalendar, **how: Any) -> list[Change]:
    today = clock.today(how["now"])
    query = select(Contract).where(Contract.state.in_(UNSIGNED), Contract.sign_by.is_not(None))
    found = []
    for row in db.session.scalars(query.order_by(Contract.id)).all():
        before = Deadline(row.sign_by or today, row.sign_by_guessed)
        if before.day < today and not before.provisional:
            continue  # over: what has lapsed stays so
        by_rule = sign_by(row, calendar)
        after = Deadline(max(by_rule.day, before.day), by_rule.provisional)
        if after == before:
            continue
        if how["write"]:
            row.sign_by, row.sign_by_guessed = after.day, after.provisional
            _entered("contract", row.public_id, before.day, after.day, **how)
        url = f"/contracts/{row.public_id}"
        found.append(_change(f"合同 {row.contract_no} 的签约期限", url, before, after))
    return found


def _registrations(calendar: WorkdayCalendar, **how: Any) -> list[Change]:
    query = (
        select(Registration, Contract)
        .join(Contract, Contract.id == Registration.contract_id)
        .where(Registration.state == RegistrationState.SUBMITTED)
        .order_by(Registration.id)
    )
    found = []
    for row, contract in db.session.execute(query).all():
        if row.decide_by is None or row.submitted_at is None:
            continue
        days = registering.decision_workdays(contract, row)
        by_rule = calendar.add_workdays(clock.today(row.submitted_at), days)
        before = Deadline(row.decide_by, provisional=False)
        after = Deadline(by_rule.day, provisional=False)
        if after.day <= before.day:
            continue
        if how["write"]:
            row.decide_by = after.day
            _entered("registration", row.public_id, before.day, after.day, **how)
        url = f"/contracts/{contract.public_id}"
        found.append(_change(f"合同 {contract.contract_no} 的登记办理期限", url, before, after))
    return found


def _change(what: str, url: str, before: Deadline, after: Deadline) -> Change:
    return Change(what=what, url=url, before=_said(before), after=_said(after))


def _said(last: Deadline) -> str:
    return web.as_day(last.day) + ("（暂定）" if last.provisional else "")


def _entered(noun: str, name: str, before: date, after: date, **how: Any) -> None:
    trail.record(
        "recompute", noun, name, by=how["by"], now=how["now"], reason=how["reason"],
        before=str(before), after=str(after),
    )  # fmt: skip
