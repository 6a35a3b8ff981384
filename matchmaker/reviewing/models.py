"""评审: one panel over several subjects, who could have been drawn, and who was."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker import scoring
from matchmaker.accounts.models import User
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.experts.models import Expert
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import PANELIST, REVIEW, SITTING, PanelistState, ReviewState
from matchmaker.needs.models import Need
from matchmaker.workflow import Labelled, Lifecycle


class ReviewKind(Labelled):
    """评审类型."""

    NEEDS = "needs", "需求遴选评审"
    BIDS = "bids", "揭榜评审"


class Review(Model):
    """A panel's judgement of bids for a bounty, or of needs that may become bounties."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("panel_size IN (3, 5, 7)", name="panel_is_odd"),
        CheckConstraint("(kind = 'bids') = (bounty_id IS NOT NULL)", name="bids_have_a_bounty"),
        CheckConstraint("pass_line BETWEEN 0 AND 100", name="pass_line_in_range"),
        CheckConstraint("state <> 'voided' OR live_key IS NULL", name="voided_is_not_live"),
        Index("ix_review_state_due", "state", "due_at"),
    )
    lifecycle: ClassVar[Lifecycle] = REVIEW
    disclosure: ClassVar[dict[str, str]] = {
        "review_no": "B", "state": "B", "kind": "B", "title": "B", "bounty": "B",
        "panel_size": "B", "is_blind": "B", "pass_line": "B", "due_at": "B", "officer": "B",
        "created_at": "B", "conclusion": "B", "concluded_at": "B", "aggregated_at": "B",
        "void_reason": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    review_no: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.CREATED)
    version: Mapped[int] = mapped_column()
    kind: Mapped[ReviewKind]
    # One live review a bounty: "bounty:7"; empty once voided.
    live_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    bounty_id: Mapped[int | None] = mapped_column(ForeignKey("bounty.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))  # the voided one
    title: Mapped[str] = mapped_column(String(400))
    rubric_rows: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # frozen here
    vetoes: Mapped[list[str]] = mapped_column(default=list)
    is_blind: Mapped[bool] = mapped_column(default=False)
    pass_line: Mapped[int] = mapped_column(default=60)
    panel_size: Mapped[int] = mapped_column(default=5)
    fields: Mapped[list[str]] = mapped_column(default=list)  # technology fields drawn from
    due_at: Mapped[datetime]
    officer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    # The draw: SHA-256 over the public list and the moment, both kept.
    seed: Mapped[str] = mapped_column(String(64), default="")
    seed_public: Mapped[list[str]] = mapped_column(default=list)
    drawn_at: Mapped[datetime | None]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    small_pool_reason: Mapped[str] = mapped_column(String(500), default="")
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime | None]
    technical_locked_at: Mapped[datetime | None]  # from here on the price part is open
    aggregated_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result_digest: Mapped[str] = mapped_column(String(64), default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    concluded_at: Mapped[datetime | None]
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    bounty: Mapped[Bounty | None] = relationship()
    officer: Mapped[User] = relationship(foreign_keys=[officer_id])
    concluded_by: Mapped[User | None] = relationship(foreign_keys=[concluded_by_id])
    subjects: Mapped[list["Subject"]] = relationship(
        back_populates="review", order_by="Subject.number"
    )
    candidates: Mapped[list["Candidate"]] = relationship(
        back_populates="review", order_by="Candidate.position, Candidate.id"
    )
    panelists: Mapped[list["Panelist"]] = relationship(
        back_populates="review", order_by="Panelist.id"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def rubric(self) -> scoring.Rubric:
        """The rubric as it was when the review was set up."""
        return scoring.rubric.read(self.rubric_rows, self.vetoes)

    @property
    def sitting(self) -> list["Panelist"]:
        """Who keeps a seat."""
        return [one for one in self.panelists if one.state in SITTING]


class Subject(Model):
    """One bid or one need under review; `alias` is all a blind panel reads of the bidder."""

    __tablename__ = "review_subject"
    __table_args__ = (
        CheckConstraint("(bid_id IS NULL) <> (need_id IS NULL)", name="one_subject"),
        UniqueConstraint("review_id", "number", name="uq_review_subject_number"),
        UniqueConstraint("review_id", "bid_id", name="uq_review_subject_bid"),
        UniqueConstraint("review_id", "need_id", name="uq_review_subject_need"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    number: Mapped[int]
    bid_id: Mapped[int | None] = mapped_column(ForeignKey("bid.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    mean: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    tie_mean: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    place: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    tie: Mapped[str] = mapped_column(String(20), default="")

    review: Mapped[Review] = relationship(back_populates="subjects")
    bid: Mapped[Bid | None] = relationship()
    need: Mapped[Need | None] = relationship()

    @property
    def alias(self) -> str:
        """What the subject is called where no name may stand."""
        return f"{self.number:02} 号方案" if self.bid_id else f"{self.number:02} 号需求"

    @property
    def label(self) -> str:
        """The subject by name: for those who may know it."""
        if self.need is not None:
            return self.need.title
        organisation = self.bid.lead_organisation if self.bid else None
        return f"{self.alias} · {organisation.name}" if organisation else self.alias


class Candidate(Model):
    """An expert who was looked at for a panel: their place in the seeded order, or why not."""

    __tablename__ = "review_candidate"
    __table_args__ = (
        UniqueConstraint("review_id", "expert_id", name="uq_review_candidate_expert"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    mark: Mapped[str] = mapped_column(String(20))  # the expert's public id: what is hashed
    name: Mapped[str] = mapped_column(String(150))  # as at the draw
    institution: Mapped[str] = mapped_column(String(300), default="")  # as at the draw
    institution_key: Mapped[str] = mapped_column(String(320), default="")
    match_score: Mapped[float | None]
    source: Mapped[str] = mapped_column(String(60), default="")  # field, matcher
    position: Mapped[int | None]  # 1 is drawn first; None where excluded
    excluded: Mapped[str] = mapped_column(String(60), default="")
    evidence: Mapped[str] = mapped_column(Text, default="")

    review: Mapped[Review] = relationship(back_populates="candidates")
    expert: Mapped[Expert] = relationship()


class Panelist(Model):
    """A seat on a panel and who was drawn for it; secret until the result."""

    __tablename__ = "panelist"
    __table_args__ = (UniqueConstraint("review_id", "expert_id", name="uq_panelist_expert"),)
    lifecycle: ClassVar[Lifecycle] = PANELIST
    disclosure: ClassVar[dict[str, str]] = {
        "state": "B", "name": "B", "institution": "B", "answered_at": "B", "reason": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[PanelistState] = mapped_column(default=PanelistState.DRAWN)
    version: Mapped[int] = mapped_column()
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    mark: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(150))
    institution: Mapped[str] = mapped_column(String(300), default="")
    institution_key: Mapped[str] = mapped_column(String(320), default="")
    drawn_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    declared_at: Mapped[datetime | None]  # 无回避情形 declared
    reminded_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    review: Mapped[Review] = relationship(back_populates="panelists")
    expert: Mapped[Expert] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
