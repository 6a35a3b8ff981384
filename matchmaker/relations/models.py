"""关联与回避: hits between two parties, where they came up, and relations people declared."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.extensions import Model, new_public_id
from matchmaker.kinship import Kind, Level
from matchmaker.lifecycles import RELATION, RelationState
from matchmaker.workflow import Labelled, Lifecycle


class Source(Labelled):
    """Where a declared relation is known from (来源)."""

    PLEDGE = "pledge", "承诺书申报"
    SELF = "self", "本人申报"
    REGISTRY = "registry", "企业登记信息"
    REPORT = "report", "举报"
    MATERIAL = "material", "申报材料"


class RelationHit(Model):
    """What joins two parties, with its chain of evidence; judged once, remembered for good."""

    __tablename__ = "relation_hit"
    __table_args__ = (
        UniqueConstraint("a_key", "b_key", "kind", name="uq_relation_hit_pair"),
        Index("ix_relation_hit_state_found", "state", "found_at"),
    )
    lifecycle: ClassVar[Lifecycle] = RELATION
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "a_name", "b_name", "kind", "level", "state", "evidence", "chain", "found_at",
            "decided_at", "decided_by", "reason", "findings", "subjects",
        ),
        "B",
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[RelationState] = mapped_column(default=RelationState.OPEN)
    version: Mapped[int] = mapped_column()
    a_key: Mapped[str] = mapped_column(String(400), index=True)
    a_name: Mapped[str] = mapped_column(String(400))
    b_key: Mapped[str] = mapped_column(String(400), index=True)
    b_name: Mapped[str] = mapped_column(String(400))
    kind: Mapped[Kind]
    level: Mapped[Level]
    chain: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # source words target
    evidence: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    decided_by: Mapped[User | None] = relationship()
    findings: Mapped[list["RelationFinding"]] = relationship(
        back_populates="hit", order_by="RelationFinding.id.desc()"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def subjects(self) -> str:
        """What the hit came up in, the latest first."""
        return "、".join(dict.fromkeys(one.label for one in self.findings if one.label))


class RelationFinding(Model):
    """A hit came up where something was checked: an invitation, a bid, a panel, a contract."""

    __tablename__ = "relation_finding"
    __table_args__ = (UniqueConstraint("hit_id", "subject_noun", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    hit_id: Mapped[int] = mapped_column(ForeignKey("relation_hit.id", ondelete="CASCADE"))
    subject_noun: Mapped[str] = mapped_column(String(30), index=True)
    subject_id: Mapped[str] = mapped_column(String(40), index=True)
    label: Mapped[str] = mapped_column(String(300), default="")
    found_at: Mapped[datetime]

    hit: Mapped[RelationHit] = relationship(back_populates="findings")


class DeclaredRelation(Model):
    """A relation somebody declared or reported: kinship, teacher and student, a holding."""

    __tablename__ = "declared_relation"
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "kind", "a_name", "a_organisation", "b_name", "b_organisation", "words", "source",
            "on", "recorded_at", "recorded_by", "revoked_at", "revoked_reason",
        ),
        "B",
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    kind: Mapped[Kind]
    a_name: Mapped[str] = mapped_column(String(150), default="")
    a_organisation: Mapped[str] = mapped_column(String(300), default="")
    b_name: Mapped[str] = mapped_column(String(150), default="")
    b_organisation: Mapped[str] = mapped_column(String(300), default="")
    words: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[Source]
    on: Mapped[date | None] = mapped_column("happened_on")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(300), default="")

    recorded_by: Mapped[User | None] = relationship()
