"""起草: a bounty from one need, from several, from an achievement; saving its stages."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from matchmaker import outbox, policy
from matchmaker.achievements.models import Achievement
from matchmaker.audit import trail
from matchmaker.bounties import content, operations, rubrics, sources, timing
from matchmaker.bounties.models import Bounty, BountySource
from matchmaker.codes import BountyKind, BountyMode
from matchmaker.errors import Invalid, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, NeedState, PoolState
from matchmaker.needs import merging
from matchmaker.needs.models import Need

DRAFTABLE = (
    NeedState.ACCEPTED,
    NeedState.DIAGNOSED,
    NeedState.MATCHING,
    NeedState.REOPENED,
    NeedState.SHORTLISTED,
)
LONGEST_TITLE, LONGEST_TASK = 120, 8000
_SIGN = "[≤≥<>=±～~]|不[大小高低少多超]|优于|大于|小于|高于|低于|达到"
_COMPARED = re.compile(rf"^(?P<name>.+?)\s*(?P<rest>(?:{_SIGN}).*)$")
HERE_ONLY = "注册在本区、具备实施条件的企业。"


def from_needs(needs: Sequence[Need], *, by: Any, now: datetime) -> Bounty:
    """Draft a bounty in one step from one need or several; the first one's text leads.

    Several enterprises bear the cost together: shares start equal, each has to agree. Raises
    `Invalid` naming a need that cannot be put on a bounty.
    """
    policy.require(by, "bounty", "create")
    chosen = list(dict.fromkeys(needs))
    if not chosen:
        raise Invalid({"needs": "请至少选择一条需求"})
    for need in chosen:
        _check_need(need)
    parts = [part for need in chosen for part in (need, *merging.sources(need.id))]
    bounty = Bounty(
        kind=BountyKind.NEED_SOLVING,
        owner=chosen[0].enterprise,
        created_at=now,
        updated_at=now,
        created_by_id=by.id,
        handler_id=by.id,
        section_id=by.section_id,
        **_of_needs(chosen[0], parts, now),
    )
    shares = sources.equal_shares(len(parts))
    bounty.sources = [
        BountySource(need=part, organisation=part.enterprise, share_bp=share)
        for part, share in zip(parts, shares, strict=True)
    ]
    db.session.add(bounty)
    trail.enter(bounty, by=by, now=now, needs=[need.public_id for need in parts])
    for need in chosen:
        if need.state is not NeedState.SHORTLISTED:
            trail.advance(need, "shortlist", by=by, now=now, bounty=bounty.public_id)
            need.updated_at = now
    return bounty


def _check_need(need: Need) -> None:
    if need.state not in DRAFTABLE:
        raise Invalid({"needs": f"“{need.title}”为“{need.state.label}”，不能转为榜单"})
    live = operations.live_of_need(need.id)
    if live is not None:
        raise Invalid({"needs": f"“{need.title}”已在榜单“{live.title}”中，不能重复发榜"})


def _of_needs(main: Need, parts: Sequence[Need], now: datetime) -> dict[str, Any]:
    amounts = [part.pay_to_bidder_fen for part in parts if part.pay_to_bidder_fen]
    indicators = [indicator(text) for part in parts for text in part.key_indicators]
    return {
        "title": main.title[:LONGEST_TITLE],
        "task_text": _task(parts)[:LONGEST_TASK],
        "indicators": list({one["name"] + one["requirement"]: one for one in indicators}.values()),
        "amount_fen": sum(amounts) or None,
        "duration_months": main.duration_months,
        "eligibility": main.bidder_conditions,
        "ip_arrangement": main.ip_arrangement,
        "coop_modes": list(main.coop_modes),
        "tech_field_code": main.tech_field_code,
        "chain_node_id": main.chain_node_id,
        "keywords": list(main.keywords),
        "rubric": rubrics.for_bids(),
        "pass_line": rubrics.PASS_LINE,
        "bid_deadline_at": timing.usual(now),
    }


def _task(parts: Sequence[Need]) -> str:
    said = []
    for part in parts:
        body = "\n".join(filter(None, (part.background, part.problem)))
        said.append(f"【{part.title}】\n{body}" if len(parts) > 1 else body)
    return "\n\n".join(said)


def indicator(text: str) -> dict[str, Any]:
    """Split what an enterprise wrote into name and requirement; how to test it is still open."""
    found = _COMPARED.match(text.strip())
    name, wanted = (found["name"], found["rest"]) if found else (text.strip(), "")
    return {
        "name": name.rstrip("：:，, ")[:300],
        "requirement": wanted[:300],
        "test_method": "",
        "is_key": False,
    }


def from_achievement(achievement: Achievement, *, by: Any, now: datetime) -> Bounty:
    """Draft a transfer bounty: an institution's achievement for which enterprises bid."""
    policy.require(by, "bounty", "create")
    if achievement.state is not PoolState.PUBLISHED:
        raise Invalid({"achievement": "成果未上架，不能发榜；请先审核上架"})
    indicators = [
        {
            "name": str(one.get("name", "")),
            "requirement": f"{one.get('op', '')}{one.get('value', '')}{one.get('unit', '')}",
            "test_method": "",
            "is_key": False,
        }
        for one in achievement.indicators
    ]
    bounty = Bounty(
        kind=BountyKind.TRANSFER,
        owner=achievement.institution,
        title=f"{achievement.title}成果转化"[:LONGEST_TITLE],
        task_text="\n".join(filter(None, (achievement.summary, achievement.cases)))[:LONGEST_TASK],
        indicators=indicators,
        amount_fen=achievement.asking_price_fen,
        eligibility=HERE_ONLY,
        coop_modes=list(achievement.transfer_modes),
        tech_field_code=achievement.tech_field_code,
        chain_node_id=achievement.chain_node_id,
        keywords=list(achievement.keywords),
        rubric=rubrics.for_bids(),
        bid_deadline_at=timing.usual(now),
        created_at=now,
        updated_at=now,
        created_by_id=by.id,
        handler_id=by.id,
        section_id=by.section_id,
    )
    bounty.sources = [BountySource(achievement=achievement, organisation=achievement.institution)]
    db.session.add(bounty)
    trail.enter(bounty, by=by, now=now, achievement=achievement.public_id)
    return bounty


