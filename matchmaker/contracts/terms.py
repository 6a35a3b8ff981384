"""A contract's text as data: its fields, what a plan must hold, how it differs from the award."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from matchmaker import codes, money, secrecy, workdays
from matchmaker.contracts import clauses
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid
from matchmaker.money import MoneyError, Unit

LABELS: dict[str, str] = {
    "title": "合同名称", "kind": "合同类别", "subtype": "子类", "payment_mode": "付款方式",
    "total_fen": "合同成交额", "start_on": "起始日", "end_on": "截止日",
    "indicators": "考核指标", "plan": "里程碑与付款", "content_clause": "技术内容、形式和要求",
    "ip_clause": "成果归属", "benefit_clause": "收益分配", "secrecy_clause": "保密条款",
    "acceptance_clause": "验收标准和方法", "risk_clause": "风险责任",
    "breach_clause": "违约责任", "clauses": "其他条款", "agreed_price": "协议定价",
    "difference_reasons": "与中选结果不一致的说明",
}  # fmt: skip
TEXTS = (
    "content_clause", "ip_clause", "benefit_clause", "secrecy_clause", "acceptance_clause",
    "risk_clause", "breach_clause",
)  # fmt: skip
REQUIRED_TEXTS = TEXTS[:5]
MOST_TEXT, MOST_STAGES, LEAST_REASON = 3000, 12, 5
DIFFERENCES = {
    "amount": "合同额与中选报价不一致",
    "bounty_amount": "合同额与榜额不一致",
    "term": "履行期限与榜单不一致",
    "indicators": "考核指标与榜单不一致",
}


@dataclass(frozen=True)
class Difference:
    """One point in which the text is not what was awarded."""

    key: str
    label: str
    awarded: str
    agreed: str
    reason: str


def content(contract: Contract) -> dict[str, Any]:
    """Return the text as a revision keeps it: plain values by field."""
    kept = {name: getattr(contract, name) for name in LABELS}
    kept["plan"] = [plan_line(stage) for stage in contract.plan]
    kept["total_fen"] = money.format_money(contract.total_fen, unit=Unit.YUAN)
    kept["kind"], kept["subtype"] = contract.kind_label, contract.subtype_label
    kept["payment_mode"] = contract.payment_label
    kept["agreed_price"] = "是" if contract.agreed_price else "否"
    names = clauses.labels(contract.kind, contract.payment_mode)
    kept["clauses"] = [
        f"{names[key]}：{text}" for key, text in contract.clauses.items() if key in names
    ]
    kept["difference_reasons"] = [
        f"{DIFFERENCES[key]}：{reason}"
        for key, reason in contract.difference_reasons.items()
        if key in DIFFERENCES and reason
    ]
    return kept


def plan_line(stage: Mapping[str, Any]) -> str:
    """Say one stage in one line."""
    amount = money.format_money(stage["amount_fen"], unit=Unit.YUAN)
    main = "（主榜金）" if stage.get("is_main") else ""
    told = (stage["name"], f"{stage['due_on']} 前", stage.get("deliverables", ""))
    return "，".join(one for one in told if one) + f"，付款 {stage['share']}%，{amount}{main}"


def share_of(text: str) -> Decimal:
    """Read a percentage with at most four decimals; raise `MoneyError`."""
    try:
        share = Decimal(text.strip().rstrip("%％"))
    except InvalidOperation:
        raise MoneyError(f"付款比例“{text}”不是数字") from None
    if not share.is_finite() or share != share.quantize(Decimal("0.0001")):
        raise MoneyError(f"付款比例“{text}”最多四位小数")
    return share


def split(total_fen: int, stages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give every stage its amount: each share half up to the 分, the last takes the rest."""
    parts = money.split_installments(total_fen, [share_of(one["share"]) for one in stages])
    return [
        {**one, "amount_fen": part, "is_main": bool(one.get("is_main"))}
        for one, part in zip(stages, parts, strict=True)
    ]


def check_stages(
    stages: Sequence[Mapping[str, Any]], *, first: date, last: date
) -> list[dict[str, str]]:
    """Return the stages cleaned; raise `Invalid` on `plan` with what is wrong in which line."""
    if not 1 <= len(stages) <= MOST_STAGES:
        raise Invalid({"plan": f"里程碑须有 1 至 {MOST_STAGES} 期"})
    found: list[dict[str, Any]] = []
    before = first
    for number, stage in enumerate(stages, start=1):
        name = str(stage.get("name", "")).strip()
        try:
            due = date.fromisoformat(str(stage.get("due_on", "")))
        except ValueError:
            raise Invalid({"plan": f"第 {number} 期的完成日须写成 2026-12-31"}) from None
        if not name:
            raise Invalid({"plan": f"第 {number} 期缺少名称"})
        if not first <= due <= last:
            raise Invalid({"plan": f"第 {number} 期的完成日须在 {first} 至 {last} 之间"})
        if due < before:
            raise Invalid({"plan": f"第 {number} 期的完成日不能早于前一期"})
        before = due
        found.append(
            {
                "name": name[:100],
                "due_on": due.isoformat(),
                "deliverables": str(stage.get("deliverables", "")).strip()[:1000],
                "share": str(stage.get("share", "")).strip().rstrip("%％"),
                "is_main": bool(stage.get("is_main")),
            }
        )
    return found


