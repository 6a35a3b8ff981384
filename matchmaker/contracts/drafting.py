"""A draft made of the bounty, the bid and the award, or of a lead (对接)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, locks, money, outbox, policy, workdays
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.brokering.lead_models import Lead
from matchmaker.codes import BountyKind, BountyMode
from matchmaker.contracts import clauses, parameters, terms
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import LeadState
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar

PUBLIC_INSTITUTION = "12"  # 事业单位, by the first two characters of the credit code
SECRECY = (
    "双方对在订立和履行本合同中知悉的对方技术秘密和经营信息负有保密义务，未经对方书面同意不得"
    "向第三方披露；保密期限自本合同签订之日起至有关信息依法公开之日止。"
)
BENEFIT = "各方自行实施本合同成果所得的收益归各自所有；许可或转让给第三方的收益按成果归属分配。"
RISK = (
    "在履行中因出现无法克服的技术困难致使研究开发失败或者部分失败的，风险责任由双方合理分担；"
    "一方发现可能失败的情形，应当及时通知另一方并采取措施减少损失（民法典第 858 条）。"
)
BREACH = "一方不履行义务或者履行不符合约定的，应当承担继续履行、采取补救措施或者赔偿损失等责任。"
BY_MODE = {
    "joint_dev": ("development", "joint"),
    "commission_dev": ("development", "commissioned"),
    "service": ("service", "general"),
    "consulting": ("consulting", ""),
    "license": ("license", "patent"),
    "assign": ("transfer", "patent"),
}
FORMAL = {
    "development": "技术开发（委托）合同", "transfer": "技术转让合同", "license": "技术许可合同",
    "consulting": "技术咨询合同", "service": "技术服务合同",
}  # fmt: skip


def from_award(
    bounty: Bounty, bid: Bid, *, amount_fen: int, award_id: int | None, by: Any, now: datetime
) -> Contract:
    """Draft the contract of one award; the award has one contract, however often it is asked.

    amount_fen : what was awarded. Raises `WrongState` for a bid that names no organisation yet.
    """
    known = _of_award(award_id)
    if known is not None:
        return known
    if bid.lead_organisation is None:
        raise WrongState("揭榜申请尚未启封，不能起草合同。")
    solving = bounty.kind is BountyKind.NEED_SOLVING
    owner, bidder = bounty.owner, bid.lead_organisation
    contract = Contract(
        bounty_id=bounty.id,
        bid_id=bid.id,
        award_id=award_id,
        buyer_id=(owner if solving else bidder).id,
        seller_id=(bidder if solving else owner).id,
        buyer_user_id=_author(bounty) if solving else bid.created_by_id,
        seller_user_id=bid.created_by_id if solving else _author(bounty),
        handler_id=bounty.handler_id,
        total_fen=amount_fen,
        award_terms=_awarded(bounty, bid, amount_fen),
    )
    _fill_from_bounty(contract, bounty, bid, today=clock.today(now))
    return _enter(contract, by=by, now=now, bounty=bounty.public_id)


def _of_award(award_id: int | None) -> Contract | None:
    if award_id is None:
        return None
    return db.session.scalar(select(Contract).where(Contract.award_id == award_id))


def _author(bounty: Bounty) -> int | None:
    for source in bounty.sources:
        row = source.need or source.achievement
        if row is not None and source.organisation_id == bounty.owner_id:
            return row.created_by_id
    return None


def _awarded(bounty: Bounty, bid: Bid, amount_fen: int) -> dict[str, Any]:
    return {
        "quote_fen": amount_fen,
        "bounty_fen": bounty.amount_fen,
        "months": bounty.duration_months,
        "indicators": [indicator_line(one) for one in bounty.indicators],
        "pi_name": bid.content.get("pi_name", ""),
        "pi_phone": bid.content.get("pi_phone", ""),
        "bounty_no": bounty.bounty_no,
        "partners": [
            {key: one.get(key) for key in ("name", "task", "amount_fen")}
            for one in bid.content.get("partners") or []
        ],
    }


def indicator_line(one: Mapping[str, Any]) -> str:
    """Say one indicator of a bounty in one line."""
    tested = f"（{one['test_method']}）" if one.get("test_method") else ""
    return f"{one.get('name', '')}：{one.get('requirement', '')}{tested}"


def _fill_from_bounty(contract: Contract, bounty: Bounty, bid: Bid, *, today: date) -> None:
    kind, subtype = _kind_of(bounty)
    contract.kind, contract.subtype = kind, subtype
    contract.title = f"{bounty.title}{FORMAL[kind]}"
    months = bounty.duration_months or 12
    contract.start_on, contract.end_on = today, workdays.contract_end(today, months=months)
    contract.indicators = list(contract.award_terms["indicators"])
    contract.content_clause = bounty.task_text
    contract.ip_clause = bounty.ip_arrangement
    contract.acceptance_clause = "按下列指标和方法验收：" + "；".join(contract.indicators)
    _fill_usual(contract)
    contract.plan = _plan(contract, bid.content.get("milestones") or [], bounty)
    contract.payment_mode = "installments" if len(contract.plan) > 1 else "lump_sum"
    contract.planned_fen = sum(stage["amount_fen"] for stage in contract.plan)
    if bounty.amount_fen and bounty.amount_fen != contract.total_fen:
        contract.difference_reasons = {"bounty_amount": "按中选报价签订，榜额为最高限额"}


def _kind_of(bounty: Bounty) -> tuple[str, str]:
    for mode in bounty.coop_modes:
        if mode in BY_MODE:
            return BY_MODE[mode]
    solving = bounty.kind is BountyKind.NEED_SOLVING
    return ("development", "commissioned") if solving else ("transfer", "patent")


def _fill_usual(contract: Contract) -> None:
    contract.benefit_clause, contract.secrecy_clause = BENEFIT, SECRECY
    contract.risk_clause, contract.breach_clause = RISK, BREACH


def _plan(contract: Contract, given: list[Any], bounty: Bounty | None) -> list[dict[str, Any]]:
    """Turn the bid's milestones into stages with days and amounts; one stage where none fit."""
    start, last = contract.start_on, contract.end_on
    assert start is not None and last is not None  # noqa: S101, PT018 - just set
    race = bounty is not None and bounty.mode is BountyMode.HORSE_RACE
    stages = [
        {
            "name": str(one.get("name") or f"第 {number} 期"),
            "due_on": min(_due(start, one), last).isoformat(),
            "deliverables": _text(one.get("deliverables")),
            "share": str(one.get("share") or ""),
            "is_main": race and number == len(given),
        }
        for number, one in enumerate(given, start=1)
    ]
    whole = [
        {"name": "项目验收", "due_on": last.isoformat(), "deliverables": "", "share": "100",
         "is_main": race}
    ]  # fmt: skip
    try:
        return terms.split(contract.total_fen, terms.check_stages(stages, first=start, last=last))
    except (Invalid, money.MoneyError):
        return terms.split(contract.total_fen, whole)


