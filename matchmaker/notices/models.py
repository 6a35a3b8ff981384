"""公示: one notice, what corrects it, and how its end moved."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.codes import NoticeKind, ObjectionOutcome
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import CORRECTION, NOTICE, CorrectionState, NoticeState
from matchmaker.workflow import Lifecycle

SHORTEST, LONGEST = 5, 10  # working days of a period


class Notice(Model):
    """A public notice; from publication on its page, snapshot and number never change."""

    __tablename__ = "public_notice"
    __table_args__ = (
        CheckConstraint(f"workdays BETWEEN {SHORTEST} AND {LONGEST}", name="workdays_range"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'checked', 'cancelled') OR (notice_no IS NOT NULL"
            " AND published_on IS NOT NULL AND page_digest <> '')",
            name="published_whole",
        ),
        CheckConstraint("end_on IS NULL OR end_on > published_on", name="ends_after_publication"),
        Index("ix_public_notice_subject", "subject_noun", "subject_id"),
        Index("ix_public_notice_state_end", "state", "ends_at"),
    )
    lifecycle: ClassVar[Lifecycle] = NOTICE
    disclosure: ClassVar[dict[str, str]] = {
        "notice_no": "P", "title": "P", "kind": "P", "state": "P", "text": "P",
        "subjects": "P", "labels": "P",
        "published_on": "P", "start_on": "P", "end_on": "P", "ends_at": "P", "provisional": "P",
        "workdays": "P", "contact_name": "P", "contact_phone": "P", "contact_address": "P",
        "page_html": "P", "page_digest": "P", "outcome": "P", "revoked_reason": "P",
        "ended_at": "P", "corrections": "P", "changes": "P", "end_confirmed_at": "P",
        "handler": "B", "created_by": "B", "checked_by": "B", "published_by": "B",
        "check_note": "B", "withheld": "B", "created_at": "B", "end_basis": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    notice_no: Mapped[str | None] = mapped_column(String(12), unique=True)
    kind: Mapped[NoticeKind]
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.DRAFT)
    version: Mapped[int] = mapped_column()
    subject_noun: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    subject_url: Mapped[str] = mapped_column(String(200), default="")
    # "kind:noun:id" while the notice is under way: one at a time for one subject.
    live_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    subjects: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    withheld: Mapped[list[str]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(Text, default="")
    workdays: Mapped[int] = mapped_column(default=SHORTEST)
    contact_name: Mapped[str] = mapped_column(String(100), default="")
    contact_phone: Mapped[str] = mapped_column(String(60), default="")
    contact_address: Mapped[str] = mapped_column(String(200), default="")
    published_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    start_on: Mapped[date | None]
    # The day after which working days are counted: of publication, or of the last resumption.
    counted_from: Mapped[date | None]
    # Closed stretches before suspensions: {"after": day, "through": day}, the first not counted.
    spans: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    end_on: Mapped[date | None]
    ends_at: Mapped[datetime | None]  # 24:00 of end_on in Beijing
    provisional: Mapped[bool] = mapped_column(default=False)
    end_confirmed_at: Mapped[datetime | None]
    end_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    end_basis: Mapped[str] = mapped_column(String(200), default="")
    page_html: Mapped[str] = mapped_column(Text, default="")
    page_digest: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[datetime | None]
    outcome: Mapped[ObjectionOutcome | None]
    revoked_reason: Mapped[str] = mapped_column(Text, default="")
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None]
    check_note: Mapped[str] = mapped_column(Text, default="")
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])
    corrections: Mapped[list["Correction"]] = relationship(
        back_populates="notice", order_by="Correction.id"
    )
    changes: Mapped[list["PeriodChange"]] = relationship(
        back_populates="notice", order_by="PeriodChange.id"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def labels(self) -> list[str]:
        """The columns of the table of subjects, in the order they first occur."""
        return [*dict.fromkeys(label for line in self.subjects for label in line)]


class Correction(Model):
    """更正公告: stands beside the notice it corrects, which stays as it was."""

    __tablename__ = "notice_correction"
    lifecycle: ClassVar[Lifecycle] = CORRECTION

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"), index=True)
    state: Mapped[CorrectionState] = mapped_column(default=CorrectionState.REQUESTED)
    version: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    page_html: Mapped[str] = mapped_column(Text, default="")
    page_digest: Mapped[str] = mapped_column(String(64), default="")

    notice: Mapped[Notice] = relationship(back_populates="corrections")
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PeriodChange(Model):
    """The end of a notice moved: from when to when, and why. Public."""

    __tablename__ = "notice_period_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"), index=True)
    at: Mapped[datetime]
    before: Mapped[date | None]
    after: Mapped[date | None]
    provisional: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300))

    notice: Mapped[Notice] = relationship(back_populates="changes")
