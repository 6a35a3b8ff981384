"""I10 and I11: mails have a cause, files have rows and rows have files."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker import clock
from matchmaker.bidding.closing import ENVELOPES_KEPT_OF
from matchmaker.bidding.models import Bid
from matchmaker.files import store
from matchmaker.guard.checks import Check, Row
from matchmaker.messages.models import Message
from matchmaker.ops import archives
from matchmaker.outbox.models import Event

UNDER_WAY = timedelta(hours=24)  # a request may be between its file and its row


def _mails_without_cause(session: Session) -> Iterator[Row]:
    said = Event.payload["id"].as_integer()
    cause = select(Message.id).where(Message.id == said, Message.created_at == Event.created_at)
    query = select(Event.id).where(Event.kind.in_(("message.mail", "message.sms")), ~cause.exists())
    for number in session.scalars(query):
        yield f"待发事项第 {number} 条", "没有同一事务中的消息"


def broken_files(named: set[str], folder: Path) -> Iterator[Row]:
    """Compare stored names, which begin with their digest, with the bytes in the folder."""
    for name in sorted(named):
        path = folder / name
        if not path.is_file():
            yield name, "文件不在存储中"
        elif archives.digest(path)["sha256"] != Path(name).stem:
            yield name, "内容与摘要不符"


def _files(_session: Session) -> Iterator[Row]:
    yield from broken_files(store.named(), store.folder())


def _envelopes(session: Session) -> Iterator[Row]:
    kept = select(Bid.envelope).where(Bid.state.in_(ENVELOPES_KEPT_OF), Bid.envelope != "")
    yield from broken_files(set(session.scalars(kept)), store.folder().parent / "bids" / "sealed")


def _ownerless(_session: Session) -> Iterator[Row]:
    before = (clock.now() - UNDER_WAY).timestamp()
    for path in store.ownerless(before=before):
        yield path.name, "没有记录，已超过 24 小时"


CHECKS = (
    Check("I10", "没有来由的邮件", ask=_mails_without_cause),
    Check("I11", "文件缺失或被改动", ask=_files),
    Check("I11", "密封件缺失或被改动", ask=_envelopes),
    Check("I11", "文件没有记录", ask=_ownerless),
)
