"""Publication: number, snapshot, digest, the first line of the public record.

Later packages register what must be ready before: `before_submit` and `before_publish` hold
functions called as `check(bounty, by=by, now=now)` inside the same transaction. They refuse by
raising `Invalid` or `WrongState` in words; what they write commits with the publication.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from matchmaker import clock, outbox
from matchmaker.audit import trail
from matchmaker.bounties import checks, content, operations, record, timing
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyKind
from matchmaker.errors import Invalid
from matchmaker.lifecycles import NeedState

Check = Callable[..., None]
before_submit: list[Check] = []
before_publish: list[Check] = []


def publish(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Put the bounty on the list: from here on it changes only by what is asked and approved.

    Raises `Invalid` where a date no longer fits or a registered check refuses, and `WrongState`
    or `Stale` where somebody was faster.
    """
    bounty.lifecycle.find("publish", bounty.state)
    wrong = checks.dates(bounty, now=now)
    if wrong:
        raise Invalid(wrong)
    if bounty.question_deadline_at is None and bounty.bid_deadline_at is not None:
        bounty.question_deadline_at = timing.questions_close(bounty.bid_deadline_at)
    bounty.approver_id, bounty.published_at, bounty.updated_at = by.id, now, now
    trail.advance(bounty, "publish", by=by, now=now)
    bounty.bounty_no = _number(bounty, now)
    for one in bounty.sources:
        if one.need is not None and one.need.state is NeedState.SHORTLISTED:
            trail.advance(one.need, "put_on_bounty", by=by, now=now, bounty=bounty.public_id)
            outbox.add("need.saved", {"id": one.need.id}, now=now)
    bounty.snapshot = snapshot(bounty)
    bounty.digest, bounty.digest_sm3 = record.sha256(bounty.snapshot), record.sm3(bounty.snapshot)
    for check in before_publish:
        check(bounty, by=by, now=now)
    record.append(bounty, "published", _announced(bounty), now=now)
    outbox.add("bounty.published", {"id": bounty.id}, now=now)


def _number(bounty: Bounty, now: datetime) -> str:
    """Return JB2026-001, or the first publication's number with -R1."""
    if bounty.parent is None or not bounty.parent.bounty_no:
        return operations.next_number(clock.today(now).year)
    first = bounty.parent.bounty_no.split("-R")[0]
    return f"{first}-R{bounty.revision}"


def snapshot(bounty: Bounty) -> dict[str, Any]:
    """Return everything the public is told of the terms, and the digest of the limited annex."""
    return {
        "bounty_no": bounty.bounty_no,
        "kind": bounty.kind.value,
        "owner": bounty.owner_name,
        "posted_by": [one.organisation.name for one in bounty.sources],
        "published_at": content.clock_text(bounty.published_at) if bounty.published_at else "",
        "terms_version": bounty.terms_version,
        "limited_digest": record.sha256(bounty.limited_text) if bounty.limited_text else "",
        "terms": content.public(content.terms(bounty)),
    }


def _announced(bounty: Bounty) -> dict[str, Any]:
    said = {
        "bounty_no": bounty.bounty_no,
        "title": bounty.title,
        "sha256": bounty.digest,
        "sm3": bounty.digest_sm3,
        "bid_deadline_at": bounty.snapshot["terms"]["bid_deadline_at"],
    }
    if bounty.parent is not None:
        said |= {"follows": bounty.parent.bounty_no, "statement": bounty.change_statement}
    if bounty.kind is BountyKind.TRANSFER:
        said["kind"] = bounty.kind.value
    return said
