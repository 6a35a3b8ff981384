"""Whose a review, a seat, a sheet, an award and a feedback are.

The table's rows on panels (`expert,panel_secret`) and rankings (`bounty,scored`) bind the views;
the rows they open are scoped by the nouns here, whose rows of the table say the same.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from matchmaker import policy
from matchmaker.accounts import handover
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.policy import owned
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import (
    BountyState,
    FeedbackState,
    PanelistState,
    ReviewState,
    Role,
    SheetState,
)
from matchmaker.reviewing.award_models import Award, Feedback
from matchmaker.reviewing.models import Panelist, Review, Subject
from matchmaker.reviewing.sheet_models import ScoreSheet

R, S, B = ReviewState, SheetState, BountyState
# From the award notice on the result is known: names of the panel may be read by the parties.
RESULT_KNOWN = (
    B.AWARD_NOTICE, B.SUSPENDED, B.AWARDED, B.CONTRACTED, B.IN_PROGRESS, B.ACCEPTANCE,
    B.RECTIFYING, B.ACCEPTED, B.PAID_OUT, B.ARCHIVED, B.TERMINATED, B.FAILED,
)  # fmt: skip


def my_bids(user: Any) -> ColumnElement[bool]:
    """Hold for opened bids of the user: made by them, or led by the organisation they manage."""
    mine = Bid.created_by_id == user.id
    managers = {Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN}
    if user.organisation_id and user.roles & managers:
        return or_(mine, Bid.lead_organisation_id == user.organisation_id)
    return or_(false(), mine)


def organised_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for reviews the officer organises."""
    return and_(Review.officer_id == user.id)


def posted_by_us(user: Any) -> ColumnElement[bool]:
    """Hold for reviews of bids for a bounty of the user's organisation, itself the owner."""
    if not user.organisation_id:
        return false()
    owned = select(Bounty.id).where(Bounty.owner_id == user.organisation_id)
    return Review.bounty_id.in_(owned)


def everything(_user: Any) -> ColumnElement[bool]:
    """Hold always: the leader answers for every review of the bureau."""
    return true()


def _of_review(relation: Any, column: Any) -> Any:
    return lambda user: column.in_(select(Review.id).where(relation(user)))


def my_seat(user: Any) -> ColumnElement[bool]:
    """Hold for the expert's own seats, once the leader approved them; not for seats lost."""
    mine = select(Expert.id).where(Expert.user_id == user.id)
    known = (PanelistState.INVITED, PanelistState.CONFIRMED)
    live = select(Review.id).where(Review.state != R.VOIDED)
    return and_(
        Panelist.expert_id.in_(mine), Panelist.state.in_(known), Panelist.review_id.in_(live)
    )


def my_sheets(user: Any) -> ColumnElement[bool]:
    """Hold for the sheets of the expert's confirmed seats."""
    seats = select(Panelist.id).where(
        my_seat(user), Panelist.state == PanelistState.CONFIRMED, Panelist.declared_at.is_not(None)
    )
    return ScoreSheet.panelist_id.in_(seats)


def sheets_of_my_bids(user: Any) -> ColumnElement[bool]:
    """Hold for sheets about the user's own bids, once the feedback on them was released."""
    told = select(Feedback.bid_id).where(Feedback.state == FeedbackState.RELEASED)
    subjects = select(Subject.id).where(
        Subject.bid_id.in_(select(Bid.id).where(my_bids(user), Bid.id.in_(told)))
    )
    return ScoreSheet.subject_id.in_(subjects)


def sheets_i_organise(user: Any) -> ColumnElement[bool]:
    """Hold for sheets of reviews the officer organises."""
    subjects = select(Subject.id).join(Review).where(organised_by_me(user))
    return ScoreSheet.subject_id.in_(subjects)


