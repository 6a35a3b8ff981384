"""撤榜、流榜 and what follows: needs go back, a new edition may be drafted, no page disappears."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.bounties import operations, record, timing
from matchmaker.bounties.fields import FIELDS
from matchmaker.bounties.models import Bounty, BountySource
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, NeedState
from matchmaker.needs import decisions
from matchmaker.workflow import Labelled

LONGEST = 2000
OVER = (BountyState.FAILED, BountyState.WITHDRAWN)
# Called as check(bounty, kind, by=by, now=now): whoever knows of bids refuses a wrong 流榜 reason.
before_fail: list[Callable[..., None]] = []


class FailureKind(Labelled):
    """流榜原因."""

    NO_BIDS = "no_bids", "截榜时无有效申请"
    NONE_QUALIFIED = "none_qualified", "形式审查后无合格申请"
    BELOW_LINE = "below_line", "全部低于合格线"
    FORFEITED = "forfeited", "中选方放弃且无候补"
    UNSIGNED = "unsigned", "逾期未签约"
    OTHER = "other", "其他"


class Settlement(Labelled):
    """流榜、撤榜后的处理. An extension is a fourth way, only before the deadline."""

    REPUBLISHED = "republished", "修改后重新发榜"
    MATCHING = "matching", "转个性化对接"
    ENDED = "ended", "终止"


def fail(
    bounty: Bounty, kind: FailureKind | None, note: str = "", *, by: Any, now: datetime
) -> None:
    """Declare 流榜 with its reason; the needs return to the pool."""
    bounty.lifecycle.find("fail", bounty.state)
    if kind is None:
        raise Invalid({"failure_kind": "请选择流榜原因"})
    if kind is FailureKind.OTHER and not note.strip():
        raise Invalid({"note": "选择“其他”时请写明原因"})
    for check in before_fail:
        check(bounty, kind, by=by, now=now)
    told = f"{kind.label}：{note.strip()}"[:LONGEST] if note.strip() else kind.label
    bounty.failure_kind, bounty.updated_at = kind.value, now
    trail.advance(bounty, "fail", by=by, now=now, reason=told)
    release(bounty, now=now)
    record.append(bounty, "failed", {"kind": kind.value, "reason": told}, now=now)
    outbox.add("bounty.failed", {"id": bounty.id}, now=now)


def withdraw(bounty: Bounty, reason: str, *, by: Any, now: datetime) -> None:
    """Take the bounty off the list; its page and its record stay."""
    bounty.updated_at = now
    trail.advance(bounty, "withdraw", by=by, now=now, reason=reason)
    release(bounty, now=now)
    record.append(bounty, "withdrawn", {"reason": reason}, now=now)
    outbox.add("bounty.withdrawn", {"id": bounty.id}, now=now)


def release(bounty: Bounty, *, now: datetime) -> None:
    """Let the needs of an ended bounty go back to the pool (退回需求池)."""
    for one in bounty.sources:
        if one.need is not None and one.need.state is NeedState.ON_BOUNTY:
            trail.advance(
                one.need, "leave_bounty", by=trail.SYSTEM, now=now, bounty=bounty.public_id
            )
            one.need.updated_at = now
            outbox.add("need.saved", {"id": one.need.id}, now=now)


def settle(bounty: Bounty, way: Settlement | None, note: str, *, by: Any, now: datetime) -> None:
    """Settle what becomes of the needs: matched one by one again, or closed."""
    _check_over(bounty)
    if way not in (Settlement.MATCHING, Settlement.ENDED):
        raise Invalid({"settlement": "请选择处理方式"})
    if not note.strip():
        raise Invalid({"note": "请写明处理理由"})
    if way is Settlement.ENDED:
        for one in bounty.sources:
            if one.need is not None and one.need.state is NeedState.REOPENED:
                reason = f"榜单 {bounty.bounty_no} 流榜后终止：{note.strip()}"
                decisions.close(one.need, reason[:LONGEST], by=by, now=now)
    _settled(bounty, way, note, by=by, now=now)


def _check_over(bounty: Bounty) -> None:
    if bounty.state not in OVER:
        raise WrongState(f"榜单当前为“{bounty.state.label}”，流榜或撤榜后才能办理。")
    if bounty.settlement:
        label = Settlement(bounty.settlement).label
        raise WrongState(f"本榜单已按“{label}”处理，不能重复办理。")


def _settled(bounty: Bounty, way: Settlement, note: str, *, by: Any, now: datetime) -> None:
    bounty.settlement, bounty.updated_at = way.value, now
    said = note.strip()[:LONGEST]
    trail.record("settle", "bounty", bounty.public_id, by=by, now=now, reason=said, way=way.value)
    record.append(bounty, "settled", {"way": way.value, "reason": said}, now=now)


def republish(bounty: Bounty, statement: str, *, by: Any, now: datetime) -> Bounty:
    """Draft the next edition (-R1) of a bounty that failed or was withdrawn; return the draft.

    statement : what differs and why; published with the new edition. Earlier bids are void:
    everybody bids anew. Raises `Invalid` and, where another edition is under way, `WrongState`.
    """
    _check_over(bounty)
    if not statement.strip():
        raise Invalid({"statement": "请写明任务书或条件有哪些变化、为什么重新发榜"})
    for one in bounty.sources:
        live = operations.live_of_need(one.need_id) if one.need_id else None
        if live is not None:
            raise WrongState(f"来源需求已在榜单“{live.title}”中，不能重复发榜。")
    draft = Bounty(
        parent=bounty,
        revision=bounty.revision + 1,
        kind=bounty.kind,
        owner=bounty.owner,
        handler_id=by.id,
        created_by_id=by.id,
        created_at=now,
        updated_at=now,
        change_statement=statement.strip()[:LONGEST],
        **{field.name: getattr(bounty, field.name) for field in FIELDS},
    )
    draft.bid_deadline_at, draft.question_deadline_at = timing.usual(now), None
    draft.sources = [_again(one) for one in bounty.sources]
    db.session.add(draft)
    trail.enter(draft, by=by, now=now, follows=bounty.public_id)
    _shortlist(draft, by=by, now=now)
    _settled(bounty, Settlement.REPUBLISHED, statement, by=by, now=now)
    return draft


def _again(one: BountySource) -> BountySource:
    return BountySource(
        need=one.need,
        achievement=one.achievement,
        organisation=one.organisation,
        share_bp=one.share_bp,
    )


def _shortlist(draft: Bounty, *, by: Any, now: datetime) -> None:
    for one in draft.sources:
        if one.need is not None and one.need.state in (NeedState.REOPENED, NeedState.ACCEPTED):
            trail.advance(one.need, "shortlist", by=by, now=now, bounty=draft.public_id)
            one.need.updated_at = now


def editions(bounty: Bounty) -> list[Bounty]:
    """Return the editions drafted from this one that the public may know of."""
    query = select(Bounty).where(Bounty.parent_id == bounty.id, Bounty.published_at.is_not(None))
    return list(db.session.scalars(query.order_by(Bounty.id)))
