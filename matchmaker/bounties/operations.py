"""Reads of bounties, within what a viewer may know; what others ask of a bounty's terms."""

from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker import disclosure, locks, policy, web
from matchmaker.accounts.models import Organisation, User
from matchmaker.bounties.models import Bounty, BountySource, present_state
from matchmaker.bounties.policy import owned
from matchmaker.disclosure import Shown
from matchmaker.errors import WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import ON_RECORD, BountyState, Role, UserState

READ = ("read", "read_public", "read_result")
LATEST_FIRST = (Bounty.updated_at.desc(), Bounty.id.desc())
NEWEST_FIRST = (Bounty.published_at.desc(), Bounty.id.desc())


def visible(viewer: Any) -> Select[Any]:
    """Return the bounties this viewer may know of, with what a list shows of each."""
    return policy.scope(viewer, "bounty", *READ).options(
        joinedload(Bounty.owner).joinedload(Organisation.town),
        joinedload(Bounty.chain_node),
        joinedload(Bounty.recognised),
        joinedload(Bounty.handler),
        joinedload(Bounty.section),
        selectinload(Bounty.sources),
    )


def public(viewer: Any) -> Select[Any]:
    """Return the published bounties: what the list, the feed and the interface offer."""
    return visible(viewer).where(Bounty.state.in_(ON_RECORD))


def own(viewer: Any) -> Select[Any]:
    """Return the viewer's bounties: those of the organisation, those an officer handles."""
    if not viewer.is_authenticated:
        return visible(viewer).where(false())
    return visible(viewer).where(or_(owned(viewer), Bounty.handler_id == viewer.id))


def read(public_id: str, *, viewer: Any) -> Shown:
    """Return one bounty as this viewer may see it; raise `NotFound`."""
    return disclosure.one(visible(viewer).where(Bounty.public_id == public_id), viewer, "bounty")


def get(public_id: str, *actions: str, viewer: Any) -> Bounty:
    """Return the bounty on which the viewer may do any of `actions`; raise `NotFound`.

    Whoever may not even read the row is told the same as for a row that does not exist. Inside a
    transaction the row is locked where the database locks rows, so that closing waits.
    """
    query = policy.scope(viewer, "bounty", *(actions or READ))
    query = query.where(Bounty.public_id == public_id, policy.expression(viewer, "bounty", *READ))
    if db.session.info.get("writing"):
        query = query.with_for_update(of=Bounty).execution_options(populate_existing=True)
    found: Bounty = web.found(db.session.scalars(query).one_or_none())
    return found


def is_published(bounty: Bounty) -> bool:
    """Tell whether the bounty is, or ever was, before the public."""
    return bounty.state in ON_RECORD


def terms_version(bounty: Bounty) -> int:
    """Return which version of the terms is in force: a bid on an older one is unconfirmed."""
    return bounty.terms_version


def require_open(bounty: Bounty) -> None:
    """Raise `WrongState` unless the bounty still takes bids, by the database's own clock."""
    state = db.session.scalar(select(present_state()).where(Bounty.id == bounty.id))
    if state is not BountyState.PUBLISHED:
        label = state.label if state else ""
        raise WrongState(f"榜单当前为“{label}”，截榜后不能再办理这一步。")


def owners(bounty: Bounty) -> list[int]:
    """Return who answers for the bounty in the organisations it comes from: administrators."""
    ids = {bounty.owner_id, *(one.organisation_id for one in bounty.sources)}
    return administrators(ids)


def administrators(organisation_ids: Any) -> list[int]:
    """Return the active administrators of these organisations."""
    query = select(User).where(
        User.organisation_id.in_(organisation_ids), User.state == UserState.ACTIVE
    )
    managers = {Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN}
    return [u.id for u in db.session.scalars(query.order_by(User.id)) if u.roles & managers]


def staff(role: Role) -> list[User]:
    """Return the bureau's active people of one role, by name."""
    query = select(User).where(User.organisation_id.is_(None), User.state == UserState.ACTIVE)
    people = db.session.scalars(query.order_by(User.name, User.id))
    return [user for user in people if role in user.roles]


def live_of_need(need_id: int) -> Bounty | None:
    """Return the bounty a need is on or being drafted for, None where there is none."""
    over = (BountyState.DROPPED, BountyState.FAILED, BountyState.WITHDRAWN)
    query = (
        select(Bounty)
        .join(BountySource)
        .where(BountySource.need_id == need_id, Bounty.state.not_in(over))
    )
    return db.session.scalars(query.order_by(Bounty.id.desc())).first()


def next_number(year: int) -> str:
    """Return the year's next number, JB2026-001; republications keep their first one's."""
    return locks.next_number(Bounty.bounty_no, f"JB{year}-", 3, Bounty.revision == 0)
