"""榜单: the task, its terms, and where it comes from."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    literal,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from matchmaker import timekeeping
from matchmaker.accounts.models import Organisation, User
from matchmaker.achievements.models import Achievement
from matchmaker.codes import BountyKind, BountyMode, Selector
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import BOUNTY, BountyState
from matchmaker.needs.models import Need
from matchmaker.places.models import ChainNode, Section
from matchmaker.workflow import Lifecycle


class Bounty(Model):
    """A task with a prize: drafted from needs or an achievement, published, awarded, paid out."""

    __tablename__ = "bounty"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("duration_months BETWEEN 1 AND 48", name="duration_in_range"),
        CheckConstraint("support_ratio BETWEEN 0 AND 1", name="support_ratio_in_range"),
        CheckConstraint("max_awards BETWEEN 1 AND 3", name="max_awards_in_range"),
        CheckConstraint("mode = 'horse_race' OR max_awards = 1", name="several_only_in_a_race"),
        CheckConstraint("pass_line BETWEEN 0 AND 100", name="pass_line_in_range"),
        CheckConstraint("extended_count BETWEEN 0 AND 1", name="extended_once"),
        Index("ix_bounty_state_deadline", "state", "bid_deadline_at"),
    )
    lifecycle: ClassVar[Lifecycle] = BOUNTY
    disclosure: ClassVar[dict[str, str]] = {
        "bounty_no": "P", "revision": "P", "state": "P", "kind": "P", "mode": "P", "title": "P",
        "task_text": "P", "indicators": "P", "amount_fen": "P", "support_type": "P",
        "support_ratio": "P", "support_cap_fen": "P", "max_awards": "P", "stages": "P",
        "require_pledge": "P", "selector": "P", "rubric": "P", "pass_line": "P", "is_blind": "P",
        "eligibility": "P", "ip_arrangement": "P", "coop_modes": "P", "tech_field_code": "P",
        "chain_node": "P", "keywords": "P", "duration_months": "P", "bid_deadline_at": "P",
        "question_deadline_at": "P", "published_at": "P", "owner_name": "P", "digest": "P",
        "recognition_reason": "P", "recognised_name": "P", "recognised_team": "P",
        "failure_kind": "P", "updated_at": "P", "present_state": "P", "digest_sm3": "P",
        "change_statement": "P", "settlement": "P", "closed_at": "P", "terms_version": "P",
        "limited_text": "M",
        "section": "B", "handler": "B", "reviewer": "B", "approver": "B", "created_at": "B",
        "secrecy_checked_at": "A", "secrecy_checked_by": "A",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    bounty_no: Mapped[str | None] = mapped_column(String(20), unique=True)  # given at publication
    revision: Mapped[int] = mapped_column(default=0)  # -R1, -R2: published again after a failure
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("bounty.id"), index=True)
    state: Mapped[BountyState] = mapped_column(default=BountyState.DRAFT)
    version: Mapped[int] = mapped_column()
    kind: Mapped[BountyKind] = mapped_column(default=BountyKind.NEED_SOLVING)
    mode: Mapped[BountyMode] = mapped_column(default=BountyMode.SINGLE)
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)  # 发榜方
    title: Mapped[str] = mapped_column(String(360))
    task_text: Mapped[str] = mapped_column(Text, default="")
    # Each indicator: name, requirement, test_method, is_key.
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)  # 榜额
    support_type: Mapped[str] = mapped_column(String(20), default="")
    support_ratio: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))  # 0.2000 is 20 %
    support_cap_fen: Mapped[int | None] = mapped_column(BigInteger)
    max_awards: Mapped[int] = mapped_column(default=1)
    # Each stage of a horse race: name, due_months, amount_fen, rule.
    stages: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    require_pledge: Mapped[bool] = mapped_column(default=False)
    selector: Mapped[Selector] = mapped_column(default=Selector.EXPERTS_THEN_ENTERPRISE)
    # Each criterion: name, weight (they sum to 100), part (technical or price) and levels, each
    # with label, low, high and text.
    rubric: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    pass_line: Mapped[int] = mapped_column(default=60)
    is_blind: Mapped[bool] = mapped_column(default=True)
    eligibility: Mapped[str] = mapped_column(Text, default="")
    ip_arrangement: Mapped[str] = mapped_column(Text, default="")
    coop_modes: Mapped[list[str]] = mapped_column(default=list)
    tech_field_code: Mapped[str] = mapped_column(String(3), default="", index=True)
    chain_node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    keywords: Mapped[list[str]] = mapped_column(default=list)
    duration_months: Mapped[int | None]
    bid_deadline_at: Mapped[datetime | None]
    question_deadline_at: Mapped[datetime | None]
    with_list_notice: Mapped[bool] = mapped_column(default=False)
    recognition_reason: Mapped[str] = mapped_column(Text, default="")
    recognised_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    recognised_team: Mapped[str] = mapped_column(String(300), default="")  # the team named
    limited_text: Mapped[str] = mapped_column(Text, default="")  # 限定附件: for verified bidders
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    secrecy_checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    secrecy_checked_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)  # as published, never changed
    digest: Mapped[str] = mapped_column(String(64), default="")  # SHA-256 of the snapshot
    digest_sm3: Mapped[str] = mapped_column(String(64), default="")  # "" where OpenSSL lacks SM3
    terms_version: Mapped[int] = mapped_column(default=1)  # grows with each amendment
    extended_count: Mapped[int] = mapped_column(default=0)
    failure_kind: Mapped[str] = mapped_column(String(20), default="")
    settlement: Mapped[str] = mapped_column(String(20), default="")  # what followed the failure
    change_statement: Mapped[str] = mapped_column(Text, default="")  # -R1: what differs and why
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]

    owner: Mapped[Organisation] = relationship(foreign_keys=[owner_id])
    recognised: Mapped[Organisation | None] = relationship(foreign_keys=[recognised_id])
    section: Mapped[Section | None] = relationship()
    chain_node: Mapped[ChainNode | None] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    reviewer: Mapped[User | None] = relationship(foreign_keys=[reviewer_id])
    approver: Mapped[User | None] = relationship(foreign_keys=[approver_id])
    secrecy_checked_by: Mapped[User | None] = relationship(foreign_keys=[secrecy_checked_by_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    parent: Mapped["Bounty | None"] = relationship(remote_side=[id])
    sources: Mapped[list["BountySource"]] = relationship(
        back_populates="bounty", order_by="BountySource.id"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def owner_name(self) -> str:
        """Who posts it, as everybody reads it."""
        return self.owner.name

    @property
    def recognised_name(self) -> str:
        """The organisation a recognition bounty names, "" elsewhere."""
        return self.recognised.name if self.recognised else ""


class BountySource(Model):
    """A need or an achievement a bounty is drafted from, with its organisation's consent."""

    __tablename__ = "bounty_source"
    __table_args__ = (
        CheckConstraint("(need_id IS NULL) <> (achievement_id IS NULL)", name="one_origin"),
        CheckConstraint("share_bp BETWEEN 0 AND 10000", name="share_in_range"),
        UniqueConstraint("bounty_id", "need_id", name="uq_bounty_source_need"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    achievement_id: Mapped[int | None] = mapped_column(ForeignKey("achievement.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    share_bp: Mapped[int] = mapped_column(default=10_000)  # of the cost, in 0.01 %; sums to 10000
    consented_at: Mapped[datetime | None]
    consented_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    consent_note: Mapped[str] = mapped_column(String(300), default="")  # how, if given on paper

    bounty: Mapped[Bounty] = relationship(back_populates="sources")
    need: Mapped[Need | None] = relationship()
    achievement: Mapped[Achievement | None] = relationship()
    organisation: Mapped[Organisation] = relationship()


def takes_bids() -> ColumnElement[bool]:
    """Hold while bids may be sent: published and, by the database's clock, before the deadline."""
    return and_(
        Bounty.state == BountyState.PUBLISHED, Bounty.bid_deadline_at > timekeeping.moment()
    )


def is_past_deadline() -> ColumnElement[bool]:
    """Hold from the deadline on, whether the closing job has run or not."""
    return and_(
        Bounty.state == BountyState.PUBLISHED, Bounty.bid_deadline_at <= timekeeping.moment()
    )


def present_state() -> ColumnElement[BountyState]:
    """Return the state that counts: closed from the deadline on, whatever the job did."""
    closed = literal(BountyState.CLOSED, type_=Bounty.__table__.c.state.type)
    return case((is_past_deadline(), closed), else_=Bounty.state)


Bounty.present_state = column_property(present_state())
