"""榜单变更: asked for by the officer, reviewed by the chief, approved by the leader; then public.

From publication on nothing else changes the terms. Who has bid is unknown here, so nothing told
or shown depends on it: everybody who ever touched the bounty is told the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.bounties import checks, content, operations, reading, timing
from matchmaker.bounties.fields import AMENDABLE
from matchmaker.bounties.models import Bounty, BountySource
from matchmaker.bounties.reading import Difference
from matchmaker.bounties.records import Change, ChangeKind, Follow, Invitation, Question, Visit
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BEFORE_AWARD_NOTICE, ChangeState

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Preview:
    """What a change would do: to the text, to whom, and to the deadline."""

    differences: list[Difference]
    touched: list[tuple[str, int]]
    deadline_before: datetime | None
    deadline_after: datetime | None


def open_of(bounty: Bounty) -> Change | None:
    """Return the change that still waits for a decision, None where none does."""
    return db.session.scalars(select(Change).where(Change.open_key == bounty.id)).one_or_none()


def get(bounty: Bounty, public_id: str) -> Change:
    """Return one of the bounty's changes; raise `NotFound`."""
    query = select(Change).where(Change.bounty_id == bounty.id, Change.public_id == public_id)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def of(bounty_id: int, *, approved_only: bool) -> list[Change]:
    """Return the changes, newest first: those in force, or all that were ever asked for."""
    query = select(Change).where(Change.bounty_id == bounty_id)
    if approved_only:
        query = query.where(Change.state == ChangeState.APPROVED)
    return list(db.session.scalars(query.order_by(Change.id.desc())))


def preview(bounty: Bounty, values: Mapping[str, Any], *, now: datetime) -> Preview:
    """Show what a change of terms approved now would do; raise `Invalid` where it may not be."""
    former, wanted = _compared(bounty, values)
    closes = bounty.bid_deadline_at
    moved = timing.moved_by_amendment(closes, now=now) if closes else None
    return Preview(reading.differences(former, wanted), touched(bounty), closes, moved or closes)


def shown(change: Change, *, now: datetime) -> Preview:
    """Show a change as asked for, with what it would do if it were approved now."""
    bounty, closes = change.bounty, change.bounty.bid_deadline_at
    after = closes
    if change.kind is ChangeKind.EXTENSION:
        after = content.stored("bid_deadline_at", change.content["bid_deadline_at"])
    elif change.kind is ChangeKind.TERMS and closes is not None:
        after = timing.moved_by_amendment(closes, now=now) or closes
    differences = reading.differences(change.former, change.content)
    return Preview(differences, touched(bounty), closes, after)


def touched(bounty: Bounty) -> list[tuple[str, int]]:
    """Count whom a change touches; of bids nothing is known and nothing is counted."""

    def count(model: Any, *conditions: Any) -> int:
        query = select(func.count()).select_from(model).where(model.bounty_id == bounty.id)
        return db.session.scalar(query.where(*conditions)) or 0

    return [
        ("来源需求或成果", count(BountySource)),
        ("已邀请", count(Invitation)),
        ("已关注", count(Follow)),
        ("已答复的提问", count(Question, Question.answered_at.is_not(None))),
        ("未答复的提问", count(Question, Question.answered_at.is_(None))),
        ("下载过材料的账号", count(Visit, Visit.what == "downloaded")),
    ]


