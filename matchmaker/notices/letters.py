"""What the Word documents of a notice and of an objection's reply are filled with."""

from datetime import datetime
from typing import Any

from matchmaker import clock, papers, web
from matchmaker.errors import NotFound
from matchmaker.lifecycles import ObjectionState
from matchmaker.notices import wording
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection

ANSWERED = (ObjectionState.UPHELD, ObjectionState.DISMISSED)


def notice(row: Notice, *, url: str, now: datetime) -> dict[str, Any]:
    """Return the context of 公示: the notice as published, whatever happened to its end since.

    The document states period and way of objecting itself, so the text's standing lines are left
    out.  url : whole address of the notice's page.
    """
    standing = {wording.PERIOD.format(workdays=row.workdays), wording.OBJECTING}
    said = [line.strip() for line in row.text.split("\n")]
    end_on = row.changes[0].before if row.changes else row.end_on
    return papers.issuer(now) | {
        "issued_on": row.published_on,
        "contact_phone": row.contact_phone,
        "contact_address": row.contact_address,
        "notice_no": row.notice_no,
        "title": row.title,
        "basis": "\n".join(line for line in said if line and line not in standing),
        "columns": row.labels,
        "rows": [[str(line.get(label, "—")) for label in row.labels] for line in row.subjects],
        "published_on": row.published_on,
        "start_on": row.start_on,
        "end_on": end_on,
        "workdays": row.workdays,
        "url": url,
    }


def reply(row: Objection, *, now: datetime) -> dict[str, Any]:
    """Return the context of 异议答复书; raises `NotFound` before there is a decision to tell."""
    if row.state not in ANSWERED or row.accepted_at is None or row.decided_at is None:
        raise NotFound
    claim = f"{row.body}\n请求：{row.request}" if row.request else row.body
    return papers.issuer(now) | {
        "issued_on": clock.today(row.decided_at),
        "contact_phone": row.notice.contact_phone,
        "contact_address": row.notice.contact_address,
        "reply_no": f"{row.objection_no}-答复",
        "objector": row.complainant_name,
        "notice_no": row.notice.notice_no,
        "notice_title": row.notice.title,
        "received_on": row.received_on or clock.today(row.received_at),
        "accepted_on": clock.today(row.accepted_at),
        "claim": claim,
        "findings": row.conclusion,
        "decision": row.state.label,
        "answer": row.public_summary,
        "follow_up": _follow_up(row),
    }


def _follow_up(row: Objection) -> str:
    if row.outcome is not None:
        return f"我局决定{wording.OUTCOMES[row.outcome]}，并已发布更正公告。"
    end = web.as_day(row.notice.end_on)
    return f"公示恢复并补足剩余工作日，以公示页所载止日为准（现为 {end}）。"
