"""Related parties and contracts: what a contract ties, and what tied its parties before."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from matchmaker import clock, outbox
from matchmaker.accounts.models import Organisation
from matchmaker.contracts.models import Contract
from matchmaker.extensions import db
from matchmaker.kinship import Kind, Mention, Tie
from matchmaker.relations import operations as relations
from matchmaker.relations import parties

LONGEST_LABEL = 300
MATTERS = tuple(kind for kind in Kind if kind is not Kind.CONTRACT)  # to have worked together helps


@parties.tie_source
def signed() -> Iterator[Tie]:
    """Yield the signed contracts; the resolver looks at the date."""
    for row in db.session.execute(_signed()):
        sides = (Mention("", row.buyer), Mention("", row.seller))
        yield Tie(Kind.CONTRACT, sides, f"技术合同“{row.title}”", row.signed_on)


@cache
def _signed() -> Select[Any]:
    """Return the question about signed contracts, put together once: every check asks it."""
    buyer, seller = aliased(Organisation), aliased(Organisation)
    names = buyer.name.label("buyer"), seller.name.label("seller")
    return (
        select(Contract.title, Contract.signed_on, *names)
        .join(buyer, Contract.buyer_id == buyer.id)
        .join(seller, Contract.seller_id == seller.id)
        .where(Contract.signed_on.is_not(None))
        .order_by(Contract.id)
    )


def keep(contract: Contract, *, now: datetime) -> None:
    """Keep what ties the parties of a bounty's contract; what blocks keeps them from signing."""
    if contract.bounty_id is None:
        return
    relations.check(
        "contract",
        contract.public_id,
        [contract.buyer],
        [contract.seller],
        now=now,
        label=f"签订合同：{contract.title}"[:LONGEST_LABEL],
        kinds=MATTERS,
    )


def _at(kind: str) -> None:
    @outbox.handler(kind)
    def look(payload: dict[str, Any]) -> None:
        """Look before the parties come to sign, so that the bureau can judge in time."""
        contract = db.session.get(Contract, payload["contract"])
        if contract is not None:
            keep(contract, now=clock.now())


for _kind in ("contract.drafted", "contract.both_confirmed"):
    _at(_kind)
