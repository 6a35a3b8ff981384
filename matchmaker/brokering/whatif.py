"""Which rankings other words would change: the matcher as it is against the matcher as it would be.

Bounded, so that it ends: only texts that hold one of the words are read anew, at most `MOST_ROWS`;
only needs that hold one or that such an achievement answers, at most `MOST_NEEDS`; and for each
the best `DEEP` of today's achievements beside those read anew. Other pairs move only by a need's
changed norm, which lifts none of them past these.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from matchmaker import matching
from matchmaker.brokering.candidates import EVERY, Matcher, document_of
from matchmaker.brokering.models import CandidateKind
from matchmaker.matching import Document, Idf, Index, Retrieval, Segmenter, strengths

TOP = 5
DEEP = 20
MOST_ROWS = 500
MOST_NEEDS = 100
KIND = CandidateKind.ACHIEVEMENT


@dataclass(frozen=True, slots=True)
class Moved:
    """A need whose first five would change, or who would be pushed more or less.

    before, after : (achievement's row id, score), best first.  entered, left : achievements newly
    over the threshold, and no longer over it.
    """

    need_id: int
    before: list[tuple[int, float]]
    after: list[tuple[int, float]]
    entered: list[int]
    left: list[int]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def holds(row: Any, words: Iterable[str]) -> bool:
    """Tell whether a row's public text holds one of the words, folded."""
    document = document_of(row)
    text = matching.fold("\n".join((document.title, document.keywords, document.body)))[0]
    return any(word in text for word in words)


def refitted(matcher: Matcher, rows: Sequence[Any], segmenter: Segmenter) -> Idf:
    """Return the idf as a refit would count it, where only these rows read otherwise."""
    counts = Counter(matcher.needs.idf.counts)
    for row in rows:
        document = document_of(row)
        counts.subtract(strengths(document, matcher.segmenter).keys())
        counts.update(strengths(document, segmenter).keys())
    return Idf(matcher.needs.idf.documents, +counts)


def moved(
    matcher: Matcher,
    needs: Sequence[Any],
    achievements: Mapping[int, Any],
    *,
    segmenter: Segmenter,
    idf: Idf,
    threshold: float,
    today: date,
) -> list[Moved]:
    """Return the needs whose ranking would change, those most changed first.

    needs : rows.  achievements : by id, all that may stand in a ranking (`deep`, and those read
    anew).  segmenter, idf : as they would be.
    """
    after = Index.build(map(document_of, achievements.values()), segmenter=segmenter, idf=idf)
    found = []
    for need in needs:
        document = document_of(need)
        old = _ranked(matcher, matcher.pools[KIND], document, threshold=threshold, today=today)
        new = _ranked(matcher, after, document, threshold=threshold, today=today)
        compared = {row_id for row_id, _ in new} | set(achievements)
        was = {row_id for row_id, _ in old if row_id in compared}
        now = {row_id for row_id, _ in new}
        changed = [row_id for row_id, _ in old[:TOP]] != [row_id for row_id, _ in new[:TOP]]
        if changed or was != now:
            told = (sorted(now - was), sorted(was - now))
            found.append(Moved(need.id, old[:TOP], new[:TOP], *told))
    return sorted(found, key=lambda one: (-len(one.entered) - len(one.left), one.need_id))


def deep(matcher: Matcher, need: Any, *, threshold: float) -> list[int]:
    """Return the row ids of a need's best achievements today."""
    hits = matcher.pools[KIND].search(document_of(need), top=DEEP, at_least=threshold)
    return [int(hit.id) for hit in hits]


def _ranked(
    matcher: Matcher, index: Retrieval, asked: Document, *, threshold: float, today: date
) -> list[tuple[int, float]]:
    if asked.id not in matcher.need_facts:
        return []
    facts = matcher.facts[KIND]
    hits = [hit for hit in index.search(asked, top=EVERY, at_least=threshold) if hit.id in facts]
    pairs = matching.rank(
        hits,
        lambda name: matcher.pair_facts(asked.id, KIND, name),
        today=today,
        top=DEEP,
        threshold=threshold,
    ).pairs
    return [(int(pair.id), pair.score) for pair in pairs]
