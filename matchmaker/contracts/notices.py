"""Who is told what when a contract, a milestone or a payment moves."""

from collections.abc import Callable, Sequence
from typing import Any

from matchmaker import clock, money, outbox
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import people
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone
from matchmaker.contracts.subsidy_models import SubsidyBatch
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.messages import operations as messages
from matchmaker.money import Unit

Whom = Callable[[Contract], Sequence[int]]


def _buyer(contract: Contract) -> list[int]:
    return people.on_side(contract, Side.BUYER)


def _seller(contract: Contract) -> list[int]:
    return people.on_side(contract, Side.SELLER)


def _all(contract: Contract) -> list[int]:
    return [*people.both(contract), *people.officers(contract)]


def _chiefs(_contract: Contract) -> list[int]:
    return people.holders(Role.SECTION_CHIEF)


def _leaders(_contract: Contract) -> list[int]:
    return people.holders(Role.LEADER)


# event → (whom, subject, body); {sign_by} and {seq} are filled in.
EVENTS: dict[str, tuple[Whom, str, str]] = {
    "contract.drafted": (
        _all, "合同草稿已生成，请洽谈", "请核对文本并提出修改；双方确认同一版后签字盖章。{sign_by}",
    ),
    "contract.both_confirmed": (
        _all, "双方已确认同一版合同文本", "请签字盖章，由局经办核验扫描件。{sign_by}",
    ),
    "contract.signing_extended": (people.both, "签约期限已延长一次", "{sign_by}"),
    "contract.signed": (
        _all, "合同已签订", "请按里程碑计划履行；卖方请办理技术合同登记。",
    ),
    "contract.completed": (_all, "合同付款已全部办结", "可申请验收或归档。"),
    "contract.terminated": (_all, "合同已终止", "未付的各期停止拨付，已付款项按终止意见处理。"),
    "contract.inspected": (people.both, "中期检查情况已登记", "请查看检查结论。"),
}  # fmt: skip
MOVES: dict[str, tuple[Whom, str, str]] = {
    "disputed": (_all, "合同提出争议", "争议了结前暂停交付、检查和付款。"),
    "resumed": (_all, "合同争议已了结", "合同恢复履行。"),
    "termination_requested": (_leaders, "有一份合同提请终止", "请审批。"),
    "termination_refused": (_all, "未同意终止合同", "合同恢复履行。"),
}
MILESTONES: dict[str, tuple[Whom, str, str]] = {
    "milestone.submitted": (
        _buyer,
        "第 {seq} 期已交付，请检查",
        "通过、返工或不合格，请写明意见。",
    ),
    "milestone.pass": (people.officers, "第 {seq} 期检查通过，请备案", "备案后进入付款。"),
    "milestone.rework": (_seller, "第 {seq} 期要求返工", "请查看检查意见，修改后重新提交。"),
    "milestone.fail": (_all, "第 {seq} 期检查不合格", "合同已转入争议处理。"),
    "milestone.payable": (_buyer, "第 {seq} 期可以付款", "请付款并上传凭证。"),
    "payment.recorded": (people.officers, "第 {seq} 期有付款凭证待核对", "请核对凭证与金额。"),
    "payment.verified": (people.both, "第 {seq} 期付款已核对", "已记入兑付台账。"),
    "payment.returned": (_buyer, "第 {seq} 期付款凭证被退回", "请查看原因后重新上传。"),
}
REGISTRATIONS: dict[str, tuple[Whom, str, str]] = {
    "submitted": (people.officers, "技术合同登记已提交", "请在期限内录入登记结果。"),
    "registered": (people.both, "技术合同已登记", "登记后计入成交额。"),
    "rejected": (_seller, "技术合同未予登记", "请查看原因，补正后重报。"),
}
SUPPLEMENTS: dict[str, tuple[Whom, str, str]] = {
    "proposed": (_all, "提出补充协议", "请另一方确认；生效前暂停交付和付款。"),
    "confirmed": (people.officers, "补充协议双方已确认", "请核验扫描件后生效。"),
    "dropped": (people.both, "补充协议已撤回", "合同按原约定履行。"),
    "effective": (_all, "补充协议已生效", "里程碑已更新；合同已登记的，请办理登记变更。"),
}
ACCEPTANCES: dict[str, tuple[Whom, str, str]] = {
    "applied": (people.officers, "有合同申请验收", "请组织专家验收。"),
    "reviewing": (_chiefs, "专家验收意见待审定", "请给出验收结论。"),
    "pass": (_all, "验收通过", "付清余款后即可兑榜。"),
    "rectify": (people.both, "验收须整改", "请在整改期限内完成并再次申请。"),
    "fail": (_all, "验收不通过", "请按合同约定处理。"),
}
SUBSIDIES: dict[str, tuple[Role, str]] = {
    "proposed": (Role.LEADER, "有补助待批准"),
    "approved": (Role.OFFICER, "补助已批准，请发起公示"),
    "refused": (Role.OFFICER, "补助未获批准"),
    "cleared": (Role.OFFICER, "补助公示期满无异议，请拨付"),
    "revoked": (Role.OFFICER, "补助公示后撤销"),
}


