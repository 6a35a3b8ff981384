"""公示 on a bounty's own record: published, held, gone on with, over, withdrawn."""

from typing import Any

from matchmaker import clock, outbox
from matchmaker.bounties import record
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.notices.models import Notice

STEPS = {
    "published": "发布",
    "suspended": "中止",
    "resumed": "恢复",
    "recomputed": "顺延",
    "ended": "期满",
    "revoked": "撤回",
}


def _handle(what: str) -> None:
    @outbox.handler(f"notice.{what}")
    def keep(payload: dict[str, Any]) -> None:
        """Put the step on the record of the bounty the notice is about."""
        notice = db.session.get_one(Notice, payload.get("notice") or payload["id"])
        if notice.subject_noun != "bounty" or notice.subject_id is None:
            return
        bounty = db.session.get(Bounty, notice.subject_id)
        if bounty is None or bounty.published_at is None:
            return  # a notice before publication: the record begins with the publication
        said = {
            "notice": notice.notice_no,
            "kind": notice.kind.label,
            "what": STEPS[what],
            "until": notice.end_on.isoformat() if notice.end_on else "",
            "digest": notice.page_digest,
        }
        record.announce(bounty, "notice", said, now=clock.now())


for _what in STEPS:
    _handle(_what)
