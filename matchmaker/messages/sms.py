"""Short messages: like mail, they only say that a message waits.

The backend "file" writes one file a message into the instance folder; a bureau's own gateway reads
that folder, or takes the place of `_to_file`.
"""

import json
from collections.abc import Callable
from typing import Any

from flask import current_app

from matchmaker import outbox
from matchmaker.extensions import db
from matchmaker.messages.models import Message

NO_SMS = "none"
TEXT = "【揭榜台】您有一条新消息，请登录平台查看。"
Number = Callable[[int], str]
_number: list[Number] = []


def is_sent() -> bool:
    """Tell whether this site sends short messages at all."""
    return bool(current_app.config["SMS_BACKEND"] != NO_SMS)


def phone_book(find: Number) -> Number:
    """Register how an account's mobile number is found: "" where it has none."""
    _number[:] = [find]
    return find


def _deliver(payload: dict[str, Any]) -> None:
    """Tell somebody that a message waits, unless it has been read meanwhile."""
    message = db.session.get(Message, payload["id"])
    if message is None or message.read_at is not None or not _number:
        return
    phone = _number[0](message.user_id)
    if phone:
        _to_file(phone, TEXT, key=message.public_id)


def _to_file(phone: str, text: str, *, key: str) -> None:
    """Write the message; a second copy of the same key takes the first one's place."""
    folder = current_app.config["INSTANCE"] / "sms"
    folder.mkdir(mode=0o700, exist_ok=True)
    partial = folder / f"{key}.part"
    said = {"id": key, "phone": phone, "text": text}
    partial.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    partial.replace(folder / f"{key}.json")


@outbox.handler("message.sms", prepare=_deliver)
def delivered(_payload: dict[str, Any], _sent: None) -> None:
    """Nothing is left to write: the event is marked as done."""
