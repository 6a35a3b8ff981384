"""What somebody still has to do: nobody is erased out of the middle of a procedure."""

from sqlalchemy import func, select
from sqlalchemy.sql import Select

from matchmaker.accounts import grants, handover
from matchmaker.bidding.key_models import BountyKey, KeyShare
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.brokering.lead_models import Lead
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    OPEN_LEADS,
    OPEN_REVIEWS,
    SEALED,
    SITTING,
    BidState,
    BountyState,
    ContractState,
)
from matchmaker.privacy.people import Person
from matchmaker.reviewing.models import Panelist, Review

ENDED_CONTRACTS = frozenset(
    {
        ContractState.LAPSED,
        ContractState.ELIMINATED,
        ContractState.COMPLETED,
        ContractState.TERMINATED,
        ContractState.ARCHIVED,
    }
)


def running(person: Person) -> list[tuple[str, int]]:
    """Return (what, how many) of everything that has to be handed over or ended first."""
    found = [
        (f"经办的{label}", count)
        for user_id in person.ids
        for label, count in handover.counts_of(user_id)
    ]
    for label, query in _queries(person).items():
        found.append((label, db.session.scalar(query) or 0))
    try:
        grants.refuse_last(person.user, person.user.roles)
    except Invalid as error:
        found += [(text.rstrip("。"), 1) for text in error.fields.values()]
    return [pair for pair in found if pair[1]]


def _queries(person: Person) -> dict[str, Select[tuple[int]]]:
    ids = person.ids
    shares = (
        select(func.count(KeyShare.id))
        .join(BountyKey, BountyKey.id == KeyShare.key_id)
        .join(Bounty, Bounty.id == BountyKey.bounty_id)
        .where(KeyShare.user_id.in_(ids))
        .where(Bounty.state.in_((BountyState.PUBLISHED, BountyState.CLOSED)))
    )
    panels = (
        select(func.count(Panelist.id))
        .join(Review, Review.id == Panelist.review_id)
        .where(Panelist.expert_id.in_(person.experts), Panelist.state.in_(SITTING))
        .where(Review.state.in_(OPEN_REVIEWS))
    )
    bids = select(func.count(Bid.id)).where(
        Bid.created_by_id.in_(ids), Bid.state.in_((BidState.DRAFT, *SEALED))
    )
    contracts = select(func.count(Contract.id)).where(
        Contract.buyer_user_id.in_(ids) | Contract.seller_user_id.in_(ids),
        Contract.state.not_in(ENDED_CONTRACTS),
    )
    leads = select(func.count(Lead.id)).where(
        Lead.broker_id.in_(person.brokers) | Lead.expert_id.in_(person.experts),
        Lead.state.in_(OPEN_LEADS),
    )
    return {
        "未开标榜单的开标密钥份额": shares,
        "未结束的评审": panels,
        "未开标的揭榜申请": bids,
        "履行中的合同": contracts,
        "进行中的对接": leads,
    }
