"""The ranking where people meet it: beside a need, beside an achievement, on the first page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from matchmaker import disclosure, policy
from matchmaker.brokering import explaining, pairings
from matchmaker.brokering.explaining import Why
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import CandidateKind, Pairing
from matchmaker.brokering.policy import of_my_need, of_my_offer
from matchmaker.brokering.recomputing import COLUMNS
from matchmaker.disclosure import Shown
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import LeadState, PairingState
from matchmaker.needs.models import Need

TOP = 10
MOST_FITTING = 200  # pairs looked through for the first page's needs
WORDS_IN_PLACE = 8


@dataclass(frozen=True)
class Match:
    """A candidate for a need, or a need for an achievement, with why; `lead` if there is one."""

    public_id: str
    kind: CandidateKind
    state: PairingState
    score: float
    words: list[str]
    other: Shown
    why: Why | None = None
    lead: tuple[str, LeadState] | None = None  # public id, stage


@dataclass(frozen=True)
class Fitting:
    """A need that fits something the viewer offers, for the first page."""

    need: Shown
    score: float
    words: list[str]
    because_of: str  # the achievement, expert or service of the viewer
    matches_of: str  # public id of that achievement, where its needs are listed; else ""


@dataclass(frozen=True)
class Candidate:
    """An achievement that fits a need of the viewer, for the first page."""

    title: str
    score: float
    words: list[str]
    need_title: str
    need: str  # public id


def for_need(
    public_id: str, *, viewer: Any, now: datetime, top: int = TOP
) -> tuple[Shown, list[tuple[CandidateKind, list[Match]]]]:
    """Return a need and its best achievements, experts and services, with why."""
    query = policy.scope(viewer, "need", "see_matches").where(Need.public_id == public_id)
    need = disclosure.one(query, viewer, "need")
    groups = []
    for kind in CandidateKind:
        found = _shown_to(viewer, now=now).where(Pairing.need_id == need.id, Pairing.kind == kind)
        # Some may go unseen below: an expert is hidden from users not verified.
        pairs = db.session.scalars(found.options(undefer(Pairing.explanation)).limit(top)).all()
        rows = _visible(kind.value, [_candidate_id(one) for one in pairs], viewer)
        leads = _leads(pairs)
        groups.append(
            (
                kind,
                [
                    _match(one, rows[_candidate_id(one)], leads)
                    for one in pairs
                    if _candidate_id(one) in rows
                ],
            )
        )
    return need, groups


def best_achievements(need: Need, *, viewer: Any, now: datetime) -> list[Shown]:
    """Return the achievements that fit a need best, as the viewer may see them."""
    found = _shown_to(viewer, now=now).where(
        Pairing.need_id == need.id, Pairing.kind == CandidateKind.ACHIEVEMENT
    )
    ids = [_candidate_id(one) for one in db.session.scalars(found.limit(TOP))]
    rows = _visible("achievement", ids, viewer)
    return [rows[one] for one in ids if one in rows]


def for_candidate(
    kind: CandidateKind, public_id: str, *, viewer: Any, now: datetime, top: int = TOP
) -> tuple[Shown, list[Match]]:
    """Return an achievement and the open needs it may answer, with why."""
    query = policy.scope(viewer, kind.value, "see_matches")
    model = query.column_descriptions[0]["entity"]
    row = disclosure.one(query.where(model.public_id == public_id), viewer, kind.value)
    found = _shown_to(viewer, now=now).where(COLUMNS[kind] == row.id)
    pairs = db.session.scalars(found.limit(MOST_FITTING)).all()
    rows = _visible("need", [one.need_id for one in pairs], viewer)
    seen = [one for one in pairs if one.need_id in rows][:top]
    leads = _leads(seen)
    return row, [_match(one, rows[one.need_id], leads) for one in seen]


def fitting_needs(viewer: Any, *, now: datetime, limit: int = 5) -> list[Fitting]:
    """Return the open needs that fit best what the viewer offers, each once (适合您的需求)."""
    if not policy.may(viewer, "pairing", "read_own"):
        return []
    query = _shown_to(viewer, now=now).where(of_my_offer(viewer), Pairing.state == PairingState.NEW)
    pairs = db.session.scalars(query.limit(MOST_FITTING)).all()
    rows = _visible("need", [one.need_id for one in pairs], viewer)
    best: dict[int, Pairing] = {}
    for one in pairs:
        if one.need_id in rows:
            best.setdefault(one.need_id, one)
    return [
        Fitting(
            rows[need_id],
            one.score,
            one.words,
            one.candidate_title,
            one.candidate_public_id if one.achievement_id else "",
        )
        for need_id, one in list(best.items())[:limit]
    ]


def fitting_candidates(viewer: Any, *, now: datetime, limit: int = 5) -> list[Candidate]:
    """Return the best new achievements for the viewer's own needs."""
    if not policy.may(viewer, "need", "see_matches") or not viewer.organisation_id:
        return []
    query = _shown_to(viewer, now=now).where(of_my_need(viewer), Pairing.state == PairingState.NEW)
    query = query.where(Pairing.kind == CandidateKind.ACHIEVEMENT).limit(limit)
    pairs = db.session.scalars(query).all()
    rows = _visible("achievement", [_candidate_id(one) for one in pairs], viewer)
    return [
        Candidate(
            rows[_candidate_id(one)].title,
            one.score,
            one.words,
            one.need_title,
            one.need_public_id,
        )
        for one in pairs
        if _candidate_id(one) in rows
    ]


def _shown_to(viewer: Any, *, now: datetime) -> Select[Any]:
    """Return the query of pairs a party or the bureau may be shown, best first."""
    query = policy.scope(viewer, "pairing", "read_own", "list")
    return query.where(Pairing.state != PairingState.REJECTED, pairings.standing(now=now)).order_by(
        Pairing.score.desc(), Pairing.id
    )


def _candidate_id(pairing: Pairing) -> int:
    found = pairing.achievement_id or pairing.expert_id or pairing.service_id
    if found is None:
        raise NotFound
    return found


def _visible(resource: str, ids: Sequence[int], viewer: Any) -> dict[int, Shown]:
    """Return the rows of these the viewer may see, by id."""
    query = policy.scope(viewer, resource, "read_public_fields", "see_matches")
    model = query.column_descriptions[0]["entity"]
    rows = disclosure.shown(query.where(model.id.in_(ids)), viewer, resource)
    return {row.id: row for row in rows}


def _leads(pairs: Iterable[Pairing]) -> dict[int, Lead]:
    query = select(Lead).where(Lead.pairing_id.in_([one.id for one in pairs]))
    return {lead.pairing_id: lead for lead in db.session.scalars(query) if lead.pairing_id}


def _match(pairing: Pairing, other: Shown, leads: dict[int, Lead]) -> Match:
    lead = leads.get(pairing.id)
    return Match(
        public_id=pairing.public_id,
        kind=pairing.kind,
        state=pairing.state,
        score=pairing.score,
        words=pairing.words,
        other=other,
        why=explaining.why(pairing, most=WORDS_IN_PLACE),
        lead=(lead.public_id, lead.state) if lead else None,
    )
