"""Who stands on which side of a contract, and who is told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker.accounts.models import RoleGrant, User
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts.models import Contract
from matchmaker.errors import NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import operations as messages

MANAGERS = {Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN, Role.BROKER}


def side_of(contract: Contract, user: Any) -> Side | None:
    """Return the side the user's organisation stands on; None for the bureau and brokers."""
    if user.organisation_id == contract.buyer_id:
        return Side.BUYER
    return Side.SELLER if user.organisation_id == contract.seller_id else None


def require_side(contract: Contract, user: Any, side: Side) -> None:
    """Raise `NotAllowed` unless the user acts for this side."""
    if side_of(contract, user) is not side:
        who = "甲方" if side is Side.BUYER else "乙方"
        raise NotAllowed(f"这一步由合同{who}办理。")


def on_side(contract: Contract, side: Side) -> list[int]:
    """Return who answers for a side: the administrators of the unit and who works on it."""
    unit = contract.buyer_id if side is Side.BUYER else contract.seller_id
    worker = contract.buyer_user_id if side is Side.BUYER else contract.seller_user_id
    query = select(User).where(User.organisation_id == unit, User.state == UserState.ACTIVE)
    found = db.session.scalars(query.order_by(User.id))
    return [user.id for user in found if user.roles & MANAGERS or user.id == worker]


def officers(contract: Contract) -> list[int]:
    """Return the officer in charge; every officer where nobody has been given the contract."""
    return [contract.handler_id] if contract.handler_id else holders(Role.OFFICER)


def holders(role: Role) -> list[int]:
    """Return everybody who holds a role."""
    query = (
        select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role == role,
            RoleGrant.approved_at.is_not(None),
            User.state == UserState.ACTIVE,
        )
    )
    return list(db.session.scalars(query.order_by(User.id)))


def both(contract: Contract) -> list[int]:
    """Return who answers for either side."""
    return [*on_side(contract, Side.BUYER), *on_side(contract, Side.SELLER)]


def tell(
    contract: Contract, people: Iterable[int], subject: str, body: str, *, now: datetime
) -> None:
    """Leave a message about a contract."""
    title = f"{subject}：{contract.title}"
    messages.notify(people, title, body, f"/contracts/{contract.public_id}", now=now)
