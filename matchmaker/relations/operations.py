"""关联与回避: asking on the record, judging what was found. `find` asks without a trace."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker import policy, web
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, Stale
from matchmaker.extensions import db
from matchmaker.kinship import Kind, Level, Tie
from matchmaker.lifecycles import RelationState, Role
from matchmaker.relations.finding import Finding, conflicts_of, find, refusal
from matchmaker.relations.models import RelationFinding, RelationHit

__all__ = [
    "Finding", "blocking", "check", "conflicts_of", "find", "get", "judge", "listed", "of_subject",
    "refusal", "waiting",
]  # fmt: skip
READ = ("read", "list")
SHORTEST_REASON, LONGEST_NAME = 5, 400
CHIEF_ONLY = "阻断级的关联只能由科室负责人认定不构成，请写明情况后交科室负责人办理"


def check(
    subject_noun: str,
    subject_id: Any,
    side_a: Iterable[Any],
    side_b: Iterable[Any],
    *,
    now: datetime,
    label: str = "",
    ties: Iterable[Tie] = (),
    kinds: Collection[Kind] = tuple(Kind),
    level: Level | None = None,
) -> list[RelationHit]:
    """Find, and keep on record what is found under what was checked; return the hits kept.

    label : what was checked as the officer reads it. kinds : what counts in this matter; level :
    how much, where that is not the resolver's to say. Never for a sealed bid: the rows would tell
    that there is one; `find` leaves none. A hit judged before keeps its judgement until its
    evidence changes.
    """
    found = [one for one in find(side_a, side_b, now=now, ties=ties) if one.kind in kinds]
    if level is not None:
        found = [replace(one, hit=replace(one.hit, level=level)) for one in found]
    rows = [_kept(finding, now=now) for finding in found]
    db.session.flush()
    for row in rows:
        _note(row, subject_noun, str(subject_id), label=label, now=now)
    db.session.flush()
    return rows


def _kept(finding: Finding, *, now: datetime) -> RelationHit:
    hit = finding.hit
    query = select(RelationHit).where(
        RelationHit.a_key == hit.a, RelationHit.b_key == hit.b, RelationHit.kind == hit.kind
    )
    row = db.session.scalar(query)
    if row is None:
        row = RelationHit(a_key=hit.a, b_key=hit.b, kind=hit.kind, level=hit.level, found_at=now)
        _write(row, finding)
        db.session.add(row)
        trail.enter(row, by=trail.SYSTEM, now=now, kind=str(hit.kind), level=str(hit.level))
        return row
    if row.fingerprint != hit.fingerprint:
        if row.state is not RelationState.OPEN:
            reason = f"证据有变化，原证据：{row.evidence}"
            trail.advance(row, "reopen", by=trail.SYSTEM, now=now, reason=reason)
        row.found_at = now
        _write(row, finding)
    return row


def _write(row: RelationHit, finding: Finding) -> None:
    hit = finding.hit
    row.level, row.fingerprint, row.evidence = hit.level, hit.fingerprint, hit.evidence
    row.a_name, row.b_name = finding.a_name[:LONGEST_NAME], finding.b_name[:LONGEST_NAME]
    row.chain = [
        {key: value for key, value in asdict(step).items() if key != "keys"} for step in hit.chain
    ]
    row.reason, row.decided_at, row.decided_by_id = "", None, None


def _note(row: RelationHit, noun: str, subject_id: str, *, label: str, now: datetime) -> None:
    query = select(RelationFinding).where(
        RelationFinding.hit_id == row.id,
        RelationFinding.subject_noun == noun,
        RelationFinding.subject_id == subject_id,
    )
    if db.session.scalar(query) is None:
        finding = RelationFinding(
            hit_id=row.id, subject_noun=noun, subject_id=subject_id, label=label, found_at=now
        )
        db.session.add(finding)


def of_subject(subject_noun: str, subject_id: Any) -> list[RelationHit]:
    """Return what checking this brought up, worst and latest first."""
    query = (
        select(RelationHit)
        .join(RelationFinding)
        .where(
            RelationFinding.subject_noun == subject_noun,
            RelationFinding.subject_id == str(subject_id),
        )
    )
    rows = db.session.scalars(query.order_by(RelationHit.level, RelationHit.id.desc()))
    return list(rows)


def blocking(found: Iterable[RelationHit]) -> list[RelationHit]:
    """Return those that forbid: 阻断 not found untrue, and 提示 found true."""
    return [
        row
        for row in found
        if row.state is not RelationState.DISMISSED
        and (row.level is Level.BLOCK or row.state is RelationState.CONFIRMED)
    ]


def waiting(found: Iterable[RelationHit]) -> list[RelationHit]:
    """Return the 提示 that still lack an officer's written opinion."""
    return [r for r in found if r.level is Level.NOTICE and r.state is RelationState.OPEN]


def listed(viewer: Any) -> Select[Any]:
    """Return the query of the hits the viewer may see."""
    query = policy.scope(viewer, "relation", *READ)
    return query.options(joinedload(RelationHit.decided_by), selectinload(RelationHit.findings))


def get(public_id: str, *, viewer: Any, action: str = "read") -> RelationHit:
    """Return the hit on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "relation", action).where(RelationHit.public_id == public_id)
    found: RelationHit = web.found(db.session.scalar(query))
    return found


def judge(
    row: RelationHit, action: str, *, reason: str, version: str, by: Any, now: datetime
) -> None:
    """Confirm or dismiss a hit, or take a judgement back, with the reason.

    Raises `Stale`, `NotAllowed` (an officer on what blocks), `Invalid` (too short a reason).
    """
    if version != str(row.version):
        raise Stale
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": f"请写明核实的经过和结论，不少于 {SHORTEST_REASON} 个字"})
    chief = Role.SECTION_CHIEF in by.roles
    if action in {"dismiss", "reopen"} and row.level is Level.BLOCK and not chief:
        raise NotAllowed(CHIEF_ONLY)
    trail.advance(row, action, by=by, now=now, reason=reason.strip(), evidence=row.fingerprint)
    ended = row.state is not RelationState.OPEN
    row.reason = reason.strip() if ended else ""
    row.decided_at, row.decided_by_id = (now, by.id) if ended else (None, None)
    db.session.flush()
