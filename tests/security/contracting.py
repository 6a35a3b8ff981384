"""A contract between the world's firm and institute, every text of which carries a token."""

from typing import Any

from tests.conftest import NOON


def plant(world: Any, make: Any) -> None:
    """Commit a contract under way with everything a contract may have."""
    from matchmaker.contracts.models import Contract

    rows, people = world.rows, world.people
    total = int(world._token(Contract, "total_fen", filed=False, pattern="{}")) * 1_000_000
    values = world.plant(
        Contract, filed=False, state="performing", contract_no="HT20260001",
        lead_id=rows["lead"].id, buyer_id=rows["firm"].id, seller_id=rows["institute"].id,
        buyer_user_id=people["owner"].id, seller_user_id=people["inventor"].id,
        handler_id=people["officer"].id, kind="development", subtype="commissioned",
        payment_mode="installments", total_fen=total, planned_fen=total, paid_fen=0, plan=[],
        start_on=NOON.date(), end_on=NOON.date(), signed_on=NOON.date(), text_no=1,
        scan_digest="0" * 64, archive_name="", created_at=NOON,
    )  # fmt: skip
    rows["tech_contract"] = contract = make.add(Contract(**values))
    _performing(world, make, contract.id, total)
    _closing(world, make, contract.id, total)


def _performing(world: Any, make: Any, contract_id: int, total: int) -> None:
    from matchmaker.contracts.models import ContractFile
    from matchmaker.contracts.performing_models import Milestone, Payment

    firm = world.people["owner"].id
    values = world.plant(
        Milestone, filed=False, contract_id=contract_id, seq=1, state="payable", share="100",
        due_on=NOON.date(), amount_fen=total, paid_fen=0,
    )  # fmt: skip
    milestone = make.add(Milestone(**values))
    values = world.plant(
        Payment, filed=False, contract_id=contract_id, milestone_id=milestone.id,
        paid_on=NOON.date(), amount_fen=1, recorded_at=NOON, recorded_by_id=firm,
    )  # fmt: skip
    make.add(Payment(**values))
    values = world.plant(
        ContractFile, filed=False, contract_id=contract_id, kind="scan", about="",
        stored_as="none.pdf", digest="0" * 64, size=1, at=NOON, by_id=firm,
    )  # fmt: skip
    make.add(ContractFile(**values))


def _closing(world: Any, make: Any, contract_id: int, total: int) -> None:
    from matchmaker.contracts.closing_models import (
        Acceptance,
        Inspection,
        Registration,
        Supplement,
        Termination,
    )

    officer = world.people["officer"].id
    common = {"filed": False, "contract_id": contract_id}
    for model, given in (
        (Registration, {"reg_no": None, "total_fen": None, "tech_fen": None}),
        (Supplement, {"number": 1, "state": "dropped", "total_fen": total, "plan": [],
                      "end_on": NOON.date(), "created_at": NOON, "created_by_id": officer,
                      "before": {"total_fen": total, "end_on": "2026-11-20", "plan": []}}),
        (Inspection, {"held_on": NOON.date(), "finding": "on_track", "at": NOON,
                      "by_id": officer}),
        (Acceptance, {"state": "reviewing", "applied_at": NOON, "applied_by_id": officer,
                      "results": [], "experts": []}),
        (Termination, {"cause": "breach", "at_fault": "seller", "recover_fen": 0,
                       "requested_at": NOON, "requested_by_id": officer}),
    ):  # fmt: skip
        make.add(model(**world.plant(model, **common, **given)))
