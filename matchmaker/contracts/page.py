"""What a contract's page shows to one viewer, and which deeds it offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import disclosure, policy, web
from matchmaker.audit import trail
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import (
    accepting,
    agenda,
    amending,
    bounty_steps,
    ending,
    negotiating,
    people,
    registering,
    terms,
)
from matchmaker.contracts.models import Contract, ContractFile
from matchmaker.contracts.performing_models import Milestone
from matchmaker.disclosure import Shown
from matchmaker.extensions import db
from matchmaker.lifecycles import CONTRACT, UNSIGNED, ContractState

C = ContractState
ACTIONS = (
    "update", "sign", "verify", "extend_signing", "give_up", "lapse", "publish_price", "read",
    "amend", "amend_apply", "register", "register_submit", "submit_milestone", "accept_milestone",
    "file_milestone", "record_payment", "verify_payment", "inspect", "extend_term", "dispute",
    "resume", "terminate_request", "terminate_approve", "apply_acceptance", "convene_acceptance",
    "conclude_acceptance", "race", "archive", "open_archive",
)  # fmt: skip
TITLES = {
    "create": "生成草稿", "save_text": "修改文本", "confirm_text": "确认文本",
    "extend_signing": "延长签约期限", "extend_term": "延长履行期限", "inspect": "中期检查",
    "export": "导出文书", "hold_signing": "异议受理，暂停签约", "release_signing": "恢复签约",
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """A line of the history."""

    when: str
    title: str
    by: str
    detail: str
    tone: str


@dataclass(frozen=True)
class Page:
    """Everything the template needs; what the viewer may not read is empty."""

    contract: Shown
    row: Contract
    reads: bool
    side: Side | None
    may: Mapping[str, bool]
    steps: list[agenda.Step] = field(default_factory=list)
    differences: list[terms.Difference] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    old_milestones: list[Milestone] = field(default_factory=list)
    registration: Any = None
    supplements: list[Any] = field(default_factory=list)
    acceptance: Any = None
    inspections: list[Any] = field(default_factory=list)
    termination: Any = None
    files: list[ContractFile] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    late: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether the viewer's side has confirmed the text as it stands."""
        if self.side is None:
            return False
        number = getattr(self.row, f"{self.side.value}_confirmed_no")
        return bool(self.row.text_no) and number == self.row.text_no


def read(contract: Contract, *, viewer: Any, now: datetime) -> Page:
    """Return the page of a contract for one viewer."""
    scope = policy.scope(viewer, "contract", *negotiating.READ)
    shown = disclosure.one(scope.where(Contract.id == contract.id), viewer, "contract")
    may = {action: policy.permits(viewer, "contract", action, contract) for action in ACTIONS}
    side = people.side_of(contract, viewer)
    if not may["read"]:
        return Page(contract=shown, row=contract, reads=False, side=side, may=_possible(
            contract, may, side
        ))  # fmt: skip
    live = bounty_steps.live_milestones(contract)
    steps = agenda.steps(contract, viewer=viewer, now=now)
    return Page(
        contract=shown,
        row=contract,
        reads=True,
        side=side,
        may=_possible(contract, may, side),
        steps=steps,
        differences=terms.differences(contract),
        milestones=live,
        old_milestones=_old(contract, live),
        registration=registering.of(contract),
        supplements=amending.all_of(contract),
        acceptance=accepting.of(contract),
        inspections=accepting.inspections(contract),
        termination=ending.latest(contract),
        files=list(contract.files),
        events=_events(contract),
        late=any(step.late for step in steps),
    )


def _old(contract: Contract, live: list[Milestone]) -> list[Milestone]:
    query = select(Milestone).where(
        Milestone.contract_id == contract.id, Milestone.id.not_in([one.id for one in live])
    )
    return list(db.session.scalars(query.order_by(Milestone.plan_no, Milestone.seq)))


def _possible(contract: Contract, may: dict[str, bool], side: Side | None) -> dict[str, bool]:
    """Narrow what the viewer may to what the state and the viewer's side allow."""
    state = contract.state
    text = state in (C.DRAFT, C.NEGOTIATING)
    running = state in (C.SIGNED, C.PERFORMING)
    unsigned = state in UNSIGNED
    return may | {
        "update": may["update"] and text and side is not None,
        "sign": may["sign"] and state in (C.NEGOTIATING, C.PRICE_NOTICE) and side is not None,
        "verify": may["verify"] and state in (C.NEGOTIATING, C.PRICE_NOTICE),
        "publish_price": may["publish_price"] and state is C.NEGOTIATING
        and negotiating.needs_price_notice(contract),
        "reopen": may["update"] and state is C.PRICE_NOTICE and side is not None,
        "extend_signing": may["extend_signing"] and unsigned and not contract.sign_extended
        and contract.sign_by is not None,
        "give_up": may["give_up"] and unsigned and side is not None,
        "lapse": may["lapse"] and unsigned,
        "amend": may["amend"] and state is C.PERFORMING and side is not None,
        "amend_confirm": may["amend"] and state is C.AMENDING and side is not None,
        "amend_apply": may["amend_apply"] and state is C.AMENDING,
        "amend_drop": may["amend"] and state is C.AMENDING and side is not None,
        "apply_acceptance": may["apply_acceptance"] and state in accepting.RUNNING,
        "inspect": may["inspect"] and running,
        "extend_term": may["extend_term"] and state is C.PERFORMING and not contract.extended_to,
        "dispute": may["dispute"] and state is C.PERFORMING,
        "resume": may["resume"] and state is C.DISPUTED,
        "terminate_request": may["terminate_request"] and state in (
            C.SIGNED, C.PERFORMING, C.DISPUTED
        ),
        "terminate_approve": may["terminate_approve"] and state is C.TERMINATING,
        "archive": may["archive"] and state in (
            C.COMPLETED, C.TERMINATED, C.ELIMINATED, C.LAPSED
        ),
    }  # fmt: skip


def _events(contract: Contract) -> list[Event]:
    """Return the history, newest first."""
    labels = {move.action: move.label for move in CONTRACT.moves} | TITLES
    tones = {str(one.value): one.tone for one in ContractState}
    return [
        Event(
            web.as_moment(entry.at),
            labels.get(entry.action, entry.action),
            entry.actor_name,
            entry.reason,
            tones.get(entry.to_state, "neutral"),
        )
        for entry in reversed(trail.history("contract", contract.public_id))
    ]
