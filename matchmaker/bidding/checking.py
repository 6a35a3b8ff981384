"""形式审查: the list, two people for a refusal, two working days to appeal."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.audit import trail
from matchmaker.bidding import checklist, relating, rules
from matchmaker.bidding.key_models import FormalCheck
from matchmaker.bidding.models import Bid
from matchmaker.bounties import operations as bounties
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState
from matchmaker.messages import operations as messages
from matchmaker.places import operations as places
from matchmaker.relations import operations as relations
from matchmaker.relations.models import RelationHit
from matchmaker.workdays import WorkdayCalendar, end_of

ITEMS: dict[str, str] = {
    "unit": "牵头单位已认证、不在失信期，符合榜单对揭榜方的要求",
    "relation": "与发榜方无阻断级关联；提示级关联已核实",
    "materials": "申请材料齐全，附件能打开",
    "responses": "逐条响应榜单指标，关键指标没有不响应",
    "figures": "报价、经费预算、付款比例相符",
    "pledges": "承诺齐全，榜单要求军令状的已立",
    "limit": "项目负责人在研项目未超限，没有同时出现在竞争申请中",
    "terms": "榜单更正后已重新确认，或更正不影响本申请",
}
OF_SCREEN = {1: "unit", 2: "materials", 3: "figures", 4: "pledges"}
LONGEST, SHORTEST_APPEAL = 2000, 10


def advice(bid: Bid) -> dict[str, list[str]]:
    """Return what the system found by item: for the officer to weigh, it decides nothing."""
    found: dict[str, list[str]] = {key: [] for key in ITEMS}
    for gap in rules.gaps(bid.content, checklist.terms_of(bid.bounty)):
        found[OF_SCREEN[gap.screen]].append(gap.text)
    keyed = {one["name"] for one in bid.bounty.indicators if one.get("is_key")}
    found["responses"] += [
        f"关键指标“{one['indicator']}”为偏离：{one['note']}"
        for one in bid.content["indicator_responses"]
        if one["answer"] == "deviate" and one["indicator"] in keyed
    ]
    for hint in bid.hints:
        found["terms" if "重新确认" in hint else "limit"].append(hint)
    return found


def latest(bid: Bid) -> FormalCheck | None:
    """Return the last formal check of a bid."""
    query = select(FormalCheck).where(FormalCheck.bid_id == bid.id)
    return db.session.scalar(query.order_by(FormalCheck.id.desc()).limit(1))


def check(
    bid: Bid, passed: Mapping[str, bool], notes: Mapping[str, str], *, by: Any, now: datetime
) -> None:
    """Write down the finding on every item; all passed qualifies, else a refusal is proposed.

    Raises `Invalid` on `note_<item>` for a failed item without a reason.
    """
    if bid.state is not BidState.OPENED:
        raise WrongState(f"申请当前为“{bid.state.label}”，不再办理形式审查。")
    notes = {**notes, **_tied(bid, passed, notes, now=now)}
    lacking = {
        f"note_{key}": f"“{label}”不符合，请写明理由"
        for key, label in ITEMS.items()
        if not passed.get(key) and not notes.get(key, "").strip()
    }
    if lacking:
        raise Invalid(lacking)
    items = [
        {"key": key, "label": label, "passed": bool(passed.get(key)),
         "note": notes.get(key, "").strip()[:LONGEST]}
        for key, label in ITEMS.items()
    ]  # fmt: skip
    sound = all(one["passed"] for one in items)
    db.session.add(FormalCheck(bid_id=bid.id, items=items, passed=sound, by_id=by.id, at=now))
    if sound:
        trail.advance(bid, "qualify", by=by, now=now)
        outbox.add("bid.qualified", {"id": bid.id}, now=now)
        return
    reason = "；".join(f"{one['label']}：{one['note']}" for one in items if not one["passed"])
    propose(bid, reason, by=by, now=now)


def _tied(
    bid: Bid, passed: Mapping[str, bool], notes: Mapping[str, str], *, now: datetime
) -> dict[str, str]:
    """Return the note on a failed item of relations where the officer wrote none.

    The bidder will read it: it names the kind of the tie, never the evidence. Raises `Invalid` for
    a pass while a tie blocks, or one of 提示 level waits for a written opinion.
    """
    found = relating.compare(bid, now=now)
    blocking, waiting = relations.blocking(found), relations.waiting(found)
    if passed.get("relation"):
        if blocking:
            told = f"与发榜方存在阻断级关联（{_kinds(blocking)}），不能判为符合"
            raise Invalid({"relation": told})
        if waiting:
            told = f"还有 {len(waiting)} 条提示级关联未写核实意见（{_kinds(waiting)}）"
            raise Invalid({"relation": f"{told}，请先在“关联与回避”中核实"})
    elif blocking and not notes.get("relation", "").strip():
        return {"relation": f"与发榜方存在阻断级关联（{_kinds(blocking)}）"}
    return {}


def _kinds(found: Iterable[RelationHit]) -> str:
    return "、".join(dict.fromkeys(one.kind.label for one in found))


def propose(bid: Bid, reason: str, *, by: Any, now: datetime) -> None:
    """Propose to refuse a bid; somebody else approves."""
    bid.proposed_by_id, bid.decided_reason = by.id, reason.strip()[:LONGEST]
    trail.advance(bid, "disqualify_propose", by=by, now=now, reason=reason.strip()[:LONGEST])


def approve(bid: Bid, *, by: Any, now: datetime) -> None:
    """Approve the refusal; the bidder is told why and until when he may appeal."""
    if bid.proposed_by_id == by.id:
        raise NotAllowed("提请人不能批准自己提出的不予通过。")
    days = int(places.settings()["appeal_workdays"])
    last = WorkdayCalendar(places.holidays()).add_workdays(clock.today(now), days)
    bid.appeal_until = end_of(last.day)
    trail.advance(bid, "disqualify_approve", by=by, now=now, reason=bid.decided_reason)
    told = f"{bid.decided_reason}。如有异议，请在 {last.day} 24:00 前申诉。"
    _tell(bid, "揭榜申请未通过形式审查", told, now=now)
    outbox.add("bid.disqualified", {"id": bid.id}, now=now)


def refuse(bid: Bid, reason: str, *, by: Any, now: datetime) -> None:
    """Not agree with the proposal: the bid passes."""
    bid.decided_reason = ""
    trail.advance(bid, "disqualify_refuse", by=by, now=now, reason=reason)
    outbox.add("bid.qualified", {"id": bid.id}, now=now)


def may_appeal(bid: Bid, *, now: datetime) -> bool:
    """Tell whether an appeal would be heard now."""
    in_time = bid.appeal_until is not None and now < bid.appeal_until
    return bid.state is BidState.DISQUALIFIED and bid.appealed_at is None and in_time


def appeal(bid: Bid, text: str, *, by: Any, now: datetime) -> None:
    """Appeal once, within the two working days."""
    if bid.state is not BidState.DISQUALIFIED or bid.appeal_until is None:
        raise WrongState("只有未通过形式审查的申请可以申诉。")
    if bid.appealed_at is not None:
        raise WrongState("已提出过申诉。")
    if now >= bid.appeal_until:
        raise WrongState("已过申诉期限。")
    if len(text.strip()) < SHORTEST_APPEAL:
        raise Invalid({"appeal": f"请写明申诉理由，不少于 {SHORTEST_APPEAL} 字"})
    bid.appeal, bid.appealed_at = text.strip()[:LONGEST], now
    trail.note(bid, "appeal", by=by, now=now)
    if bid.bounty.handler_id:
        subject = f"{bid.bounty.bounty_no} 有形式审查申诉"
        url = f"/bids/{bid.public_id}/check"
        messages.notify([bid.bounty.handler_id], subject, bid.appeal, url, now=now)


def decide_appeal(bid: Bid, *, upheld: bool, reason: str, by: Any, now: datetime) -> None:
    """Decide the appeal with its reason; upheld, the bid passes."""
    if bid.appealed_at is None or bid.appeal_outcome:
        raise WrongState("没有待决定的申诉。")
    if not reason.strip():
        raise Invalid({"reason": "请写明决定的理由"})
    bid.appeal_outcome = "upheld" if upheld else "dismissed"
    said = "申诉成立" if upheld else "申诉不成立"
    if upheld:
        trail.advance(bid, "restore", by=by, now=now, reason=reason)
        outbox.add("bid.qualified", {"id": bid.id}, now=now)
    else:
        trail.note(bid, "dismiss_appeal", by=by, now=now, why=reason)
    bid.decided_reason = f"{bid.decided_reason}（{said}：{reason.strip()}）"[:LONGEST]
    _tell(bid, f"形式审查{said}", reason, now=now)


def _tell(bid: Bid, subject: str, body: str, *, now: datetime) -> None:
    people = [bid.created_by_id] if bid.created_by_id else []
    if bid.lead_organisation_id:
        people += bounties.administrators([bid.lead_organisation_id])
    messages.notify(people, subject, body, f"/bids/{bid.public_id}", now=now)
