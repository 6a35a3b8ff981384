"""The list of one's messages."""

from typing import Any

from sqlalchemy import Select

from matchmaker import listing, web
from matchmaker.messages.models import Message


def _unread(query: Select[Any], value: str) -> Select[Any]:
    read = Message.read_at.is_not(None) if value == "read" else Message.read_at.is_(None)
    return query.where(read)


SPEC = listing.Spec(
    resource="page",
    columns=(
        listing.Column("title", "主题", lambda m: m.subject),
        listing.Column("body", "内容", lambda m: m.body),
        listing.Column(
            "created_at", "时间", lambda m: web.as_moment(m.created_at), sort=Message.created_at
        ),
        listing.Column("read", "是否已读", lambda m: "已读" if m.read_at else "未读"),
    ),
    filters=(
        listing.Filter(
            "read", "是否已读", _unread, choices=lambda: (("unread", "未读"), ("read", "已读"))
        ),
    ),
    default_sort="-created_at",
    search=(Message.subject, Message.body),
    tie=Message.id,
)
