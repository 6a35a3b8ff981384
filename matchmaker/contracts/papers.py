"""What the Word documents of a contract are filled with: contract, pledge, sheet, acceptance."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from matchmaker import clock, documents, identifiers
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import accepting, clauses, registering
from matchmaker.contracts.closing_models import Acceptance, Registration
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.documents import MissingField
from matchmaker.lifecycles import AcceptanceState
from matchmaker.places import operations as places

BY_CLAUSE = "按本合同验收条款"
COPIES = 6
TAIL = re.compile(r"（([^（）]*)）$")
REWARDS = "按期达标的，按合同约定付清榜金，并按规定给予补助和宣传。"
PENALTIES = (
    "弄虚作假、挪用资金的，终止合同、追回资金并按规定列入失信名单；探索失败且已尽责的予以免责。"
)
TITLES = {"contract": "技术合同", "pledge": "军令状", "registration": "技术合同登记表",
          "acceptance": "验收意见"}  # fmt: skip


def indicator(line: str) -> dict[str, Any]:
    """Read one line, "name：requirement（test method）", back into its parts."""
    found = TAIL.search(line)
    method = found[1] if found else BY_CLAUSE
    rest = line[: found.start()] if found else line
    name, _, requirement = rest.partition("：")
    return {"name": name, "requirement": requirement or name, "test_method": method}


def party(contract: Contract, side: Side) -> dict[str, Any]:
    """Return a side's particulars: as signed, of today where not signed yet."""
    unit = contract.party(side)
    kept = contract.parties.get(side.value) or {}
    contact, phone = kept.get("contact") or unit.contact_name, unit.contact_phone
    if side is Side.SELLER and contract.award_terms.get("pi_name"):
        contact = contract.award_terms["pi_name"]
        phone = contract.award_terms.get("pi_phone") or phone
    return {
        "name": kept.get("name") or unit.name,
        "credit_code": kept.get("uscc") or unit.uscc or "",
        "address": kept.get("address") or unit.address,
        "legal_rep": kept.get("legal_rep") or unit.legal_rep,
        "contact": contact,
        "phone": kept.get("phone") or phone,
    }


def name_of(contract: Contract) -> str:
    """Return the template of the contract's kind."""
    return f"contract_{contract.kind}"


def contract_paper(contract: Contract) -> dict[str, Any]:
    """Return the context of the contract, of whichever of the five kinds."""
    bounty = contract.bounty
    context: dict[str, Any] = {
        "contract_no": contract.contract_no,
        "title": contract.title,
        "buyer": party(contract, Side.BUYER),
        "seller": party(contract, Side.SELLER),
        "start_on": contract.start_on,
        "end_on": contract.end_on,
        "content": contract.content_clause,
        "indicators": [indicator(line) for line in contract.indicators],
        "total_fen": contract.total_fen,
        "payment_mode": contract.payment_label,
        "milestones": [_instalment(stage) for stage in contract.plan],
        "secrecy": contract.secrecy_clause,
        "ip": contract.ip_clause,
        "benefit": contract.benefit_clause,
        "acceptance": contract.acceptance_clause,
        "breach": contract.breach_clause,
        "risk": contract.risk_clause,
        "subtype": contract.subtype_label,
        "copies": COPIES,
        "pledge": bool(bounty and bounty.require_pledge),
        **clauses.entry(contract.kind, contract.payment_mode, contract.clauses),
    }
    partners = [one for one in contract.award_terms.get("partners") or [] if one.get("name")]
    if partners:
        context["partners"] = partners
    if bounty is not None:
        context |= {"bounty_no": bounty.bounty_no or "", "bounty_title": bounty.title}
    asked = {field.key for field in documents.fields(name_of(contract))}
    return {key: value for key, value in context.items() if key in asked}


def _instalment(stage: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": stage["name"],
        "due_on": date.fromisoformat(stage["due_on"]),
        "deliverables": stage.get("deliverables") or "见验收条款",
        "amount_fen": stage["amount_fen"],
        "share": str(stage["share"]),
    }


def pledge_paper(contract: Contract) -> dict[str, Any]:
    """Return the context of the pledge (军令状); raise `MissingField` without a bounty."""
    bounty = contract.bounty
    if bounty is None:
        raise MissingField(TITLES["pledge"], {"bounty_no": "榜单编号"})
    pi_name = contract.award_terms.get("pi_name", "")
    return {
        "bureau_name": places.settings()["bureau_name"],
        "version": f"第 {max(contract.text_no, 1)} 版",
        "bounty_no": bounty.bounty_no or "",
        "bounty_title": bounty.title,
        "publisher": bounty.owner.name,
        "bidder": _other(contract, bounty.owner_id),
        "pi_name": pi_name,
        "goal": contract.content_clause,
        "duration_months": bounty.duration_months,
        "indicators": [indicator(line) for line in contract.indicators],
        "steps": [
            {"name": one["name"], "due": documents.as_date(date.fromisoformat(one["due_on"])),
             "deliverables": one.get("deliverables") or "见验收条款"}
            for one in contract.plan
        ],
        "people": [{"name": pi_name, "organisation": _other(contract, bounty.owner_id),
                    "duty": "项目负责人，对目标和进度总负责"}],
        "rewards": REWARDS,
        "penalties": PENALTIES,
    }  # fmt: skip


