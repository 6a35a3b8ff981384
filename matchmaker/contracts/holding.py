"""Signing stands still while an objection is looked into; the parties get the days back."""

from datetime import datetime

from matchmaker import clock
from matchmaker.audit import trail
from matchmaker.contracts.models import Contract
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar

NOUN, HELD, RELEASED = "contract", "hold_signing", "release_signing"


def hold(contract: Contract, *, now: datetime) -> None:
    """Hold the signing; nothing happens where it is held already."""
    if not contract.signing_held:
        contract.signing_held = True
        trail.record(HELD, NOUN, contract.public_id, by=trail.SYSTEM, now=now)


def release(contract: Contract, *, now: datetime) -> None:
    """Let the signing go on; the last day moves by the days it was held."""
    if not contract.signing_held:
        return
    contract.signing_held = False
    held = [e for e in trail.history(NOUN, contract.public_id) if e.action == HELD]
    days = (clock.today(now) - clock.today(held[-1].at)).days if held else 0
    if contract.sign_by is not None and days > 0:
        last = WorkdayCalendar(places.holidays()).add_days(contract.sign_by, days)
        contract.sign_by, contract.sign_by_guessed = last.day, last.provisional
    trail.record(
        RELEASED, NOUN, contract.public_id, by=trail.SYSTEM, now=now, days=days,
        sign_by=contract.sign_by.isoformat() if contract.sign_by else "",
    )  # fmt: skip
