"""What was submitted when, and what the bureau said to which field."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.extensions import Model


class Revision(Model):
    """One submitted version (版本) of a row: its whole content, never changed."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("noun", "object_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User | None] = relationship()


class Remark(Model):
    """A comment (修改意见) pinned to one field of one version."""

    __tablename__ = "remark"
    __table_args__ = (Index("ix_remark_object", "noun", "object_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    number: Mapped[int]  # the version it was written on
    field: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    resolved_at: Mapped[datetime | None]

    by: Mapped[User | None] = relationship()
