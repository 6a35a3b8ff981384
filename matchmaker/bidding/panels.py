"""What a bounty's public page says of its bids: nothing before the deadline, then the counts."""

from datetime import datetime
from typing import Any

from flask import url_for

from matchmaker import web
from matchmaker.bidding import closing, opening
from matchmaker.bounties import pages
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.pages import Panel


def bids(bounty: Bounty, *, viewer: Any, now: datetime) -> Panel | None:  # noqa: ARG001
    """Say how many commitments were published and what the opening found; None before."""
    if not closing.may_publish(bounty):
        return None
    received = len(closing.commitments(bounty))
    lines = [f"截榜时收到 {received} 份有效申请，密封凭证清单已公布，任何人都可以核对。"]
    record = opening.record_of(bounty)
    if record is None:
        lines.append("尚未开标：须由三位持有人中的任意两位到场，各自输入口令。")
    else:
        sound = sum(bool(one["opened"]) for one in record.lines)
        lines.append(
            f"已于 {web.as_moment(record.opened_at)} 开标，"
            f"启封 {len(record.lines)} 份，与公布的凭证相符 {sound} 份。"
        )
    links = [
        ("密封凭证清单", url_for("openings.commitments", public_id=bounty.public_id)),
        ("核验脚本", url_for("bids.script")),
    ]
    return Panel("揭榜申请", lines, links, anchor="bids")


pages.panels.append(bids)
