"""What a contract may be given: min(cap, floor(ratio × actually paid)), and why it may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from matchmaker import money, policy
from matchmaker.contracts import accepting, parameters
from matchmaker.contracts.models import Contract
from matchmaker.contracts.subsidy_models import Subsidy
from matchmaker.extensions import db
from matchmaker.lifecycles import AcceptanceState, ContractState
from matchmaker.money import Unit

PRE_PAID = "grant"  # 前补助: given before acceptance
NEVER = "none"
DEAD = (ContractState.TERMINATED, ContractState.TERMINATING, ContractState.LAPSED)


@dataclass(frozen=True)
class Rule:
    """The rule of one contract: ratio of what was paid, cap in 分."""

    ratio: Decimal
    cap_fen: int


@dataclass(frozen=True)
class Claim:
    """What one contract may be given: base and due in 分, and why it may not ("" for nothing)."""

    contract: Contract
    rule: Rule
    base_fen: int
    excluded_fen: int
    due_fen: int
    objection: str = ""


def due(ratio: Decimal, base_fen: int, cap_fen: int) -> int:
    """Return min(cap, floor(ratio × base)) in 分."""
    part = (ratio * base_fen).to_integral_value(rounding=ROUND_DOWN)
    return min(cap_fen, int(part))


def compress(dues: Sequence[int], available_fen: int) -> list[int]:
    """Cut the amounts in proportion to what is available; the odd 分 go to the largest.

    Amounts that fit stay as they are. Raises `money.MoneyError` when nothing is available.
    """
    total = sum(dues)
    if total <= available_fen:
        return list(dues)
    if available_fen <= 0:
        raise money.MoneyError("年度补助预算已用完")
    parts = [amount * available_fen // total for amount in dues]
    parts[max(range(len(dues)), key=lambda i: dues[i])] += available_fen - sum(parts)
    return parts


def rule_of(contract: Contract) -> Rule:
    """Return the bounty's rule, the bureau's where it states none."""
    bounty = contract.bounty
    ratio, cap = (bounty.support_ratio, bounty.support_cap_fen) if bounty else (None, None)
    if ratio is None:
        try:
            ratio = Decimal(str(parameters.get("subsidy_ratio")))
        except InvalidOperation:
            ratio = Decimal(0)
    if cap is None:
        cap = int(parameters.get("subsidy_cap_wan")) * Unit.WAN.fen
    return Rule(ratio, cap)


def claim(contract: Contract, *, excluded_fen: int = 0) -> Claim:
    """Work out what a contract may be given. excluded_fen : equipment bought with the money."""
    rule = rule_of(contract)
    base = max(0, contract.paid_fen - excluded_fen)
    amount = due(rule.ratio, base, rule.cap_fen)
    return Claim(contract, rule, base, excluded_fen, amount, _objection(contract, amount))


def _objection(contract: Contract, amount: int) -> str:
    bounty = contract.bounty
    kind = bounty.support_type if bounty else ""
    if kind == NEVER:
        return "榜单写明无财政支持"
    if contract.state in DEAD or contract.state is ContractState.ELIMINATED:
        return f"合同{contract.state.label}"
    if amount <= 0:
        return "尚无核对过的付款"
    if standing(contract) is not None:
        return "已享受过补助，同一合同不得重复"
    accepted = accepting.of(contract)
    passed = accepted is not None and accepted.state is AcceptanceState.PASSED
    if kind != PRE_PAID and contract.bounty_id and not passed:
        return "验收通过后才能给予后补助"
    return _preconditions(contract, amount)


def _preconditions(contract: Contract, amount: int) -> str:
    """The bureau's optional conditions on the firm's own money (赣州: 4 倍, 40 %)."""
    multiple = Decimal(str(parameters.get("subsidy_budget_multiple") or 0))
    share = Decimal(str(parameters.get("subsidy_pay_share") or 0))
    needs = [one.need for one in contract.bounty.sources if one.need] if contract.bounty else []
    budget = sum(need.budget_total_fen or 0 for need in needs) or contract.total_fen
    if multiple and budget < multiple * amount:
        return f"企业研发总预算不足补助的 {multiple} 倍"
    if share and contract.paid_fen < share * amount:
        return f"付给揭榜方的金额不足补助的 {share * 100:.0f}%"
    return ""


def standing(contract: Contract) -> Subsidy | None:
    """Return the contract's subsidy that stands; None where there is none."""
    query = select(Subsidy).where(Subsidy.contract_key == contract.id)
    return db.session.scalars(query).one_or_none()


def claims(viewer: Any) -> list[Claim]:
    """Return what every contract in the officer's hands may be given, the possible ones first."""
    query = policy.scope(viewer, "contract", "fund_release_propose").where(Contract.paid_fen > 0)
    found = [claim(one) for one in db.session.scalars(query.order_by(Contract.id))]
    open_ones = [one for one in found if standing(one.contract) is None]
    return sorted(open_ones, key=lambda one: bool(one.objection))
