"""打分表: handed out, saved, submitted, sent back, locked; the price opens after the rest is in.

A panel is complete when everybody who sits has submitted every sheet and nobody asked for one
back. The review's lock keeps two submitting judges apart, so that one of them sees the last.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import locks, outbox, policy, web
from matchmaker.audit import trail
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import SITTING, SUBMITTED_SHEETS, PanelistState, ReviewState, SheetState
from matchmaker.reviewing.models import Panelist, Review, Subject
from matchmaker.reviewing.sheet_models import Advice, ScoreSheet, SheetVersion
from matchmaker.scoring import Part, averaging
from matchmaker.scoring.sheets import ScoreError
from matchmaker.scoring.sheets import read as read_scores

FEWEST_JUDGES = averaging.FEWEST
SHORTEST_COMMENT = 20
LONGEST_COMMENT = 2000
DONE = (*SUBMITTED_SHEETS, SheetState.LOCKED)


def get(public_id: str, action: str, *, viewer: Any) -> ScoreSheet:
    """Return the sheet on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "score_sheet", action).where(ScoreSheet.public_id == public_id)
    found: ScoreSheet = web.found(db.session.scalars(query).one_or_none())
    return found


def start(review: Review, *, now: datetime) -> None:
    """Begin scoring: everybody has confirmed, each gets the technical sheets."""
    review.started_at = now
    trail.advance(review, "start", by=trail.SYSTEM, now=now)
    for panelist in review.sitting:
        hand_out(panelist, now=now)


def hand_out(panelist: Panelist, *, now: datetime) -> None:
    """Give a judge the technical sheets of every subject."""
    _give(panelist, Part.TECHNICAL, now=now)
    outbox.add("panelist.may_score", {"id": panelist.id, "part": Part.TECHNICAL.value}, now=now)


def _give(panelist: Panelist, part: Part, *, now: datetime) -> None:
    for subject in panelist.review.subjects:
        sheet = ScoreSheet(panelist=panelist, subject=subject, part=part)
        db.session.add(sheet)
        trail.enter(sheet, by=trail.SYSTEM, now=now, part=part.value)


def of_panelist(panelist: Panelist) -> list[ScoreSheet]:
    """Return a judge's sheets that count, by part and subject."""
    query = (
        select(ScoreSheet)
        .join(Subject)
        .where(ScoreSheet.panelist_id == panelist.id, ScoreSheet.state != SheetState.DROPPED)
        .order_by(ScoreSheet.part.desc(), Subject.number)
    )
    return list(db.session.scalars(query))


