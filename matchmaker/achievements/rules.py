"""What an achievement must hold before it is submitted; drafts may lack any of it."""

from collections.abc import Mapping
from typing import Any

from matchmaker import codes, identifiers
from matchmaker.achievements.reading import is_team_of
from matchmaker.pools.checks import between, one_of, words
from matchmaker.pools.specs import Problems

PATENTS = frozenset({"invention", "utility_model", "design"})


def check(row: Any) -> Problems:
    """Return field → what is missing and how to put it right; empty when it may be submitted."""
    found = {
        "title": between("成果名称", row.title, 5, 120),
        "tech_field_code": one_of("技术领域", row.tech_field_code, "tech_field"),
        "keywords": words("关键词", row.keywords, 3, 8),
        "summary": between("成果简介", row.summary, 40, 2000),
        "trl": "" if row.trl else "请选择技术就绪度（1 至 9 级）",
        "indicators": _indicators(row.indicators),
        "ip_items": _rights(row.ip_items),
        "ownership": "" if row.ownership else "请选择权属",
        "transfer_modes": _modes(row.transfer_modes),
        "asking_price_fen": _price(row),
        "no_secret_declared": "" if row.no_secret_declared else "请勾选不涉密声明后再提交",
    }
    return {name: text for name, text in found.items() if text}


def _indicators(rows: list[dict[str, Any]]) -> str:
    lame = [one for one in rows if not (one.get("name") and one.get("value"))]
    return "每项指标须写明名称和数值，不需要的行请清空" if lame else ""


def _rights(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "请至少填写一件知识产权；没有的请选“无”"
    if any(not codes.is_code("ip_type", one.get("type", "")) for one in rows):
        return "每件知识产权须选择类型，不需要的行请清空"
    if len(rows) > 1 and any(one["type"] == "none" for one in rows):
        return "选了“无”就不要再填其他知识产权"
    if any(one["type"] in PATENTS and not one.get("no") for one in rows):
        return "专利须填写专利号或申请号"
    return ""


def _modes(modes: list[str]) -> str:
    known = modes and all(codes.is_code("transfer_mode", mode) for mode in modes)
    return "" if known else "请至少选择一种转化方式"


def _price(row: Any) -> str:
    if row.is_negotiable and row.asking_price_fen:
        return "“面议”与“标明价格”二选一：请清空价格，或改选“标明价格”"
    if not row.is_negotiable and not row.asking_price_fen:
        return "请填写价格（万元，大于 0），或改选“面议”"
    return ""


def refuse(row: Any, values: Mapping[str, Any]) -> Problems:
    """Refuse another institution's team, and a price of nothing."""
    problems = {}
    team_id = values.get("team_id")
    if team_id is not None and not is_team_of(team_id, row.institution_id):
        problems["team_id"] = "请选择本单位的科研团队"
    if values.get("asking_price_fen") == 0:
        problems["asking_price_fen"] = "价格须大于 0；未定价请选“面议”"
    return problems


def hints(row: Any) -> Problems:
    """Return advice that binds nobody: patent numbers whose check digit does not hold."""
    said = []
    for one in row.ip_items or []:
        if one.get("type") not in PATENTS or not one.get("no"):
            continue
        try:
            kind = identifiers.patent_kind(one["no"])
        except identifiers.IdentifierError as error:
            said.append(f"{one['no']}：{error}")
        else:
            if kind != one["type"]:
                said.append(f"{one['no']} 是{codes.label('ip_type', kind)}的号码，请核对类型")
    return {"ip_items": "提示：" + "；".join(said)} if said else {}
