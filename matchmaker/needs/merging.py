"""共性合并: several enterprises' needs become one, and apart again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import policy
from matchmaker.audit import trail
from matchmaker.codes import NeedType
from matchmaker.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, NeedState
from matchmaker.needs.models import Need
from matchmaker.needs.operations import changed
from matchmaker.needs.records import NeedMerge, need_merge_member

MERGEABLE = (NeedState.ACCEPTED, NeedState.DIAGNOSED)
LONGEST_NOTE = 500


def propose(
    main: Need, members: Sequence[Need], consent_note: str, *, by: Any, now: datetime
) -> NeedMerge:
    """Propose that `members` become part of `main`; the section chief decides.

    consent_note : how the source enterprises agreed. Raises `Invalid` naming what does not fit.
    """
    policy.require(by, "need", "merge_propose")
    others = [need for need in dict.fromkeys(members) if need is not main]
    if not others:
        raise Invalid({"ids": "请至少选择两条需求"})
    if main.state not in OPEN_NEEDS:
        raise Invalid({"main": f"“{main.title}”为“{main.state.label}”，不能作为合并后的需求"})
    for need in others:
        if need.state not in MERGEABLE:
            raise Invalid({"ids": f"“{need.title}”为“{need.state.label}”，已受理的需求才能并入"})
    if _in_proposal({need.id for need in (main, *others)}):
        raise Invalid({"ids": "所选需求已在另一份合并提议中，请先办结那份提议"})
    note = consent_note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise Invalid({"consent_note": f"请写明各来源企业如何同意合并，{LONGEST_NOTE} 字以内"})
    merge = NeedMerge(
        main=main, members=others, consent_note=note, proposed_at=now, proposed_by_id=by.id
    )
    db.session.add(merge)
    titles = [need.title for need in others]
    trail.record("propose_merge", "need", main.public_id, by=by, now=now, members=titles)
    return merge


def _in_proposal(ids: set[int]) -> bool:
    waiting = select(NeedMerge.id).where(NeedMerge.decided_at.is_(None))
    member = select(need_merge_member.c.need_id).where(
        need_merge_member.c.merge_id.in_(waiting), need_merge_member.c.need_id.in_(ids)
    )
    main = waiting.where(NeedMerge.main_id.in_(ids))
    return db.session.execute(member).first() is not None or db.session.scalar(main) is not None


def get(public_id: str, *, by: Any) -> NeedMerge:
    """Return a proposal for whoever decides on them; raise `NotFound`."""
    query = select(NeedMerge).where(NeedMerge.public_id == public_id)
    found = db.session.scalar(query) if policy.may(by, "need", "merge_approve") else None
    if found is None:
        raise NotFound
    return found


def proposals() -> list[NeedMerge]:
    """Return every proposal, the undecided first, then the newest."""
    query = select(NeedMerge).order_by(NeedMerge.decided_at.is_not(None), NeedMerge.id.desc())
    return list(db.session.scalars(query))


def of_main(need_id: int) -> list[NeedMerge]:
    """Return the proposals whose main need this is, newest first."""
    query = select(NeedMerge).where(NeedMerge.main_id == need_id)
    return list(db.session.scalars(query.order_by(NeedMerge.id.desc())))


def sources(need_id: int) -> list[Need]:
    """Return the needs merged into this one: each keeps its enterprise (来源企业)."""
    query = select(Need).where(Need.merged_into_id == need_id).order_by(Need.id)
    return list(db.session.scalars(query))


def approve(merge: NeedMerge, *, by: Any, now: datetime) -> None:
    """Merge as proposed; the proposer cannot approve."""
    _check_decider(merge, by)
    for need in merge.members:
        trail.advance(need, "merge", by=by, now=now, into=merge.main.public_id)
        need.merged_into_id = merge.main_id
        need.updated_at = now
        changed(need, now=now)
    merge.former_type = merge.main.need_type or ""
    merge.main.need_type = NeedType.COMMON
    merge.main.updated_at = now
    _decide(merge, by=by, now=now, is_approved=True)
    changed(merge.main, now=now)


def refuse(merge: NeedMerge, note: str, *, by: Any, now: datetime) -> None:
    """Refuse a proposal; the needs stay apart."""
    _check_decider(merge, by)
    if not note.strip():
        raise Invalid({"reason": "不同意合并须写明原因"})
    _decide(merge, by=by, now=now, is_approved=False)
    merge.decision_note = note.strip()[:LONGEST_NOTE]
    public_id = merge.main.public_id
    trail.record("refuse_merge", "need", public_id, by=by, now=now, reason=merge.decision_note)


def _check_decider(merge: NeedMerge, by: Any) -> None:
    policy.require(by, "need", "merge_approve")
    if merge.proposed_by_id == by.id:
        raise NotAllowed("合并须由提议人以外的科室负责人审批。")
    if merge.decided_at is not None:
        raise AlreadyDone("这份合并提议已经办结。")


def _decide(merge: NeedMerge, *, by: Any, now: datetime, is_approved: bool) -> None:
    merge.decided_at, merge.decided_by_id, merge.is_approved = now, by.id, is_approved
    db.session.flush()


def undo(merge: NeedMerge, *, by: Any, now: datetime) -> None:
    """Take a merge apart again: the sources return to the pool as they were accepted."""
    policy.require(by, "need", "merge_approve")
    if not merge.is_approved or merge.undone_at is not None:
        raise AlreadyDone("这份合并没有生效，或已经撤销。")
    for need in merge.members:
        if need.state is NeedState.MERGED:
            trail.advance(need, "unmerge", by=by, now=now)
            need.merged_into_id = None
            need.updated_at = now
            changed(need, now=now)
    if not sources(merge.main_id):
        merge.main.need_type = NeedType(merge.former_type) if merge.former_type else None
    merge.undone_at = now
    changed(merge.main, now=now)
