"""Who is told what when a review moves; nobody is named who must not be."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.accounts.models import RoleGrant, User
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import operations as messages
from matchmaker.reviewing.award_models import Award, Feedback
from matchmaker.reviewing.models import Panelist, Review
from matchmaker.reviewing.sheet_models import ScoreSheet
from matchmaker.scoring import Part

CONFIDENTIAL = "评审专家名单在结果公布前保密，请勿向他人透露您参加评审。"
MANAGERS = (Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN)


def _tell(people: Iterable[int | None], subject: str, body: str, url: str) -> None:
    known = [one for one in people if one is not None]
    messages.notify(known, subject, body, url, now=clock.now())


def holders(*roles: Role, organisation_id: int | None = None) -> list[int]:
    """Return the active accounts that hold one of these roles, of one organisation where given."""
    query = (
        select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.approved_at.is_not(None),
            User.state == UserState.ACTIVE,
        )
        .order_by(User.id)
    )
    if organisation_id is not None:
        query = query.where(User.organisation_id == organisation_id)
    return list(db.session.scalars(query.distinct()))


@outbox.handler("panelist.invited")
def invited(payload: dict[str, Any]) -> None:
    """Invite an expert."""
    seat = db.session.get(Panelist, payload["id"])
    if seat is not None:
        title = f"邀请您参加评审：{seat.review.title}"
        body = f"请登录后确认或谢绝，并作回避声明。{CONFIDENTIAL}"
        _tell([seat.expert.user_id], title, body, f"/my-reviews/{seat.public_id}")


@outbox.handler("panelist.may_score")
def may_score(payload: dict[str, Any]) -> None:
    """Tell a judge that sheets are open."""
    seat = db.session.get(Panelist, payload["id"])
    if seat is not None:
        part = Part(payload["part"]).label
        body = f"打分截止：{clock.local(seat.review.due_at):%m-%d %H:%M}。{CONFIDENTIAL}"
        title = f"可以评{part}了：{seat.review.title}"
        _tell([seat.expert.user_id], title, body, f"/my-reviews/{seat.public_id}")


def _officer(kind: str, subject: str, body: str) -> None:
    """Register a message to the review's organiser."""

    @outbox.handler(kind)
    def told(payload: dict[str, Any]) -> None:
        review = db.session.get(Review, payload["id"])
        if review is not None:
            url = f"/reviews/{review.public_id}"
            _tell([review.officer_id], f"{subject}：{review.title}", body, url)


_officer("review.scored", "专家打分已全部提交", "请汇总。")
_officer(
    "review.pool_exhausted", "候选专家已抽完，席位未补足", "请作废后扩大领域重新抽取，或补充专家。"
)
_officer("review.chosen", "发榜方已提交选定意见", "请查看并提出拟揭榜决定，或办理流榜。")


@outbox.handler("review.aggregated")
def aggregated(payload: dict[str, Any]) -> None:
    """Ask the section chiefs for the conclusion."""
    review = db.session.get(Review, payload["id"])
    if review is not None:
        people = [one for one in holders(Role.SECTION_CHIEF) if one != review.officer_id]
        _tell(people, f"请作出评审结论：{review.title}", "", f"/reviews/{review.public_id}")


@outbox.handler("review.concluded")
def concluded(payload: dict[str, Any]) -> None:
    """Ask the bounty's owner to choose."""
    review = db.session.get(Review, payload["id"])
    if review is not None and review.bounty is not None:
        people = holders(*MANAGERS, organisation_id=review.bounty.owner_id)
        body = "请在推荐范围内选定揭榜方；未选第一名的，请写明理由。"
        _tell(people, f"请选定揭榜方：{review.title}", body, f"/choices/{review.public_id}")


@outbox.handler("sheet.reopen_requested")
def reopen_requested(payload: dict[str, Any]) -> None:
    """Ask the leaders whether a sheet goes back; the message names no judge."""
    sheet = db.session.get(ScoreSheet, payload["id"])
    if sheet is not None:
        title = f"有打分表申请退回修改：{sheet.panelist.review.title}"
        _tell(holders(Role.LEADER), title, "", "/panelists/reopening")


@outbox.handler("sheet.reopen_decided")
def reopen_decided(payload: dict[str, Any]) -> None:
    """Tell the judge."""
    sheet = db.session.get(ScoreSheet, payload["id"])
    if sheet is not None:
        told = "已同意退回，请修改后重新提交" if payload["approved"] else "未同意退回"
        url = f"/score-sheets/{sheet.public_id}"
        title = f"打分表{told}：{sheet.panelist.review.title}"
        _tell([sheet.panelist.expert.user_id], title, "", url)


@outbox.handler("award.proposed")
def award_proposed(payload: dict[str, Any]) -> None:
    """Ask the section chiefs to look at it."""
    award = db.session.get(Award, payload["id"])
    if award is not None:
        title = f"请审核拟揭榜决定：{award.bounty.title}"
        _tell(holders(Role.SECTION_CHIEF), title, "", f"/awards/{award.public_id}")


@outbox.handler("award.endorsed")
def award_endorsed(payload: dict[str, Any]) -> None:
    """Ask the leaders to approve."""
    for award in _awards(payload["bounty"])[:1]:
        title = f"请批准拟揭榜决定：{award.bounty.title}"
        _tell(holders(Role.LEADER), title, "", f"/awards/{award.public_id}")


def _awards(bounty_id: int) -> list[Award]:
    query = select(Award).where(Award.bounty_id == bounty_id, Award.live_key.is_not(None))
    return list(db.session.scalars(query.order_by(Award.slot)))


@outbox.handler("award.made")
def award_won(payload: dict[str, Any]) -> None:
    """Tell winner and owner."""
    award = db.session.get(Award, payload["award"])
    if award is None:
        return
    owners = holders(*MANAGERS, organisation_id=award.bounty.owner_id)
    unit = award.bid.lead_organisation_id
    winners = holders(*MANAGERS, organisation_id=unit) if unit is not None else []
    title = f"公示期满，确定中选：{award.bounty.title}"
    body = "请在 30 日内签订技术合同。"
    _tell([*owners, *winners, award.bid.created_by_id], title, body, _url(award.bounty))


def _url(bounty: Bounty) -> str:
    return f"/bounties/{bounty.public_id}"


@outbox.handler("feedback.released")
def feedback_released(payload: dict[str, Any]) -> None:
    """Tell the bidder that feedback can be read."""
    row = db.session.get(Feedback, payload["id"])
    bid = db.session.get(Bid, row.bid_id) if row is not None else None
    if row is not None and bid is not None:
        unit = bid.lead_organisation_id
        managers = holders(*MANAGERS, organisation_id=unit) if unit is not None else []
        title = f"评审反馈可以查看了：{bid.bounty.title}"
        _tell([bid.created_by_id, *managers], title, "", f"/feedback/mine/{row.public_id}")
