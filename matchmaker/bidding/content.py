"""What a bid says: the shape of its content, and the digest a consent is given to.

A draft carries, beside what the bidder enters, three things of ours, each beginning with "_":
`_nonce` of the package last made, `_terms` (the bounty's version it was made for) and `_replaces`.
"""

import hashlib
import json
from typing import Any

OWN = "_"
ANSWERS = {"meet": "满足", "exceed": "优于", "deviate": "偏离"}
PLEDGES = {
    "integrity": "科研诚信承诺：所填内容和所附材料真实准确，无抄袭造假；如有不实，愿承担责任。",
    "no_relation": "无关联承诺：与发榜方无隶属、控股参股、同一实际控制人或主要负责人近亲属关系。",
    "employer": "单位承诺：本单位同意牵头揭榜，并为项目实施提供人员、设备和场地保障。",
}


def empty(lead: Any, indicators: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the content of a new draft for a lead organisation and a bounty's indicators."""
    return {
        "lead_organisation": lead.public_id,
        "lead_name": lead.name,
        "pi_name": "",
        "pi_title": "",
        "pi_phone": "",
        "team": [],
        "editors": [],
        "partners": [],
        "solution_text": "",
        "indicator_responses": [
            {"indicator": one.get("name", ""), "answer": "", "value": "", "note": ""}
            for one in indicators
        ],
        "quote_fen": None,
        "quote_note": "",
        "budget_lines": [],
        "milestones": [],
        "achievements": [],
        "cases": "",
        "pledges": {},
        "pledge_text": "",
        "files": [],
    }


def entered(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the bidder entered, without what is ours."""
    return {name: value for name, value in content.items() if not name.startswith(OWN)}


def digest(content: dict[str, Any]) -> str:
    """Return the SHA-256 of what was entered: a consent holds while this stays the same."""
    text = json.dumps(entered(content), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def partner_terms(partner: dict[str, Any]) -> str:
    """Return the digest of what a partner unit agrees to: its task and its amount."""
    said = f"{partner['task']}\n{partner['amount_fen']}"
    return hashlib.sha256(said.encode()).hexdigest()


def texts(content: dict[str, Any]) -> dict[str, str]:
    """Return every text by its label, as the guard against classified content reads them."""
    found = {
        "技术方案": content["solution_text"],
        "业绩": content["cases"],
        "报价说明": content["quote_note"],
        "军令状": content["pledge_text"],
    }
    for number, one in enumerate(content["indicator_responses"], start=1):
        found[f"第 {number} 项指标响应"] = f"{one['value']} {one['note']}"
    for number, one in enumerate(content["milestones"], start=1):
        found[f"第 {number} 个里程碑"] = f"{one['name']} {one['deliverables']}"
    for number, one in enumerate(content["partners"], start=1):
        found[f"第 {number} 家联合单位"] = one["task"]
    for one in content["files"]:
        found[f"附件“{one['name']}”的文件名"] = one["name"]
    return found
