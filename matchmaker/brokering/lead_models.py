"""对接: one need, one who may answer it, and how far they have come."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.achievements.models import Achievement, Team
from matchmaker.brokering.models import Pairing
from matchmaker.codes import DeadReason, LeadSource
from matchmaker.experts.models import Expert
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import LEAD, LeadState
from matchmaker.needs.models import Need
from matchmaker.services.models import Broker, Service
from matchmaker.workflow import Labelled, Lifecycle


class Side(Labelled):
    """Which side of a lead somebody stands on."""

    BUYER = "buyer", "需方"
    SELLER = "seller", "供方"


class Manner(Labelled):
    """How somebody was spoken to (跟进方式)."""

    CALL = "call", "电话"
    VISIT = "visit", "走访"
    MEETING = "meeting", "会议"
    WECHAT = "wechat", "微信"


ONE_SUPPLIER = " + ".join(
    f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)"
    for column in ("achievement_id", "expert_id", "service_id", "team_id")
)


class Lead(Model):
    """One need and one supplier, brought together by the bureau or a broker."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint(f"{ONE_SUPPLIER} = 1", name="one_supplier"),
        CheckConstraint(
            "state IN ('recommended', 'declined', 'dead')"
            " OR (buyer_consent_at IS NOT NULL AND seller_consent_at IS NOT NULL)",
            name="both_consented",
        ),
        CheckConstraint(
            "(state IN ('declined', 'dead')) = (dead_reason IS NOT NULL)", name="reason_at_end"
        ),
        UniqueConstraint("need_id", "achievement_id", name="uq_lead_need_achievement"),
        UniqueConstraint("need_id", "expert_id", name="uq_lead_need_expert"),
        UniqueConstraint("need_id", "service_id", name="uq_lead_need_service"),
        UniqueConstraint("need_id", "team_id", name="uq_lead_need_team"),
        Index("ix_lead_state_step", "state", "last_step_at"),
    )
    lifecycle: ClassVar[Lifecycle] = LEAD
    disclosure: ClassVar[dict[str, str]] = {
        "lead_no": "O", "state": "O", "need_title": "O", "need_no": "O", "need_public_id": "O",
        "supplier_title": "O", "supplier_owner": "O", "supplier_kind": "O",
        "supplier_public_id": "O", "owner_name": "O", "town": "O", "created_at": "O",
        "buyer_agreed": "O", "seller_agreed": "O",
        "source": "B", "score": "B", "words": "B", "algorithm_version": "B", "officer": "B",
        "broker": "B", "buyer_consent_at": "B", "seller_consent_at": "B",
        "buyer_consent_note": "B", "seller_consent_note": "B", "next_action": "B",
        "next_on": "B", "last_step_at": "B", "dead_reason": "B", "enterprise_name": "B",
        "follow_ups": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    lead_no: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[LeadState] = mapped_column(default=LeadState.RECOMMENDED)
    version: Mapped[int] = mapped_column()
    pairing_id: Mapped[int | None] = mapped_column(ForeignKey("pairing.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    achievement_id: Mapped[int | None] = mapped_column(ForeignKey("achievement.id"), index=True)
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("research_team.id"), index=True)
    source: Mapped[LeadSource]
    score: Mapped[float | None]
    words: Mapped[list[str]] = mapped_column(default=list)
    algorithm_version: Mapped[str] = mapped_column(String(60), default="")
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    broker_id: Mapped[int | None] = mapped_column(ForeignKey("broker.id"), index=True)
    buyer_consent_at: Mapped[datetime | None]
    buyer_consent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    buyer_consent_note: Mapped[str] = mapped_column(String(300), default="")
    seller_consent_at: Mapped[datetime | None]
    seller_consent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    seller_consent_note: Mapped[str] = mapped_column(String(300), default="")
    next_action: Mapped[str] = mapped_column(String(300), default="")
    next_on: Mapped[date | None]
    last_step_at: Mapped[datetime]
    dead_reason: Mapped[DeadReason | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    pairing: Mapped[Pairing | None] = relationship()
    need: Mapped[Need] = relationship()
    achievement: Mapped[Achievement | None] = relationship()
    expert: Mapped[Expert | None] = relationship()
    service: Mapped[Service | None] = relationship()
    team: Mapped[Team | None] = relationship()
    officer: Mapped[User | None] = relationship(foreign_keys=[officer_id])
    broker: Mapped[Broker | None] = relationship()
    follow_ups: Mapped[list["FollowUp"]] = relationship(
        back_populates="lead", order_by="FollowUp.at.desc(), FollowUp.id.desc()"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def supplier(self) -> Achievement | Expert | Service | Team:
        """Who may answer the need."""
        found = self.achievement or self.expert or self.service or self.team
        assert found is not None  # noqa: S101 - CHECK one_supplier
        return found

    @property
    def supplier_kind(self) -> str:
        """What the supplier is called: 成果, 专家, 服务机构 or 科研团队."""
        kinds = (
            ("成果", self.achievement_id),
            ("专家", self.expert_id),
            ("科研团队", self.team_id),
        )
        return next((label for label, given in kinds if given), "服务机构")

    @property
    def supplier_title(self) -> str:
        """The supplier's name in a list."""
        return self.achievement.title if self.achievement else self.named_supplier.name

    @property
    def named_supplier(self) -> Expert | Service | Team:
        """The supplier that has a name instead of a title."""
        found = self.expert or self.service or self.team
        assert found is not None  # noqa: S101 - asked only where there is no achievement
        return found

    @property
    def supplier_public_id(self) -> str:
        """The supplier's name in URLs."""
        return self.supplier.public_id

    @property
    def seller(self) -> Organisation | None:
        """The supplier's organisation, where it has one on the platform."""
        if self.achievement or self.team:
            return (self.achievement or self.team).institution  # type: ignore[union-attr]
        return (self.expert or self.service).organisation  # type: ignore[union-attr]

    @property
    def supplier_owner(self) -> str:
        """Whose the supplier is, as everybody may read it."""
        if self.expert:
            return self.expert.organisation_name
        return self.seller.name if self.seller else ""

    @property
    def need_title(self) -> str:
        """What is asked for."""
        return self.need.title

    @property
    def need_no(self) -> str | None:
        """The need's number."""
        return self.need.need_no

    @property
    def need_public_id(self) -> str:
        """The need's name in URLs."""
        return self.need.public_id

    @property
    def owner_name(self) -> str:
        """Who asks, as the public may read it."""
        return self.need.owner_name

    @property
    def enterprise_name(self) -> str:
        """Who asks, by real name: for the bureau."""
        return self.need.enterprise.name

    @property
    def town(self) -> Any:
        """The enterprise's town."""
        return self.need.enterprise.town

    @property
    def buyer_agreed(self) -> bool:
        """Whether the enterprise agreed to be introduced."""
        return self.buyer_consent_at is not None

    @property
    def seller_agreed(self) -> bool:
        """Whether the supplier agreed to be introduced."""
        return self.seller_consent_at is not None


class FollowUp(Model):
    """One contact with one of the sides, written down (跟进记录)."""

    __tablename__ = "follow_up"
    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    manner: Mapped[Manner]
    note: Mapped[str] = mapped_column(Text)
    next_action: Mapped[str] = mapped_column(String(300), default="")
    next_on: Mapped[date | None]

    lead: Mapped[Lead] = relationship(back_populates="follow_ups")
    by: Mapped[User] = relationship()
