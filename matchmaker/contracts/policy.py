"""Whose a contract is: its two sides, its broker, its officer; and what follows from it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from matchmaker import policy
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Payment
from matchmaker.contracts.subsidy_models import Subsidy, SubsidyBatch
from matchmaker.lifecycles import UNSIGNED, ContractState, Role
from matchmaker.services.models import Broker

C = ContractState
SIGNED = tuple(state for state in ContractState if state not in {*UNSIGNED, C.LAPSED, C.ARCHIVED})


def of_my_organisation(user: Any) -> ColumnElement[bool]:
    """Hold for the contracts of the user's organisation, on either side."""
    if not user.organisation_id:
        return false()
    mine = user.organisation_id
    return or_(Contract.buyer_id == mine, Contract.seller_id == mine)


def in_my_hands(user: Any) -> ColumnElement[bool]:
    """Hold for those contracts of the organisation that the user works on."""
    mine = or_(Contract.buyer_user_id == user.id, Contract.seller_user_id == user.id)
    return and_(of_my_organisation(user), mine)


def as_broker(user: Any) -> ColumnElement[bool]:
    """Hold for contracts the broker has a mandate for, and those its own service sells."""
    mine = select(Broker.id).where(Broker.user_id == user.id)
    return or_(Contract.broker_id.in_(mine), of_my_organisation(user))


def handled_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for contracts the officer handles, and those nobody has been given yet."""
    return or_(Contract.handler_id == user.id, Contract.handler_id.is_(None))


PARTIES: dict[Role, policy.Relation] = {
    Role.ENTERPRISE_USER: in_my_hands,
    Role.ENTERPRISE_ADMIN: of_my_organisation,
    Role.RESEARCHER: in_my_hands,
    Role.INSTITUTION_ADMIN: of_my_organisation,
    Role.BROKER: as_broker,
}
policy.register(
    "contract",
    Contract,
    states={
        "draft": (*UNSIGNED, C.LAPSED),
        "signed": SIGNED,
        "archived": (C.ARCHIVED,),
    },
    relations={**PARTIES, Role.OFFICER: handled_by_me},
    levels={"M": ("read_metadata", "read"), "O": ("read",)},
)


def _through_contract(column: Any, relation: policy.Relation) -> policy.Relation:
    return lambda user: column.in_(select(Contract.id).where(relation(user)))


policy.register(
    "payment",
    Payment,
    states={},
    relations={
        role: _through_contract(Payment.contract_id, rule) for role, rule in PARTIES.items()
    },
    levels={"M": ("list",)},
)


def _for_my_firm(user: Any) -> ColumnElement[bool]:
    if not user.organisation_id:
        return false()
    mine = select(Contract.id).where(Contract.buyer_id == user.organisation_id)
    return SubsidyBatch.id.in_(select(Subsidy.batch_id).where(Subsidy.contract_id.in_(mine)))


policy.register(
    "subsidy",
    SubsidyBatch,
    states={},
    relations={Role.ENTERPRISE_USER: _for_my_firm, Role.ENTERPRISE_ADMIN: _for_my_firm},
    levels={"M": ("list", "read"), "B": ("read_bureau",)},
)
