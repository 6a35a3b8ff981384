"""选定、拟揭榜决定与反馈: who chose whom, what became of it, and what the others were told."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import AWARD, FEEDBACK, AwardState, FeedbackState
from matchmaker.reviewing.models import Review
from matchmaker.workflow import Lifecycle


class Choice(Model):
    """The owner's letter: whom of the recommended, in which order the others stand by, and why."""

    __tablename__ = "award_choice"
    disclosure: ClassVar[dict[str, str]] = {"reason": "B", "none_suitable": "B", "made_at": "B"}

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), unique=True)
    chosen: Mapped[list[dict[str, Any]]] = mapped_column(
        default=list
    )  # [{"subject": id}], in order
    standby: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    none_suitable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    by_experts: Mapped[bool] = mapped_column(default=False)  # 专家评定: nobody else chose
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    review: Mapped[Review] = relationship()
    made_by: Mapped[User | None] = relationship()


class Award(Model):
    """One bounty promised to one bid: proposed, endorsed, approved, noticed, made."""

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('proposed', 'endorsed', 'notice', 'made')) = (live_key IS NOT NULL)",
            name="live_key_while_live",
        ),
        CheckConstraint("slot BETWEEN 1 AND 3", name="slot_in_range"),
        Index("ix_award_bounty_state", "bounty_id", "state"),
    )
    lifecycle: ClassVar[Lifecycle] = AWARD
    disclosure: ClassVar[dict[str, str]] = {
        "state": "B", "bounty": "B", "slot": "B", "place": "B", "reason": "B", "proposed_at": "B",
        "ended_reason": "B", "made_at": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[AwardState] = mapped_column(default=AwardState.PROPOSED)
    version: Mapped[int] = mapped_column()
    # One live award a slot of a bounty, "7:1", and one a bid; empty once it ended.
    live_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    live_bid: Mapped[int | None] = mapped_column(unique=True)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))  # None: 认定制
    slot: Mapped[int] = mapped_column(default=1)
    place: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    endorsed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(Text, default="")

    bounty: Mapped[Bounty] = relationship()
    bid: Mapped[Bid] = relationship()
    review: Mapped[Review | None] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Feedback(Model):
    """What a bidder that was not chosen is told; the officer reads it before it goes."""

    __tablename__ = "feedback"
    lifecycle: ClassVar[Lifecycle] = FEEDBACK
    disclosure: ClassVar[dict[str, str]] = {"state": "B", "body": "B", "released_at": "B"}

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[FeedbackState] = mapped_column(default=FeedbackState.DRAFT)
    version: Mapped[int] = mapped_column()
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), unique=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    drafted: Mapped[str] = mapped_column(Text, default="")  # as the rubric gave it
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    bid: Mapped[Bid] = relationship()
    review: Mapped[Review | None] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
