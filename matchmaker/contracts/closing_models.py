"""登记, 补充协议, 中期检查, 验收 and 终止 of a contract."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.contracts.models import Contract
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import (
    ACCEPTANCE,
    REGISTRATION,
    SUPPLEMENT,
    AcceptanceState,
    RegistrationState,
    SupplementState,
)
from matchmaker.workflow import Labelled, Lifecycle


class Cause(Labelled):
    """Why a contract was ended; only 造假 touches anybody's integrity."""

    EXEMPT = "exempt", "免责（不可抗力或技术路线不可行且已尽责）"
    BREACH = "breach", "违约"
    FRAUD = "fraud", "弄虚作假、挪用资金"


class Finding(Labelled):
    """What a mid-term check found."""

    ON_TRACK = "on_track", "进展正常"
    AT_RISK = "at_risk", "有风险，须整改"
    STOP = "stop", "建议终止"


class Registration(Model):
    """认定登记 of a contract: the sheet, its clocks, and what the agency decided."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("contract_id", name="uq_registration_contract_id"),
        UniqueConstraint("reg_no", name="uq_registration_reg_no"),
        CheckConstraint(
            "tech_fen IS NULL OR (tech_fen > 0 AND tech_fen <= total_fen)", name="tech_in_total"
        ),
        CheckConstraint(
            "state <> 'registered' OR (reg_no IS NOT NULL AND reg_on IS NOT NULL"
            " AND tech_fen IS NOT NULL AND total_fen IS NOT NULL)",
            name="registered_is_whole",
        ),
    )
    lifecycle: ClassVar[Lifecycle] = REGISTRATION

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"))
    state: Mapped[RegistrationState] = mapped_column(default=RegistrationState.PREPARING)
    version: Mapped[int] = mapped_column()
    sheet: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the contract does not hold
    is_disputed: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime | None]
    decide_by: Mapped[date | None]
    reg_no: Mapped[str | None] = mapped_column(String(30))
    reg_on: Mapped[date | None] = mapped_column(index=True)
    reg_agency: Mapped[str] = mapped_column(String(200), default="")
    total_fen: Mapped[int | None] = mapped_column(BigInteger)
    tech_fen: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text, default="")

    contract: Mapped[Contract] = relationship(backref="_registrations")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Supplement(Model):
    """补充协议: a new total, term or plan for what is not yet paid; the old plan is kept."""

    __tablename__ = "supplement"
    __table_args__ = (
        UniqueConstraint("contract_id", "number", name="uq_supplement_number"),
        CheckConstraint("total_fen > 0", name="total_above_zero"),
    )
    lifecycle: ClassVar[Lifecycle] = SUPPLEMENT

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    number: Mapped[int]
    state: Mapped[SupplementState] = mapped_column(default=SupplementState.DRAFT)
    version: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    total_fen: Mapped[int] = mapped_column(BigInteger)
    end_on: Mapped[date]
    plan: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # of the balance
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it replaced
    buyer_confirmed_at: Mapped[datetime | None]
    buyer_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    seller_confirmed_at: Mapped[datetime | None]
    seller_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    effective_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Inspection(Model):
    """中期检查: one look at how a contract goes, written down."""

    __tablename__ = "inspection"
    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    held_on: Mapped[date]
    finding: Mapped[Finding]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    contract: Mapped[Contract] = relationship()
    by: Mapped[User] = relationship()


class Acceptance(Model):
    """验收 of a contract: applied for, looked at by experts, concluded by the section chief."""

    __tablename__ = "acceptance"
    __table_args__ = (
        UniqueConstraint("contract_id", name="uq_acceptance_contract_id"),
        CheckConstraint("rectified >= 0 AND rectified <= 1", name="rectified_once"),
    )
    lifecycle: ClassVar[Lifecycle] = ACCEPTANCE

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"))
    state: Mapped[AcceptanceState] = mapped_column(default=AcceptanceState.APPLIED)
    version: Mapped[int] = mapped_column()
    summary: Mapped[str] = mapped_column(Text)
    results: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # indicator, value, reached
    applied_at: Mapped[datetime]
    applied_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    convened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    held_on: Mapped[date | None]
    # name, organisation, title, conclusion, opinion
    experts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    opinion: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    method: Mapped[str] = mapped_column(String(100), default="")
    funds: Mapped[str] = mapped_column(Text, default="")  # 经费使用情况
    rectified: Mapped[int] = mapped_column(default=0)
    rectify_by: Mapped[date | None]
    concluded_at: Mapped[datetime | None]
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    conclusion_note: Mapped[str] = mapped_column(Text, default="")
    notice_id: Mapped[int | None]

    contract: Mapped[Contract] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Termination(Model):
    """终止: asked for by the officer with its cause, decided by the leader."""

    __tablename__ = "termination"
    __table_args__ = (
        CheckConstraint("recover_fen >= 0", name="recover_not_negative"),
        CheckConstraint(
            "(cause = 'fraud') = (integrity_years IS NOT NULL)", name="only_fraud_is_listed"
        ),
        CheckConstraint(
            "integrity_years IS NULL OR (integrity_years >= 1 AND integrity_years <= 5)",
            name="one_to_five_years",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    cause: Mapped[Cause]
    at_fault: Mapped[str] = mapped_column(String(10), default="")  # buyer, seller, "" nobody
    reason: Mapped[str] = mapped_column(Text)
    recover_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    integrity_years: Mapped[int | None]
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    approved: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decision_note: Mapped[str] = mapped_column(Text, default="")

    contract: Mapped[Contract] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
