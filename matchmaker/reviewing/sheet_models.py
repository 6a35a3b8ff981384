"""打分表: one judge's part of one subject's score, and every version of it that was submitted."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import SCORE_SHEET, SheetState
from matchmaker.reviewing.models import Panelist, Subject
from matchmaker.scoring import Part
from matchmaker.workflow import Labelled, Lifecycle


class Advice(Labelled):
    """推荐意见."""

    RECOMMEND = "recommend", "推荐"
    REJECT = "reject", "不推荐"
    ABSTAIN = "abstain", "弃权"


class ScoreSheet(Model):
    """What one judge gives one subject in one part; submitted it is hashed and stays."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("panelist_id", "subject_id", "part", name="uq_score_sheet_part"),
    )
    lifecycle: ClassVar[Lifecycle] = SCORE_SHEET
    disclosure: ClassVar[dict[str, str]] = {
        "state": "B", "part": "B", "scores": "B", "vetoes": "B", "comment": "B", "advice": "B",
        "submitted_at": "A", "digest": "A", "reopen_reason": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[SheetState] = mapped_column(default=SheetState.DRAFT, index=True)
    version: Mapped[int] = mapped_column()
    panelist_id: Mapped[int] = mapped_column(ForeignKey("panelist.id"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("review_subject.id"), index=True)
    part: Mapped[Part]
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)  # criterion's key → as typed
    vetoes: Mapped[list[str]] = mapped_column(default=list)
    comment: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[Advice | None]
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(String(64), default="")
    reopen_reason: Mapped[str] = mapped_column(String(500), default="")

    panelist: Mapped[Panelist] = relationship()
    subject: Mapped[Subject] = relationship()
    versions: Mapped[list["SheetVersion"]] = relationship(
        back_populates="sheet", order_by="SheetVersion.number"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def given(self) -> dict[str, Decimal]:
        """The scores as numbers; only a submitted sheet has them all."""
        return {key: Decimal(str(text)) for key, text in self.scores.items()}


class SheetVersion(Model):
    """A sheet as it was submitted once; kept though it was sent back or the review voided."""

    __tablename__ = "score_sheet_version"
    __table_args__ = (UniqueConstraint("sheet_id", "number", name="uq_score_sheet_version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime]

    sheet: Mapped[ScoreSheet] = relationship(back_populates="versions")
