"""试算: words about to be saved are tried by the consumer, which holds the matcher."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox, web
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import candidates, corpus, recomputing, terms, whatif
from matchmaker.brokering.facts import stands
from matchmaker.brokering.models import Pairing
from matchmaker.brokering.proposals import accepted_with
from matchmaker.brokering.term_models import TermKind, TermProposal, TermTrial
from matchmaker.errors import WrongState
from matchmaker.extensions import db
from matchmaker.needs.models import Need


@dataclass(frozen=True)
class Change:
    """One need of a trial, as the page shows it: titles in place of ids."""

    need: tuple[str, str]  # public id, title
    before: list[tuple[str, float, bool]]  # title, score, whether it is gone afterwards
    after: list[tuple[str, float, bool]]  # title, score, whether it is new there
    entered: int
    left: int


def start(
    kind: TermKind,
    text: str,
    *,
    provenance: str = "",
    proposal: TermProposal | None = None,
    by: Any,
    now: datetime,
) -> TermTrial:
    """Have the consumer try these words; nothing is saved. Raises `Invalid` as `terms.parsed`."""
    trial = TermTrial(
        kind=kind,
        entered=terms.parsed(kind, text),
        provenance=provenance.strip()[:200],
        proposal_id=proposal.id if proposal else None,
        asked_at=now,
        asked_by_id=by.id,
    )
    db.session.add(trial)
    db.session.flush()
    outbox.add("terms.try", {"id": trial.id}, now=now)
    return trial


def get(public_id: str, *, viewer: Any) -> TermTrial:
    """Return a trial of the viewer's own; raise `NotFound` otherwise."""
    query = select(TermTrial).where(TermTrial.public_id == public_id)
    return web.found(db.session.scalars(query.where(TermTrial.asked_by_id == viewer.id)).first())


def save(trial: TermTrial, *, by: Any, now: datetime) -> int:
    """Put the tried words in force; return how many were new."""
    if trial.saved_at is not None:
        raise WrongState("这次试算的词已保存，请勿重复保存。")
    trial.saved_at = now
    told = {"provenance": trial.provenance, "by": by, "now": now}
    fresh = terms.add(trial.kind, trial.entered, **told)
    if trial.proposal is not None:
        accepted_with(trial.proposal, trial.entered, by=by, now=now)
    return fresh


def discard(trial: TermTrial) -> None:
    """Forget a trial whose words are not wanted."""
    if trial.saved_at is not None:
        raise WrongState("这次试算的词已保存；要撤回，请在词典里删除。")
    db.session.delete(trial)


# In the consumer.


def _try(payload: dict[str, Any]) -> dict[str, Any]:
    """Compute outside the transaction what the words would change."""
    trial = db.session.get(TermTrial, int(payload["id"]))
    if trial is None or trial.finished_at is not None:
        return {}
    now = clock.now()
    matcher, known = corpus.current(now=now).matcher, corpus.dictionary()
    extra = [tuple(group) for group in trial.entered]
    words = [word for word, *_ in extra] if trial.kind is TermKind.WORD else []
    groups = [] if trial.kind is TermKind.WORD else extra
    segmenter = candidates.segmenter_of([*known.words, *words], [*known.groups, *groups], known.off)
    touched = {word for group in extra for word in group}
    touched |= {word for group in segmenter.groups if touched & {*group} for word in group}
    return _compared(matcher, segmenter, touched, now=now)


def _compared(
    matcher: candidates.Matcher, segmenter: Any, words: set[str], *, now: datetime
) -> dict[str, Any]:
    needs, all_needs = _holding(Need, words)
    offers, all_offers = _holding(Achievement, words)
    idf = whatif.refitted(matcher, [*needs, *offers], segmenter)
    asked = {need.id: need for need in needs}
    asked |= {need.id: need for need in _answered(offers, besides=asked)}
    chosen = list(asked.values())[: whatif.MOST_NEEDS]
    threshold = recomputing.threshold()
    near = {row_id for need in chosen for row_id in whatif.deep(matcher, need, threshold=threshold)}
    rows = {row.id: row for row in offers}
    rows |= recomputing.rows_of(Achievement, sorted(near - rows.keys()))
    found = whatif.moved(
        matcher, chosen, rows, segmenter=segmenter, idf=idf, threshold=threshold,
        today=clock.today(now),
    )  # fmt: skip
    return {
        "needs": len(chosen),
        "holding": len(needs) + len(offers),
        "is_bounded": all_needs > len(needs)
        or all_offers > len(offers)
        or len(asked) > len(chosen),
        "changes": [one.to_dict() for one in found],
    }


def _holding(model: type[Any], words: set[str]) -> tuple[list[Any], int]:
    """Return the standing rows whose text holds a word, up to the bound, and how many do."""
    found: list[Any] = []
    count = 0
    for row in corpus.standing(model):
        if whatif.holds(row, words):
            count += 1
            if len(found) < whatif.MOST_ROWS:
                found.append(row)
    return found, count


def _answered(offers: Iterable[Any], *, besides: dict[int, Any]) -> Iterator[Any]:
    """Read the needs that one of these achievements answers today."""
    ids = [row.id for row in offers]
    query = select(Pairing.need_id).where(Pairing.achievement_id.in_(ids))
    needs = set(db.session.scalars(query.order_by(Pairing.score.desc())).all())
    for row in recomputing.rows_of(Need, sorted(needs - besides.keys())).values():
        if stands(row):
            yield row


@outbox.handler("terms.try", prepare=_try)
def tried(payload: dict[str, Any], outcome: dict[str, Any]) -> None:
    """Keep what a trial found; one withdrawn meanwhile is gone."""
    trial = db.session.get(TermTrial, int(payload["id"]))
    if trial is not None and outcome:
        trial.outcome, trial.finished_at = outcome, clock.now()


def changes(trial: TermTrial) -> list[Change]:
    """Return what a trial found, with titles; rows deleted since are left out."""
    found = trial.outcome.get("changes", [])
    needs = recomputing.rows_of(Need, [one["need_id"] for one in found])
    ids = {row_id for one in found for row_id, _ in (*one["before"], *one["after"])}
    titles = {
        row_id: row.title for row_id, row in recomputing.rows_of(Achievement, sorted(ids)).items()
    }
    return [
        Change(
            (needs[one["need_id"]].public_id, needs[one["need_id"]].title),
            _titled(one["before"], titles, {row_id for row_id, _ in one["after"]}),
            _titled(one["after"], titles, {row_id for row_id, _ in one["before"]}),
            len(one["entered"]),
            len(one["left"]),
        )
        for one in found
        if one["need_id"] in needs
    ]


def _titled(
    pairs: Sequence[Sequence[Any]], titles: dict[int, str], others: set[int]
) -> list[tuple[str, float, bool]]:
    return [
        (titles[row_id], score, row_id not in others) for row_id, score in pairs if row_id in titles
    ]
