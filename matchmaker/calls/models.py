"""征集批次 with the enterprises it asks, and 走访/问诊 records: how needs reach the bureau."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    case,
    exists,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.codes import NeedSource
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import CALL, CallState
from matchmaker.needs.models import Need
from matchmaker.places.models import ChainNode, Town
from matchmaker.timekeeping import moment
from matchmaker.workflow import Labelled, Lifecycle


class Via(Labelled):
    """How an enterprise came onto a call's list (邀请方式)."""

    LIST = "list", "名单"
    TOWN = "town", "按镇街"
    CHAIN = "chain", "按产业链"
    TAG = "tag", "按企业梯次"
    OWN = "own", "自行填报"  # nobody invited it: the call is open to all and it answered


class Answer(Labelled):
    """What an enterprise answered (填报情况); derived, nowhere stored."""

    SUBMITTED = "submitted", "已填报"
    NONE = "none", "无需求"
    DRAFTED = "drafted", "填写中"
    SILENT = "silent", "未答复"


class Call(Model):
    """One round of asking for needs: a period, a field or chain, the enterprises, a target."""

    __tablename__ = "need_call"
    __table_args__ = (
        CheckConstraint("end_on >= start_on", name="period_forward"),
        CheckConstraint("target > 0", name="target_positive"),
        Index("ix_need_call_state_ends", "state", "ends_at"),
    )
    lifecycle: ClassVar[Lifecycle] = CALL
    disclosure: ClassVar[dict[str, str]] = {
        "call_no": "P", "title": "P", "content": "P", "start_on": "P", "end_on": "P",
        "ends_at": "P", "tech_field_code": "P", "chain_node": "P", "form_version": "P",
        "state": "P", "shown_state": "P", "published_at": "P", "former_end_on": "P",
        "extension_reason": "P", "is_open_to_all": "P",
        "target": "B", "handler": "B", "created_by": "B", "published_by": "B", "created_at": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    call_no: Mapped[str | None] = mapped_column(String(20), unique=True)  # given at publication
    state: Mapped[CallState] = mapped_column(default=CallState.DRAFT)
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(300))
    content: Mapped[str] = mapped_column(Text, default="")  # what is asked for, in the notice
    start_on: Mapped[date]
    end_on: Mapped[date]  # the last day; its end (24:00) closes the call
    starts_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime] = mapped_column()
    tech_field_code: Mapped[str] = mapped_column(String(3), default="")
    chain_node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    form_version: Mapped[str] = mapped_column(String(20))
    target: Mapped[int | None]  # how many needs the bureau hopes for
    is_open_to_all: Mapped[bool] = mapped_column(default=True)  # others than the invited may answer
    handler_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    former_end_on: Mapped[date | None]  # before the one extension
    extension_reason: Mapped[str] = mapped_column(Text, default="")

    handler: Mapped[User] = relationship(foreign_keys=[handler_id])
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])
    chain_node: Mapped[ChainNode | None] = relationship()
    # Told by the database together with the row: a job that is late changes nothing.
    has_begun: Mapped[bool] = column_property(starts_at <= moment())
    has_ended: Mapped[bool] = column_property(ends_at <= moment())
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def shown_state(self) -> CallState:
        """The state that counts: past its last moment a call is closed, whatever is stored."""
        ended = self.state is CallState.PUBLISHED and self.has_ended
        return CallState.CLOSED if ended else self.state

    @property
    def is_open(self) -> bool:
        """Whether a need may answer it at this moment."""
        return self.state is CallState.PUBLISHED and self.has_begun and not self.has_ended

    @classmethod
    def open_now(cls) -> ColumnElement[bool]:
        """Hold for calls a need may answer at this moment, by the database's clock."""
        return and_(
            cls.state == CallState.PUBLISHED, cls.starts_at <= moment(), cls.ends_at > moment()
        )


def _answered_by_need(call_id: Any, enterprise_id: Any, *conditions: Any) -> ColumnElement[bool]:
    rows = exists().where(Need.call_id == call_id, Need.enterprise_id == enterprise_id)
    return rows.where(*conditions).correlate_except(Need)


