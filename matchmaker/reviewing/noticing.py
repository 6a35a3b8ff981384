"""拟揭榜公示: the award's public notice, drafted from data."""

from collections.abc import Sequence
from datetime import datetime

from matchmaker import web
from matchmaker.audit import trail
from matchmaker.bounties.models import Bounty
from matchmaker.codes import NoticeKind
from matchmaker.notices import operations as notices
from matchmaker.notices.models import Notice
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.models import Subject


def lines(bounty: Bounty, awards: Sequence[Award]) -> list[dict[str, str]]:
    """Return what the notice shows of each award: number, task, who, how much, which place."""
    return [
        {
            "榜单编号": bounty.bounty_no or "",
            "榜单名称": bounty.title,
            "发榜单位": bounty.owner.name,
            "拟揭榜单位": one.bid.lead_organisation.name if one.bid.lead_organisation else "",
            "报价": web.fen_as_wan(one.bid.quote_fen),
            "评审得分": _score(one),
            "名次": f"第 {one.place} 名" if one.place else "认定制",
        }
        for one in awards
    ]


def _score(award: Award) -> str:
    subject = _subject(award)
    return str(subject.mean) if subject is not None and subject.mean is not None else "—"


def _subject(award: Award) -> Subject | None:
    subjects = award.review.subjects if award.review else []
    return next((one for one in subjects if one.bid_id == award.bid_id), None)


def announce(bounty: Bounty, awards: Sequence[Award], *, now: datetime) -> Notice:
    """Draft the notice in the officer's name; section chief and leader check and publish it."""
    officer = awards[0].proposed_by
    return notices.draft(
        NoticeKind.AWARD,
        "bounty",
        bounty.id,
        title=f"关于“{bounty.title}”拟揭榜单位的公示",
        subjects=lines(bounty, awards),
        withheld=panel_names(awards),
        handler_id=officer.id if officer else None,
        url=f"/bounties/{bounty.public_id}",
        by=officer or trail.SYSTEM,
        now=now,
    )


def panel_names(awards: Sequence[Award]) -> list[str]:
    """Return the judges' names: they are not public before the result is."""
    reviews = {one.review for one in awards if one.review}
    return sorted({seat.name for review in reviews for seat in review.panelists})
