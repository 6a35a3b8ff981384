"""技术需求/难题."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from matchmaker.accounts.models import Organisation, User
from matchmaker.codes import Disclosure, NeedCategory, NeedSource, NeedType
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import NEED, NeedState
from matchmaker.places.models import ChainNode
from matchmaker.workflow import Lifecycle

need_direction = Table(
    "need_direction",
    Model.metadata,
    Column("need_id", ForeignKey("need.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", ForeignKey("organisation.id"), primary_key=True, index=True),
)


class Need(Model):
    """What an enterprise cannot solve alone; text the matcher reads, figures the bureau needs."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("budget_total_fen > 0", name="budget_positive"),
        CheckConstraint("pay_to_bidder_fen <= budget_total_fen", name="pay_within_budget"),
        CheckConstraint("duration_months BETWEEN 1 AND 48", name="duration_in_range"),
        CheckConstraint("target_trl BETWEEN 1 AND 9", name="target_trl_in_range"),
        Index("ix_need_state_updated", "state", "updated_at"),
    )
    lifecycle: ClassVar[Lifecycle] = NEED
    disclosure: ClassVar[dict[str, str]] = {
        "need_no": "P", "title": "P", "need_type": "P", "category": "P", "background": "P",
        "problem": "P", "key_indicators": "P", "bidder_conditions": "P", "duration_months": "P",
        "budget_total_fen": "P", "pay_to_bidder_fen": "P", "ip_arrangement": "P",
        "coop_modes": "P", "tech_field_code": "P", "industry_code": "P", "chain_node": "P",
        "keywords": "P", "target_trl": "P", "expires_on": "P", "state": "P", "town": "P",
        "owner_name": "P", "is_anonymous": "P", "accepted_at": "P", "updated_at": "P",
        "resolved_at": "P", "foundation": "M", "enterprise": "I",
        "source": "B", "audience": "B", "merged_into": "B", "handler": "B", "created_at": "B",
        "submitted_at": "B", "enterprise_id": "B", "return_reason": "B", "created_by": "B",
        "directed_to": "B", "source_note": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    need_no: Mapped[str | None] = mapped_column(String(20), unique=True)  # given on submission
    state: Mapped[NeedState] = mapped_column(default=NeedState.DRAFT)
    version: Mapped[int] = mapped_column()
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(360))
    source: Mapped[NeedSource] = mapped_column(default=NeedSource.SELF)
    source_note: Mapped[str] = mapped_column(String(300), default="")
    need_type: Mapped[NeedType | None]
    category: Mapped[NeedCategory | None]
    background: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    key_indicators: Mapped[list[str]] = mapped_column(default=list)
    foundation: Mapped[str] = mapped_column(Text, default="")
    bidder_conditions: Mapped[str] = mapped_column(Text, default="")
    duration_months: Mapped[int | None]
    budget_total_fen: Mapped[int | None] = mapped_column(BigInteger)
    pay_to_bidder_fen: Mapped[int | None] = mapped_column(BigInteger)
    ip_arrangement: Mapped[str] = mapped_column(Text, default="")
    coop_modes: Mapped[list[str]] = mapped_column(default=list)
    tech_field_code: Mapped[str] = mapped_column(String(3), default="", index=True)
    industry_code: Mapped[str] = mapped_column(String(8), default="")
    chain_node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    keywords: Mapped[list[str]] = mapped_column(default=list)
    keyword_line: Mapped[str] = mapped_column(Text, default="")  # the same, for the list's search
    target_trl: Mapped[int | None]
    audience: Mapped[Disclosure] = mapped_column(default=Disclosure.PUBLIC)
    expires_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None] = mapped_column(index=True)
    resolved_at: Mapped[datetime | None]
    no_secret_declared: Mapped[bool] = mapped_column(default=False)
    batch_id: Mapped[int | None] = mapped_column(index=True)  # the import that made it
    call_id: Mapped[int | None] = mapped_column(index=True)  # the call (征集批次) it answers

    enterprise: Mapped[Organisation] = relationship(foreign_keys=[enterprise_id])
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    chain_node: Mapped[ChainNode | None] = relationship()
    merged_into: Mapped["Need | None"] = relationship(remote_side=[id])
    directed_to: Mapped[list[Organisation]] = relationship(secondary=need_direction)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @validates("keywords")
    def _keep_keyword_line(self, _key: str, words: list[str]) -> list[str]:
        self.keyword_line = "、".join(words)
        return words

    @property
    def owner_name(self) -> str:
        """Who asks, as the public may read it."""
        return "（匿名企业）" if self.is_anonymous else self.enterprise.name

    @property
    def town(self) -> Any:
        """The town of the enterprise, which even an anonymous need shows."""
        return self.enterprise.town