def _due(start: date, stage: Mapping[str, Any]) -> date:
    months = stage.get("due_months")
    return workdays.contract_end(start, months=int(months)) if months else start


def _text(value: Any) -> str:
    return "；".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


def leads_without_contract(viewer: Any) -> list[Lead]:
    """Return the leads the viewer is a party of that are ripe for a contract and have none."""
    ripe = (LeadState.NEGOTIATING, LeadState.INTENT, LeadState.SIGNED)
    query = policy.scope(viewer, "lead", "read").where(
        Lead.state.in_(ripe), Lead.id.not_in(select(Contract.lead_id).where(Contract.lead_id > 0))
    )
    return [lead for lead in db.session.scalars(query.order_by(Lead.id)) if lead.seller is not None]


def from_lead(public_id: str, *, total_fen: int, kind: str, by: Any, now: datetime) -> Contract:
    """Draft a contract that comes of a lead, as one of its parties."""
    lead = next((one for one in leads_without_contract(by) if one.public_id == public_id), None)
    if lead is None or lead.seller is None:
        raise NotFound
    if kind not in FORMAL:
        raise Invalid({"kind": "请选择五类技术合同之一"})
    today = clock.today(now)
    contract = Contract(
        lead_id=lead.id,
        buyer_id=lead.need.enterprise_id,
        seller_id=lead.seller.id,
        buyer_user_id=lead.need.created_by_id,
        seller_user_id=getattr(lead.supplier, "created_by_id", None),
        broker_id=lead.broker_id,
        handler_id=lead.officer_id,
        total_fen=total_fen,
        kind=kind,
        subtype=dict(BY_MODE.values()).get(kind, ""),
        title=f"{lead.need.title}{FORMAL[kind]}",
        start_on=today,
        end_on=workdays.contract_end(today, months=lead.need.duration_months or 12),
        indicators=list(lead.need.key_indicators),
        content_clause=lead.need.problem,
        ip_clause=lead.need.ip_arrangement,
        acceptance_clause="按下列指标验收：" + "；".join(lead.need.key_indicators),
    )
    _fill_usual(contract)
    contract.plan = _plan(contract, [], None)
    contract.payment_mode = "lump_sum"
    contract.planned_fen = total_fen
    return _enter(contract, by=by, now=now, lead=lead.public_id)


def _enter(contract: Contract, *, by: Any, now: datetime, **told: Any) -> Contract:
    today = clock.today(now)
    contract.contract_no = locks.next_number(Contract.contract_no, f"HT{today.year}", 4)
    seller = db.session.get_one(Organisation, contract.seller_id)
    institution = seller.kind is OrganisationKind.INSTITUTION
    contract.agreed_price = contract.kind in ("transfer", "license") and (
        institution or (seller.uscc or "").startswith(PUBLIC_INSTITUTION)
    )
    if contract.award_id is not None or contract.bounty_id is not None:
        calendar = WorkdayCalendar(places.holidays())
        last = calendar.add_days(today, int(parameters.get("sign_days")))
        contract.sign_by, contract.sign_by_guessed = last.day, last.provisional
    contract.clauses = clauses.checked(
        contract.kind, contract.payment_mode, {}, district=places.settings()["district_name"]
    )
    contract.created_at, contract.created_by_id = now, by.id
    db.session.add(contract)
    trail.enter(contract, by=by, now=now, total_fen=contract.total_fen, **told)
    outbox.add("contract.drafted", {"contract": contract.id}, now=now)
    return contract
