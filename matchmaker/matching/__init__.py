"""The matcher: plain values in, an explained ranking out. No Flask, no SQLAlchemy.

The way through: a `Segmenter` of the bureau's words; an `Index` for each pool, `refresh`ed
together; `search`, then `rank` by facts; `explain` for every pair that is shown.
"""

from matchmaker.matching.explain import Explanation, Span, Word, explain, fragments
from matchmaker.matching.index import Hit, Index, refresh
from matchmaker.matching.ranking import (
    THRESHOLD,
    Adjustment,
    Blocked,
    CandidateFacts,
    NeedFacts,
    Pair,
    PairFacts,
    Ranking,
    algorithm_version,
    rank,
)
from matchmaker.matching.storage import IndexRefused, load, save
from matchmaker.matching.text import Segmenter, TermRefused, check_term
from matchmaker.matching.weighting import Document, Idf

__all__ = [
    "THRESHOLD",
    "Adjustment",
    "Blocked",
    "CandidateFacts",
    "Document",
    "Explanation",
    "Hit",
    "Idf",
    "Index",
    "IndexRefused",
    "NeedFacts",
    "Pair",
    "PairFacts",
    "Ranking",
    "Segmenter",
    "Span",
    "TermRefused",
    "Word",
    "algorithm_version",
    "check_term",
    "explain",
    "fragments",
    "load",
    "rank",
    "refresh",
    "save",
]
