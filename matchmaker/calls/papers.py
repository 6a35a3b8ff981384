"""征集通知: what a call says, as the Word template asks for it."""

from datetime import datetime
from typing import Any

from matchmaker import codes, papers
from matchmaker.calls.models import Call
from matchmaker.places import operations as places

PURPOSE = "为摸清企业技术难题，推动产学研精准对接，征集一批拟公开张榜、组织对接的企业技术需求。"
SERIAL = 3  # digits of the number within the year
REQUIREMENTS = (
    "每条需求写清主要技术问题、可量化的考核指标、完成时限、拟投入资金和产权归属。",
    "企业对所填内容的真实性负责，需求经镇街初筛、科技局受理后进入难题库。",
    "本次没有需求的企业，也请登录后点“本次无需求”答复。",
)


def notice(call: Call, *, address: str, now: datetime) -> dict[str, Any]:
    """Return the context of the document `call_notice`.

    address : where enterprises fill in, in full. Blanks are named by `documents.MissingField`.
    """
    district = places.settings()["district_name"]
    lines = [line.strip() for line in call.content.splitlines() if line.strip()]
    return {
        **papers.issuer(now),
        "title": f"关于开展{call.title}的通知",
        "addressees": "各镇街、园区，各有关企业",
        "batch_name": _batch(call),
        "purpose": PURPOSE,
        "scope": _scope(call),
        "eligibility": _eligibility(call, district),
        "requirements": [*lines, *REQUIREMENTS],
        "starts_on": call.start_on,
        "ends_at": call.ends_at,
        "site_url": address,
    }


def _batch(call: Call) -> str:
    """Return the batch as one says it: 2026 年第 1 批."""
    year = f"{call.start_on.year} 年"
    return f"{year}第 {int(call.call_no[-SERIAL:])} 批" if call.call_no else year


def _scope(call: Call) -> list[str]:
    found = []
    if call.tech_field_code:
        found.append(f"技术领域：{codes.label('tech_field', call.tech_field_code)}。")
    if call.chain_node is not None:
        found.append(f"产业链：{call.chain_node}。")
    found = found or ["技术领域和产业链不限。"]
    if call.target:
        found.append(f"本批计划征集 {call.target} 条。")
    return found


def _eligibility(call: Call, district: str) -> list[str]:
    who = f"在{district}注册的企业" if call.is_open_to_all else "收到本通知的企业"
    return [f"{who}，无严重失信记录。", "有真实的攻关意愿和相应的资金投入。"]
