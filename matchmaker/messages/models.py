"""Messages to people on the platform (站内消息)."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.extensions import Model, new_public_id


class Message(Model):
    """One message to one person; its `public_id` is the Message-ID of the mail that tells of it."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_unread", "user_id", "read_at"),)
    disclosure: ClassVar[dict[str, str]] = {
        "subject": "O",
        "body": "O",
        "url": "O",
        "created_at": "O",
        "read_at": "O",
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
