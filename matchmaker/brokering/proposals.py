"""待审新词: what the night's search finds in the pools' texts and in accepted pairs."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, jobs, matching, outbox, policy, web
from matchmaker.audit import trail
from matchmaker.brokering import candidates, corpus, terms
from matchmaker.brokering.candidates import document_of
from matchmaker.brokering.models import Pairing
from matchmaker.brokering.term_models import TermKind, TermMining, TermProposal
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState, ProposalState
from matchmaker.matching import Segmenter

MOST_TEXTS = 20_000  # read in a search, the newest of each pool
MOST_PAIRS = 5_000  # accepted pairs read, the latest
MOST_KEPT = 500  # proposals of a kind that wait at a time, those of most evidence
MOST_AT_ONCE = 200
GROWN = 2  # times the evidence it was dismissed on that bring a proposal back
PROVENANCE = "待审新词"
policy.register("proposal", TermProposal, states={}, relations={}, levels={"B": ("read_bureau",)})


@dataclass(frozen=True)
class Found:
    """A proposal as the search found it: the columns of `TermProposal`, and how much was read."""

    rows: list[dict[str, Any]]
    texts: int
    pairs: int


def listed(viewer: Any) -> Select[Any]:
    """Return the query of the proposals the viewer may see."""
    return policy.scope(viewer, "proposal", "list")


def get(public_id: str, *, viewer: Any) -> TermProposal:
    """Return a proposal the viewer may decide; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "proposal", "decide").where(TermProposal.public_id == public_id)
    found: TermProposal = web.found(db.session.scalars(query).one_or_none())
    return found


def latest() -> TermMining | None:
    """Return the last search, finished or not; None before the first."""
    return db.session.scalars(select(TermMining).order_by(TermMining.id.desc())).first()


def waiting() -> int:
    """Return how many proposals wait to be judged."""
    query = select(func.count()).where(TermProposal.state == ProposalState.WAITING)
    return db.session.scalar(query) or 0


# Deciding.


def accept(
    proposal: TermProposal,
    text: str,
    *,
    kind: TermKind | None = None,
    provenance: str = "",
    by: Any,
    now: datetime,
) -> None:
    """Put a proposal in force, as it is or as edited.

    text : words or groups, one a line.  kind : what they are, if not what was proposed.
    """
    entered = terms.parsed(kind or proposal.kind, text)
    told = {"provenance": provenance.strip() or PROVENANCE, "by": by, "now": now}
    terms.add(kind or proposal.kind, entered, **told)
    accepted_with(proposal, entered, by=by, now=now)


def accepted_with(
    proposal: TermProposal, entered: Sequence[Sequence[str]], *, by: Any, now: datetime
) -> None:
    """Mark a proposal as accepted with these words, which are in force already."""
    _decided(proposal, by=by, now=now)
    proposal.saved_as = "；".join("、".join(words) for words in entered)[:200]
    trail.advance(proposal, "accept", by=by, now=now, words=proposal.saved_as)


def dismiss(proposal: TermProposal, *, reason: str = "", by: Any, now: datetime) -> None:
    """Put a proposal aside; it comes back only when the evidence has doubled."""
    _decided(proposal, by=by, now=now)
    proposal.reason = reason.strip()[:200]
    trail.advance(proposal, "dismiss", by=by, now=now, reason=proposal.reason, words=proposal.key)


def reopen(proposal: TermProposal, *, by: Any, now: datetime) -> None:
    """Have a dismissed proposal judged anew."""
    proposal.decided_at = proposal.decided_by_id = proposal.decided_support = None
    proposal.reason = ""
    trail.advance(proposal, "reopen", by=by, now=now, words=proposal.key)


def decide_many(
    public_ids: Collection[str], action: str, *, reason: str = "", by: Any, now: datetime
) -> tuple[int, int]:
    """Accept or dismiss many; return how many were, and how many were decided before."""
    if not public_ids:
        raise Invalid({"ids": "请先勾选要办理的词语"})
    if len(public_ids) > MOST_AT_ONCE:
        raise Invalid({"ids": f"一次最多办理 {MOST_AT_ONCE} 条，请分批勾选"})
    if action not in {"accept", "dismiss"}:
        raise NotFound
    query = policy.scope(by, "proposal", "decide")
    query = query.where(TermProposal.public_id.in_(set(public_ids))).order_by(TermProposal.id)
    fresh = [one for one in db.session.scalars(query) if one.state is ProposalState.WAITING]
    for one in fresh:
        if action == "accept":
            accept(one, one.key, by=by, now=now)
        else:
            dismiss(one, reason=reason, by=by, now=now)
    return len(fresh), len(set(public_ids)) - len(fresh)


