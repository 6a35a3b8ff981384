"""The institution's research office speaks for a submitted achievement (院所科研处意见)."""

from datetime import datetime
from typing import Any

from matchmaker.achievements.operations import POOL
from matchmaker.audit import trail
from matchmaker.errors import Invalid
from matchmaker.pools import reading

MOST = 500  # characters


def endorse(public_id: str, opinion: str, *, by: Any, now: datetime) -> None:
    """Record the opinion on the trail; the officer reads it beside the decision."""
    row = reading.to_act_on(POOL, public_id, "institution_review", viewer=by)
    text = opinion.strip()
    if not text:
        raise Invalid({"opinion": "请填写院所意见，如：情况属实，同意公开"})
    if len(text) > MOST:
        raise Invalid({"opinion": f"院所意见最多 {MOST} 字，现为 {len(text)} 字"})
    trail.record("endorse", "achievement", row.public_id, by=by, now=now, reason=text)
