"""A text that is no need (a bounty) against the pools: who fits it best, and the words why.

Read by the consumer, which holds the matcher; pages read what was stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker import matching
from matchmaker.brokering.candidates import MOST, WORDS_LISTED, Aside, Matcher
from matchmaker.brokering.models import CandidateKind
from matchmaker.matching import Document


@dataclass(frozen=True, slots=True)
class Fit:
    """A row that fits: its id, the text score, the heaviest words they share."""

    row_id: int
    score: float
    words: list[str]


def in_pool(
    matcher: Matcher, asked: Document, kind: CandidateKind, *, threshold: float, top: int = MOST
) -> list[tuple[int, float]]:
    """Return (row id, text score) of the pool's best for a text; blacklisted ones are left out."""
    facts = matcher.facts[kind]
    hits = matcher.find(kind, asked, top=top * 2, at_least=threshold)
    standing = [hit for hit in hits if not facts[hit.id].blacklisted]
    return [(int(hit.id), hit.text_score) for hit in standing[:top]]


def in_needs(
    matcher: Matcher, asked: Document, *, threshold: float, top: int = MOST
) -> list[tuple[int, float]]:
    """Return (need id, text score) of the open needs an offer fits best."""
    hits = matcher.find_needs(asked, top=top * 2, at_least=threshold)
    standing = [hit for hit in hits if not matcher.need_facts[hit.id].blacklisted]
    return [(int(hit.id), hit.text_score) for hit in standing[:top]]


def among(
    matcher: Matcher,
    asked: Document,
    offered: Iterable[Document],
    *,
    threshold: float,
    top: int = MOST,
) -> list[tuple[int, float]]:
    """Return (row id, text score) of documents that are in no pool's index, such as teams."""
    aside = _aside(matcher, tuple(offered))
    hits = aside.texts.for_need(aside.index, asked, top=top, at_least=threshold)
    return [(int(hit.id), hit.text_score) for hit in hits]


def _aside(matcher: Matcher, documents: tuple[Document, ...]) -> Aside:
    """Return the documents' index: the last one where they are word for word the same."""
    held = matcher.aside
    if held is None or held.documents != documents:
        texts = matching.Rescorer(matcher.weights)
        index = matching.Index.build(
            map(texts.put, documents), segmenter=matcher.segmenter, idf=matcher.needs.idf
        )
        held = matcher.aside = Aside(documents, index, texts)
    return held


def words(matcher: Matcher, asked: Document, offered: Document) -> list[str]:
    """Return the heaviest words two texts share, as the first one writes them."""
    why = matching.explain_readings(
        matcher.read(asked), matcher.read(offered), weights=matcher.weights
    )
    return [word.in_need[0] for word in why.main_words][:WORDS_LISTED]
