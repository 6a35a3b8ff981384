"""The check list of the last screen: what the rules miss, and what others still have to do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker.bidding import content as contents
from matchmaker.bidding import drafts, rules
from matchmaker.bidding.models import Bid
from matchmaker.bidding.rules import Gap, Terms
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState
from matchmaker.places import operations as places

LAST = 5
UNCONFIRMED = "还没有确认任务和经费，请其管理员登录后在“我的揭榜”中确认"
RUNNING = (BidState.WON, BidState.CONTRACTED, BidState.STAGE_PASSED)
# Later packages add what they know, as `check(bid, content, now=now)` → list of gaps.
further: list[Callable[..., list[Gap]]] = []


def terms_of(bounty: Bounty) -> Terms:
    """Return what of a bounty the rules need."""
    return Terms(bounty.amount_fen, bounty.duration_months, bounty.require_pledge)


def of(
    bid: Bid, content: dict[str, Any], *, before_package: bool = False, now: datetime
) -> list[Gap]:
    """Return everything that stands between a draft and its seal, in the order of the screens.

    before_package : leave out that the package is not made yet.
    """
    found = [*rules.gaps(content, terms_of(bid.bounty)), *_limit(bid, content)]
    refused = drafts.refusal(bid.bounty, bid.created_by)
    if refused:
        found.append(Gap(1, "lead", refused))
    found.extend(
        Gap(LAST, "partners", f"联合单位“{name}”{UNCONFIRMED}")
        for name in drafts.unaccepted(bid, content)
    )
    for check in further:
        found.extend(check(bid, content, now=now))
    if bid.endorsed_digest != contents.digest(content) or not bid.endorsed_at:
        found.append(Gap(LAST, "endorsement", "本单位（科研处或企业管理员）还没有确认现在的内容"))
    if not before_package and not _package_stands(bid, content):
        found.append(Gap(LAST, "package", "还没有生成并保存材料包；内容或榜单有变动的须重新生成"))
    return found


def _package_stands(bid: Bid, content: dict[str, Any]) -> bool:
    return "_nonce" in content and content.get("_terms") == bid.bounty.terms_version


def _limit(bid: Bid, content: dict[str, Any]) -> list[Gap]:
    """Refuse a person who already answers for as many running bounties as is allowed."""
    most = int(places.settings()["pi_most_running"])
    query = select(Bid).where(
        Bid.state.in_(RUNNING), Bid.lead_organisation_id == bid.lead_organisation_id
    )
    name = content["pi_name"].strip()
    running = [one for one in db.session.scalars(query) if one.content.get("pi_name") == name]
    if name and len(running) >= most:
        return [
            Gap(1, "pi_name", f"{name}在研榜单已有 {len(running)} 项，同一负责人最多 {most} 项")
        ]
    return []
