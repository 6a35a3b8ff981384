"""What a bounty's public page says of the result, once its notice is public, and of the panel."""

from datetime import datetime
from typing import Any

from flask import url_for

from matchmaker import clock, outbox, policy, web
from matchmaker.bounties import pages, record
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.pages import Panel
from matchmaker.codes import NoticeKind
from matchmaker.extensions import db
from matchmaker.lifecycles import PUBLIC_NOTICES, AwardState, NoticeState, PanelistState
from matchmaker.notices import operations as notices
from matchmaker.notices.models import Notice
from matchmaker.reviewing import awarding, ending, noticing
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.models import Panelist, Review


def notice_of(bounty: Bounty) -> Notice | None:
    """Return the latest award notice that was published and not withdrawn."""
    return next(
        (
            one
            for one in notices.for_subject("bounty", bounty.id)
            if one.kind is NoticeKind.AWARD
            and one.state in PUBLIC_NOTICES
            and one.state is not NoticeState.REVOKED
        ),
        None,
    )


def result(bounty: Bounty, *, viewer: Any, now: datetime) -> Panel | None:  # noqa: ARG001
    """Say who is to get the bounty, or got it; None until the notice of it is public.

    The content of a bid stays closed: what is public is what the notice said.
    """
    notice = notice_of(bounty)
    if notice is None:
        return None
    awards = awarding.live(bounty, AwardState.NOTICE, AwardState.MADE)
    lines = [_line(bounty, one) for one in awards]
    if not lines:
        return None
    seats = _panel(bounty, viewer)
    if seats:
        lines.append("评审专家：" + "、".join(seats))
    links = [
        (f"公示 {notice.notice_no}", url_for("notices.show", public_id=notice.public_id)),
    ]
    return Panel("评审结果", lines, links, anchor="result")


def _line(bounty: Bounty, award: Award) -> str:
    said = noticing.lines(bounty, [award])[0]
    made = award.state is AwardState.MADE
    partners = [str(one.get("organisation", "")) for one in award.bid.content.get("partners") or []]
    joined = f"（联合：{'、'.join(partners)}）" if any(partners) else ""
    told = f"{'中选' if made else '拟揭榜'}单位：{said['拟揭榜单位']}{joined}"
    told += f"；{said['名次']}，评审得分 {said['评审得分']}，报价 {said['报价']}"
    return f"{told}；{web.as_day(award.made_at)} 公示期满" if made and award.made_at else told


def _panel(bounty: Bounty, viewer: Any) -> list[str]:
    """Return the judges' names for the bureau, the parties and the panel itself."""
    if not policy.may(viewer, "panel", "read_members"):
        return []
    query = (
        policy.scope(viewer, "panel", "read_members")
        .join(Review, Review.id == Panelist.review_id)
        .where(Review.bounty_id == bounty.id, Panelist.state == PanelistState.CONFIRMED)
        .order_by(Panelist.id)
    )
    return [f"{seat.name}（{seat.institution}）" for seat in db.session.scalars(query)]


pages.panels.append(result)


@outbox.handler("notice.published")
def selected(payload: dict[str, Any]) -> None:
    """Put on the bounty's record whom its award notice names, the moment it is public."""
    bounty = ending.bounty_of(payload)
    if bounty is None:
        return
    notice = db.session.get_one(Notice, payload["notice"])
    said = {"notice": notice.notice_no, "awards": notice.subjects}
    record.announce(bounty, "selected", said, now=clock.now())


def winner(award: Award) -> dict[str, Any]:
    """Return what the bounty's record says of an award: the bid's number and its unit."""
    unit = award.bid.lead_organisation
    return {"bid": award.bid.bid_no, "unit": unit.name if unit else "", "slot": award.slot}


@outbox.handler("award.made")
def awarded(payload: dict[str, Any]) -> None:
    """Put on the bounty's record who got it."""
    award = db.session.get_one(Award, payload["award"])
    record.announce(award.bounty, "award", winner(award), now=clock.now())


@outbox.handler("award.dropped")
def dropped(payload: dict[str, Any]) -> None:
    """Put on the bounty's record that an award the public knew of does not hold."""
    award = db.session.get_one(Award, payload["award"])
    said = {**winner(award), "what": award.state.label}
    record.announce(award.bounty, "dropped_award", said, now=clock.now())
