"""Organisations: reading them, the verification desk, their own changes, suspension."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, exists, or_, select
from sqlalchemy.orm import joinedload

from matchmaker import disclosure, policy, sessions, similar
from matchmaker.accounts import registration, renaming
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import trail
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotFound, Stale
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, UserState
from matchmaker.messages.operations import notify
from matchmaker.places import operations as places

O = OrganisationState  # noqa: E741
READ = ("list", "list_public", "read", "read_public", "read_internal")
SETTLED = frozenset({O.ACTIVE, O.SUSPENDING, O.SUSPENDED, O.MERGED})
MOST_COMPARED = 300


def listed(viewer: Any) -> Select[tuple[Organisation]]:
    """Return the query of the organisations the viewer may know of."""
    query = policy.scope(viewer, "organisation", *READ)
    return query.options(joinedload(Organisation.town), joinedload(Organisation.chain_node))


def show(public_id: str, *, viewer: Any) -> Shown:
    """Return an organisation as the viewer may see it; raise `NotFound` if not at all."""
    query = listed(viewer).where(Organisation.public_id == public_id)
    return disclosure.one(query, viewer, "organisation")


def get(public_id: str, *, viewer: Any, action: str) -> Organisation:
    """Return the row on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "organisation", action)
    row = db.session.scalar(query.where(Organisation.public_id == public_id))
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def waiting(viewer: Any) -> Select[tuple[Organisation]]:
    """Return the query of what the desk has to decide: new ones and claims, oldest first."""
    claimed = exists().where(
        User.organisation_id == Organisation.id, User.state == UserState.INVITED
    )
    query = policy.scope(viewer, "organisation", "verify").where(
        or_(
            Organisation.state == O.PENDING,
            (Organisation.state == O.UNCLAIMED) & claimed,
        )
    )
    return query.options(joinedload(Organisation.town)).order_by(
        Organisation.created_at, Organisation.id
    )


def lookalikes(organisation: Any, *, viewer: Any) -> list[tuple[Shown, float]]:
    """Return the organisations whose names come close, best first, with their ratio 0–100."""
    names = [town.name for town in places.towns()] + [places.settings()["district_name"]]
    core = similar.core_name(organisation.name, places=names)
    pairs = {core[start : start + 2] for start in range(max(1, len(core) - 1))}
    near = [Organisation.name.contains(pair, autoescape=True) for pair in sorted(pairs)]
    query = policy.scope(viewer, "organisation", "list").where(
        or_(*near, cast(Organisation.aliases, String) != "[]"),
        Organisation.id != organisation.id,
        Organisation.state != O.MERGED,
    )
    rows = disclosure.shown(query.limit(MOST_COMPARED), viewer, "organisation")
    known = {row.id: row for row in rows}
    candidates = [similar.OrganisationCandidate(r.id, r.name, r.aliases) for r in rows]
    found = similar.similar_organisations(organisation.name, candidates, places=names)
    return [(known[row_id], ratio) for row_id, ratio in found[:5]]


def verify(organisation: Organisation, *, by: User, now: datetime, note: str = "") -> None:
    """Confirm a registration or a claim (通过认证); a claimant's account wakes."""
    claimant = registration.claimant(organisation)
    trail.advance(organisation, "verify", by=by, now=now, reason=note)
    organisation.verify_note = note.strip() or organisation.verify_note
    if claimant is not None:
        trail.advance(claimant, "activate", by=by, now=now)
        _take_contact(organisation, claimant)
    _tell(organisation, "单位认证已通过", "贵单位已通过认证，可以提交需求、成果等信息。", now=now)


def _take_contact(organisation: Organisation, user: User) -> None:
    organisation.contact_name = organisation.contact_name or user.name
    organisation.contact_phone = organisation.contact_phone or user.phone
    organisation.contact_email = organisation.contact_email or user.email


def reject(organisation: Organisation, *, by: User, now: datetime, reason: str) -> None:
    """Return a registration with the reason; of a claim, send the claimant away.

    The login of a claimant who was sent away is free again for the right one.
    """
    claimant = registration.claimant(organisation)
    if claimant is None:
        trail.advance(organisation, "reject", by=by, now=now, reason=reason)
        organisation.verify_note = reason.strip()
        _tell(organisation, "单位认证被退回", reason.strip(), now=now)
        return
    trail.advance(claimant, "refuse_claim", by=by, now=now, reason=reason)
    claimant.login = f"{claimant.login}#{claimant.public_id}"


def _tell(organisation: Organisation, subject: str, body: str, *, now: datetime) -> None:
    members = select(User.id).where(
        User.organisation_id == organisation.id, User.state == UserState.ACTIVE
    )
    url = f"/organisations/{organisation.public_id}"
    notify(db.session.scalars(members).all(), subject, body, url, now=now)


def update(
    organisation: Organisation, fields: dict[str, Any], *, version: int, by: User, now: datetime
) -> None:
    """Change an organisation's own details. Raises `Stale`, or `Invalid` for a settled name.

    Name and credit code stand once they are verified.
    """
    if organisation.version != version:
        raise Stale
    if organisation.state in SETTLED:
        for name in ("name", "uscc"):
            if name in fields and fields[name] != (getattr(organisation, name) or ""):
                raise Invalid({name: "认证后名称和信用代码不能自行修改，变更请联系科技局"})
            fields.pop(name, None)
    if "uscc" in fields:
        fields["uscc"] = _free_code(fields["uscc"], organisation)
    if (
        organisation.state is O.UNCLAIMED
        and fields.get("name", organisation.name) != organisation.name
    ):
        renaming.keep(organisation, by=by, now=now, basis="维护未认领单位的资料")
    changed = [name for name, value in fields.items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, fields[name])
    db.session.flush()
    trail.record("update", "organisation", organisation.public_id, by=by, now=now, fields=changed)


def _free_code(text: str, organisation: Organisation) -> str | None:
    if not text:
        return None
    if text == organisation.uscc:
        return text
    code = registration.checked_code(text)
    known = registration.of_code(code)
    if known is not None and known.id != organisation.id:
        raise Invalid({"uscc": "该统一社会信用代码已属于另一单位，请核对；确属重复的请科技局合并"})
    return code


def move(
    organisation: Organisation, action: str, *, by: User, now: datetime, reason: str = ""
) -> None:
    """Resubmit, ask to suspend, suspend, refuse to, restore; who is suspended is signed out."""
    trail.advance(organisation, action, by=by, now=now, reason=reason)
    if organisation.state is O.SUSPENDED:
        for user in members(organisation):
            sessions.end_all(user.id)


def members(organisation: Organisation) -> Sequence[User]:
    """Return everybody with an account in the organisation."""
    query = select(User).where(User.organisation_id == organisation.id).order_by(User.id)
    return db.session.scalars(query).all()
