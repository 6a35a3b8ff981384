"""疑似重复: two texts of one pool that say the same, and which texts have been compared."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import DUPLICATE, DuplicateState
from matchmaker.matching.near import Kind
from matchmaker.workflow import Lifecycle


class DuplicatePair(Model):
    """Two rows of one noun that are alike; judged once, remembered until a text changes."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("noun", "a_id", "b_id", name="uq_duplicate_pair_rows"),
        CheckConstraint("a_id < b_id", name="pair_in_order"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_duplicate_pair_b", "noun", "b_id"),
        Index("ix_duplicate_pair_listed", "is_current", "state", "score"),
    )
    lifecycle: ClassVar[Lifecycle] = DUPLICATE
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "noun", "a_public_id", "b_public_id", "a_title", "b_title", "a_owner", "b_owner",
            "is_across", "kind", "score", "state", "found_at", "decided_at", "decided_by",
            "reason", "is_current",
        ),
        "B",
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[DuplicateState] = mapped_column(default=DuplicateState.OPEN)
    version: Mapped[int] = mapped_column()
    noun: Mapped[str] = mapped_column(String(30))
    a_id: Mapped[int]
    b_id: Mapped[int]
    a_public_id: Mapped[str] = mapped_column(String(20))
    b_public_id: Mapped[str] = mapped_column(String(20))
    a_title: Mapped[str] = mapped_column(String(360))
    b_title: Mapped[str] = mapped_column(String(360))
    a_owner: Mapped[str] = mapped_column(String(300))
    b_owner: Mapped[str] = mapped_column(String(300))
    is_across: Mapped[bool]  # between two organisations
    kind: Mapped[Kind]
    score: Mapped[float]
    fingerprint: Mapped[str] = mapped_column(String(64))  # of both texts, as they were compared
    is_current: Mapped[bool] = mapped_column(default=True)  # both stand and are still alike
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    decided_by: Mapped[User | None] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DuplicateMark(Model):
    """A text as it was last compared with all others; a row without one waits."""

    __tablename__ = "duplicate_mark"
    disclosure: ClassVar[dict[str, Any]] = {}
    noun: Mapped[str] = mapped_column(String(30), primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    updated_at: Mapped[datetime]  # the row's own, when it was read
    checked_at: Mapped[datetime]
