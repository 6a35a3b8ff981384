"""Related parties of those a bounty invited: what was found before is kept on record after."""

from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.accounts.models import Organisation
from matchmaker.bounties import inviting
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Invitation
from matchmaker.extensions import db
from matchmaker.relations import operations as relations

owners = inviting.owners


@outbox.handler("bounty.invited")
def keep(payload: dict[str, Any]) -> None:
    """Keep what ties those invited to the owners, to be judged and remembered."""
    bounty = db.session.get(Bounty, int(payload["id"]))
    if bounty is None:
        return
    invited = select(Invitation.organisation_id).where(Invitation.bounty_id == bounty.id)
    rows = db.session.scalars(select(Organisation).where(Organisation.id.in_(invited))).all()
    relations.check(
        "bounty",
        bounty.public_id,
        owners(bounty),
        rows,
        now=clock.now(),
        label=f"邀请揭榜：{bounty.title}",
    )
