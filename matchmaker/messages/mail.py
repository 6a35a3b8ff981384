"""Mail: at least once, and a second copy carries the same Message-ID.

What a mail says is written here and nowhere else, so that no confidential text gets into one.
"""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import structlog
from flask import current_app

from matchmaker import outbox
from matchmaker.extensions import db
from matchmaker.messages.models import Message

log = structlog.get_logger()
SMTP_SECONDS = 20
NO_MAIL = "none"  # MAIL_BACKEND of a site that sends none
Address = Callable[[int], str]
_address: list[Address] = []


def is_sent() -> bool:
    """Tell whether this site sends mail at all."""
    return bool(current_app.config["MAIL_BACKEND"] != NO_MAIL)


def address_book(find: Address) -> Address:
    """Register how an account's address is found: "" where it has none or may have no mail."""
    _address[:] = [find]
    return find


def address_of(user_id: int) -> str:
    """Return the address of an account, "" where there is none."""
    return _address[0](user_id) if _address else ""


def site_url(path: str = "/") -> str:
    """Return the full address of a path, for text that leaves the site."""
    return str(current_app.config["SITE_URL"]).rstrip("/") + path


def send(to: str, subject: str, text: str, *, key: str) -> None:
    """Hand one mail to the configured backend.

    key : what the Message-ID is made of; the same key is the same mail.
    Raises OSError or smtplib.SMTPException where delivery fails: the outbox tries again.
    """
    config = current_app.config
    mail = EmailMessage()
    mail["Subject"] = f"【揭榜台】{subject}"
    mail["From"] = config["MAIL_FROM"]
    mail["To"] = to
    mail["Message-ID"] = f"<{key}@{str(config['MAIL_FROM']).rpartition('@')[2].rstrip('>')}>"
    mail.set_content(text)
    {"file": _to_file, "console": _to_console, "smtp": _to_smtp}[config["MAIL_BACKEND"]](mail, key)


def _to_file(mail: EmailMessage, key: str) -> None:
    """Write the mail into the instance folder; a second copy takes the first one's place."""
    folder = current_app.config["INSTANCE"] / "mail"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"{key}.eml").write_bytes(bytes(mail))


def _to_console(mail: EmailMessage, key: str) -> None:
    log.info("mail", key=key, to=mail["To"], subject=mail["Subject"], text=mail.get_content())


def _to_smtp(mail: EmailMessage, _key: str) -> None:
    config = current_app.config
    with smtplib.SMTP(config["SMTP_HOST"], config["SMTP_PORT"], timeout=SMTP_SECONDS) as server:
        if config["SMTP_STARTTLS"]:
            server.starttls()
        if config["SMTP_USER"]:
            server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
        server.send_message(mail)


def _deliver(payload: dict[str, Any]) -> None:
    """Tell somebody by mail that a message waits, unless it has been read meanwhile.

    Sent before the transaction that marks the event as done, so that a slow mail server holds no
    lock; a crash between the two sends a second copy under the same Message-ID.
    """
    message = db.session.get(Message, payload["id"])
    if message is None or message.read_at is not None:
        return
    address = address_of(message.user_id)
    if address:
        text = (
            f"您在揭榜台有一条新消息，请登录查看：\n{site_url('/messages')}\n\n本邮件由系统发出。"
        )
        send(address, "您有一条新消息", text, key=message.public_id)


@outbox.handler("message.mail", prepare=_deliver)
def delivered(_payload: dict[str, Any], _sent: None) -> None:
    """Nothing is left to write: the event is marked as done."""
