"""邀请 and its coverage: conflicts looked at first; of bids nothing is known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import outbox
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import trail
from matchmaker.bounties import operations
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Follow, Invitation, Question, Suggestion, Visit
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.kinship import Level
from matchmaker.lifecycles import Role, UserState
from matchmaker.relations import operations as relations
from matchmaker.relations import parties

BLOCKING, HINT = Level.BLOCK.label, Level.NOTICE.label
MOST_AT_ONCE = 50
Hit = dict[str, Any]  # level 阻断 or 提示, text: the chain of evidence in words


def owners(bounty: Bounty) -> list[Organisation]:
    """Return who posts the bounty, alone or with others."""
    return list(dict.fromkeys([bounty.owner, *(one.organisation for one in bounty.sources)]))


def hits(
    bounty: Bounty, suggestions: Sequence[Suggestion], *, now: datetime
) -> dict[int, list[Hit]]:
    """Return suggestion id → what ties somebody to the owners, in one reading; writes nothing.

    What the bureau dismissed on this very evidence is left out.
    """
    keys: dict[str, set[int]] = {}
    others: list[Any] = []
    for one in suggestions:
        for party in _parties(one):
            keys.setdefault(party.key, set()).add(one.id)
            others.append(party)
    found: dict[int, list[Hit]] = {one.id: [] for one in suggestions}
    if not others:
        return found
    for finding in relations.find(owners(bounty), others, now=now):
        level = BLOCKING if finding.blocks else HINT if finding.waits else ""
        for key in (finding.hit.a, finding.hit.b):
            for suggestion_id in keys.get(key, ()) if level else ():
                text = f"{finding.kind.label}：{finding.evidence}"
                found[suggestion_id].append({"level": level, "text": text})
    return found


def _parties(one: Suggestion) -> list[Any]:
    """Return whom a suggestion stands for: a unit, an expert, a team's people."""
    found = [parties.party(one.organisation)] if one.organisation is not None else []
    if one.expert is not None:
        found.append(parties.party(one.expert))
    if one.team is not None:
        found += parties.members(one.team)
    return found


def name_of(suggestion: Suggestion) -> str:
    """Return what a suggestion is called in a list."""
    if suggestion.team is not None:
        return suggestion.team.name
    if suggestion.achievement is not None:
        return suggestion.achievement.title
    if suggestion.expert is not None:
        return suggestion.expert.name
    return suggestion.organisation.name if suggestion.organisation is not None else ""


def invited(bounty_id: int) -> dict[int, Invitation]:
    """Return the invitations by suggestion."""
    query = select(Invitation).where(Invitation.bounty_id == bounty_id)
    return {one.suggestion_id: one for one in db.session.scalars(query.order_by(Invitation.id))}


def invite(
    bounty: Bounty,
    public_ids: Sequence[str],
    notes: Mapping[str, str],
    *,
    by: Any,
    now: datetime,
) -> int:
    """Invite those ticked; return how many. Nobody is invited where one of them may not be.

    notes : suggestion's public id → the officer's word on a 提示. Raises `Invalid` naming whom a
    阻断 keeps out and for whom a word is missing.
    """
    operations.require_open(bounty)
    known, problems = invited(bounty.id), []
    chosen = [one for one in _chosen(bounty, public_ids) if one.id not in known]
    tied = hits(bounty, chosen, now=now)
    fresh = [(one, tied[one.id]) for one in chosen]
    for one, found in fresh:
        problems += _refused(one, found, notes.get(one.public_id, ""))
    if problems:
        raise Invalid({"ids": "；".join(problems)})
    for one, found in fresh:
        db.session.add(_invitation(bounty, one, found, notes, by=by, now=now))
    targets = [one.target for one, _ in fresh]
    trail.record("invite", "bounty", bounty.public_id, by=by, now=now, targets=targets)
    db.session.flush()
    outbox.add("bounty.invited", {"id": bounty.id, "targets": targets}, now=now)
    return len(fresh)


def _chosen(bounty: Bounty, public_ids: Sequence[str]) -> list[Suggestion]:
    if not public_ids:
        raise Invalid({"ids": "请先勾选要邀请的对象"})
    if len(public_ids) > MOST_AT_ONCE:
        raise Invalid({"ids": f"一次最多邀请 {MOST_AT_ONCE} 家，请分批勾选"})
    query = select(Suggestion).where(
        Suggestion.bounty_id == bounty.id, Suggestion.public_id.in_(set(public_ids))
    )
    return list(db.session.scalars(query.order_by(Suggestion.id)))


def _refused(one: Suggestion, found: Sequence[Hit], note: str) -> list[str]:
    label = f"“{name_of(one)}”"
    blocking = [hit["text"] for hit in found if hit["level"] == BLOCKING]
    if blocking:
        return [f"{label}与发榜方存在关联，不能邀请（{'；'.join(blocking)}）"]
    if any(hit["level"] == HINT for hit in found) and not note.strip():
        return [f"{label}有关联提示，请写明核实意见后再邀请"]
    return []


def _invitation(
    bounty: Bounty,
    one: Suggestion,
    found: Sequence[Hit],
    notes: Mapping[str, str],
    *,
    by: Any,
    now: datetime,
) -> Invitation:
    return Invitation(
        bounty_id=bounty.id,
        suggestion_id=one.id,
        organisation_id=one.organisation_id,
        words=list(one.words),
        hits=list(found),
        note=notes.get(one.public_id, "").strip()[:1000],
        invited_at=now,
        invited_by_id=by.id,
        told=recipients(one),
    )


def recipients(one: Suggestion) -> list[int]:
    """Return who reads an invitation: its author's account and the unit's administrators."""
    authors = {
        row.created_by_id for row in (one.team, one.achievement, one.need) if row is not None
    }
    if one.expert is not None and one.expert.user_id:
        authors.add(one.expert.user_id)
    managers = operations.administrators([one.organisation_id]) if one.organisation_id else []
    query = select(User).where(User.id.in_(authors), User.state == UserState.ACTIVE)
    staff = {Role.OFFICER, Role.TOWN_OFFICER}
    people = [u.id for u in db.session.scalars(query) if not u.roles & staff]
    return list(dict.fromkeys([*people, *managers]))


@dataclass(frozen=True)
class Coverage:
    """How far a publication reached, as counts."""

    invited: int
    opened: int  # of the invited organisations and experts
    asked: int  # questions, whoever asked
    downloaded: int  # accounts
    visitors: int  # accounts that opened the page
    followers: int


def coverage(bounty: Bounty) -> Coverage:
    """Return the counts the officer sees; names are for the auditor, bids for nobody."""
    invitations = list(invited(bounty.id).values())
    opened = set(
        db.session.scalars(
            select(Visit.user_id).where(Visit.bounty_id == bounty.id, Visit.what == "opened")
        )
    )

    def count(model: Any, *conditions: Any) -> int:
        query = select(func.count()).select_from(model).where(model.bounty_id == bounty.id)
        return db.session.scalar(query.where(*conditions)) or 0

    return Coverage(
        invited=len(invitations),
        opened=sum(bool(opened & set(one.told)) for one in invitations),
        asked=count(Question),
        downloaded=count(Visit, Visit.what == "downloaded"),
        visitors=len(opened),
        followers=count(Follow),
    )


def visits(bounty_id: int) -> list[Visit]:
    """Return who opened and downloaded what: for the auditor."""
    query = select(Visit).where(Visit.bounty_id == bounty_id)
    return list(db.session.scalars(query.order_by(Visit.at, Visit.id)))