def _other(contract: Contract, owner_id: int) -> str:
    return (contract.seller if contract.buyer_id == owner_id else contract.buyer).name


def registration_paper(contract: Contract, row: Registration) -> dict[str, Any]:
    """Return the context of the registration sheet."""
    kept, tech = row.sheet, row.tech_fen or row.sheet.get("declared_tech_fen")
    shown = dict(registering.sheet(contract, row))
    bounty = contract.bounty
    return {
        "contract_no": contract.contract_no,
        "title": contract.title,
        "contract_type": contract.kind_label,
        "subtype": contract.subtype_label,
        "signed_on": contract.signed_on,
        "start_on": contract.start_on,
        "end_on": contract.end_on,
        "seller": _registrant(contract, Side.SELLER),
        "buyer": _registrant(contract, Side.BUYER),
        "total_fen": contract.total_fen,
        "tech_fen": tech,
        "goods_fen": contract.total_fen - tech if tech else None,
        "payment_mode": contract.payment_label,
        "ip_kind": shown["涉及的知识产权"],
        "tech_field": shown["技术领域"],
        "industry": shown["服务的国民经济行业"],
        "goal": shown["社会经济目标"],
        "plan": shown["计划来源"],
        "summary": contract.content_clause,
        "with_public_funds": bool(bounty and bounty.support_type not in {"", "none"}),
        "is_related": bool(kept.get("is_related")),
        "agency": row.reg_agency or shown["登记机构"],
        "applied_on": clock.today(row.submitted_at) if row.submitted_at else None,
    }


def _registrant(contract: Contract, side: Side) -> dict[str, Any]:
    found = party(contract, side)
    unit, address = contract.party(side), found.pop("address")
    try:
        nature = identifiers.organisation_type(found["credit_code"])
    except identifiers.IdentifierError:
        nature = unit.kind.label
    return {**found, "nature": nature, "region": address or unit.region_code}


def acceptance_paper(contract: Contract, row: Acceptance) -> dict[str, Any]:
    """Return the context of the acceptance."""
    bounty = contract.bounty
    measured = [
        {**indicator(str(one["indicator"])), "actual": one["value"],
         "result": "达到" if one.get("reached") == "yes" else "未达到"}
        for one in row.results
    ]  # fmt: skip
    concluded = row.state in (
        AcceptanceState.PASSED, AcceptanceState.FAILED, AcceptanceState.RECTIFYING
    )  # fmt: skip
    context: dict[str, Any] = {
        "bureau_name": places.settings()["bureau_name"],
        "contract_no": contract.contract_no,
        "title": contract.title,
        "buyer": contract.buyer.name,
        "seller": contract.seller.name,
        "pi_name": contract.award_terms.get("pi_name") or party(contract, Side.SELLER)["contact"],
        "applied_on": clock.today(row.applied_at),
        "accepted_on": row.held_on,
        "place": row.place,
        "method": row.method,
        "members": [_member(one, number) for number, one in enumerate(row.experts)],
        "indicators": measured,
        "deliverables": _deliverables(contract),
        "total_fen": contract.total_fen,
        "paid_fen": contract.paid_fen,
        "funds": row.funds,
        "opinion": row.opinion,
        "conclusion": row.state.label if concluded else "",
    }
    if bounty is not None and bounty.bounty_no:
        context["bounty_no"] = bounty.bounty_no
    if row.state is AcceptanceState.RECTIFYING:
        context |= {"rectify": row.conclusion_note, "rectify_by": row.rectify_by}
    return context


def _member(one: Mapping[str, Any], number: int) -> dict[str, Any]:
    role = "组长" if number == 0 else "成员"
    return {key: str(one.get(key) or "") for key in ("name", "organisation", "title")} | {
        "role": role
    }


def _deliverables(contract: Contract) -> list[str]:
    kinds = (FileKind.DELIVERY, FileKind.ACCEPTANCE)
    return [one.name for one in contract.files if one.kind in kinds]


def context(contract: Contract, kind: str) -> tuple[str, dict[str, Any]]:
    """Return (template, context) of one of the contract's documents; raise `NotFound`."""
    if kind == "contract":
        return name_of(contract), contract_paper(contract)
    if kind == "pledge":
        return kind, pledge_paper(contract)
    if kind == "registration":
        return kind, registration_paper(contract, registering.required(contract))
    return "acceptance", acceptance_paper(contract, accepting.required(contract))
