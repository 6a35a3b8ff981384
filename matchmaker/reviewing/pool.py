"""Who may be drawn for a panel, and why the others may not; everything goes on record."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from matchmaker.bounties.models import BountySource
from matchmaker.brokering.models import Pairing
from matchmaker.codes import Integrity
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import ExpertState, UserState
from matchmaker.reviewing import conflicts
from matchmaker.reviewing.models import Candidate, Review

NO_ACCOUNT = "没有可用的登录账号，无法在线评审"
LISTED = "在失信名单内"
NO_CONSENT = "未同意入库"
BY_HAND = "经办人排除"


def candidates(
    review: Review, left_out: Mapping[int, str] | None = None, *, now: datetime
) -> list[Candidate]:
    """Return everybody who fits the fields or whom the matcher found, excluded ones with why.

    left_out : expert's id → the officer's reason. Positions are given by the draw.
    """
    scores = matched(review)
    fitting = fitting_of(review, scores)
    tied = conflicts.ties(fitting, conflicts.parties_of(review), now=now)
    found = []
    for expert in fitting:
        reason, evidence = _exclusion(expert, tied.get(expert.id), left_out or {})
        found.append(
            Candidate(
                expert_id=expert.id,
                mark=expert.public_id,
                name=expert.name,
                institution=expert.organisation_name,
                institution_key=conflicts.institution_key(expert),
                match_score=scores.get(expert.id),
                source="领域相符" if fits(expert, review) else "匹配推荐",
                excluded=reason,
                evidence=evidence,
            )
        )
    return found


def fits(expert: Expert, review: Review) -> bool:
    """Tell whether one of the expert's fields is one of the review's."""
    return bool(set(expert.tech_field_codes) & set(review.fields))


def matched(review: Review) -> dict[int, float]:
    """Return expert's id → best score the matcher gave with a need the review is about."""
    needs = [subject.need_id for subject in review.subjects if subject.need_id]
    if review.bounty_id is not None:
        query = select(BountySource.need_id).where(
            BountySource.bounty_id == review.bounty_id, BountySource.need_id.is_not(None)
        )
        needs += [need_id for need_id in db.session.scalars(query) if need_id]
    best = (
        select(Pairing.expert_id, func.max(Pairing.score))
        .where(Pairing.need_id.in_(needs), Pairing.expert_id.is_not(None))
        .group_by(Pairing.expert_id)
    )
    return {expert_id: float(score) for expert_id, score in db.session.execute(best) if expert_id}


def fitting_of(review: Review, scores: Mapping[int, float]) -> list[Expert]:
    """Return the experts in the pool whose field it is, or whom the matcher found."""
    query = (
        select(Expert)
        .where(Expert.state == ExpertState.IN_POOL)
        .options(joinedload(Expert.organisation))
        .order_by(Expert.id)
    )
    return [one for one in db.session.scalars(query) if fits(one, review) or one.id in scores]


def _exclusion(
    expert: Expert, hit: conflicts.Hit | None, left_out: Mapping[int, str]
) -> tuple[str, str]:
    if expert.integrity is Integrity.BLACKLIST:
        return LISTED, ""
    if expert.consent_at is None:
        return NO_CONSENT, ""
    if not has_account(expert):
        return NO_ACCOUNT, ""
    if hit is not None:
        return hit.reason[:60], hit.evidence
    if expert.id in left_out:
        return BY_HAND, left_out[expert.id]
    return "", ""


def has_account(expert: Expert) -> bool:
    """Tell whether the expert can sign in and read."""
    user = expert.user
    return user is not None and user.state is UserState.ACTIVE


def stands(expert: Expert) -> bool:
    """Tell whether somebody drawn earlier may still be asked."""
    listed = expert.integrity is Integrity.BLACKLIST
    return expert.state is ExpertState.IN_POOL and not listed and has_account(expert)
