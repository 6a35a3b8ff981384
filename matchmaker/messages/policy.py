"""Messages are read by whom they were sent to."""

from typing import Any

from sqlalchemy import ColumnElement

from matchmaker import policy
from matchmaker.lifecycles import EVERYBODY
from matchmaker.messages.models import Message


def to_me(user: Any) -> ColumnElement[bool]:
    """Hold for messages sent to the user."""
    mine: ColumnElement[bool] = Message.user_id == user.id
    return mine


policy.register(
    "page",
    Message,
    states={},
    relations=dict.fromkeys(EVERYBODY, to_me),
    levels={"O": ("messages",)},
)
