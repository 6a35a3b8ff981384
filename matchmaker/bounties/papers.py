"""The documents of a published bounty: 榜单公告 and 揭榜指南, filled from what was published."""

from datetime import datetime
from typing import Any

from flask import Response

from matchmaker import clock, codes
from matchmaker.bounties import reading, record
from matchmaker.bounties.ending import Settlement
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.rubrics import Part
from matchmaker.errors import NotFound
from matchmaker.lifecycles import BountyState
from matchmaker.papers import giving
from matchmaker.places import operations as places

OFFERED = {"bounty_notice": "榜单公告", "bid_guide": "揭榜指南"}
CLOSING = {
    BountyState.FAILED: ("bounty_failed", "流榜公告"),
    BountyState.WITHDRAWN: ("bounty_withdrawn", "撤榜公告"),
}
UNSETTLED = "来源需求退回需求池，后续处理方式另行公布。"
NO_SUPPORT = "none"
MATERIALS = (
    "揭榜申请书（平台在线填写）",
    "技术方案及逐条指标响应表",
    "经费预算和里程碑计划（付款比例合计 100%）",
    "诚信承诺、无关联承诺",
)
PLEDGE = "军令状"
FORMAL_CHECKS = (
    "申请单位通过平台认证且不在失信名单",
    "与发榜方不存在阻断级关联关系",
    "逐条响应考核指标，关键指标无负偏离",
    "预算合计等于报价，付款比例合计 100%",
    "承诺齐全，截榜前完成密封提交",
)


def offered(bounty: Bounty) -> list[tuple[str, str]]:
    """Return (name, title) of the documents a published bounty has."""
    if bounty.published_at is None:
        return []
    over = CLOSING.get(bounty.state)
    return [*OFFERED.items(), *([over] if over else [])]


def respond(bounty: Bounty, name: str, *, url: str, viewer: Any, now: datetime) -> Response:
    """Answer with one of the documents; raise `NotFound` for another name."""
    titles = dict(offered(bounty))
    if name not in titles:
        raise NotFound
    make = {"bounty_notice": _notice, "bid_guide": _guide}.get(name, _closing)
    return giving.respond(
        name, make(bounty, url, now), filename=f"{titles[name]}-{bounty.bounty_no}",
        noun="bounty", object_id=bounty.public_id, viewer=viewer, now=now,
    )  # fmt: skip


def _shared(bounty: Bounty, url: str, now: datetime) -> dict[str, Any]:
    found = {
        **giving.issuer(now),
        "published_on": clock.today(bounty.published_at or now),
        "bid_deadline_at": bounty.bid_deadline_at,
        "questions_close_at": bounty.question_deadline_at,
        "site_url": url,
    }
    if bounty.section is not None:
        found["contact_section"] = bounty.section.name
    return found


def _support(bounty: Bounty) -> str:
    if not bounty.support_type or bounty.support_type == NO_SUPPORT:
        return "不给予财政支持"
    label = codes.label("support_type", bounty.support_type)
    ratio = reading.readable("support_ratio", bounty.support_ratio)
    cap = reading.readable("support_cap_fen", bounty.support_cap_fen)
    return f"{label}，按合同实际支付额的 {ratio}，最高 {cap}"


def _notice(bounty: Bounty, url: str, now: datetime) -> dict[str, Any]:
    entry = {
        "bounty_no": bounty.bounty_no,
        "title": bounty.title,
        "kind": bounty.kind.label,
        "mode": bounty.mode.label,
        "publisher": bounty.owner_name,
        "problem": bounty.task_text,
        "indicators": [
            {key: one.get(key, "") for key in ("name", "requirement", "test_method")}
            for one in bounty.indicators
        ],
        "prize_fen": bounty.amount_fen,
        "subsidy": _support(bounty),
        "max_awards": bounty.max_awards,
        "duration_months": bounty.duration_months,
        "bidder_conditions": bounty.eligibility,
        "ip_arrangement": bounty.ip_arrangement,
        "pledge": bounty.require_pledge,
        "url": url,
        "digest": bounty.digest,
    }
    district = places.settings()["district_name"]
    title = f"{district}“揭榜挂帅”榜单公告（{bounty.bounty_no}）"
    return {**_shared(bounty, url, now), "title": title, "bounties": [entry]}


def _guide(bounty: Bounty, url: str, now: datetime) -> dict[str, Any]:
    rubric = [
        {
            "name": one["name"],
            "weight": one["weight"],
            "standard": "；".join(f"{x['label']}：{x['text']}" for x in one.get("levels", ())),
        }
        for one in bounty.rubric
    ]
    return {
        **_shared(bounty, url, now),
        "bounty_no": bounty.bounty_no,
        "bounty_title": bounty.title,
        "publisher": bounty.owner_name,
        "kind": bounty.kind.label,
        "mode": bounty.mode.label,
        "selector": bounty.selector.label,
        "prize_fen": bounty.amount_fen,
        "max_awards": bounty.max_awards,
        "bidder_conditions": bounty.eligibility,
        "materials": [*MATERIALS, *([PLEDGE] if bounty.require_pledge else [])],
        "formal_checks": list(FORMAL_CHECKS),
        "rubric": rubric,
        "price_reviewed": any(one.get("part") == Part.PRICE.value for one in bounty.rubric),
        "pass_mark": bounty.pass_line,
        "pledge": bounty.require_pledge,
    }


def _closing(bounty: Bounty, url: str, now: datetime) -> dict[str, Any]:
    """流榜公告, 撤榜公告: the reason and what follows, as the public record has them."""
    told = {line.kind: line for line in record.of(bounty.id)}
    ended = told["failed" if bounty.state is BountyState.FAILED else "withdrawn"]
    settled = told.get("settled")
    ended_on = clock.today(ended.at)
    return {
        **giving.issuer(now),
        "issued_on": ended_on,
        "bounty_no": bounty.bounty_no,
        "bounty_title": bounty.title,
        "publisher": bounty.owner_name,
        "published_on": clock.today(bounty.published_at or now),
        "decided_on": ended_on,
        "reason": ended.content["reason"],
        "follow_up": _settled(settled.content) if settled else UNSETTLED,
        "url": url,
    }


def _settled(content: dict[str, Any]) -> str:
    return f"{Settlement(content['way']).label}。{content['reason']}"
