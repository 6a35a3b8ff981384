"""The outbox: what has to happen because of a commit, written in that commit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.extensions import Model
from matchmaker.workflow import State


class EventState(State):
    """处理状态."""

    WAITING = "waiting", "待处理", "warn"
    DONE = "done", "已完成", "good"
    DEAD = "dead", "失败", "bad"


class Event(Model):
    """One event, handled at least once; a claim is a lease that runs out."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_waiting", "progress", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    progress: Mapped[EventState] = mapped_column(default=EventState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    problem: Mapped[str] = mapped_column(Text, default="")
