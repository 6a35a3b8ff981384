"""适合您的榜单: open bounties that fit what the viewer offers, with the words why."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import joinedload

from matchmaker import disclosure
from matchmaker.achievements.models import Achievement, Team
from matchmaker.bounties import inviting, operations
from matchmaker.bounties.models import Bounty, takes_bids
from matchmaker.bounties.records import Suggestion
from matchmaker.disclosure import Shown
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import Role

MOST_READ = 100


@dataclass(frozen=True)
class Fitting:
    """An open bounty, how well it fits, the words, and what of the viewer's it fits."""

    bounty: Shown
    score: float
    words: list[str]
    because_of: str


def _mine(viewer: Any) -> ColumnElement[bool]:
    """Hold for suggestions of the viewer's own teams, achievements and self; of all for a chief."""
    managers = {Role.INSTITUTION_ADMIN, Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_USER}
    parts: list[ColumnElement[bool]] = [false()]
    if viewer.organisation_id and viewer.roles & managers:
        parts.append(Suggestion.organisation_id == viewer.organisation_id)
    if Role.RESEARCHER in viewer.roles:
        for column, model in ((Suggestion.team_id, Team), (Suggestion.achievement_id, Achievement)):
            parts.append(column.in_(select(model.id).where(model.created_by_id == viewer.id)))
    if viewer.roles & {Role.RESEARCHER, Role.EXPERT}:
        own = select(Expert.id).where(Expert.user_id == viewer.id)
        parts.append(Suggestion.expert_id.in_(own))
    return or_(*parts)


def fitting_bounties(viewer: Any, *, limit: int = 5) -> list[Fitting]:
    """Return the open bounties that fit best what the viewer offers, each once."""
    if not viewer.is_authenticated:
        return []
    query = (
        select(Suggestion)
        .join(Bounty, Suggestion.bounty_id == Bounty.id)
        .where(_mine(viewer), takes_bids())
        .order_by(Suggestion.score.desc(), Suggestion.id)
        .options(
            joinedload(Suggestion.team),
            joinedload(Suggestion.achievement),
            joinedload(Suggestion.expert),
            joinedload(Suggestion.organisation),
        )
    )
    best: dict[int, Suggestion] = {}
    for one in db.session.scalars(query.limit(MOST_READ)):
        best.setdefault(one.bounty_id, one)
    rows = disclosure.shown(
        operations.public(viewer).where(Bounty.id.in_(list(best))), viewer, "bounty"
    )
    known = {row.id: row for row in rows}
    return [
        Fitting(known[bounty_id], one.score, list(one.words), inviting.name_of(one))
        for bounty_id, one in best.items()
        if bounty_id in known
    ][:limit]
