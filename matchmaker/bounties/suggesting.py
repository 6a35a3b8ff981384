"""Who fits a published bounty: found by the matcher in the consumer, stored with the words why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, outbox
from matchmaker.achievements.models import Achievement, Team
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Invitation, Suggestion, SuggestionKind
from matchmaker.brokering import corpus, fitting
from matchmaker.brokering.candidates import Matcher, document_of
from matchmaker.brokering.models import CandidateKind
from matchmaker.codes import BountyKind
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, PoolState
from matchmaker.matching import Document
from matchmaker.needs.models import Need
from matchmaker.places import operations as places

MOST_EACH = 15
Found = dict[str, Any]


def text_of(bounty: Bounty) -> Document:
    """Return the bounty's public text as the matcher reads it."""
    indicators = "\n".join(
        f"{one.get('name', '')} {one.get('requirement', '')}" for one in bounty.indicators
    )
    body = "\n".join(filter(None, (bounty.task_text, indicators)))
    return Document(f"bounty:{bounty.id}", bounty.title, "、".join(bounty.keywords), body)


def team_text(team: Team) -> Document:
    """Return a team's public text as the matcher reads it."""
    return Document(str(team.id), team.name, "", team.directions)


@outbox.handler("bounty.published", prepare=lambda payload: plan(payload, now=clock.now()))
def store(payload: dict[str, Any], found: list[Found]) -> None:
    """Keep who fits; whoever was invited already stays."""
    bounty_id = int(payload["id"])
    invited = select(Invitation.suggestion_id).where(Invitation.bounty_id == bounty_id)
    kept = set(db.session.scalars(select(Suggestion.target).where(Suggestion.id.in_(invited))))
    db.session.execute(
        delete(Suggestion).where(Suggestion.bounty_id == bounty_id, Suggestion.id.not_in(invited))
    )
    fresh = [one for one in found if one["target"] not in kept]
    db.session.add_all(Suggestion(bounty_id=bounty_id, at=clock.now(), **one) for one in fresh)


@outbox.handler("bounty.amended", prepare=lambda payload: plan(payload, now=clock.now()))
def again(payload: dict[str, Any], found: list[Found]) -> None:
    """Look again once the terms changed."""
    store(payload, found)


def plan(payload: dict[str, Any], *, now: datetime) -> list[Found]:
    """Find who fits, outside any transaction; the owner's own people are left out."""
    bounty = db.session.get(Bounty, int(payload["id"]))
    if bounty is None or bounty.state is not BountyState.PUBLISHED:
        return []
    matcher, asked = corpus.current(now=now).matcher, text_of(bounty)
    least = float(places.settings()["push_threshold"])
    makers = (_enterprises,) if bounty.kind is BountyKind.TRANSFER else (_teams, _pools)
    theirs = {bounty.owner_id, *(one.organisation_id for one in bounty.sources)}
    return [
        one
        for make in makers
        for one in make(matcher, asked, least)
        if one["organisation_id"] not in theirs
    ]


def _teams(matcher: Matcher, asked: Document, least: float) -> Iterator[Found]:
    query = select(Team).where(Team.state == PoolState.PUBLISHED)
    rows = {row.id: row for row in db.session.scalars(query)}
    texts = {row.id: team_text(row) for row in rows.values()}
    ranked = fitting.among(matcher, asked, texts.values(), threshold=least, top=MOST_EACH)
    for row_id, score in ranked:
        yield {
            "target": f"team:{row_id}", "kind": SuggestionKind.TEAM, "team_id": row_id,
            "organisation_id": rows[row_id].institution_id, "score": score,
            "words": fitting.words(matcher, asked, texts[row_id]),
        }  # fmt: skip


_POOLS: tuple[tuple[CandidateKind, SuggestionKind, Any, str], ...] = (
    (CandidateKind.ACHIEVEMENT, SuggestionKind.ACHIEVEMENT, Achievement, "institution_id"),
    (CandidateKind.EXPERT, SuggestionKind.EXPERT, Expert, "organisation_id"),
)


def _pools(matcher: Matcher, asked: Document, least: float) -> Iterator[Found]:
    for kind, told, model, owner in _POOLS:
        ranked = fitting.in_pool(matcher, asked, kind, threshold=least, top=MOST_EACH)
        rows = _rows(model, [row_id for row_id, _ in ranked])
        for row_id, score in ranked:
            if row_id in rows:
                yield {
                    "target": f"{told.value}:{row_id}", "kind": told,
                    f"{told.value}_id": row_id, "score": score,
                    "organisation_id": getattr(rows[row_id], owner),
                    "words": fitting.words(matcher, asked, document_of(rows[row_id])),
                }  # fmt: skip


def _enterprises(matcher: Matcher, asked: Document, least: float) -> Iterator[Found]:
    """For an institution's achievement: enterprises whose open needs it fits, each once."""
    ranked = fitting.in_needs(matcher, asked, threshold=least, top=MOST_EACH * 2)
    rows = _rows(Need, [row_id for row_id, _ in ranked])
    seen: set[int] = set()
    for row_id, score in ranked:
        need = rows.get(row_id)
        if need is None or need.enterprise_id in seen or len(seen) >= MOST_EACH:
            continue
        seen.add(need.enterprise_id)
        yield {
            "target": f"enterprise:{need.enterprise_id}", "kind": SuggestionKind.ENTERPRISE,
            "need_id": row_id, "organisation_id": need.enterprise_id, "score": score,
            "words": fitting.words(matcher, asked, document_of(need)),
        }  # fmt: skip


def _rows(model: type[Any], ids: list[int]) -> dict[int, Any]:
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids)))}


def of(bounty_id: int) -> list[Suggestion]:
    """Return who was found to fit, best first."""
    query = select(Suggestion).where(Suggestion.bounty_id == bounty_id)
    query = query.options(
        joinedload(Suggestion.team),
        joinedload(Suggestion.achievement),
        joinedload(Suggestion.expert),
        joinedload(Suggestion.need),
        joinedload(Suggestion.organisation),
    )
    return list(db.session.scalars(query.order_by(Suggestion.score.desc(), Suggestion.id)))
