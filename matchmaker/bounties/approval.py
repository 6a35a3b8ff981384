"""会审与批准: three different people, a secrecy check, an optional notice before publication."""

from datetime import datetime
from typing import Any

from matchmaker import clock, money, outbox, secrecy
from matchmaker.audit import trail
from matchmaker.bounties import checks, content, publishing
from matchmaker.bounties.fields import FIELDS
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyMode
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState
from matchmaker.notices import operations as notices
from matchmaker.secrecy import SecrecyHit

STOPPED = "拟发榜公示已撤回"


def findings(bounty: Bounty) -> list[SecrecyHit]:
    """Return the marks of state secrecy found in any text of the bounty."""
    terms = {field.name: getattr(bounty, field.name) for field in FIELDS}
    return secrecy.guard(content.texts(terms))


def submit(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Send the draft to the section chief (提交会审); raise `Invalid` naming what is missing."""
    bounty.lifecycle.find("submit_for_approval", bounty.state)
    checks.complete(bounty, now=now)
    for check in publishing.before_submit:
        check(bounty, by=by, now=now)
    bounty.reviewer_id = bounty.secrecy_checked_by_id = bounty.secrecy_checked_at = None
    bounty.updated_at = now
    trail.advance(bounty, "submit_for_approval", by=by, now=now)
    outbox.add("bounty.submitted", {"id": bounty.id}, now=now)


def _drafters(bounty: Bounty) -> set[int | None]:
    return {bounty.handler_id, bounty.created_by_id}


def review(bounty: Bounty, *, is_free_of_secrets: bool, by: Any, now: datetime) -> None:
    """Pass the review with its secrecy check (会审、保密审查); nobody reviews the own draft.

    The notice before publication starts here where the draft wants one; otherwise the bounty is
    ready for the leader.
    """
    bounty.lifecycle.find("review", bounty.state)
    if by.id in _drafters(bounty):
        raise NotAllowed("会审人不能是经办人，请由另一位科室负责人会审。")
    marks = findings(bounty)
    if marks:
        raise Invalid({"is_free_of_secrets": secrecy.refusal(marks)})
    if not is_free_of_secrets:
        problem = "请逐项核对保密审查结果，确认不涉密后勾选；有疑问的请退回修改"
        raise Invalid({"is_free_of_secrets": problem})
    checks.complete(bounty, now=now)
    bounty.reviewer_id = bounty.secrecy_checked_by_id = by.id
    bounty.secrecy_checked_at = bounty.updated_at = now
    if bounty.with_list_notice:
        trail.advance(bounty, "start_list_notice", by=by, now=now, secrecy="passed")
        _draft_notice(bounty, now=now)
        return
    trail.advance(bounty, "review", by=by, now=now, secrecy="passed")
    outbox.add("bounty.reviewed", {"id": bounty.id}, now=now)


def _draft_notice(bounty: Bounty, *, now: datetime) -> None:
    """Begin the 拟发榜公示 for the officer, who checks its text and hands it on."""
    line = {
        "榜单名称": bounty.title,
        "发榜方": bounty.owner_name,
        "榜额": money.format_short(bounty.amount_fen or 0),
        "组织方式": bounty.mode.label,
    }
    if bounty.mode is BountyMode.RECOGNITION:
        line |= {
            "认定的团队": f"{bounty.recognised_name} {bounty.recognised_team}".strip(),
            "认定理由": bounty.recognition_reason,
        }
    notices.draft(
        "list", "bounty", bounty.id, title=f"关于“{bounty.title}”拟发榜的公示", subjects=[line],
        handler_id=bounty.handler_id, by=trail.SYSTEM, now=now,
    )  # fmt: skip


@outbox.handler("notice.ended")
def _notice_ended(payload: dict[str, Any]) -> None:
    bounty = _announced(payload)
    if bounty is not None:
        notice_ended(bounty, now=clock.now())


@outbox.handler("notice.revoked")
@outbox.handler("notice.cancelled")
def _notice_revoked(payload: dict[str, Any]) -> None:
    bounty = _announced(payload)
    if bounty is not None:
        notice_revoked(bounty, str(payload.get("reason") or ""), now=clock.now())


def _announced(payload: dict[str, Any]) -> Bounty | None:
    """Return the bounty whose 拟发榜公示 an event is about, while it still waits for it."""
    if (payload.get("kind"), payload.get("subject_noun")) != ("list", "bounty"):
        return None
    bounty = db.session.get(Bounty, int(payload["subject_id"]))
    waits = bounty is not None and bounty.state is BountyState.LIST_NOTICE
    return bounty if waits else None


def return_(bounty: Bounty, reason: str, *, by: Any, now: datetime) -> None:
    """Send the draft back to the officer with a reason; checks made so far are void."""
    trail.advance(bounty, "return", by=by, now=now, reason=reason.strip()[:2000])
    bounty.reviewer_id = bounty.secrecy_checked_by_id = bounty.secrecy_checked_at = None
    bounty.updated_at = now
    outbox.add("bounty.returned", {"id": bounty.id, "reason": reason.strip()[:2000]}, now=now)


def approve(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Approve and publish in one step (批准发布): neither drafter nor reviewer may."""
    bounty.lifecycle.find("publish", bounty.state)
    if by.id in _drafters(bounty):
        raise NotAllowed("批准人不能是经办人。")
    if by.id == bounty.reviewer_id:
        raise NotAllowed("批准人不能是会审人，起草、会审、批准须由三人分别办理。")
    if bounty.secrecy_checked_at is None or bounty.reviewer_id is None:
        raise Invalid({"secrecy": "保密审查尚未通过，不能发布；请退回会审"})
    publishing.publish(bounty, by=by, now=now)


def drop(bounty: Bounty, reason: str, *, by: Any, now: datetime) -> None:
    """Set a draft aside (作废); its needs stay in the pool of what may be put on a bounty."""
    trail.advance(bounty, "drop", by=by, now=now, reason=reason.strip()[:2000])
    bounty.updated_at = now


def notice_ended(bounty: Bounty, *, now: datetime) -> None:
    """Go on once the 拟发榜公示 ended without an objection."""
    trail.advance(bounty, "end_list_notice", by=trail.SYSTEM, now=now)
    bounty.updated_at = now
    outbox.add("bounty.reviewed", {"id": bounty.id}, now=now)


def notice_revoked(bounty: Bounty, reason: str, *, now: datetime) -> None:
    """Back to the drafter: an objection was upheld."""
    trail.advance(bounty, "stop_list_notice", by=trail.SYSTEM, now=now, reason=reason or STOPPED)
    bounty.reviewer_id = bounty.secrecy_checked_by_id = bounty.secrecy_checked_at = None
    bounty.updated_at = now
    outbox.add("bounty.returned", {"id": bounty.id, "reason": reason or STOPPED}, now=now)
