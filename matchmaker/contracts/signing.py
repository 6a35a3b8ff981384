"""The officer verifies the signed scan: milestones, registration and the bounty follow from it."""

from datetime import date, datetime
from typing import Any

from matchmaker import clock, outbox
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.brokering import leads
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import bounty_steps, filing, negotiating, relating
from matchmaker.contracts.closing_models import Registration
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.contracts.performing_models import Milestone
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.files.documents import Received
from matchmaker.lifecycles import BidState, LeadState, RegistrationState

NOUN = "contract"


def sign(
    contract: Contract, *, scan: Received | None, signed_on: date, by: Any, now: datetime
) -> None:
    """Record the signing: the confirmed text, the parties as they are today, the scan's digest.

    Raises `Invalid` naming all that is missing, `WrongState` from another state.
    """
    relating.keep(contract, now=now)
    problems = negotiating.why_not_signable(contract, signed_on=signed_on, today=clock.today(now))
    if scan is None:
        problems.setdefault("scan", "请上传签字盖章的合同扫描件（PDF、OFD 或图片）")
    if problems:
        raise Invalid(problems)
    assert scan is not None  # noqa: S101 - refused above
    filing.keep(contract, scan, FileKind.SCAN, by=by, now=now)
    contract.signed_on, contract.scan_digest = signed_on, scan.digest
    contract.parties = {side.value: _party(contract, side) for side in Side}
    if contract.handler_id is None:
        contract.handler_id = by.id
    trail.advance(
        contract, "sign", by=by, now=now, scan=scan.digest, text_no=contract.text_no,
        total_fen=contract.total_fen,
    )  # fmt: skip
    add_milestones(contract, contract.plan, by=by, now=now)
    registration = Registration(contract_id=contract.id, state=RegistrationState.PREPARING)
    db.session.add(registration)
    trail.enter(registration, by=trail.SYSTEM, now=now)
    outbox.add("contract.signed", {"contract": contract.id}, now=now)
    _sign_origin(contract, by=by, now=now)
    if contract.start_on and contract.start_on <= clock.today(now):
        start(contract, by=trail.SYSTEM, now=now)


def _party(contract: Contract, side: Side) -> dict[str, Any]:
    unit = contract.party(side)
    return {
        "name": unit.name,
        "uscc": unit.uscc or "",
        "address": unit.address,
        "legal_rep": unit.legal_rep,
        "contact": unit.contact_name,
        "phone": unit.contact_phone,
    }


def add_milestones(
    contract: Contract,
    plan: list[dict[str, Any]],
    *,
    plan_no: int = 0,
    first_seq: int = 1,
    by: Any,
    now: datetime,
) -> list[Milestone]:
    """Make the rows of a plan, in order."""
    rows = []
    for seq, stage in enumerate(plan, start=first_seq):
        row = Milestone(
            contract_id=contract.id,
            plan_no=plan_no,
            seq=seq,
            name=stage["name"],
            due_on=date.fromisoformat(stage["due_on"]),
            deliverables=stage.get("deliverables", ""),
            share=stage["share"],
            amount_fen=stage["amount_fen"],
            is_main=bool(stage.get("is_main")),
        )
        db.session.add(row)
        trail.enter(row, by=by, now=now, amount_fen=row.amount_fen, contract=contract.public_id)
        rows.append(row)
    return rows


def _sign_origin(contract: Contract, *, by: Any, now: datetime) -> None:
    """Let the bid, the bounty and the lead know of it."""
    if contract.bid_id is not None:
        bid = db.session.get_one(Bid, contract.bid_id)
        if bid.state is BidState.WON:
            trail.advance(bid, "contract", by=by, now=now, contract=contract.public_id)
    if contract.bounty is not None:
        bounty_steps.signed(contract.bounty, by=by, now=now)
    lead = contract.lead
    if lead is not None and lead.state in (LeadState.NEGOTIATING, LeadState.INTENT):
        leads.advance(lead, "sign", by=by, now=now, reason=f"签订合同 {contract.contract_no}")


def start(contract: Contract, *, by: Any, now: datetime) -> None:
    """Begin to perform; the bounty begins with its first contract."""
    trail.advance(contract, "start", by=by, now=now)
    if contract.bounty is not None:
        bounty_steps.started(contract.bounty, now=now)
