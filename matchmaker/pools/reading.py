"""Reads every pool shares: which rows a viewer may know of, and what may be done to them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from matchmaker import disclosure, listing, policy
from matchmaker.accounts.models import Organisation
from matchmaker.disclosure import Shown
from matchmaker.errors import NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import STAFF, OrganisationState
from matchmaker.pools.specs import Pool
from matchmaker.revisions import operations as revisions
from matchmaker.workflow import Move

READS = (
    "read_public_fields",
    "read_limited_fields",
    "read_full",
    "read",
    "read_own",
    "read_as_officer",
    "write",
)
KNOWN = (OrganisationState.ACTIVE, OrganisationState.UNCLAIMED, OrganisationState.SUSPENDING)


def _visible(pool: Pool, viewer: Any) -> ColumnElement[bool]:
    """Hold for the rows the viewer may know of; the bureau sees no draft still being written."""
    filed = and_(
        pool.model.state != pool.model.lifecycle.initial,
        policy.expression(viewer, pool.resource, "read_bureau"),
    )
    return policy.expression(viewer, pool.resource, *READS) | filed


def readable(pool: Pool, viewer: Any) -> Select[Any]:
    """Return the rows the viewer may know of, with what a list prints of them."""
    return select(pool.model).where(_visible(pool, viewer)).options(*pool.options)


def own(pool: Pool, viewer: Any) -> Select[Any]:
    """Return the viewer's own rows, in every state."""
    mine = policy.expression(viewer, pool.resource, "read_own", "write")
    return select(pool.model).where(mine).options(*pool.options)


def get(pool: Pool, public_id: str, *, viewer: Any) -> Shown:
    """Return one row as the viewer may see it; raise `NotFound`."""
    query = readable(pool, viewer).where(pool.model.public_id == public_id)
    return disclosure.one(query, viewer, pool.resource)


def to_act_on(pool: Pool, public_id: str, *actions: str, viewer: Any) -> Any:
    """Return the row itself for one of `actions`.

    Raises `NotFound` where the viewer may not know of it, `WrongState` where only its state is in
    the way, `NotAllowed` where the row is not theirs.
    """
    scoped = policy.scope(viewer, pool.resource, *actions)
    row = db.session.scalar(scoped.where(pool.model.public_id == public_id))
    if row is not None:
        return row
    shown = get(pool, public_id, viewer=viewer)
    possible = any(policy.may(viewer, pool.resource, action) for action in actions)
    if possible and policy.permits(viewer, pool.resource, "read_bureau", shown):
        raise WrongState(
            f"{pool.label}当前为“{shown.state.label}”，不能办理这一步，请刷新页面后再看。"
        )
    raise NotAllowed


def offered(pool: Pool, shown: Shown, viewer: Any) -> list[Move]:
    """Return the moves the viewer may make now: lifecycle and policy agree."""
    moves = pool.model.lifecycle.open_to(shown.state, viewer.roles)
    return [move for move in moves if permitted(pool, shown, move.action, viewer)]


def permitted(pool: Pool, row: Any, action: str, viewer: Any) -> bool:
    """Tell whether the policy lets the viewer make this move with this row."""
    asked = pool.moves.get(action, ())
    return any(policy.permits(viewer, pool.resource, one, row) for one in asked)


def never_submitted(pool: Pool, row: Any) -> bool:
    """Tell whether the row is a draft of which no version was ever handed in."""
    first = row.state == pool.model.lifecycle.initial
    return pool.drafts and first and not revisions.of(pool.noun, row.id)


def is_staff(viewer: Any) -> bool:
    """Tell whether the viewer works for the bureau."""
    return bool(viewer.roles & STAFF)


def spec_for(pool: Pool, viewer: Any) -> listing.Spec:
    """Return the list as this viewer gets it: a filter works only on what the viewer may see."""
    levels = policy.level_labels(viewer, pool.resource)
    filters = []
    for one in pool.listing.filters:
        letter = pool.model.disclosure.get(one.needs, "") if one.needs else "P"
        if letter == "P":
            filters.append(one)
        elif viewer.is_authenticated and letter in levels:
            filters.append(_guarded(one, levels[letter]))
    return replace(pool.listing, filters=tuple(filters))


def _guarded(one: listing.Filter, condition: ColumnElement[bool]) -> listing.Filter:
    return replace(one, apply=lambda query, value: one.apply(query, value).where(condition))


def owners(pool: Pool) -> list[Organisation]:
    """Return the organisations an officer may act for."""
    query = select(Organisation).where(
        Organisation.kind.in_(pool.owner_kinds), Organisation.state.in_(KNOWN)
    )
    return list(db.session.scalars(query.order_by(Organisation.name)))


def owner_named(pool: Pool, name: str) -> Organisation | None:
    """Return the organisation of this name or credit code, None where there is none."""
    text = name.strip()
    asked = (Organisation.name == text) | (Organisation.uscc == text.upper())
    query = select(Organisation).where(
        asked, Organisation.kind.in_(pool.owner_kinds), Organisation.state.in_(KNOWN)
    )
    return db.session.scalar(query.order_by(Organisation.id).limit(1))
