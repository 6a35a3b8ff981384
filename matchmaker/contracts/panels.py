"""What a bounty's public page says of its contracts: that there are, and how far they are."""

from datetime import datetime
from typing import Any

from flask import url_for

from matchmaker import clock, policy, web
from matchmaker.bounties import pages, record
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.pages import Panel
from matchmaker.contracts import bounty_steps, negotiating
from matchmaker.contracts.models import Contract
from matchmaker.extensions import db
from matchmaker.lifecycles import UNSIGNED, ContractState, MilestoneState

STEPS = ("contracted", "accepted", "paid_out", "terminated")
NEVER = {*UNSIGNED, ContractState.LAPSED}


def contracts(bounty: Bounty, *, viewer: Any, now: datetime) -> Panel | None:  # noqa: ARG001
    """Say how many contracts were signed and when the bounty went on; None before the first.

    Amounts and parties are for those the contracts are open to; they find the links here.
    """
    rows = bounty_steps.contracts(bounty)
    signed = [one for one in rows if one.state not in NEVER and one.signed_on is not None]
    links = _links(bounty, viewer)
    if not signed and not links:
        return None
    lines = [f"已签订技术合同 {len(signed)} 份。"] if signed else ["合同正在商签。"]
    lines += [
        f"{record.LABELS[entry.kind]}：{web.as_day(clock.today(entry.at))}"
        for entry in record.of(bounty.id)
        if entry.kind in STEPS
    ]
    stages = [row for one in signed for row in bounty_steps.live_milestones(one)]
    if stages:
        paid = sum(row.state is MilestoneState.PAID for row in stages)
        lines.append(f"里程碑 {len(stages)} 期，已完成并兑付 {paid} 期。")
    return Panel("签约与实施", lines, links, anchor="contracts")


def _links(bounty: Bounty, viewer: Any) -> list[tuple[str, str]]:
    if not viewer.is_authenticated:
        return []
    query = policy.scope(viewer, "contract", *negotiating.READ)
    rows = db.session.scalars(query.where(Contract.bounty_id == bounty.id).order_by(Contract.id))
    return [
        (f"技术合同 {one.contract_no}", url_for("contracts.show", public_id=one.public_id))
        for one in rows
    ]


pages.panels.append(contracts)
