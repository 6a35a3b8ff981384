"""技术合同: its parties, text, clocks and files."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker import codes
from matchmaker.accounts.models import Organisation, User
from matchmaker.bounties.models import Bounty
from matchmaker.brokering.lead_models import Lead, Side
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import CONTRACT, ContractState
from matchmaker.services.models import Broker
from matchmaker.workflow import Labelled, Lifecycle


class FileKind(Labelled):
    """What a file of a contract is."""

    SCAN = "scan", "合同签字盖章扫描件"
    SUPPLEMENT = "supplement", "补充协议扫描件"
    PRICE_NOTICE = "price_notice", "协议定价公示材料"
    CERTIFICATE = "certificate", "登记证明"
    DELIVERY = "delivery", "交付物"
    CHECK = "check", "检查验收单"
    VOUCHER = "voucher", "付款凭证"
    INSPECTION = "inspection", "中期检查材料"
    ACCEPTANCE = "acceptance", "验收材料"
    SUBSIDY = "subsidy", "补助拨付凭证"


class Contract(Model):
    """One technical contract between a buyer (委托、受让方) and a seller (研发、让与方)."""

    __tablename__ = "tech_contract"
    __table_args__ = (
        CheckConstraint("buyer_id <> seller_id", name="two_parties"),
        CheckConstraint("total_fen > 0", name="total_above_zero"),
        CheckConstraint(
            "state IN ('draft', 'negotiating', 'lapsed', 'archived') OR planned_fen = total_fen",
            name="plan_makes_total",
        ),
        CheckConstraint("paid_fen >= 0 AND paid_fen <= total_fen", name="paid_within_total"),
        CheckConstraint("start_on <= end_on", name="start_before_end"),
        CheckConstraint("bounty_id IS NOT NULL OR lead_id IS NOT NULL", name="has_origin"),
        Index("ix_tech_contract_state_sign_by", "state", "sign_by"),
    )
    lifecycle: ClassVar[Lifecycle] = CONTRACT
    disclosure: ClassVar[dict[str, str]] = {
        "contract_no": "M", "title": "M", "state": "M", "kind_label": "M", "buyer": "M",
        "seller": "M", "bounty": "M", "total_fen": "M", "paid_fen": "M", "balance_fen": "M",
        "signed_on": "M", "start_on": "M", "end_on": "M", "extended_to": "M", "sign_by": "M",
        "handler": "M", "created_at": "M", "registration": "M", "town": "M", "progress": "M",
        "kind": "O", "subtype": "O", "payment_mode": "O", "payment_label": "O", "plan": "O",
        "indicators": "O", "content_clause": "O", "ip_clause": "O", "benefit_clause": "O",
        "secrecy_clause": "O", "acceptance_clause": "O", "risk_clause": "O", "breach_clause": "O",
        "award_terms": "O", "difference_reasons": "O", "text_no": "O", "price_notice_from": "O",
        "price_notice_to": "O", "price_notice_url": "O", "agreed_price": "O", "planned_fen": "O",
        "subtype_label": "O", "broker": "O", "clauses": "O",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    contract_no: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[ContractState] = mapped_column(default=ContractState.DRAFT)
    version: Mapped[int] = mapped_column()
    bounty_id: Mapped[int | None] = mapped_column(ForeignKey("bounty.id"), index=True)
    bid_id: Mapped[int | None] = mapped_column(ForeignKey("bid.id"), index=True)
    award_id: Mapped[int | None] = mapped_column(unique=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"), unique=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    buyer_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    seller_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    broker_id: Mapped[int | None] = mapped_column(ForeignKey("broker.id"), index=True)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    # What was awarded, as the draft found it: quote_fen, bounty_fen, months, indicators, pi_name.
    award_terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The text under negotiation; every saved text is a revision, numbered by text_no.
    title: Mapped[str] = mapped_column(String(600))
    kind: Mapped[str] = mapped_column(String(20))
    subtype: Mapped[str] = mapped_column(String(30), default="")
    payment_mode: Mapped[str] = mapped_column(String(30), default="installments")
    total_fen: Mapped[int] = mapped_column(BigInteger)
    planned_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    plan: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    indicators: Mapped[list[str]] = mapped_column(default=list)
    content_clause: Mapped[str] = mapped_column(Text, default="")
    ip_clause: Mapped[str] = mapped_column(Text, default="")
    benefit_clause: Mapped[str] = mapped_column(Text, default="")
    secrecy_clause: Mapped[str] = mapped_column(Text, default="")
    acceptance_clause: Mapped[str] = mapped_column(Text, default="")
    risk_clause: Mapped[str] = mapped_column(Text, default="")
    breach_clause: Mapped[str] = mapped_column(Text, default="")
    clauses: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the kind asks for beside
    difference_reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    text_no: Mapped[int] = mapped_column(default=0)
    buyer_confirmed_no: Mapped[int | None]
    buyer_confirmed_at: Mapped[datetime | None]
    buyer_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    seller_confirmed_no: Mapped[int | None]
    seller_confirmed_at: Mapped[datetime | None]
    seller_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    agreed_price: Mapped[bool] = mapped_column(default=False)  # 协议定价, not auctioned
    price_notice_from: Mapped[date | None]
    price_notice_to: Mapped[date | None]
    price_notice_url: Mapped[str] = mapped_column(String(500), default="")
    sign_by: Mapped[date | None]
    sign_by_guessed: Mapped[bool] = mapped_column(default=False)  # rests on a guess at holidays
    sign_extended: Mapped[bool] = mapped_column(default=False)
    signing_held: Mapped[bool] = mapped_column(default=False)  # an objection is being looked into
    signed_on: Mapped[date | None] = mapped_column(index=True)
    parties: Mapped[dict[str, Any]] = mapped_column(default=dict)  # as they were at signing
    scan_digest: Mapped[str] = mapped_column(String(64), default="")
    extended_to: Mapped[date | None]
    extension_reason: Mapped[str] = mapped_column(Text, default="")
    is_winner: Mapped[bool] = mapped_column(default=False)  # first to reach, in a horse race
    archive_name: Mapped[str] = mapped_column(String(80), default="")
    completed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    bounty: Mapped[Bounty | None] = relationship()
    lead: Mapped[Lead | None] = relationship()
    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_id])
    seller: Mapped[Organisation] = relationship(foreign_keys=[seller_id])
    broker: Mapped[Broker | None] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    files: Mapped[list["ContractFile"]] = relationship(
        back_populates="contract", order_by="ContractFile.id"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def party(self, side: Side) -> Organisation:
        """Return the organisation that stands on a side."""
        return self.buyer if side is Side.BUYER else self.seller

    @property
    def kind_label(self) -> str:
        """One of the five statutory kinds, in Chinese."""
        return codes.label("contract_type", self.kind)

    @property
    def subtype_label(self) -> str:
        """The kind's subtype, "" where it has none."""
        return dict(codes.contract_subtypes(self.kind)).get(self.subtype, "")

    @property
    def payment_label(self) -> str:
        """How is paid (民法典 846)."""
        return codes.label("payment_mode", self.payment_mode)

    @property
    def balance_fen(self) -> int:
        """What is still to be paid, in 分."""
        return self.total_fen - self.paid_fen

    @property
    def last_day(self) -> date | None:
        """The last day of the term, its extension included."""
        return max((day for day in (self.end_on, self.extended_to) if day), default=None)

    @property
    def town(self) -> Any:
        """The buyer's town."""
        return self.buyer.town

    @property
    def both_confirmed(self) -> bool:
        """Whether both sides confirmed the text as it stands."""
        return self.text_no > 0 and self.buyer_confirmed_no == self.seller_confirmed_no == (
            self.text_no
        )


class ContractFile(Model):
    """A file of a contract: kept by its digest, never changed."""

    __tablename__ = "contract_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    kind: Mapped[FileKind]
    about: Mapped[str] = mapped_column(String(60), default="")  # "milestone:3", "payment:7" …
    name: Mapped[str] = mapped_column(String(255))
    stored_as: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    contract: Mapped[Contract] = relationship(back_populates="files")
    by: Mapped[User | None] = relationship()
