"""Where a bounty comes from: needs or an achievement, each organisation's consent and share."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from matchmaker import policy
from matchmaker.audit import trail
from matchmaker.bounties.models import Bounty, BountySource
from matchmaker.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.lifecycles import BountyState

WHOLE_BP = 10_000  # 100.00 % in steps of 0.01 %


def equal_shares(count: int) -> list[int]:
    """Split the whole cost into so many shares; what does not divide goes to the first."""
    part = WHOLE_BP // count
    return [WHOLE_BP - part * (count - 1), *[part] * (count - 1)]


def percent(share_bp: int) -> str:
    """Show a share: 33.34."""
    return f"{Decimal(share_bp) / 100:.2f}"


def read_share(text: str) -> int:
    """Read a share in percent with two decimals at the most; raise `Invalid` with the cure."""
    try:
        share = Decimal(text.strip().removesuffix("%").strip()) * 100
    except InvalidOperation:
        raise Invalid({"shares": f"“{text}”不是百分比，请填写如 33.34"}) from None
    if share != share.to_integral_value() or not 0 <= share <= WHOLE_BP:
        raise Invalid({"shares": f"分摊比例“{text}”须在 0 至 100 之间，最多两位小数"})
    return int(share)


def _sum_problem(total: int) -> str:
    gap = WHOLE_BP - total
    if not gap:
        return ""
    verb = "加到" if gap > 0 else "从"
    tail = "其中一家" if gap > 0 else "其中一家减去"
    return (
        f"分摊比例合计 {percent(total)}%，须恰为 100.00%；"
        f"请把相差的 {percent(abs(gap))}% {verb}{tail}"
    )


def set_shares(bounty: Bounty, shares: Mapping[int, str], *, by: Any, now: datetime) -> None:
    """Settle who bears how much; a changed share has to be agreed to anew.

    shares : source id → percent as typed. Raises `Invalid` unless they make exactly 100.00 %.
    """
    _draft(bounty)
    read = {one.id: read_share(shares.get(one.id, "")) for one in bounty.sources}
    problem = _sum_problem(sum(read.values()))
    if problem:
        raise Invalid({"shares": problem})
    for one in bounty.sources:
        if one.share_bp != read[one.id]:
            one.share_bp = read[one.id]
            one.consented_at = one.consented_by_id = None
            one.consent_note = ""
    bounty.updated_at = now
    told = {one.organisation.public_id: percent(one.share_bp) for one in bounty.sources}
    trail.record("set_shares", "bounty", bounty.public_id, by=by, now=now, shares=told)


def consent(bounty: Bounty, source_id: int, *, by: Any, now: datetime, note: str = "") -> None:
    """Agree to the task and the share, as the organisation's administrator; or record it (note)."""
    _draft(bounty)
    source = _find(bounty, source_id)
    if note:
        policy.require(by, "bounty", "record_consent")
    elif source.organisation_id != by.organisation_id:
        raise NotAllowed("只能由该单位的管理员表示同意。")
    if source.consented_at is not None:
        return
    source.consented_at, source.consented_by_id = now, by.id
    source.consent_note = note.strip()[:300]
    bounty.updated_at = now
    trail.record(
        "consent", "bounty", bounty.public_id, by=by, now=now, reason=source.consent_note,
        organisation=source.organisation.public_id, share=percent(source.share_bp),
    )  # fmt: skip


def record_consent(bounty: Bounty, source_id: int, note: str, *, by: Any, now: datetime) -> None:
    """Write down a consent given on paper, as the officer."""
    if not note.strip():
        raise Invalid({"note": "请写明同意书的日期、签署人或文号"})
    consent(bounty, source_id, by=by, now=now, note=note)


def _draft(bounty: Bounty) -> None:
    if bounty.state is not BountyState.DRAFT:
        raise WrongState(f"榜单当前为“{bounty.state.label}”，来源和分摊不能再改。")


def _find(bounty: Bounty, source_id: int) -> BountySource:
    for one in bounty.sources:
        if one.id == source_id:
            return one
    raise NotFound


def must_consent(bounty: Bounty) -> list[BountySource]:
    """Return the sources whose organisation has to agree: all of several, or one that hid its name.

    The only named owner of one need asked for the bounty itself.
    """
    several = len({one.organisation_id for one in bounty.sources}) > 1
    return [one for one in bounty.sources if several or (one.need and one.need.is_anonymous)]


def problems(bounty: Bounty) -> dict[str, str]:
    """Return what is wrong with the sources: none, shares off, a consent missing."""
    if not bounty.sources:
        return {"sources": "榜单没有来源需求或成果，请从需求或成果重新起草"}
    found = {}
    wrong = _sum_problem(sum(one.share_bp for one in bounty.sources))
    if wrong:
        found["shares"] = wrong
    waiting = [one.organisation.name for one in must_consent(bounty) if one.consented_at is None]
    if waiting:
        names = "、".join(dict.fromkeys(waiting))
        found["consents"] = f"尚未同意：{names}；请其管理员登录同意，或凭书面材料代为登记"
    return found
