"""What the views of bounties share: the blueprint, and a bounty's page for one viewer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint

from matchmaker import policy, web
from matchmaker.audit import trail
from matchmaker.bounties import (
    changing,
    ending,
    inviting,
    operations,
    questions,
    reading,
    record,
    timing,
    watching,
)
from matchmaker.bounties.fields import SECRET
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyKind
from matchmaker.disclosure import Shown
from matchmaker.lifecycles import (
    BOUNTY,
    COUNTING_NOTICES,
    ENTERPRISE,
    PUBLIC_NOTICES,
    BountyState,
    Role,
)
from matchmaker.notices import operations as notices
from matchmaker.notices import period

bp = Blueprint("bounties", __name__, url_prefix="/bounties")
ACTIONS = (
    "update", "submit_for_approval", "consent_source", "record_consent", "drop", "review",
    "return", "approve", "amend_request", "amend_review", "amend_approve",
    "extend_deadline_request", "cancel_request", "cancel_approve", "read_changes", "fail",
    "settle", "republish", "invite", "read_coverage", "ask_question", "answer_question",
    "read_questions", "read_askers", "read_visit_log", "follow", "read_bureau",
)  # fmt: skip
TITLES = {
    "create": "起草",
    "set_shares": "确定分摊比例",
    "consent": "来源单位同意",
    "settle": "流榜后处理",
    "invite": "发出邀请",
    "answer_question": "答复提问",
}


@dataclass(frozen=True)
class Panel:
    """A part of a bounty's page that a later package adds: bids, result, contract."""

    title: str
    lines: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # (label, path)
    anchor: str = ""


# Called as panel(bounty, viewer=viewer, now=now); None shows nothing. What it tells of bids before
# the deadline it tells the bidder alone.
panels: list[Callable[..., Panel | None]] = []


@dataclass(frozen=True)
class Page:
    """Everything the template of a bounty needs."""

    shown: Shown
    may: dict[str, bool]
    countdown: str
    deadline: str
    questions_until: str
    takes_questions: bool
    can_bid: bool
    follows: bool
    changes: list[tuple[Any, list[reading.Difference]]]
    waiting: Any
    answered: list[Any]
    mine: list[Any]
    notices: list[tuple[Any, str]]  # with what is left of a running period
    editions: list[Any]
    head: str
    panels: list[Panel]
    coverage: inviting.Coverage | None
    unanswered: int
    events: list[dict[str, Any]]


def read(bounty: Bounty, *, viewer: Any, now: datetime) -> Page:
    """Return the page of a bounty for one viewer."""
    shown = operations.read(bounty.public_id, viewer=viewer)
    may = {action: policy.permits(viewer, "bounty", action, bounty) for action in ACTIONS}
    is_open = shown.present_state is BountyState.PUBLISHED
    closes = bounty.bid_deadline_at
    public = [
        (one, _left(one, now=now))
        for one in notices.for_subject("bounty", bounty.id)
        if one.state in PUBLIC_NOTICES
    ]
    return Page(
        shown=shown,
        may=may,
        countdown=timing.calendar().remaining(now, closes) if is_open and closes else "",
        deadline=timing.stamp(closes),
        questions_until=timing.stamp(bounty.question_deadline_at),
        takes_questions=is_open and questions.takes_questions(bounty),
        can_bid=is_open and _can_bid(bounty, viewer),
        follows=watching.follows(bounty.id, viewer),
        changes=in_force(bounty.id),
        waiting=changing.open_of(bounty) if may["read_changes"] else None,
        answered=questions.answered(bounty.id),
        mine=questions.of_mine(bounty.id, viewer),
        notices=public,
        editions=ending.editions(bounty),
        head=record.head(bounty.id),
        panels=[one for make in panels if (one := make(bounty, viewer=viewer, now=now))],
        coverage=inviting.coverage(bounty) if may["read_coverage"] else None,
        unanswered=len(questions.waiting(bounty.id)) if may["read_questions"] else 0,
        events=events(bounty) if may["read_bureau"] else [],
    )


def _left(notice: Any, *, now: datetime) -> str:
    """Say what is left of a notice's period, "" where it does not count."""
    if notice.state not in COUNTING_NOTICES or now >= notice.ends_at:
        return ""
    return period.remaining(notice, notices.calendar(), now=now)


def _can_bid(bounty: Bounty, viewer: Any) -> bool:
    """Tell whether the viewer belongs to those who bid: anybody verified but the owners."""
    wanted = ENTERPRISE if bounty.kind is BountyKind.TRANSFER else ENTERPRISE | {Role.RESEARCHER}
    theirs = {bounty.owner_id, *(one.organisation_id for one in bounty.sources)}
    return bool(
        viewer.is_verified
        and viewer.roles & wanted
        and viewer.organisation_id not in theirs
        and policy.may(viewer, "bid", "create")
    )


def in_force(bounty_id: int) -> list[tuple[Any, list[reading.Difference]]]:
    """Return the changes in force with what differs; of the limited annex only that it does."""
    return [
        (
            one,
            [
                d for d in reading.differences(one.former, one.content)
                if d.name not in SECRET
            ],
        )
        for one in changing.of(bounty_id, approved_only=True)
    ]  # fmt: skip


def events(bounty: Bounty) -> list[dict[str, Any]]:
    """Return what happened, newest first; who asked a question is not among it."""
    labels = {move.action: move.label for move in BOUNTY.moves} | TITLES
    return [
        {
            "title": labels[entry.action],
            "when": web.as_moment(entry.at),
            "by": entry.actor_name,
            "detail": entry.reason,
            "tone": BountyState(entry.to_state).tone if entry.to_state else "neutral",
        }
        for entry in reversed(trail.history("bounty", bounty.public_id))
        if entry.action in labels
    ]