def party_to_result(user: Any) -> ColumnElement[bool]:
    """Hold for seats of reviews whose result is known, for bidders, owner and the panel itself."""
    if not user.is_authenticated:
        return false()
    known = select(Bounty.id).where(Bounty.state.in_(RESULT_KNOWN))
    bidden = select(Bid.bounty_id).where(my_bids(user))
    posted = select(Bounty.id).where(owned(user))
    sat = select(Panelist.review_id).where(my_seat(user))
    reviews = select(Review.id).where(
        Review.state == R.CONCLUDED,
        Review.bounty_id.in_(known),
        or_(Review.bounty_id.in_(bidden), Review.bounty_id.in_(posted), Review.id.in_(sat)),
    )
    return Panelist.review_id.in_(reviews)


policy.register(
    "review",
    Review,
    states={
        "preparing": (R.CREATED, R.DRAWN),
        "evaluating": (R.INVITING, R.SCORING),
        "scored": (R.SCORED,),
        "aggregated": (R.AGGREGATED, R.CONCLUDED),
        "concluded": (R.CONCLUDED,),
        "live": tuple(set(R) - {R.VOIDED}),
    },
    relations={
        Role.OFFICER: organised_by_me,
        Role.ENTERPRISE_ADMIN: posted_by_us,
        Role.INSTITUTION_ADMIN: posted_by_us,
        Role.LEADER: everything,
    },
    levels={"B": ("read",)},
)
policy.register(
    "panelist",
    Panelist,
    states={"confirmed": (PanelistState.CONFIRMED,)},
    relations={
        Role.OFFICER: _of_review(organised_by_me, Panelist.review_id),
        Role.LEADER: everything,
        Role.EXPERT: my_seat,
    },
    levels={"B": ("read_members",)},
)
policy.register(
    "panel",
    Panelist,
    states={},
    relations=dict.fromkeys(
        (
            Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN, Role.RESEARCHER, Role.INSTITUTION_ADMIN,
            Role.BROKER, Role.EXPERT,
        ),
        party_to_result,
    ),
    limits={"read_members": lambda _user: Panelist.review_id.in_(_known_reviews())},
    levels={"B": ("read_members",)},
)  # fmt: skip
policy.register(
    "score_sheet",
    ScoreSheet,
    states={
        "draft": (S.DRAFT,),
        "submitted": (S.SUBMITTED, S.REOPENING),
        "locked": (S.LOCKED,),
        "result": (S.LOCKED,),
    },
    relations={
        Role.EXPERT: my_sheets,
        Role.OFFICER: sheets_i_organise,
        Role.ENTERPRISE_USER: sheets_of_my_bids,
        Role.ENTERPRISE_ADMIN: sheets_of_my_bids,
        Role.RESEARCHER: sheets_of_my_bids,
        Role.INSTITUTION_ADMIN: sheets_of_my_bids,
    },
    levels={"B": ("read_own", "read_all"), "A": ("link_expert_to_score",)},
)
policy.register(
    "award",
    Award,
    states={},
    relations={Role.OFFICER: lambda user: Award.bounty_id.in_(_handled(user))},
    levels={"B": ("read",)},
)
policy.register(
    "feedback",
    Feedback,
    states={
        "draft": (FeedbackState.DRAFT,),
        "released": (FeedbackState.RELEASED,),
    },
    relations={
        Role.OFFICER: lambda user: Feedback.bid_id.in_(
            select(Bid.id).where(Bid.bounty_id.in_(_handled(user)))
        ),
        **dict.fromkeys(
            (Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN, Role.RESEARCHER, Role.INSTITUTION_ADMIN),
            lambda user: Feedback.bid_id.in_(select(Bid.id).where(my_bids(user))),
        ),
    },
    levels={"B": ("read", "read_own")},
)
handover.register_work(Review, "officer_id", "评审")


def _known_reviews() -> Any:
    known = select(Bounty.id).where(Bounty.state.in_(RESULT_KNOWN))
    return select(Review.id).where(Review.state == R.CONCLUDED, Review.bounty_id.in_(known))


def _handled(user: Any) -> Any:
    """Return the bounties whose review the officer organises or whose handler they are."""
    organised = select(Review.bounty_id).where(
        Review.officer_id == user.id, Review.bounty_id.is_not(None)
    )
    return select(Bounty.id).where(or_(Bounty.handler_id == user.id, Bounty.id.in_(organised)))
