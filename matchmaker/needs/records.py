"""What is kept beside a need: serial numbers, diagnoses, merge proposals, requested changes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.extensions import Model, new_public_id
from matchmaker.needs.models import Need


class NeedSerial(Model):
    """The last serial given under a prefix of need numbers (XQ, year, town)."""

    __tablename__ = "need_serial"
    prefix: Mapped[str] = mapped_column(String(12), primary_key=True)
    last: Mapped[int]


class Diagnosis(Model):
    """技术问诊: an expert looked at the need with the enterprise."""

    __tablename__ = "need_diagnosis"
    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    held_on: Mapped[date]
    expert_name: Mapped[str] = mapped_column(String(150))
    opinion: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


need_merge_member = Table(
    "need_merge_member",
    Model.metadata,
    Column("merge_id", ForeignKey("need_merge.id", ondelete="CASCADE"), primary_key=True),
    Column("need_id", ForeignKey("need.id"), primary_key=True, index=True),
)


class NeedMerge(Model):
    """共性合并: an officer proposes which needs become one, the section chief decides."""

    __tablename__ = "need_merge"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    main_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    consent_note: Mapped[str] = mapped_column(Text)  # how the source enterprises agreed
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_approved: Mapped[bool | None]
    decision_note: Mapped[str] = mapped_column(Text, default="")
    former_type: Mapped[str] = mapped_column(String(20), default="")  # the main need's, for undo
    undone_at: Mapped[datetime | None]

    main: Mapped[Need] = relationship(foreign_keys=[main_id])
    members: Mapped[list[Need]] = relationship(secondary=need_merge_member)
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class NeedChange(Model):
    """变更申请: what the enterprise wishes an accepted need to say; the accepted text stands."""

    __tablename__ = "need_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    open_key: Mapped[int | None] = mapped_column(unique=True)  # need_id while undecided, else NULL
    content: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_accepted: Mapped[bool | None]
    decision_note: Mapped[str] = mapped_column(Text, default="")

    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])


class NeedRevision(Model):
    """修订版: what the bureau wrote after a diagnosis; it holds once the enterprise confirms it."""

    __tablename__ = "need_revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    diagnosis_id: Mapped[int] = mapped_column(ForeignKey("need_diagnosis.id"), index=True)
    open_key: Mapped[int | None] = mapped_column(unique=True)  # need_id while undecided, else NULL
    content: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_confirmed: Mapped[bool | None]
    decision_note: Mapped[str] = mapped_column(Text, default="")

    diagnosis: Mapped[Diagnosis] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
