"""Sheets asked back, as the leader decides on them: without a score in sight."""

from typing import Any

from sqlalchemy import select

from matchmaker import policy
from matchmaker.extensions import db
from matchmaker.lifecycles import SheetState
from matchmaker.reviewing.models import Panelist
from matchmaker.reviewing.sheet_models import ScoreSheet


def waiting(viewer: Any) -> list[dict[str, Any]]:
    """Return what waits for the leader: review, which judge by number, subject, part, reason."""
    query = policy.scope(viewer, "score_sheet", "reopen_approve").where(
        ScoreSheet.state == SheetState.REOPENING
    )
    return [_line(sheet) for sheet in db.session.scalars(query.order_by(ScoreSheet.id))]


def _line(sheet: ScoreSheet) -> dict[str, Any]:
    seats = select(Panelist.id).where(Panelist.review_id == sheet.panelist.review_id)
    numbers = list(db.session.scalars(seats.order_by(Panelist.id)))
    return {
        "public_id": sheet.public_id,
        "title": sheet.panelist.review.title,
        "judge": f"专家 {numbers.index(sheet.panelist_id) + 1}",
        "subject": sheet.subject.alias,
        "part": sheet.part.label,
        "reason": sheet.reopen_reason,
    }
