"""Once a day the trail's head is anchored: stored, and sent to the auditors by mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, jobs, outbox
from matchmaker.audit.models import Anchor, AuditHead
from matchmaker.extensions import db
from matchmaker.guard.nightly import holders
from matchmaker.lifecycles import Role
from matchmaker.messages import mail
from matchmaker.messages import operations as messages

SUBJECT = "审计日志每日锚点"


@jobs.nightly
def anchor(now: datetime) -> Anchor | None:
    """Keep the head of the day, once; None where there is nothing yet or it was kept before."""
    head = db.session.scalar(select(AuditHead))
    day = clock.today(now)
    if head is None or db.session.get(Anchor, day) is not None:
        return None
    kept = Anchor(day=day, seq=head.seq, digest=head.digest, at=now)
    db.session.add(kept)
    db.session.flush()
    people = holders(Role.AUDITOR)
    messages.notify(people, f"{SUBJECT} {day}", said(kept), "/audit", now=now, by_mail=False)
    if mail.is_sent():
        for user_id in people:
            outbox.add("audit.anchored", {"day": day.isoformat(), "user": user_id}, now=now)
    return kept


def said(kept: Anchor) -> str:
    """Say what an auditor files away."""
    return (
        f"{kept.day} 审计日志共 {kept.seq} 条，末条摘要：{kept.digest}。请打印或另存；"
        f"日后用 flask audit verify --head {kept.seq} {kept.digest} 核对。"
    )


def _deliver(payload: dict[str, Any]) -> None:
    """Send an anchor to one auditor: nothing in it is confidential, and it must leave the site."""
    kept = db.session.get(Anchor, datetime.fromisoformat(payload["day"]).date())
    address = mail.address_of(payload["user"])
    if kept is not None and address:
        key = f"anchor-{payload['day']}-{payload['user']}"
        mail.send(address, f"{SUBJECT} {kept.day}", said(kept), key=key)


@outbox.handler("audit.anchored", prepare=_deliver)
def delivered(_payload: dict[str, Any], _sent: None) -> None:
    """Nothing is left to write: the event is marked as done."""
