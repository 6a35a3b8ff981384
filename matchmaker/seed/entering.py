"""What the seed made without an act of anybody: each row gets the entry with which it came."""

from datetime import datetime

from sqlalchemy import select

from matchmaker.accounts.models import Organisation, User
from matchmaker.achievements.models import Team
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.extensions import db


def put_on_trail(*, now: datetime) -> None:
    """Enter organisations, accounts and teams that the trail does not know yet, each in its state.

    An invariant (I5) asks of every row that the trail tells how it came to its state.
    """
    for model in (Organisation, User, Team):
        noun = model.lifecycle.noun
        known = select(Entry.object_id).where(Entry.noun == noun, Entry.to_state != "")
        query = select(model.public_id, model.state).where(model.public_id.not_in(known))
        rows = [(name, "", str(state)) for name, state in db.session.execute(query)]
        trail.enter_many(noun, rows, by=trail.SYSTEM, now=now, action="create")
