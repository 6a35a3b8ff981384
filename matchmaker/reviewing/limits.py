"""What reviewing tells the nouns below it: when a price is open, which 流榜 reason holds."""

from typing import Any

from sqlalchemy import select

from matchmaker.bidding import reading
from matchmaker.bidding.models import Bid
from matchmaker.bounties import ending
from matchmaker.bounties.ending import FailureKind
from matchmaker.bounties.models import Bounty
from matchmaker.errors import WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_REVIEWS, ReviewState
from matchmaker.reviewing import aggregating, awarding
from matchmaker.reviewing.models import Review
from matchmaker.scoring import Part

SCORED = (ReviewState.SCORED, ReviewState.AGGREGATED, ReviewState.CONCLUDED)


def _live(bounty_id: int) -> Review | None:
    query = select(Review).where(Review.bounty_id == bounty_id, Review.live_key.is_not(None))
    return db.session.scalars(query).one_or_none()


def price_is_open(bid: Bid) -> bool:
    """Tell whether a bid's price may be shown: the technical part of all sheets is locked."""
    review = _live(bid.bounty_id)
    if review is None:
        return False
    if Part.PRICE in review.rubric.parts:
        return review.technical_locked_at is not None
    return review.state in SCORED


def check_failure(bounty: Bounty, kind: FailureKind, **_: Any) -> None:
    """Refuse 流榜 while a panel works, and "全部低于合格线" where somebody is recommended."""
    review = _live(bounty.id)
    if review is not None and review.state in OPEN_REVIEWS:
        raise WrongState("评审正在进行，请先作出评审结论，或由分管局长作废评审后再办理流榜。")
    if kind is not FailureKind.BELOW_LINE:
        return
    if review is None or aggregating.recommended(review):
        raise WrongState("评审结论中有达到合格线的方案，不能以“全部低于合格线”流榜。")


def check_awards(bounty: Bounty, _kind: FailureKind, **_: Any) -> None:
    """Refuse 流榜 while an award lives: it is sent back, revoked or forfeited first."""
    if awarding.count_live(bounty):
        raise WrongState("拟揭榜决定尚在办理或公示，请先退回、撤销或登记放弃。")


reading.price_is_open.append(price_is_open)
ending.before_fail.append(check_failure)
ending.before_fail.append(check_awards)
