"""Small reads the form and the rules need: an institution's teams."""

from sqlalchemy import select

from matchmaker.achievements.models import Team
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState


def teams_of(institution_id: int | None) -> list[tuple[int, str]]:
    """Return (id, name) of the institution's teams that are not offline, by name."""
    query = select(Team.id, Team.name).where(
        Team.institution_id == institution_id, Team.state != PoolState.OFFLINE
    )
    return [(row.id, row.name) for row in db.session.execute(query.order_by(Team.name, Team.id))]


def is_team_of(team_id: int, institution_id: int | None) -> bool:
    """Tell whether the team belongs to the institution."""
    return any(known == team_id for known, _ in teams_of(institution_id))