def save(
    bounty: Bounty, values: Mapping[str, Any], *, by: Any, now: datetime, version: int | None
) -> None:
    """Save part of a draft; nothing is checked for completeness. Raises `Stale` and `Invalid`."""
    policy.require(by, "bounty", "update")
    if bounty.state is not BountyState.DRAFT:
        raise WrongState(f"榜单当前为“{bounty.state.label}”，内容不能直接修改；请先退回起草。")
    if version is not None and version != bounty.version:
        raise Stale
    with db.session.no_autoflush:
        cleaned = content.clean(values)
        if cleaned.get("mode", bounty.mode) is not BountyMode.RECOGNITION:
            for name in ("recognised_id", "recognised_team", "recognition_reason"):
                cleaned |= {name: None if name == "recognised_id" else ""}
        content.write(bounty, cleaned)
    if db.session.is_modified(bounty):
        bounty.updated_at = now
    db.session.flush()


def propose(row: Need | Achievement, note: str, *, by: Any, now: datetime) -> None:
    """Ask the bureau to put one's own need or achievement on a bounty (申请发榜)."""
    noun = row.lifecycle.noun
    trail.record("propose_bounty", noun, row.public_id, by=by, now=now, reason=note.strip()[:500])
    outbox.add("bounty.proposed", {"noun": noun, "id": row.id, "note": note.strip()[:500]}, now=now)


def attempt(deed: Callable[[], None]) -> int:
    """Do something on top of a save: 0 where it was done, else how many fields stand in the way.

    A refusal undoes the deed alone; what was saved before stays.
    """
    try:
        with db.session.begin_nested():
            deed()
    except Invalid as refusal:
        return max(1, len(refusal.fields))
    return 0
