"""What the first page shows: counts of the four pools, the latest, and search over them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker import disclosure, policy
from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement, Team
from matchmaker.bounties import operations as bounties
from matchmaker.bounties.models import takes_bids
from matchmaker.disclosure import Shown
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, ExpertState, PoolState
from matchmaker.needs.models import Need
from matchmaker.services.models import Service

MOST_HITS = 20
LATEST = 6


@dataclass(frozen=True)
class PoolCount:
    """One of the four pools (四库) with its size."""

    label: str
    endpoint: str
    count: int


def _count(model: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(model).where(*conditions)
    return db.session.scalar(query) or 0


def pool_counts() -> list[PoolCount]:
    """Count what each pool holds, whoever may read the rows: a figure names nobody."""
    published = (PoolState.PUBLISHED, PoolState.TRANSFORMED)
    experts = _count(Expert, Expert.state == ExpertState.IN_POOL)
    teams = _count(Team, Team.state.in_(published))
    return [
        PoolCount("难题库", "needs.index", _count(Need, Need.state.in_(OPEN_NEEDS))),
        PoolCount(
            "技术库", "achievements.index", _count(Achievement, Achievement.state.in_(published))
        ),
        PoolCount("人才库", "experts.index", experts + teams),
        PoolCount("服务库", "services.index", _count(Service, Service.state.in_(published))),
    ]


def _needs(viewer: Any) -> Select[Any]:
    query = policy.scope(viewer, "need", "read_public_fields")
    town = joinedload(Need.enterprise).joinedload(Organisation.town)
    return query.where(Need.state.in_(OPEN_NEEDS)).options(town)


def _achievements(viewer: Any) -> Select[Any]:
    query = policy.scope(viewer, "achievement", "read_public_fields")
    return query.where(Achievement.state == PoolState.PUBLISHED).options(
        selectinload(Achievement.institution)
    )


def latest_needs(viewer: Any, *, most: int = LATEST) -> list[Shown]:
    """Return the needs accepted last that this viewer may read."""
    query = _needs(viewer).order_by(Need.accepted_at.desc(), Need.id.desc()).limit(most)
    return disclosure.shown(query, viewer, "need")


def latest_bounties(viewer: Any, *, most: int = LATEST) -> list[Shown]:
    """Return the open bounties published last."""
    query = bounties.public(viewer).where(takes_bids()).order_by(*bounties.NEWEST_FIRST)
    return disclosure.shown(query.limit(most), viewer, "bounty")


def latest_achievements(viewer: Any, *, most: int = LATEST) -> list[Shown]:
    """Return the achievements published last that this viewer may read."""
    query = _achievements(viewer).order_by(Achievement.published_at.desc(), Achievement.id.desc())
    return disclosure.shown(query.limit(most), viewer, "achievement")


@dataclass(frozen=True)
class Hits:
    """What a search found in one pool; `total` may exceed what is listed."""

    label: str
    endpoint: str
    rows: list[Shown]
    total: int


def search(viewer: Any, text: str) -> list[Hits]:
    """Search titles, texts and keywords open to the public; every word must be met."""
    words = text.split()[:8]
    if not words:
        return []
    pools = (
        ("难题库", "needs", "need", _needs(viewer), (Need.title, Need.problem)),
        (
            "技术库",
            "achievements",
            "achievement",
            _achievements(viewer),
            (Achievement.title, Achievement.summary),
        ),
        (
            "服务库",
            "services",
            "service",
            policy.scope(viewer, "service", "read_public_fields"),
            (Service.name, Service.intro),
        ),
    )
    found = []
    for label, noun, resource, query, columns in pools:
        for word in words:
            parts = [column.icontains(word, autoescape=True) for column in columns]
            query = query.where(or_(*parts))
        counted = select(func.count()).select_from(query.order_by(None).subquery())
        rows = disclosure.shown(query.limit(MOST_HITS), viewer, resource)
        found.append(Hits(label, f"{noun}.show", rows, db.session.scalar(counted) or 0))
    return found
