"""Where a bounty's timeline comes from: the moves of its own row and of what belongs to it.

Each source finds its rows through the policy, so that a timeline holds nothing of a row the
viewer may not read; of a sealed bid, nobody but its bidder knows that there is one.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select

from matchmaker import policy
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Change
from matchmaker.contracts.closing_models import Acceptance
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone, Payment
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    ACCEPTANCE,
    AWARD,
    BID,
    CHANGE,
    CONTRACT,
    DECIDED_OBJECTIONS,
    MILESTONE,
    NOTICE,
    OBJECTION,
    PAYMENT,
    PUBLIC_NOTICES,
    REVIEW,
    ChangeState,
)
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.models import Review
from matchmaker.workflow import Lifecycle

Find = Callable[[Bounty, Any], Any]
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Source:
    """One noun around a bounty.

    rows : the query of (public id, name) of those this viewer may read.
    outside : the states whose entries people outside the bureau read; None for all of them.
    unnamed : actions whose actor is named to nobody (an objection's complainant).
    """

    lifecycle: Lifecycle
    rows: Find
    outside: Collection[str] | None = None
    unnamed: frozenset[str] = field(default=NOBODY)


def _scoped(model: Any, name: Any, resource: str, *actions: str) -> Callable[..., Any]:
    """Return a function: (public id, name) of the rows of `resource` that hold a condition."""

    def rows(viewer: Any, condition: ColumnElement[bool]) -> Any:
        if not any(policy.may(viewer, resource, action) for action in actions):
            return None
        allowed = policy.expression(viewer, resource, *actions)
        return select(model.public_id, name).where(condition, allowed)

    return rows


_CHANGES = select(Change.public_id, Change.kind)
_NOTICES = _scoped(Notice, Notice.title, "notice", "read", "read_bureau")
_OBJECTIONS = _scoped(
    Objection, Objection.objection_no, "objection", "read", "read_bureau", "read_public_summary"
)
_REVIEWS = _scoped(Review, Review.public_id, "review", "read")
_AWARDS = _scoped(Award, Award.public_id, "award", "read")
_CONTRACTS = _scoped(Contract, Contract.contract_no, "contract", "read", "read_metadata")
_BIDS = _scoped(Bid, Bid.bid_no, "bid", "read_existence", "list")


def _about(bounty: Bounty) -> ColumnElement[bool]:
    return (Notice.subject_noun == "bounty") & (Notice.subject_id == bounty.id)


def _objections(bounty: Bounty, viewer: Any) -> Any:
    notices = select(Notice.id).where(_about(bounty))
    return _OBJECTIONS(viewer, Objection.notice_id.in_(notices))


def _changes(bounty: Bounty, viewer: Any) -> Any:
    """Return what changed; what was only asked for is for who may read that."""
    query = _CHANGES.where(Change.bounty_id == bounty.id)
    if policy.permits(viewer, "bounty", "read_changes", bounty):
        return query
    return query.where(Change.state == ChangeState.APPROVED)


def _of_contracts(model: Any, name: Any) -> Find:
    """Return a source's rows: what belongs to the contracts the viewer may read in full."""

    def rows(bounty: Bounty, viewer: Any) -> Any:
        if not policy.may(viewer, "contract", "read"):
            return None
        allowed = policy.expression(viewer, "contract", "read")
        mine = select(Contract.id).where(Contract.bounty_id == bounty.id, allowed)
        return select(model.public_id, name).where(model.contract_id.in_(mine))

    return rows


SOURCES = (
    Source(CHANGE, _changes, outside={ChangeState.APPROVED.value}),
    Source(BID, lambda bounty, viewer: _BIDS(viewer, Bid.bounty_id == bounty.id)),
    Source(REVIEW, lambda bounty, viewer: _REVIEWS(viewer, Review.bounty_id == bounty.id)),
    Source(AWARD, lambda bounty, viewer: _AWARDS(viewer, Award.bounty_id == bounty.id)),
    Source(
        NOTICE,
        lambda bounty, viewer: _NOTICES(viewer, _about(bounty)),
        outside={state.value for state in PUBLIC_NOTICES},
    ),
    Source(
        OBJECTION,
        _objections,
        outside={state.value for state in DECIDED_OBJECTIONS},
        unnamed=frozenset({"create", "submit", "withdraw"}),
    ),
    Source(CONTRACT, lambda bounty, viewer: _CONTRACTS(viewer, Contract.bounty_id == bounty.id)),
    Source(MILESTONE, _of_contracts(Milestone, Milestone.name)),
    Source(PAYMENT, _of_contracts(Payment, Payment.public_id)),
    Source(ACCEPTANCE, _of_contracts(Acceptance, Acceptance.public_id)),
)


def rows_of(source: Source, bounty: Bounty, viewer: Any) -> dict[str, str]:
    """Return public id → name of the source's rows this viewer may read."""
    query = source.rows(bounty, viewer)
    if query is None:
        return {}
    found = db.session.execute(query).all()
    return {name: "" if label == name else _said(label) for name, label in found}


def _said(label: Any) -> str:
    return str(getattr(label, "label", label) or "")
