"""财政补助: yearly budgets, batches that are proposed and approved, and their own ledger."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.contracts.models import Contract
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import SUBSIDY, SubsidyState
from matchmaker.workflow import Lifecycle


class SubsidyBudget(Model):
    """What may be given in one year, in 分."""

    __tablename__ = "subsidy_budget"
    __table_args__ = (CheckConstraint("total_fen >= 0", name="total_not_negative"),)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    total_fen: Mapped[int] = mapped_column(BigInteger)
    committed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    version: Mapped[int] = mapped_column()
    source_doc: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class SubsidyBatch(Model):
    """Subsidies proposed together: compressed together when the budget does not suffice."""

    __tablename__ = "subsidy_batch"
    lifecycle: ClassVar[Lifecycle] = SUBSIDY
    disclosure: ClassVar[dict[str, str]] = {
        "batch_no": "M", "name": "M", "year": "M", "state": "M", "total_fen": "M",
        "proposed_at": "M", "count": "M", "proposed_by": "B", "note": "B", "lines": "M",
        "approved_at": "M", "due_fen": "M", "paid_fen": "M",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    batch_no: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[SubsidyState] = mapped_column(default=SubsidyState.PROPOSED, index=True)
    version: Mapped[int] = mapped_column()
    total_fen: Mapped[int] = mapped_column(BigInteger)
    due_fen: Mapped[int] = mapped_column(BigInteger)  # by the rule, before compressing
    note: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    notice_id: Mapped[int | None]
    paid_count: Mapped[int] = mapped_column(default=0)

    lines: Mapped[list["Subsidy"]] = relationship(back_populates="batch", order_by="Subsidy.id")
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def count(self) -> int:
        """How many contracts it is for."""
        return len(self.lines)

    @property
    def paid_fen(self) -> int:
        """What was paid out of it, in 分."""
        return sum(line.amount_fen for line in self.lines if line.paid_on)


class Subsidy(Model):
    """The subsidy of one contract: min(cap, floor(ratio × actually paid)), within the budget."""

    __tablename__ = "subsidy"
    __table_args__ = (
        UniqueConstraint("contract_key", name="uq_subsidy_contract_key"),
        CheckConstraint("amount_fen > 0 AND amount_fen <= due_fen", name="amount_within_due"),
        CheckConstraint("due_fen <= cap_fen", name="due_within_cap"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    batch_id: Mapped[int] = mapped_column(ForeignKey("subsidy_batch.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    contract_key: Mapped[int | None]  # the contract while the subsidy stands, else NULL: no double
    base_fen: Mapped[int] = mapped_column(BigInteger)
    excluded_fen: Mapped[int] = mapped_column(BigInteger, default=0)  # bought equipment
    ratio: Mapped[str] = mapped_column(String(10))  # "0.2000"
    cap_fen: Mapped[int] = mapped_column(BigInteger)
    due_fen: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date | None] = mapped_column(index=True)
    voucher_no: Mapped[str] = mapped_column(String(60), default="")
    stored_as: Mapped[str] = mapped_column(String(80), default="")

    batch: Mapped[SubsidyBatch] = relationship(back_populates="lines")
    contract: Mapped[Contract] = relationship()

    @property
    def beneficiary(self) -> Organisation:
        """Who receives it: the district's enterprise, the buyer."""
        return self.contract.buyer

    def subject(self) -> dict[str, Any]:
        """What a public notice says of it."""
        return {
            "contract": self.contract.title,
            "organisation": self.beneficiary.name,
            "amount_fen": self.amount_fen,
        }
