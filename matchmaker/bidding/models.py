"""揭榜申请: what a bidder answers a bounty with; sealed from submission to opening."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.audit.ledger import Book
from matchmaker.bidding import vault
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import BID, BidState
from matchmaker.workflow import Labelled, Lifecycle

IN_THE_BOOK = frozenset({BidState.DRAFT, BidState.SUBMITTED, BidState.REPLACED, BidState.WITHDRAWN})


class Bid(Model):
    """One answer to one bounty; between sealing and opening the row names nobody."""

    __tablename__ = "bid"
    __table_args__ = (
        CheckConstraint("quote_fen > 0", name="quote_positive"),
        CheckConstraint(
            "state NOT IN ('submitted', 'replaced', 'locked') OR (lead_organisation_id IS NULL"
            " AND created_by_id IS NULL AND draft IS NULL AND quote_fen IS NULL)",
            name="sealed_names_nobody",
        ),
        Index("ix_bid_bounty_state", "bounty_id", "state"),
    )
    lifecycle: ClassVar[Lifecycle] = BID
    disclosure: ClassVar[dict[str, str]] = {
        "bid_no": "O", "state": "O", "received_at": "O", "commitment": "P", "bounty": "O",
        "spoiled_reason": "O", "decided_reason": "O", "appeal_until": "O", "appeal": "O",
        "opened_at": "O", "terms_version": "O",
        "lead_organisation": "R", "content": "R", "quote_fen": "R", "hints": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    bid_no: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)  # random
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    state: Mapped[BidState] = mapped_column(default=BidState.DRAFT)
    version: Mapped[int] = mapped_column()
    received_at: Mapped[datetime | None]  # full receipt, by the database's clock
    commitment: Mapped[str] = mapped_column(String(64), default="")
    # Known of a draft and again from the opening on; empty while sealed.
    lead_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    quote_fen: Mapped[int | None] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # A draft: encrypted by a key outside the database; the office's consent is to these bytes.
    draft: Mapped[bytes | None] = mapped_column(LargeBinary)
    shared_at: Mapped[datetime | None]
    endorsed_at: Mapped[datetime | None]
    endorsed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    endorsed_digest: Mapped[str] = mapped_column(String(64), default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("bid.id"))
    # Sealed: where the envelope lies, what the site signed, and the one key a unit has.
    alg: Mapped[str] = mapped_column(String(60), default="")
    envelope: Mapped[str] = mapped_column(String(80), default="")  # SHA-256 of its bytes
    signature: Mapped[str] = mapped_column(String(128), default="")
    valid_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    terms_version: Mapped[int] = mapped_column(default=1)  # of the bounty the bidder last accepted
    # Opened: what was found, and the formal check's way.
    spoiled_reason: Mapped[str] = mapped_column(Text, default="")
    hints: Mapped[list[str]] = mapped_column(default=list)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_reason: Mapped[str] = mapped_column(Text, default="")
    appeal_until: Mapped[datetime | None]
    appeal: Mapped[str] = mapped_column(Text, default="")
    appealed_at: Mapped[datetime | None]
    appeal_outcome: Mapped[str] = mapped_column(String(20), default="")  # upheld or dismissed

    bounty: Mapped[Bounty] = relationship()
    lead_organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=[lead_organisation_id]
    )
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    endorsed_by: Mapped[User | None] = relationship(foreign_keys=[endorsed_by_id])
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    replaces: Mapped["Bid | None"] = relationship(remote_side=[id])
    parties: Mapped[list["BidParty"]] = relationship(
        back_populates="bid", cascade="all, delete-orphan", order_by="BidParty.id"
    )
    marks: Mapped[list["BidMark"]] = relationship(cascade="all, delete-orphan")
    files: Mapped[list["BidFile"]] = relationship(
        back_populates="bid", cascade="all, delete-orphan", order_by="BidFile.id"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def book(self) -> Book | None:
        """The sealed book acts on this bid go to; none once the bounty's bids are locked."""
        if self.state not in IN_THE_BOOK:
            return None
        bounty = self.bounty
        return Book(bounty.public_id, lambda who: vault.mark("user", bounty.id, who))


class PartyKind(Labelled):
    """What somebody else has to do with a draft."""

    PARTNER = "partner", "联合单位"
    MEMBER = "member", "共同填报人"


class BidParty(Model):
    """A partner unit or a colleague who may edit; gone from the row when the bid is sealed."""

    __tablename__ = "bid_party"
    __table_args__ = (
        UniqueConstraint("bid_id", "organisation_id", "user_id", name="uq_bid_party_once"),
        CheckConstraint("(kind = 'member') = (user_id IS NOT NULL)", name="member_is_a_user"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PartyKind]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    accepted_terms: Mapped[str] = mapped_column(String(64), default="")  # digest of task, amount

    bid: Mapped[Bid] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])


class BidMark(Model):
    """A keyed hash by which a bidder finds his sealed bid; it says nothing to anybody else."""

    __tablename__ = "bid_mark"
    __table_args__ = (UniqueConstraint("bid_id", "mark"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id", ondelete="CASCADE"), index=True)
    mark: Mapped[str] = mapped_column(String(64), index=True)


class BidFile(Model):
    """An opened bid's attachment, kept in the store like any other file."""

    __tablename__ = "bid_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    stored_as: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]

    bid: Mapped[Bid] = relationship(back_populates="files")
