"""异议: what somebody raises by name against a notice, with the evidence."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.codes import ObjectionOutcome
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import OBJECTION, ObjectionState
from matchmaker.notices.models import Notice
from matchmaker.workflow import Labelled, Lifecycle


class Channel(Labelled):
    """How an objection reached the bureau."""

    ONLINE = "online", "在线提出"
    PAPER = "paper", "书面材料"


class Objection(Model):
    """One objection; who raised it is read by few (letter A), the decision's summary by all."""

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('submitted', 'refused', 'withdrawn')) OR accepted_at IS NOT NULL",
            name="accepted_first",
        ),
        CheckConstraint(
            "(state IN ('upheld', 'dismissed', 'refused')) = (decided_at IS NOT NULL)",
            name="decided_whole",
        ),
        CheckConstraint("(state = 'upheld') = (outcome IS NOT NULL)", name="outcome_if_upheld"),
        Index("ix_objection_state_due", "state", "decide_by"),
    )
    lifecycle: ClassVar[Lifecycle] = OBJECTION
    disclosure: ClassVar[dict[str, str]] = {
        "public_summary": "P", "outcome": "P", "decided_at": "P",
        "objection_no": "O", "state": "O", "channel": "O", "notice": "O", "received_at": "O",
        "accepted_at": "O", "decide_by": "O", "decide_provisional": "O", "extended_reason": "O",
        "body": "O", "request": "O", "against_officer": "O", "created_at": "O",
        "notice_title": "O", "notice_no": "O",
        "complainant_name": "A", "complainant_phone": "A", "complainant_unit": "A",
        "complainant_address": "A", "files": "A",
        "conclusion": "D", "withdrawn_reason": "O",
        "handler": "B", "findings": "B", "findings_at": "B", "against": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    objection_no: Mapped[str] = mapped_column(String(12), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"), index=True)
    state: Mapped[ObjectionState] = mapped_column(default=ObjectionState.SUBMITTED)
    version: Mapped[int] = mapped_column()
    channel: Mapped[Channel]
    complainant_name: Mapped[str] = mapped_column(String(100))
    complainant_phone: Mapped[str] = mapped_column(String(40))
    complainant_unit: Mapped[str] = mapped_column(String(200), default="")
    complainant_address: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text, default="")
    against_officer: Mapped[bool] = mapped_column(default=False)
    against_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    received_at: Mapped[datetime]
    received_on: Mapped[date | None]  # of one on paper: this day decides
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decide_by: Mapped[date | None]
    decide_provisional: Mapped[bool] = mapped_column(default=False)
    extended_at: Mapped[datetime | None]
    extended_reason: Mapped[str] = mapped_column(String(300), default="")
    reminded_on: Mapped[date | None]
    findings: Mapped[str] = mapped_column(Text, default="")
    findings_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    findings_at: Mapped[datetime | None]
    conclusion: Mapped[str] = mapped_column(Text, default="")
    public_summary: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[ObjectionOutcome | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]

    notice: Mapped[Notice] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    against: Mapped[User | None] = relationship(foreign_keys=[against_id])
    files: Mapped[list["ObjectionFile"]] = relationship(
        back_populates="objection", order_by="ObjectionFile.id"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def notice_title(self) -> str:
        """The notice's title."""
        return self.notice.title

    @property
    def notice_no(self) -> str | None:
        """The notice's number."""
        return self.notice.notice_no


class ObjectionFile(Model):
    """A piece of evidence, or the scan of an objection on paper."""

    __tablename__ = "objection_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    stored_as: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    added_at: Mapped[datetime]

    objection: Mapped[Objection] = relationship(back_populates="files")
