"""Changes decided by three different people, asked of the database, told on the record."""

from datetime import datetime
from typing import Any

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.bounties import changing, content, ending, operations, publishing, record, timing
from matchmaker.bounties.fields import LABELS, SECRET
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Change, ChangeKind
from matchmaker.errors import NotAllowed


def review(change: Change, *, by: Any, now: datetime) -> None:
    """Pass the review (会审); whoever asked for the change does not review it."""
    change.lifecycle.find("review", change.state)
    if by.id == change.requested_by_id:
        raise NotAllowed("会审人不能是提出变更的经办人。")
    if change.kind is ChangeKind.WITHDRAWAL:
        raise NotAllowed("撤榜由分管局长直接审批。")
    change.reviewed_at, change.reviewed_by_id = now, by.id
    trail.advance(change, "review", by=by, now=now)
    outbox.add("bounty.change_reviewed", {"id": change.bounty_id}, now=now)


def refuse(change: Change, reason: str, *, by: Any, now: datetime) -> None:
    """Refuse (不同意); the terms stay as they are."""
    _close(change, reason, by=by, now=now)
    trail.advance(change, "refuse", by=by, now=now, reason=reason)
    outbox.add("bounty.change_refused", {"id": change.bounty_id, "reason": reason}, now=now)


def take_back(change: Change, *, by: Any, now: datetime) -> None:
    """Take a change back before it is decided."""
    _close(change, "", by=by, now=now)
    trail.advance(change, "take_back", by=by, now=now)


def lapse(change: Change, *, now: datetime) -> None:
    """Let a change nobody approved before the deadline fall."""
    _close(change, "截榜前未批准", by=trail.SYSTEM, now=now)
    trail.advance(change, "lapse", by=trail.SYSTEM, now=now)


def _close(change: Change, note: str, *, by: Any, now: datetime) -> None:
    change.open_key = None
    change.decided_at, change.decided_by_id = now, by.id
    change.decision_note = note.strip()[: changing.LONGEST_REASON]


def approve(change: Change, *, by: Any, now: datetime) -> None:
    """Approve and put in force at once (批准); a third person, and before the deadline.

    Raises `WrongState` once bids have closed by the database's clock, whatever the page showed.
    """
    if by.id in {change.requested_by_id, change.reviewed_by_id}:
        raise NotAllowed("提出、会审、批准须由三人分别办理。")
    bounty = change.bounty
    if change.kind is ChangeKind.WITHDRAWAL:
        _close(change, "", by=by, now=now)
        trail.advance(change, "approve_withdrawal", by=by, now=now)
        ending.withdraw(bounty, change.reason, by=by, now=now)
        return
    change.lifecycle.find("approve", change.state)
    operations.require_open(bounty)
    if change.kind is ChangeKind.EXTENSION:
        _extend(bounty, change, now=now)
    else:
        _amend(bounty, change, now=now)
    bounty.updated_at = now
    _close(change, "", by=by, now=now)
    trail.advance(change, "approve", by=by, now=now)
    kind = "extended" if change.kind is ChangeKind.EXTENSION else "amended"
    record.append(bounty, kind, _announced(bounty, change), now=now)
    outbox.add("bounty.amended", {"id": bounty.id, "change": change.id}, now=now)


def _extend(bounty: Bounty, change: Change, *, now: datetime) -> None:
    until = content.stored("bid_deadline_at", change.content["bid_deadline_at"])
    changing.check_extension(bounty, until)
    bounty.extended_count += 1
    _move_deadline(bounty, until, now=now)


def _amend(bounty: Bounty, change: Change, *, now: datetime) -> None:
    """Put the new terms in force; a change that comes late gives bidders more time."""
    content.write(
        bounty, {name: content.stored(name, kept) for name, kept in change.content.items()}
    )
    bounty.terms_version += 1
    moved = timing.moved_by_amendment(bounty.bid_deadline_at, now=now)  # type: ignore[arg-type]
    if moved is not None:
        kept = content.plain("bid_deadline_at", bounty.bid_deadline_at)
        change.former = {**change.former, "bid_deadline_at": kept}
        change.content = {
            **change.content,
            "bid_deadline_at": content.plain("bid_deadline_at", moved),
        }
        _move_deadline(bounty, moved, now=now)


def _move_deadline(bounty: Bounty, until: datetime, *, now: datetime) -> None:
    """Move the deadline later; questions get their share of the time. It never moves earlier."""
    bounty.bid_deadline_at = until
    questions = timing.questions_close(until)
    if bounty.question_deadline_at is None or (
        now < questions and bounty.question_deadline_at < questions
    ):
        bounty.question_deadline_at = questions


def _announced(bounty: Bounty, change: Change) -> dict[str, Any]:
    """Say what changed; of the limited annex only that it did."""
    return {
        "reason": change.reason,
        "terms_version": bounty.terms_version,
        "bid_deadline_at": content.plain("bid_deadline_at", bounty.bid_deadline_at),
        "sha256": record.sha256(publishing.snapshot(bounty)),
        "changes": [
            {"field": name, "label": LABELS[name], "before": change.former.get(name), "after": kept}
            for name, kept in change.content.items()
            if name not in SECRET
        ],
        "limited_changed": any(name in SECRET for name in change.content),
    }