def _compared(bounty: Bounty, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what changes, as it is and as it shall be; raise `Invalid` for what may not."""
    allowed = {field.name for field in AMENDABLE}
    if set(values) - allowed:
        raise KeyError(*(set(values) - allowed))
    cleaned = content.clean(values)
    with _as_if(bounty, cleaned):
        found = {name: why for name, why in checks.terms(bounty).items() if name in cleaned}
        asked, closes = bounty.question_deadline_at, bounty.bid_deadline_at
        if asked and closes and asked >= closes:
            found["question_deadline_at"] = "提问截止须早于截榜时间"
        wanted = content.terms(bounty, cleaned)
    former = content.terms(bounty, cleaned)
    if found:
        raise Invalid(found)
    differing = [name for name in wanted if wanted[name] != former[name]]
    if not differing:
        raise Invalid({"reason": "没有改动任何内容，不需要变更"})
    return {n: former[n] for n in differing}, {n: wanted[n] for n in differing}


@contextmanager
def _as_if(bounty: Bounty, cleaned: Mapping[str, Any]) -> Iterator[None]:
    """Let the row read as if the values were in it; nothing of it is flushed."""
    kept = {name: getattr(bounty, name) for name in cleaned}
    with db.session.no_autoflush:
        try:
            for name, value in cleaned.items():
                setattr(bounty, name, value)
            yield
        finally:
            for name, value in kept.items():
                setattr(bounty, name, value)


def _ask(
    bounty: Bounty, kind: ChangeKind, reason: str, *, by: Any, now: datetime, **values: Any
) -> Change:
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise Invalid({"reason": f"请写明变更说明，{LONGEST_REASON} 字以内；批准后随变更公布"})
    waiting = open_of(bounty)
    if waiting is not None:
        raise WrongState(f"已有一份{waiting.kind.label}申请在办，请先办结或撤回那一份。")
    change = Change(
        bounty=bounty, kind=kind, reason=said, open_key=bounty.id, requested_at=now,
        requested_by_id=by.id, **values,
    )  # fmt: skip
    db.session.add(change)
    trail.enter(change, by=by, now=now, bounty=bounty.public_id, kind=kind.value)
    outbox.add("bounty.change_requested", {"id": bounty.id, "kind": kind.value}, now=now)
    return change


def request_terms(
    bounty: Bounty, values: Mapping[str, Any], reason: str, *, by: Any, now: datetime
) -> Change:
    """Ask for other terms (变更); raise `Invalid` where nothing differs or a rule forbids it."""
    operations.require_open(bounty)
    former, wanted = _compared(bounty, values)
    return _ask(bounty, ChangeKind.TERMS, reason, by=by, now=now, former=former, content=wanted)


def request_extension(
    bounty: Bounty, until: datetime | None, reason: str, *, by: Any, now: datetime
) -> Change:
    """Ask for the one extension a bounty may have (延期): later, and by so many days at most."""
    operations.require_open(bounty)
    check_extension(bounty, until)
    former = content.terms(bounty, ["bid_deadline_at"])
    wanted = {"bid_deadline_at": content.plain("bid_deadline_at", until)}
    return _ask(bounty, ChangeKind.EXTENSION, reason, by=by, now=now, former=former, content=wanted)


def check_extension(bounty: Bounty, until: datetime | None) -> None:
    """Raise `Invalid` unless the bounty may be extended until then."""
    closes = bounty.bid_deadline_at
    problem = ""
    if closes is None or until is None or not timing.is_whole(until):
        problem = "请填写新的截榜日和 17:00 或 24:00"
    elif bounty.extended_count:
        problem = "本榜单已延期过一次，不能再延期"
    elif until <= closes:
        problem = f"新截榜时间须晚于 {timing.stamp(closes)}，截榜时间不得提前"
    elif timing.day_and_hour(until)[0] > timing.latest_extension(closes):
        problem = f"最晚可延至 {timing.latest_extension(closes):%Y-%m-%d}"
    if problem:
        raise Invalid({"bid_deadline_at": problem})


def request_withdrawal(
    bounty: Bounty, owner_request: str, reason: str, *, by: Any, now: datetime
) -> Change:
    """Ask for the bounty to be withdrawn (撤榜) on the owner's written request."""
    if bounty.state not in BEFORE_AWARD_NOTICE:
        raise WrongState(f"榜单当前为“{bounty.state.label}”，拟揭榜公示开始后不能撤榜。")
    said = owner_request.strip()
    if not said:
        problem = "请写明发榜方书面申请的日期、文号或签署人"
        raise Invalid({"owner_request": problem})
    return _ask(
        bounty, ChangeKind.WITHDRAWAL, reason, by=by, now=now, owner_request=said[:LONGEST_REASON]
    )