def _decided(proposal: TermProposal, *, by: Any, now: datetime) -> None:
    proposal.decided_by_id, proposal.decided_at = by.id, now
    proposal.decided_support = proposal.support


# Searching, in the consumer.


@jobs.nightly_at_length
def search_nightly(now: datetime) -> None:
    """Look for new words once a night."""
    _ask(now=now)


def ask(*, by: Any, now: datetime) -> None:
    """Look for new words now. Raises `WrongState` while a search is under way."""
    last = latest()
    if last is not None and last.finished_at is None:
        raise WrongState("正在查找新词，完成后再查。")
    trail.record("search_terms", "term", by=by, now=now)
    _ask(now=now)


def _ask(*, now: datetime) -> None:
    run = TermMining(asked_at=now)
    db.session.add(run)
    db.session.flush()
    outbox.add("terms.mine", {"run": run.id}, now=now)


def _search(_payload: dict[str, Any]) -> Found:
    """Read pools and accepted pairs outside the transaction."""
    known = candidates.segmenter_of(*corpus.dictionary())
    texts = list(_texts())
    pairs = list(_pairs())
    words = [_word_row(one) for one in matching.new_words(texts, known)[:MOST_KEPT]]
    groups = [_group_row(one) for one in matching.new_synonyms(pairs, known)[:MOST_KEPT]]
    return Found([*words, *_passing(groups, known)], len(texts), len(pairs))


def _texts() -> Iterator[tuple[str, str]]:
    for model in corpus.SAVED.values():
        for row in corpus.standing(model, newest=MOST_TEXTS // len(corpus.SAVED)):
            name = getattr(row, "title", "") or row.name
            yield name, _whole(row)


def _whole(row: Any) -> str:
    document = document_of(row)
    return "\n".join(filter(None, (document.title, document.keywords, document.body)))


def _pairs() -> Iterator[tuple[str, str, str]]:
    accepted = select(Pairing).where(Pairing.state == PairingState.ACCEPTED)
    query = accepted.options(joinedload(Pairing.need)).order_by(Pairing.id.desc())
    for pair in db.session.scalars(query.limit(MOST_PAIRS)):
        name = f"{pair.need_title} ↔ {pair.candidate_title}"
        yield name, _whole(pair.need), _whole(pair.candidate)


def _word_row(one: matching.NewWord) -> dict[str, Any]:
    return {
        "kind": TermKind.WORD, "key": one.word, "words": [one.word], "support": one.texts,
        "times": one.times, "cohesion": one.cohesion, "freedom": one.freedom, "share": None,
        "examples": [list(example) for example in one.examples],
    }  # fmt: skip


def _group_row(one: matching.NewSynonyms) -> dict[str, Any]:
    return {
        "kind": TermKind.SYNONYMS, "key": "、".join(one.words), "words": list(one.words),
        "support": one.pairs, "times": one.pairs, "cohesion": None, "freedom": None,
        "share": one.share, "examples": [[example, ""] for example in one.examples],
    }  # fmt: skip


def _passing(rows: Iterable[dict[str, Any]], known: Segmenter) -> Iterator[dict[str, Any]]:
    """Leave out pairs that are synonyms already, whichever way round they were found."""
    seen: set[frozenset[str]] = set()
    for row in rows:
        pair = frozenset(row["words"])
        if pair not in seen and len({known.canonical(word) for word in pair}) > 1:
            seen.add(pair)
            yield row


@outbox.handler("terms.mine", prepare=_search)
def keep(payload: dict[str, Any], found: Found) -> None:
    """Store what a search found: new rows wait, known ones learn their evidence, others go."""
    now = clock.now()
    known = {(row.kind, row.key): row for row in db.session.scalars(select(TermProposal))}
    fresh = 0
    for values in found.rows:
        row = known.pop((values["kind"], values["key"]), None)
        if row is None:
            fresh += 1
            db.session.add(TermProposal(**values, found_at=now, seen_at=now))
        else:
            fresh += _seen_again(row, values, now=now)
    for row in known.values():  # no longer found: only what somebody decided is remembered
        if row.state is ProposalState.WAITING:
            db.session.delete(row)
    run = db.session.get(TermMining, int(payload["run"]))
    if run is not None:
        run.finished_at, run.texts, run.pairs = now, found.texts, found.pairs
        run.proposed = fresh


def _seen_again(row: TermProposal, values: dict[str, Any], *, now: datetime) -> bool:
    """Renew the evidence; a dismissed row comes back where it has grown enough."""
    for name in ("support", "times", "cohesion", "freedom", "share", "examples"):
        setattr(row, name, values[name])
    row.seen_at = now
    grown = row.support >= GROWN * (row.decided_support or row.support)
    if row.state is ProposalState.DISMISSED and grown:
        reopen(row, by=trail.SYSTEM, now=now)
        return True
    return False