def _contract_event(kind: str) -> Callable[[dict[str, Any]], None]:
    def handle(payload: dict[str, Any]) -> None:
        contract = db.session.get(Contract, payload["contract"])
        if contract is not None:
            _say(contract, EVENTS[kind])

    return handle


def _say(contract: Contract, told: tuple[Whom, str, str], *, seq: int = 0, more: str = "") -> None:
    whom, subject, body = told
    sign_by = f"签约期限 {contract.sign_by}。" if contract.sign_by else ""
    text = body.format(sign_by=sign_by, seq=seq) + more
    people.tell(contract, whom(contract), subject.format(seq=seq), text, now=clock.now())


for _kind in EVENTS:
    outbox.handler(_kind)(_contract_event(_kind))


def _table_event(kind: str, table: dict[str, tuple[Whom, str, str]]) -> None:
    def handle(payload: dict[str, Any]) -> None:
        contract = db.session.get(Contract, payload["contract"])
        if contract is not None and payload["what"] in table:
            _say(contract, table[payload["what"]])

    outbox.handler(kind)(handle)


_table_event("contract.moved", MOVES)
_table_event("registration.moved", REGISTRATIONS)
_table_event("supplement.moved", SUPPLEMENTS)
_table_event("acceptance.moved", ACCEPTANCES)


@outbox.handler("contract.text_saved")
def text_saved(payload: dict[str, Any]) -> None:
    """Tell the other side that there is a new text to read."""
    contract = db.session.get(Contract, payload["contract"])
    if contract is not None and payload["by"]:
        other = _seller if payload["by"] == Side.BUYER.value else _buyer
        _say(contract, (other, "对方提出了新的合同文本", "请对照查看，可修改或确认。"))


@outbox.handler("contract.overdue")
def overdue(payload: dict[str, Any]) -> None:
    """Tell everybody that the contract lapsed."""
    contract = db.session.get(Contract, payload["contract"])
    if contract is not None:
        _say(contract, (_all, "合同未签作废", f"{payload['reason']}。"))


@outbox.handler("milestone.moved")
def milestone_moved(payload: dict[str, Any]) -> None:
    """Tell whose turn it is."""
    row = db.session.get(Milestone, payload["id"])
    if row is not None and payload["what"] in MILESTONES:
        _say(row.contract, MILESTONES[payload["what"]], seq=row.seq)


@outbox.handler("milestone.due")
def milestone_due(payload: dict[str, Any]) -> None:
    """Remind the seller, and let the buyer and the officer know."""
    row = db.session.get(Milestone, payload["id"])
    if row is None or row.due_on.isoformat() != payload["on"]:
        return
    amount = money.format_money(row.amount_fen, unit=Unit.YUAN)
    body = f"“{row.name}”应于 {row.due_on} 前完成，本期付款 {amount}。"
    _say(row.contract, (_all, "里程碑将到期：第 {seq} 期", ""), seq=row.seq, more=body)


@outbox.handler("subsidy.moved")
def subsidy_moved(payload: dict[str, Any]) -> None:
    """Tell the bureau whose turn it is."""
    batch = db.session.get(SubsidyBatch, payload["batch"])
    if batch is not None and payload["what"] in SUBSIDIES:
        role, subject = SUBSIDIES[payload["what"]]
        amount = money.format_money(batch.total_fen, unit=Unit.WAN)
        messages.notify(
            people.holders(role),
            f"{subject}：{batch.name}",
            f"{batch.batch_no}，共 {batch.count} 份合同，{amount}。",
            f"/subsidies/{batch.public_id}",
            now=clock.now(),
        )
