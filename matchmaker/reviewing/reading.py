"""What a judge reads of a bid or a need: blind where the bounty says so, the price by itself."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker import web
from matchmaker.money import MoneyError
from matchmaker.reviewing.models import Review, Subject
from matchmaker.scoring import Part

STRUCK = "××"
SHORTEST_NAME = 2
STANDINGS = {"meet": "满足", "exceed": "优于", "deviate": "偏离"}


@dataclass(frozen=True)
class Section:
    """One heading of the material: text, or a table with its head."""

    title: str
    text: str = ""
    head: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()


def technical(subject: Subject, review: Review) -> list[Section]:
    """Return the technical part; of a blind review without any name of the bidder."""
    if subject.need is not None:
        return _need(subject.need)
    assert subject.bid is not None  # noqa: S101 - CHECK one_subject
    content = subject.bid.content or {}
    blinds = names_of(subject.bid) if review.is_blind else ()
    strike = Striker(blinds)
    sections = [
        Section("技术方案", strike(content.get("solution_text", ""))),
        _indicators(content, strike),
        _team(content, blind=review.is_blind),
        _partners(content, strike, blind=review.is_blind),
        _milestones(content, strike),
        Section("相关业绩", strike(content.get("cases", ""))),
    ]
    return [one for one in sections if one.text or one.rows]


def price(subject: Subject, review: Review) -> list[Section]:
    """Return the price part: quote, budget, who gets which share, without names where blind."""
    assert subject.bid is not None  # noqa: S101 - needs have no price part
    bid, content = subject.bid, subject.bid.content or {}
    strike = Striker(names_of(bid) if review.is_blind else ())
    budget = [
        (strike(one.get("name", "")), amount(one.get("amount_fen")), strike(one.get("note", "")))
        for one in content.get("budget_lines", ())
    ]
    stages = [
        (strike(one.get("name", "")), f"{one.get('share', '')}%")
        for one in content.get("milestones", ())
    ]
    return [
        Section(
            "报价", f"{amount(bid.quote_fen)} {strike(content.get('quote_note') or '')}".strip()
        ),
        Section("经费预算", head=("科目", "金额", "测算说明"), rows=budget),
        Section("付款比例", head=("节点", "比例"), rows=stages),
    ]


def amount(fen: Any) -> str:
    """Return an amount in 万元, "—" where there is none."""
    try:
        return web.fen_as_wan(int(fen)) if fen is not None else "—"
    except (TypeError, ValueError, MoneyError):
        return "—"


def names_of(bid: Any) -> tuple[str, ...]:
    """Return every name that tells who bids: organisations with aliases, people, partners."""
    content = bid.content or {}
    found = [content.get("pi_name", ""), content.get("lead_name", "")]
    if bid.lead_organisation is not None:
        found += [bid.lead_organisation.name, *bid.lead_organisation.aliases]
    for one in content.get("team", ()):
        found += [one.get("name", ""), one.get("organisation", "")]
    found += [one.get("organisation", "") for one in content.get("partners", ())]
    names = {str(name).strip() for name in found}
    return tuple(sorted((n for n in names if len(n) >= SHORTEST_NAME), key=len, reverse=True))


class Striker:
    """Strikes names out of a text, longer ones first, blanks inside them or not."""

    def __init__(self, names: Iterable[str]) -> None:
        patterns = [r"\s*".join(map(re.escape, "".join(name.split()))) for name in names]
        self.pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def __call__(self, text: Any) -> str:
        """Return the text with each name replaced."""
        return self.pattern.sub(STRUCK, str(text)) if self.pattern else str(text)


def _indicators(content: Mapping[str, Any], strike: Striker) -> Section:
    rows = [
        (
            strike(one.get("indicator", "")),
            STANDINGS.get(str(one.get("answer", "")), str(one.get("answer", ""))),
            strike(one.get("value", "")),
            strike(one.get("note", "")),
        )
        for one in content.get("indicator_responses", ())
    ]
    return Section("指标响应", head=("指标", "响应", "承诺值", "说明"), rows=rows)


def _team(content: Mapping[str, Any], *, blind: bool) -> Section:
    people = [(content.get("pi_name", ""), content.get("pi_title", ""), "")] + [
        (one.get("name", ""), one.get("title", ""), one.get("organisation", ""))
        for one in content.get("team", ())
    ]
    rows: list[tuple[str, ...]] = []
    for number, (name, title, organisation) in enumerate(people):
        role = "项目负责人" if number == 0 else f"成员 {number}"
        if blind:
            rows.append((role, str(title)))
        else:
            rows.append((role, str(name), str(title), str(organisation)))
    return Section(
        "团队", head=("成员", "职称") if blind else ("", "姓名", "职称", "单位"), rows=rows
    )


def _partners(content: Mapping[str, Any], strike: Striker, *, blind: bool) -> Section:
    rows: list[tuple[str, ...]] = [
        (
            f"联合单位 {number}" if blind else str(one.get("organisation", "")),
            strike(one.get("task", "")),
        )
        for number, one in enumerate(content.get("partners", ()), 1)
    ]
    return Section("联合单位与分工", head=("单位", "承担任务"), rows=rows)


def _milestones(content: Mapping[str, Any], strike: Striker) -> Section:
    rows: list[tuple[str, ...]] = [
        (
            strike(one.get("name", "")),
            f"第 {one.get('due_months', '')} 个月",
            strike(_listed(one.get("deliverables", ""))),
        )
        for one in content.get("milestones", ())
    ]
    return Section("进度与里程碑", head=("节点", "完成时间", "交付物"), rows=rows)


def _listed(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _need(need: Any) -> list[Section]:
    sections = [
        Section("背景与现状", need.background),
        Section("拟解决的主要技术问题", need.problem),
        Section("核心考核指标", rows=[(one,) for one in need.key_indicators], head=("指标",)),
        Section("现有基础", need.foundation),
        Section("拟投入总额", amount(need.budget_total_fen)),
        Section("其中付给揭榜方", amount(need.pay_to_bidder_fen)),
    ]
    return [one for one in sections if (one.text and one.text != "—") or one.rows]


def files(subject: Subject, review: Review, *, price_open: bool) -> list[Any]:
    """Return the attachments a judge may open: none where names are hidden, as files tell them.

    An attachment may hold the price, so that it opens with the price part where there is one.
    """
    if subject.bid is None or review.is_blind:
        return []
    return list(subject.bid.files) if price_open or Part.PRICE not in review.rubric.parts else []
