"""Relations somebody declared or reported (承诺书、本人申报、举报): recorded, and taken back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from matchmaker import policy, web
from matchmaker.audit import trail
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.kinship import Kind
from matchmaker.relations.models import DeclaredRelation, Source

KINDS = (
    Kind.KIN,
    Kind.TEACHER,
    Kind.OFFICE,
    Kind.HOLDING,
    Kind.CONTRACT,
    Kind.CO_INVENTOR,
    Kind.CO_AUTHOR,
)
BETWEEN_PEOPLE = frozenset({Kind.KIN, Kind.TEACHER, Kind.CO_INVENTOR, Kind.CO_AUTHOR})


@dataclass(frozen=True)
class Sides:
    """Who is related to whom, as declared; an organisation by itself has no name beside it."""

    a_name: str
    a_organisation: str
    b_name: str
    b_organisation: str


def listed(viewer: Any) -> Select[Any]:
    """Return the query of the declarations the viewer may see, the latest first."""
    query = policy.scope(viewer, "declaration", "list")
    return query.order_by(DeclaredRelation.id.desc())


def declare(
    sides: Sides, *, kind: Kind, source: Source, words: str, on: date | None, by: Any, now: datetime
) -> DeclaredRelation:
    """Record a relation. Raises `Invalid` naming the field."""
    problems = _problems(sides, kind, words)
    if problems:
        raise Invalid(problems)
    row = DeclaredRelation(
        kind=kind,
        a_name=sides.a_name.strip(),
        a_organisation=sides.a_organisation.strip(),
        b_name=sides.b_name.strip(),
        b_organisation=sides.b_organisation.strip(),
        words=words.strip(),
        source=source,
        on=on,
        recorded_at=now,
        recorded_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    trail.record("create", "declaration", row.public_id, by=by, now=now, kind=str(kind))
    return row


def _problems(sides: Sides, kind: Kind, words: str) -> dict[str, str]:
    found = {}
    for side, label in (("a", "甲方"), ("b", "乙方")):
        name = getattr(sides, f"{side}_name").strip()
        organisation = getattr(sides, f"{side}_organisation").strip()
        if not organisation:
            found[f"{side}_organisation"] = f"请填写{label}的单位；个人也须写明单位，以区分同名者"
        if kind in BETWEEN_PEOPLE and not name:
            found[f"{side}_name"] = f"{kind.label}是人与人之间的关系，请填写{label}姓名"
    if not words.strip():
        found["words"] = "请写明是什么关系，如：夫妻、博士导师、持股 30%"
    return found


def revoke(public_id: str, *, reason: str, by: Any, now: datetime) -> None:
    """Take a declaration back: it no longer counts, and stays on record."""
    query = policy.scope(by, "declaration", "revoke")
    row = web.found(db.session.scalar(query.where(DeclaredRelation.public_id == public_id)))
    if row.revoked_at is not None:
        raise WrongState("这条申报已经撤销。")
    if not reason.strip():
        raise Invalid({"reason": "请写明撤销的理由"})
    row.revoked_at, row.revoked_reason = now, reason.strip()[:300]
    db.session.flush()
    trail.record("revoke", "declaration", public_id, by=by, now=now, reason=reason.strip())