class Invitation(Model):
    """One enterprise asked by one call; the town is the one it was in when it was asked."""

    __tablename__ = "call_invitation"
    __table_args__ = (UniqueConstraint("call_id", "enterprise_id"),)
    disclosure: ClassVar[dict[str, str]] = {
        "enterprise_name": "B", "town_name": "B", "via": "B", "answer": "B", "none_at": "B",
        "none_note": "B", "none_by_name": "B", "reminded_on": "B", "contact_name": "C",
        "contact_phone": "C",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    call_id: Mapped[int] = mapped_column(ForeignKey("need_call.id", ondelete="CASCADE"), index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"), index=True)
    via: Mapped[Via]
    invited_at: Mapped[datetime]
    none_at: Mapped[datetime | None] = mapped_column()  # answered: nothing this time
    none_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    none_note: Mapped[str] = mapped_column(String(300), default="")
    reminded_on: Mapped[date | None]

    call: Mapped[Call] = relationship()
    enterprise: Mapped[Organisation] = relationship()
    town: Mapped[Town | None] = relationship()
    none_by: Mapped[User | None] = relationship()
    answer_code: Mapped[str] = column_property(
        case(
            (
                _answered_by_need(call_id, enterprise_id, Need.submitted_at.is_not(None)),
                "submitted",
            ),
            (none_at.is_not(None), "none"),
            (_answered_by_need(call_id, enterprise_id), "drafted"),
            else_="silent",
        )
    )

    @property
    def answer(self) -> Answer:
        """What the enterprise answered; a need submitted after "nothing" counts."""
        return Answer(self.answer_code)

    @property
    def enterprise_name(self) -> str:
        """Who is asked."""
        return self.enterprise.name

    @property
    def town_name(self) -> str:
        """Where it is, as the figures group it."""
        return self.town.name if self.town else ""

    @property
    def none_by_name(self) -> str:
        """Who wrote down that there is nothing this time."""
        return self.none_by.name if self.none_by else ""

    @property
    def contact_name(self) -> str:
        """Whom to call."""
        return self.enterprise.contact_name

    @property
    def contact_phone(self) -> str:
        """Where to call."""
        return self.enterprise.contact_phone


class Reminder(Model):
    """One automatic reminder of a call that went out; its key makes a second one impossible."""

    __tablename__ = "call_reminder"
    __table_args__ = (UniqueConstraint("call_id", "end_on", "days", name="uq_call_reminder_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("need_call.id", ondelete="CASCADE"))
    end_on: Mapped[date]
    days: Mapped[int]
    sent_at: Mapped[datetime]
    reached: Mapped[int]


class VisitKind(Labelled):
    """What brought the bureau to an enterprise."""

    VISIT = "visit", "企业走访"
    DIAGNOSIS = "diagnosis", "技术问诊"

    @property
    def need_source(self) -> NeedSource:
        """What a need found there gives as its source."""
        return NeedSource.VISIT if self is VisitKind.VISIT else NeedSource.DIAGNOSIS


visit_need = Table(
    "visit_need",
    Model.metadata,
    Column("visit_id", ForeignKey("field_visit.id", ondelete="CASCADE"), primary_key=True),
    Column("need_id", ForeignKey("need.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Visit(Model):
    """走访 or 问诊: who was there on which day, what was found, which needs came of it."""

    __tablename__ = "field_visit"
    disclosure: ClassVar[dict[str, str]] = {
        "visit_no": "B", "kind": "B", "enterprise_name": "B", "town_name": "B", "held_on": "B",
        "people": "B", "findings": "B", "tags": "B", "created_by": "B", "created_at": "B",
        "need_count": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    visit_no: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[VisitKind]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    held_on: Mapped[date] = mapped_column(index=True)
    people: Mapped[str] = mapped_column(String(300))  # the officers, or the experts
    findings: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    enterprise: Mapped[Organisation] = relationship()
    created_by: Mapped[User] = relationship()
    needs: Mapped[list[Need]] = relationship(secondary=visit_need, order_by=Need.id)

    @property
    def enterprise_name(self) -> str:
        """Who was visited."""
        return self.enterprise.name

    @property
    def town_name(self) -> Any:
        """Where it is."""
        return self.enterprise.town.name if self.enterprise.town else ""

    @property
    def need_count(self) -> int:
        """How many needs came of it."""
        return len(self.needs)