def checked(fields: Mapping[str, Any], *, district: str = "") -> dict[str, Any]:
    """Return the text's fields cleaned; raise `Invalid` naming every field that is wrong.

    district : where a contract is usually signed.
    """
    problems: dict[str, str] = {}
    found: dict[str, Any] = {name: fields.get(name) for name in LABELS if name in fields}
    found["title"] = str(found.get("title") or "").strip()
    if not 5 <= len(found["title"]) <= 200:  # noqa: PLR2004 - as the field says
        problems["title"] = "合同名称为 5 至 200 字"
    problems |= _check_kind(found)
    problems |= _check_texts(found)
    if not found.get("total_fen"):
        problems["total_fen"] = "请填写合同成交额，须大于 0"
    if not found.get("start_on") or not found.get("end_on"):
        problems["end_on"] = "请填写合同起止日期"
    elif found["end_on"] < found["start_on"]:
        problems["end_on"] = "截止日不能早于起始日"
    if not found.get("indicators"):
        problems["indicators"] = "请至少写一条考核指标"
    if problems:
        raise Invalid(problems)
    found["clauses"] = clauses.checked(
        found["kind"], found["payment_mode"], found.get("clauses") or {}, district=district
    )
    stages = check_stages(found["plan"], first=found["start_on"], last=found["end_on"])
    try:
        found["plan"] = split(found["total_fen"], stages)
        money.check_installments(found["total_fen"], [one["amount_fen"] for one in found["plan"]])
    except MoneyError as error:
        raise Invalid({"plan": str(error)}) from None
    return found


def _check_kind(found: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    kind = str(found.get("kind") or "")
    if not codes.is_code("contract_type", kind):
        return {"kind": "请选择五类技术合同之一"}
    subtypes = dict(codes.contract_subtypes(kind))
    if subtypes and found.get("subtype") not in subtypes:
        problems["subtype"] = f"请选择{codes.label('contract_type', kind)}合同的子类"
    if not codes.is_code("payment_mode", str(found.get("payment_mode") or "")):
        problems["payment_mode"] = "请选择付款方式"
    if found.get("payment_mode") == "lump_sum" and len(found.get("plan") or ()) > 1:
        problems["payment_mode"] = "一次总付只能有一期付款，请改为分期支付或合并里程碑"
    return problems


def _check_texts(found: dict[str, Any]) -> dict[str, str]:
    problems = {}
    for name in TEXTS:
        found[name] = str(found.get(name) or "").strip()
        if len(found[name]) > MOST_TEXT:
            problems[name] = f"请控制在 {MOST_TEXT} 字以内"
        if not found[name] and name in REQUIRED_TEXTS:
            problems[name] = f"请写明{LABELS[name]}（民法典第 845 条）"
    told = {LABELS[name]: found[name] for name in (*TEXTS, "title")}
    told["其他条款"] = "\n".join(str(one) for one in (found.get("clauses") or {}).values())
    told["考核指标"] = "\n".join(found.get("indicators") or ())
    hits = secrecy.guard(told)
    if hits:
        problems["content_clause"] = secrecy.refusal(hits)
    return problems


def differences(contract: Contract) -> list[Difference]:
    """Return in what the text differs from the award; an award-less contract differs in nothing."""
    terms = contract.award_terms
    if not terms:
        return []
    found = []
    for key, awarded_fen in (
        ("amount", terms.get("quote_fen")),
        ("bounty_amount", terms.get("bounty_fen")),
    ):
        if awarded_fen and awarded_fen != contract.total_fen:
            found.append((key, _yuan(awarded_fen), _yuan(contract.total_fen)))
    months = terms.get("months")
    if months and contract.start_on and contract.end_on:
        usual = workdays.contract_end(contract.start_on, months=months)
        if usual != contract.end_on:
            found.append(("term", f"{months} 个月（至 {usual}）", f"至 {contract.end_on}"))
    if terms.get("indicators") and list(terms["indicators"]) != list(contract.indicators):
        agreed = "；".join(contract.indicators)
        found.append(("indicators", "；".join(terms["indicators"]), agreed))
    reasons = contract.difference_reasons
    return [
        Difference(key, DIFFERENCES[key], awarded, agreed, str(reasons.get(key) or "").strip())
        for key, awarded, agreed in found
    ]


def unexplained(contract: Contract) -> dict[str, str]:
    """Return field → what is missing for every difference without a written reason."""
    return {
        f"reason_{one.key}": f"{one.label}（{one.awarded} → {one.agreed}），请写明理由"
        for one in differences(contract)
        if len(one.reason) < LEAST_REASON
    }


def _yuan(fen: int) -> str:
    return money.format_money(fen, unit=Unit.YUAN)