def of_review(review: Review) -> list[ScoreSheet]:
    """Return every sheet of those who sit."""
    query = (
        select(ScoreSheet)
        .join(Panelist)
        .where(
            Panelist.review_id == review.id,
            Panelist.state.in_(SITTING),
            ScoreSheet.state != SheetState.DROPPED,
        )
        .order_by(ScoreSheet.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def price_is_open(panelist: Panelist) -> bool:
    """Tell whether a judge may read prices: all technical sheets are in, the judge's own too."""
    if panelist.review.technical_locked_at is None:
        return False
    own = [one for one in of_panelist(panelist) if one.part is Part.TECHNICAL]
    return bool(own) and all(one.state in DONE for one in own)


def save(sheet: ScoreSheet, typed: Mapping[str, Any], *, by: Any, now: datetime) -> None:
    """Keep a draft as typed, right or wrong: `scores` by criterion, `vetoes`, `comment`, `advice`.

    Raises `WrongState` once submitted or when scoring is over.
    """
    _writable(sheet)
    rubric = sheet.panelist.review.rubric
    keys = {one.key for one in rubric.of(sheet.part)}
    scores = typed.get("scores", {})
    sheet.scores = {k: str(v).strip()[:8] for k, v in scores.items() if k in keys and v}
    sheet.vetoes = [one for one in typed.get("vetoes", ()) if one in rubric.vetoes]
    sheet.comment = str(typed.get("comment") or "").strip()[:LONGEST_COMMENT]
    sheet.advice = typed.get("advice")
    sheet.saved_at = now
    trail.record("save", "score_sheet", sheet.public_id, by=by, now=now)


def submit(sheet: ScoreSheet, typed: Mapping[str, Any], *, by: Any, now: datetime) -> None:
    """Submit a sheet: complete or refused (`Invalid`), then hashed and never changed."""
    locks.hold(f"review:{sheet.panelist.review_id}")
    _writable(sheet)
    save(sheet, typed, by=by, now=now)
    problems = _problems(sheet)
    if problems:
        raise Invalid(problems)
    sheet.submitted_at, sheet.reopen_reason = now, ""
    content = content_of(sheet)
    sheet.digest = digest_of(content)
    number = len(sheet.versions) + 1
    version = SheetVersion(number=number, content=content, digest=sheet.digest, submitted_at=now)
    sheet.versions.append(version)
    trail.advance(sheet, "submit", by=by, now=now, digest=sheet.digest, version=number)
    settle(sheet.panelist.review, now=now)


def _writable(sheet: ScoreSheet) -> None:
    if sheet.state is not SheetState.DRAFT:
        raise WrongState("这张打分表已经提交，不能再改；确需修改的，请申请退回。")
    if sheet.panelist.review.state is not ReviewState.SCORING:
        raise WrongState(f"评审当前为“{sheet.panelist.review.state.label}”，不能再打分。")
    if sheet.part is Part.PRICE and not price_is_open(sheet.panelist):
        raise WrongState("技术部分全部提交后才能评报价。")


def _problems(sheet: ScoreSheet) -> dict[str, str]:
    found = {}
    try:
        read_scores(sheet.panelist.review.rubric.of(sheet.part), sheet.scores)
    except ScoreError as error:
        found = {f"score_{key}": text for key, text in error.problems.items()}
    if sheet.part is Part.TECHNICAL:
        if len(sheet.comment) < SHORTEST_COMMENT:
            found["comment"] = f"评语至少 {SHORTEST_COMMENT} 个字，现有 {len(sheet.comment)} 个字"
        if sheet.advice is None:
            found["advice"] = "请选择推荐意见"
        elif sheet.vetoes and sheet.advice is Advice.RECOMMEND:
            found["advice"] = "已勾选否决项的，不能再选“推荐”"
    return found


def content_of(sheet: ScoreSheet) -> dict[str, Any]:
    """Return what is signed: who, about what, which scores, when."""
    return {
        "review": sheet.panelist.review.review_no,
        "subject": sheet.subject.number,
        "expert": sheet.panelist.mark,
        "part": sheet.part.value,
        "scores": dict(sheet.scores),
        "vetoes": list(sheet.vetoes),
        "comment": sheet.comment,
        "advice": sheet.advice.value if sheet.advice else "",
        "submitted_at": sheet.submitted_at.isoformat() if sheet.submitted_at else "",
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a sheet's content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(sheet: ScoreSheet) -> bool:
    """Tell whether a submitted sheet still is what was hashed."""
    return digest_of(content_of(sheet)) == sheet.digest


def settle(review: Review, *, now: datetime) -> None:
    """After a sheet came in: open the price part, or lock everything and end scoring."""
    db.session.flush()
    if review.state is not ReviewState.SCORING or not _everybody_sits(review):
        return
    sheets = of_review(review)
    if any(one.state is not SheetState.SUBMITTED for one in sheets):
        return
    if review.technical_locked_at is None and Part.PRICE in review.rubric.parts:
        review.technical_locked_at = now
    lacking = _without_price(review, sheets)
    if lacking:
        for panelist in lacking:
            _give(panelist, Part.PRICE, now=now)
            outbox.add("panelist.may_score", {"id": panelist.id, "part": "price"}, now=now)
        return
    for sheet in sheets:
        trail.advance(sheet, "lock", by=trail.SYSTEM, now=now)
    for panelist in review.sitting:
        panelist.expert.review_count += 1
    trail.advance(review, "complete", by=trail.SYSTEM, now=now)
    outbox.add("review.scored", {"id": review.id}, now=now)


def _everybody_sits(review: Review) -> bool:
    """Every seat is confirmed; seats recorded as absent are not filled again."""
    states = [one.state for one in review.panelists]
    absent = states.count(PanelistState.ABSENT)
    confirmed = states.count(PanelistState.CONFIRMED)
    return confirmed + absent >= review.panel_size and confirmed >= FEWEST_JUDGES


def _without_price(review: Review, sheets: list[ScoreSheet]) -> list[Panelist]:
    if Part.PRICE not in review.rubric.parts:
        return []
    priced = {one.panelist_id for one in sheets if one.part is Part.PRICE}
    return [one for one in review.sitting if one.id not in priced]


def drop_of(panelist: Panelist, *, by: Any, now: datetime) -> None:
    """Let a judge's sheets not count; they stay on record."""
    for sheet in of_panelist(panelist):
        if sheet.state is not SheetState.LOCKED:
            trail.advance(sheet, "drop", by=by, now=now)


def check_not_done(panelist: Panelist) -> None:
    """Refuse where a judge has submitted everything that was handed out."""
    sheets = of_panelist(panelist)
    if sheets and all(one.state is not SheetState.DRAFT for one in sheets):
        raise WrongState("该专家的打分表已全部提交。")


def request_reopening(sheet: ScoreSheet, *, reason: str, by: Any, now: datetime) -> None:
    """Ask for a submitted sheet back; the technical part only until the price is open."""
    if sheet.panelist.review.state is not ReviewState.SCORING:
        raise WrongState("打分已结束，不能再退回修改。")
    if sheet.part is Part.TECHNICAL and sheet.panelist.review.technical_locked_at is not None:
        raise WrongState("技术部分已全部锁定并公开报价，不能再退回修改。")
    sheet.reopen_reason = reason.strip()[:500]
    trail.advance(sheet, "reopen_request", by=by, now=now, reason=reason)
    outbox.add("sheet.reopen_requested", {"id": sheet.id}, now=now)


def decide_reopening(
    sheet: ScoreSheet, *, approve: bool, reason: str = "", by: Any, now: datetime
) -> None:
    """Send the sheet back to its judge, or not; what was submitted stays as a version."""
    locks.hold(f"review:{sheet.panelist.review_id}")
    action = "reopen_approve" if approve else "reopen_refuse"
    trail.advance(sheet, action, by=by, now=now, reason=reason)
    outbox.add("sheet.reopen_decided", {"id": sheet.id, "approved": approve}, now=now)
    if not approve:
        settle(sheet.panelist.review, now=now)


def own(public_id: str, *, viewer: Any) -> ScoreSheet:
    """Return the judge's own sheet in any state; raise `NotFound` for another's."""
    query = policy.scope(viewer, "score_sheet", "update", "read", "read_own")
    query = query.where(ScoreSheet.public_id == public_id)
    found: ScoreSheet = web.found(db.session.scalars(query).one_or_none())
    return found


def for_submission(public_id: str, *, viewer: Any) -> ScoreSheet:
    """Return the judge's own sheet; a submitted one raises `WrongState` (409), not `NotFound`."""
    sheet = own(public_id, viewer=viewer)
    if sheet.state is not SheetState.DRAFT:
        raise WrongState("这张打分表已经提交（可能在另一个窗口），没有重复提交。")
    return sheet
