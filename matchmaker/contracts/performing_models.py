"""里程碑 and 付款: what is delivered, checked and paid, to the 分."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.contracts.models import Contract
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import MILESTONE, PAYMENT, MilestoneState, PaymentState
from matchmaker.workflow import Lifecycle


class Milestone(Model):
    """One stage of a contract with what is delivered and what is paid for it."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("contract_id", "plan_no", "seq", name="uq_milestone_seq"),
        CheckConstraint("amount_fen > 0", name="amount_above_zero"),
        CheckConstraint("paid_fen >= 0 AND paid_fen <= amount_fen", name="paid_within_amount"),
        CheckConstraint("state <> 'paid' OR paid_fen = amount_fen", name="paid_is_whole"),
        CheckConstraint("rework_count >= 0 AND rework_count <= 2", name="rework_twice"),
    )
    lifecycle: ClassVar[Lifecycle] = MILESTONE

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    plan_no: Mapped[int] = mapped_column(default=0)  # 0 the contract's, n the n-th supplement's
    seq: Mapped[int]
    state: Mapped[MilestoneState] = mapped_column(default=MilestoneState.PLANNED, index=True)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date] = mapped_column(index=True)
    deliverables: Mapped[str] = mapped_column(Text, default="")
    indicators: Mapped[str] = mapped_column(Text, default="")
    share: Mapped[str] = mapped_column(String(12), default="")  # percent of the total, "33.33"
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    is_main: Mapped[bool] = mapped_column(default=False)  # 主榜金: for the first to reach only
    delivery_note: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None]
    check_note: Mapped[str] = mapped_column(Text, default="")
    checked_at: Mapped[datetime | None]
    rework_count: Mapped[int] = mapped_column(default=0)
    filed_at: Mapped[datetime | None]
    voucher_count: Mapped[int] = mapped_column(default=0)
    paid_on: Mapped[date | None]

    contract: Mapped[Contract] = relationship()
    payments: Mapped[list["Payment"]] = relationship(
        back_populates="milestone", order_by="Payment.id"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def due_fen(self) -> int:
        """What is still to be paid for it, in 分."""
        return self.amount_fen - self.paid_fen


class Payment(Model):
    """One payment of the buyer's for a milestone, with its voucher; it counts once verified."""

    __tablename__ = "payment"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_above_zero"),)
    lifecycle: ClassVar[Lifecycle] = PAYMENT
    disclosure: ClassVar[dict[str, str]] = {
        "contract_no": "M", "contract_title": "M", "buyer": "M", "seller": "M", "seq": "M",
        "milestone_name": "M", "amount_fen": "M", "paid_on": "M", "state": "M",
        "verified_at": "M", "voucher_no": "M", "contract_public_id": "M", "contract_state": "M",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), index=True)
    state: Mapped[PaymentState] = mapped_column(default=PaymentState.RECORDED, index=True)
    version: Mapped[int] = mapped_column()
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date] = mapped_column(index=True)
    voucher_no: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    return_reason: Mapped[str] = mapped_column(Text, default="")

    contract: Mapped[Contract] = relationship()
    milestone: Mapped[Milestone] = relationship(back_populates="payments")
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def contract_no(self) -> str:
        """The contract's number."""
        return self.contract.contract_no

    @property
    def contract_title(self) -> str:
        """The contract's name."""
        return self.contract.title

    @property
    def contract_public_id(self) -> str:
        """The contract's name in URLs."""
        return self.contract.public_id

    @property
    def contract_state(self) -> Any:
        """How the contract stands."""
        return self.contract.state

    @property
    def buyer(self) -> Organisation:
        """Who paid."""
        return self.contract.buyer

    @property
    def seller(self) -> Organisation:
        """Who was paid."""
        return self.contract.seller

    @property
    def seq(self) -> int:
        """Which instalment it belongs to."""
        return self.milestone.seq

    @property
    def milestone_name(self) -> str:
        """What was paid for."""
        return self.milestone.name


class Reminder(Model):
    """That somebody was reminded of a milestone so many days before its day: once."""

    __tablename__ = "milestone_reminder"
    __table_args__ = (
        UniqueConstraint("milestone_id", "due_on", "days", name="uq_milestone_reminder_once"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    due_on: Mapped[date]
    days: Mapped[int]
    at: Mapped[datetime]
