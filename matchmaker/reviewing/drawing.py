"""抽取专家: the seeded draw, its approval, and whoever the same order gives next."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from matchmaker import clock, outbox
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles import PanelistState
from matchmaker.reviewing import pool
from matchmaker.reviewing.models import Candidate, Panelist, Review, ReviewKind
from matchmaker.scoring import draw

LOST_SEATS = (
    PanelistState.REFUSED,
    PanelistState.CONFLICTED,
    PanelistState.REPLACED,
    PanelistState.ABSENT,
)
UNAVAILABLE = "补抽时已不在库、已失信或无法登录"


def perform(
    review: Review,
    *,
    left_out: Mapping[int, str] | None = None,
    small_pool_reason: str = "",
    by: Any,
    now: datetime,
) -> None:
    """Draw the panel: pool, exclusions, seed and order go on record; the leader approves it.

    Raises `Invalid` where the pool is small and no reason is given, or cannot fill the panel.
    """
    review.lifecycle.find("draw", review.state)
    rows = pool.candidates(review, left_out, now=now)
    usable = [row for row in rows if not row.excluded]
    warning = draw.warning([_drawn(row) for row in usable], review.panel_size)
    if warning and not small_pool_reason.strip():
        raise Invalid({"small_pool_reason": warning})
    review.small_pool_reason = small_pool_reason.strip()[:500] if warning else ""
    _take_seed(review, by=by, now=now)
    try:
        panel = draw.draw([_drawn(row) for row in usable], review.panel_size, review.seed)
    except draw.DrawError as error:
        raise Invalid({"fields": str(error)}) from error
    _replace_record(review, rows)
    for one in panel:
        _seat(review, one.name, now=now)
    trail.advance(
        review,
        "draw",
        by=by,
        now=now,
        seed=review.seed,
        candidates=len(rows),
        excluded=len(rows) - len(usable),
        small_pool=review.small_pool_reason,
    )
    for panelist in review.sitting:
        trail.enter(panelist, by=by, now=now, review=review.review_no)


def left_out(review: Review, lines: Iterable[str]) -> dict[int, str]:
    """Read the officer's exclusions, one a line as "姓名 原因"; return expert's id → reason."""
    found, problems = {}, []
    known = {one.name: one.id for one in pool.fitting_of(review, pool.matched(review))}
    for line in lines:
        name, _, reason = line.strip().partition(" ")
        if name not in known:
            problems.append(f"候选专家中没有“{name}”")
        elif not reason.strip():
            problems.append(f"请写明不请“{name}”的原因")
        else:
            found[known[name]] = reason.strip()[:500]
    if problems:
        raise Invalid({"left_out": "；".join(problems)})
    return found


def _take_seed(review: Review, *, by: Any, now: datetime) -> None:
    review.seed_public = public_list(review)
    review.seed = draw.seed_of(review.seed_public, moment_of(now))
    review.drawn_at, review.drawn_by_id = now, by.id


def public_list(review: Review) -> list[str]:
    """Return what the seed is made of and anybody can look up: commitments, or need numbers."""
    if review.kind is ReviewKind.BIDS:
        return sorted(one.bid.commitment or one.bid.bid_no for one in review.subjects if one.bid)
    return sorted(one.need.need_no or one.need.public_id for one in review.subjects if one.need)


def moment_of(now: datetime) -> str:
    """Return the moment of drawing as it is hashed: Beijing time to the second."""
    return clock.local(now).isoformat(timespec="seconds")


def recompute(review: Review) -> list[str]:
    """Draw again from the record alone; return the marks of the panel it gives."""
    assert review.drawn_at is not None  # noqa: S101 - asked of drawn reviews only
    seed = draw.seed_of(review.seed_public, moment_of(review.drawn_at))
    usable = [_drawn(row) for row in review.candidates if not row.excluded]
    return [one.name for one in draw.draw(usable, review.panel_size, seed)]


def first_panel(review: Review) -> list[str]:
    """Return the marks of those drawn first, in the order of the draw."""
    return [one.mark for one in review.panelists if one.drawn_at == review.drawn_at]


def _drawn(row: Candidate) -> draw.Candidate:
    return draw.Candidate(row.mark, row.institution_key)


def _replace_record(review: Review, rows: list[Candidate]) -> None:
    """Keep this draw's candidates; an earlier draw sent back is on the trail."""
    for old in list(review.candidates):
        db.session.delete(old)
    db.session.flush()
    order = draw.order([_drawn(row) for row in rows if not row.excluded], review.seed)
    places = {one.name: place for place, one in enumerate(order, 1)}
    for row in rows:
        row.position = places.get(row.mark)
    review.candidates = sorted(rows, key=lambda row: (row.position is None, row.position or 0))


def _seat(review: Review, mark: str, *, now: datetime) -> Panelist:
    row = next(one for one in review.candidates if one.mark == mark)
    known = [one for one in review.panelists if one.expert_id == row.expert_id]
    for old in known:  # released with a panel that was sent back
        review.panelists.remove(old)
        db.session.delete(old)
    db.session.flush()
    panelist = Panelist(
        expert_id=row.expert_id,
        mark=row.mark,
        name=row.name,
        institution=row.institution,
        institution_key=row.institution_key,
        drawn_at=now,
    )
    review.panelists.append(panelist)
    return panelist


def approve(review: Review, *, by: Any, now: datetime) -> None:
    """Approve the panel and invite it; not by whoever drew it."""
    if by.id == review.drawn_by_id:
        raise NotAllowed("抽取人与批准人不能是同一人，请由分管局长办理。")
    review.approved_by_id = by.id
    trail.advance(review, "approve_panel", by=by, now=now)
    for panelist in review.sitting:
        _invite(panelist, by=by, now=now)


def send_back(review: Review, *, reason: str, by: Any, now: datetime) -> None:
    """Send the panel back: another draw, with another moment and so another seed."""
    for panelist in review.sitting:
        trail.advance(panelist, "release", by=by, now=now)
    trail.advance(review, "return_panel", by=by, now=now, reason=reason, seed=review.seed)


def _invite(panelist: Panelist, *, by: Any, now: datetime) -> None:
    panelist.invited_at = now
    trail.advance(panelist, "invite", by=by, now=now)
    expert = panelist.expert
    expert.draw_count += 1
    outbox.add("panelist.invited", {"id": panelist.id}, now=now)


def fill(review: Review, *, now: datetime) -> Panelist | None:
    """Draw whoever the same seeded order gives next for a free seat; None where nobody is left.

    Read from the record of the draw alone: an institution renamed since changes nothing.
    """
    if len(review.sitting) >= review.panel_size:
        return None
    rows = {row.mark: row for row in review.candidates if not row.excluded}
    passed = {one.mark for one in review.panelists if one.state in LOST_SEATS}
    sitting = [draw.Candidate(one.mark, one.institution_key) for one in review.sitting]
    while True:
        try:
            found = draw.next_one(
                [_drawn(row) for row in rows.values()],
                review.seed,
                sitting=sitting,
                passed=passed,
            )
        except draw.DrawError:
            outbox.add("review.pool_exhausted", {"id": review.id}, now=now)
            return None
        if pool.stands(rows[found.name].expert):
            break
        passed.add(found.name)
        trail.record(
            "pass_over", "review", review.public_id, by=trail.SYSTEM, now=now,
            reason=UNAVAILABLE, mark=found.name,
        )  # fmt: skip
    panelist = _seat(review, found.name, now=now)
    trail.enter(panelist, by=trail.SYSTEM, now=now, action="redraw", review=review.review_no)
    _invite(panelist, by=trail.SYSTEM, now=now)
    return panelist
