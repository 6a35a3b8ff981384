"""What comes next in a contract, who must do it, and how many working days are left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matchmaker import clock
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import (
    accepting,
    amending,
    bounty_steps,
    negotiating,
    people,
    performing,
    registering,
    terms,
)
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone
from matchmaker.lifecycles import (
    UNSIGNED,
    AcceptanceState,
    ContractState,
    MilestoneState,
    RegistrationState,
    Role,
)
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar, end_of
from matchmaker.workflow import Labelled

C, M = ContractState, MilestoneState


class Who(Labelled):
    """Whose turn it is."""

    BUYER = "buyer", "甲方"
    SELLER = "seller", "乙方"
    OFFICER = "officer", "局经办"
    CHIEF = "section_chief", "科室负责人"
    LEADER = "leader", "分管局长"


@dataclass(frozen=True)
class Step:
    """One thing to be done: by whom, until when, what is left of the time."""

    who: Who
    what: str
    until: date | None = None
    left: str = ""
    late: bool = False
    anchor: str = ""
    mine: bool = False


def steps(contract: Contract, *, viewer: Any, now: datetime) -> list[Step]:
    """Return what comes next, the most urgent first; `mine` marks the viewer's own turn."""
    calendar, today = WorkdayCalendar(places.holidays()), clock.today(now)
    found = [
        Step(
            step.who,
            step.what,
            step.until,
            left=calendar.remaining(now, end_of(step.until)) if step.until else "",
            late=step.until is not None and step.until < today,
            anchor=step.anchor,
            mine=_is(contract, viewer, step.who),
        )
        for step in _open(contract)
    ]
    return sorted(found, key=lambda step: (step.until or date.max, not step.mine))


def _is(contract: Contract, viewer: Any, who: Who) -> bool:
    side = people.side_of(contract, viewer)
    if who in (Who.BUYER, Who.SELLER):
        return side is not None and side.value == who.value
    return Role(who.value) in viewer.roles


def _open(contract: Contract) -> Iterator[Step]:
    if contract.state in UNSIGNED:
        yield from _unsigned(contract)
    elif contract.state in (C.SIGNED, C.PERFORMING):
        yield from _performing(contract)
        yield from _registration(contract)
        yield from _acceptance(contract)
    elif contract.state is C.AMENDING:
        yield from _amending(contract)
    elif contract.state is C.DISPUTED:
        yield Step(Who.OFFICER, "处理争议：恢复履行或提请终止", anchor="ending")
    elif contract.state is C.TERMINATING:
        yield Step(Who.LEADER, "审批终止", anchor="ending")
    elif contract.state is C.COMPLETED:
        yield from _registration(contract)
        yield from _acceptance(contract)
        yield Step(Who.OFFICER, "归档", anchor="archive")
    elif contract.state in (C.TERMINATED, C.ELIMINATED):
        yield Step(Who.OFFICER, "归档", anchor="archive")


def _unsigned(contract: Contract) -> Iterator[Step]:
    last = contract.sign_by
    if contract.text_no == 0:
        yield Step(Who.BUYER, "核对草稿，提出合同文本（任何一方均可）", last, anchor="text")
        return
    if terms.unexplained(contract):
        yield Step(Who.BUYER, "写明与中选结果不一致的理由", last, anchor="text")
    for side, who in ((Side.BUYER, Who.BUYER), (Side.SELLER, Who.SELLER)):
        if getattr(contract, f"{side.value}_confirmed_no") != contract.text_no:
            yield Step(who, f"确认第 {contract.text_no} 版合同文本", last, anchor="text")
    if contract.both_confirmed:
        waiting = negotiating.needs_price_notice(contract) and not contract.price_notice_to
        if waiting:
            yield Step(Who.SELLER, "公示协议定价并登记起止日期", last, anchor="signing")
        else:
            yield Step(Who.OFFICER, "核验签字盖章的扫描件", last, anchor="signing")


def _performing(contract: Contract) -> Iterator[Step]:
    row = next(
        (one for one in bounty_steps.live_milestones(contract) if one.state is not M.PAID), None
    )
    if row is not None:
        yield _milestone(row)


def _milestone(row: Milestone) -> Step:
    name = f"第 {row.seq} 期“{row.name}”"
    anchor = f"milestone-{row.seq}"
    pending = performing.pending_fen(row) if row.state is M.PAYABLE else 0
    pay = (Who.OFFICER, "核对付款凭证：") if pending else (Who.BUYER, "付款并上传凭证：")
    turns = {
        M.PLANNED: (Who.SELLER, "交付"),
        M.REWORK: (Who.SELLER, "返工后重新交付"),
        M.SUBMITTED: (Who.BUYER, "检查"),
        M.PASSED: (Who.OFFICER, "备案"),
        M.FAILED: (Who.OFFICER, "处理检查不合格的"),
        M.PAYABLE: pay,
    }
    who, what = turns[row.state]
    until = row.due_on if row.state in (M.PLANNED, M.REWORK) else None
    return Step(who, f"{what}{name}", until, anchor=anchor)


def _registration(contract: Contract) -> Iterator[Step]:
    row = registering.of(contract)
    if row is None:
        return
    if row.state in (RegistrationState.PREPARING, RegistrationState.REJECTED):
        yield Step(Who.SELLER, "办理技术合同登记", anchor="registration")
    elif row.state is RegistrationState.SUBMITTED:
        yield Step(Who.OFFICER, "录入登记结果", row.decide_by, anchor="registration")


def _acceptance(contract: Contract) -> Iterator[Step]:
    row = accepting.of(contract)
    if row is None:
        if contract.bounty_id is not None:
            last = accepting.apply_by(contract)
            yield Step(Who.SELLER, "完成后申请验收", last, anchor="acceptance")
        return
    turns = {
        AcceptanceState.APPLIED: Step(Who.OFFICER, "组织专家验收", anchor="acceptance"),
        AcceptanceState.REVIEWING: Step(Who.CHIEF, "审定验收结论", anchor="acceptance"),
        AcceptanceState.RECTIFYING: Step(
            Who.SELLER, "整改后再申请验收", row.rectify_by, anchor="acceptance"
        ),
        AcceptanceState.FAILED: Step(Who.OFFICER, "处理验收不通过的合同", anchor="ending"),
    }
    if row.state in turns:
        yield turns[row.state]


def _amending(contract: Contract) -> Iterator[Step]:
    row = amending.open_one(contract)
    if row is None:
        return
    if row.buyer_confirmed_at is None:
        yield Step(Who.BUYER, "确认补充协议", anchor="supplement")
    if row.seller_confirmed_at is None:
        yield Step(Who.SELLER, "确认补充协议", anchor="supplement")
    if row.buyer_confirmed_at and row.seller_confirmed_at:
        yield Step(Who.OFFICER, "核验补充协议扫描件", anchor="supplement")
