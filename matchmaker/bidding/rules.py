"""What a bid must hold before it is sealed: every gap by screen and field, with its cure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from matchmaker import identifiers, money
from matchmaker.bidding.content import PLEDGES
from matchmaker.money import Unit

WHOLE = Decimal("100.00")
SHORTEST_SOLUTION, SHORTEST_PLEDGE = 50, 30  # characters


@dataclass(frozen=True)
class Gap:
    """What is missing or wrong: the screen (1 to 5), the form's field there, and the cure."""

    screen: int
    field: str
    text: str


@dataclass(frozen=True)
class Terms:
    """What of the bounty the rules need."""

    amount_fen: int | None
    duration_months: int | None
    require_pledge: bool
    key_indicators: frozenset[str] = frozenset()
    deadline: datetime | None = None


def gaps(content: dict[str, Any], terms: Terms) -> list[Gap]:
    """Return every gap of the four screens the bidder fills, in their order."""
    return [
        *_people(content),
        *_partners(content),
        *_answers(content),
        *_quote(content, terms),
        *_milestones(content["milestones"], terms),
        *_pledges(content, terms),
    ]


def _people(content: dict[str, Any]) -> Iterator[Gap]:
    for field, label in (("pi_name", "项目负责人姓名"), ("pi_title", "项目负责人职称或职务")):
        if not content[field].strip():
            yield Gap(1, field, f"请填写{label}")
    try:
        identifiers.mobile_number(content["pi_phone"])
    except identifiers.IdentifierError as error:
        yield Gap(1, "pi_phone", f"项目负责人手机号：{error}")


def _partners(content: dict[str, Any]) -> Iterator[Gap]:
    seen = {content["lead_organisation"]}
    for number, one in enumerate(content["partners"], start=1):
        here = f"第 {number} 家联合单位"
        if not one["unit"]:
            yield Gap(
                1,
                "partners",
                f"{here}“{one['name']}”不在平台上，请核对全称或信用代码，或请其先注册",
            )
        elif one["unit"] in seen:
            yield Gap(1, "partners", f"{here}“{one['name']}”重复，或与牵头单位相同")
        if not one["task"].strip():
            yield Gap(1, "partners", f"请填写{here}承担的任务")
        if one["amount_fen"] is None:
            yield Gap(1, "partners", f"请填写{here}的经费，没有的填 0")
        seen.add(one["unit"])


def _answers(content: dict[str, Any]) -> Iterator[Gap]:
    if len(content["solution_text"].strip()) < SHORTEST_SOLUTION:
        yield Gap(2, "solution_text", f"技术方案不少于 {SHORTEST_SOLUTION} 字")
    if not content["files"]:
        yield Gap(2, "file", "请上传技术方案文件（PDF、OFD 或 DOCX）")
    for number, one in enumerate(content["indicator_responses"], start=1):
        here = f"第 {number} 项指标“{one['indicator']}”"
        if not one["answer"]:
            yield Gap(2, "indicator_responses", f"{here}尚未响应，请选择满足、优于或偏离")
        elif not one["value"].strip():
            yield Gap(2, "indicator_responses", f"{here}请填写承诺达到的指标值")
        elif one["answer"] == "deviate" and not one["note"].strip():
            yield Gap(2, "indicator_responses", f"{here}为偏离，请说明理由和替代办法")


def _quote(content: dict[str, Any], terms: Terms) -> Iterator[Gap]:
    quote = content["quote_fen"]
    if not quote or quote <= 0:
        yield Gap(3, "quote_fen", "请填写报价，须大于 0")
        return
    over = terms.amount_fen is not None and quote > terms.amount_fen
    if over and not content["quote_note"].strip():
        most = money.format_money(terms.amount_fen or 0, unit=Unit.WAN)
        yield Gap(3, "quote_note", f"报价超过榜额 {most}，请说明超出部分的理由和来源")
    lines = content["budget_lines"]
    total = sum(one["amount_fen"] or 0 for one in lines)
    if not lines:
        yield Gap(3, "budget_lines", "请填写经费预算，至少一行")
    elif total != quote:
        yield Gap(3, "budget_lines", _difference(total, quote))
    for number, one in enumerate(lines, start=1):
        if not one["name"].strip() or one["amount_fen"] is None:
            yield Gap(3, "budget_lines", f"第 {number} 行预算的科目和金额都要填写")
    shared = sum(one["amount_fen"] or 0 for one in content["partners"])
    if shared > quote:
        yield Gap(1, "partners", "各联合单位经费合计超过报价，请核减")


def _difference(total: int, quote: int) -> str:
    said, told = (money.format_money(fen, unit=Unit.YUAN) for fen in (total, quote))
    apart = money.format_money(abs(total - quote), unit=Unit.YUAN)
    direction = "多" if total > quote else "少"
    return f"预算各行合计 {said}，与报价 {told}不一致，{direction} {apart}，请调整到分毫不差"


def share_of(text: str) -> Decimal | None:
    """Return a share as typed (33.33 or 33.33%), None for what is no share of two decimals."""
    try:
        share = Decimal(text.strip().rstrip("%％"))
    except InvalidOperation:
        return None
    is_share = share.is_finite() and 0 < share <= WHOLE and share == round(share, 2)
    return share if is_share else None


def _milestones(milestones: list[dict[str, Any]], terms: Terms) -> Iterator[Gap]:
    if not milestones:
        yield Gap(3, "milestones", "请填写里程碑计划，至少一期")
        return
    shares = [share_of(str(one["share"])) for one in milestones]
    last = 0
    for number, (one, share) in enumerate(zip(milestones, shares, strict=True), start=1):
        here = f"第 {number} 期里程碑"
        if not one["name"].strip() or not one["deliverables"].strip():
            yield Gap(3, "milestones", f"{here}的名称和交付物都要填写")
        months = one["due_months"]
        if not months or months <= last:
            yield Gap(3, "milestones", f"{here}的完成月份须晚于上一期")
        elif terms.duration_months and months > terms.duration_months:
            yield Gap(
                3, "milestones", f"{here}的完成月份超过榜单规定的 {terms.duration_months} 个月"
            )
        if share is None:
            yield Gap(
                3, "milestones", f"{here}的付款比例应为 0 到 100 之间的数，至多两位小数，如 33.34"
            )
        last = max(last, months or 0)
    total = sum(share or Decimal(0) for share in shares)
    if None not in shares and total != WHOLE:
        cure = (shares[-1] or Decimal(0)) + WHOLE - total
        hint = f"可把末期改为 {cure:.2f}%" if 0 < cure <= WHOLE else "请重新分配"
        yield Gap(3, "milestones", f"各期付款比例合计 {total:.2f}%，须恰为 100.00%；{hint}")


def _pledges(content: dict[str, Any], terms: Terms) -> Iterator[Gap]:
    for name, text in PLEDGES.items():
        if not content["pledges"].get(name):
            yield Gap(4, f"pledge_{name}", f"请阅读并勾选{text.split('：')[0]}")
    if terms.require_pledge and len(content["pledge_text"].strip()) < SHORTEST_PLEDGE:
        yield Gap(
            4,
            "pledge_text",
            f"本榜单要求立军令状，请写明目标、节点、责任人，不少于 {SHORTEST_PLEDGE} 字",
        )
