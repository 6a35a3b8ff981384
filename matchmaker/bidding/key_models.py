"""Keys to the bids: each holder's own, each bounty's, and its three shares."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import Model
from matchmaker.workflow import Labelled


class Chair(Labelled):
    """开标密钥持有人: the three who hold a share of every bounty's key."""

    OFFICER = "officer", "经办人"
    LEADER = "leader", "分管局长"
    SUPERVISOR = "supervisor", "督查"


PLACES = {chair: place for place, chair in enumerate(Chair, start=1)}


class HolderKey(Model):
    """A holder's key pair; the private half is wrapped by a passphrase nobody else knows."""

    __tablename__ = "holder_key"
    __table_args__ = (UniqueConstraint("current_of_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    current_of_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class BountyKey(Model):
    """The public half of a bounty's key; the private half was never stored anywhere."""

    __tablename__ = "bounty_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), unique=True)
    alg: Mapped[str] = mapped_column(String(60))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    beside: Mapped[str] = mapped_column(String(64))  # what the keys beside the database were
    made_at: Mapped[datetime]

    bounty: Mapped[Bounty] = relationship()
    shares: Mapped[list["KeyShare"]] = relationship(back_populates="key", order_by="KeyShare.place")


class KeyShare(Model):
    """One of three shares, sealed to its holder's public key.

    parts : one envelope, or after a reissue two whose contents' sum is the share.
    pledged : while a reissue waits for the second holder: his blind and the first part.
    """

    __tablename__ = "key_share"
    __table_args__ = (
        UniqueConstraint("key_id", "place", name="uq_key_share_place"),
        UniqueConstraint("key_id", "user_id", name="uq_key_share_user"),
        CheckConstraint("place BETWEEN 1 AND 3", name="three_places"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("bounty_key.id"), index=True)
    chair: Mapped[Chair]
    place: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    holder_key_id: Mapped[int] = mapped_column(ForeignKey("holder_key.id"))
    parts: Mapped[list[str]] = mapped_column(default=list)  # base64
    pledged: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What this holder gave towards the opening: place of another holder → envelope for him.
    handed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    handed_at: Mapped[datetime | None]

    key: Mapped[BountyKey] = relationship(back_populates="shares")
    user: Mapped[User] = relationship()
    holder_key: Mapped[HolderKey] = relationship()


class Opening(Model):
    """开标记录: who opened when, and what was found of each bid; written once."""

    __tablename__ = "bid_opening"
    id: Mapped[int] = mapped_column(primary_key=True)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), unique=True)
    opened_at: Mapped[datetime]
    holders: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # name, chair, at
    witnesses: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # name, at
    # Each bid: bid, commitment, received_at, opened (true or false), reason.
    lines: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    digest: Mapped[str] = mapped_column(String(64))

    bounty: Mapped[Bounty] = relationship()


class FormalCheck(Model):
    """形式审查: every item of the list with its finding; the last one counts."""

    __tablename__ = "formal_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    items: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # key, label, passed, note
    passed: Mapped[bool]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]

    by: Mapped[User] = relationship()
