"""The matcher: plain values in, an explained ranking out. No Flask, no SQLAlchemy.

The way through: a `Segmenter` of the bureau's words; an `Index` for each pool, `refresh`ed
together; `search`, then `rank` by facts; `explain` for every pair that is shown. What officers
decided, `learn` turns into `Weights`, which a `Rescorer`, `rank` and `explain` take.
"""

from matchmaker.matching.abbreviations import GROUPS as BASE_GROUPS
from matchmaker.matching.abbreviations import PROVENANCE as BASE_PROVENANCE
from matchmaker.matching.advice import Advice, advise, gains, with_keywords
from matchmaker.matching.drift import Drift, drift
from matchmaker.matching.explain import (
    Explanation,
    Span,
    Word,
    explain,
    explain_readings,
    fragments,
    whole,
)
from matchmaker.matching.features import DEFAULT, LABELS, Reader, Weights
from matchmaker.matching.feedback import Decision, Validation, learn, observed
from matchmaker.matching.folding import fold
from matchmaker.matching.index import Index, refresh, warm
from matchmaker.matching.mining import NewSynonyms, NewWord, new_synonyms, new_words
from matchmaker.matching.ranking import (
    SEMANTIC,
    THRESHOLD,
    Adjustment,
    Blocked,
    CandidateFacts,
    NeedFacts,
    Pair,
    PairFacts,
    Ranking,
    adjustments,
    algorithm_version,
    rank,
)
from matchmaker.matching.rescoring import Rescorer
from matchmaker.matching.retrieval import Build, Hit, Retrieval
from matchmaker.matching.semantic import Encoder, Likeness, Nearest, Vector
from matchmaker.matching.sides import Reading
from matchmaker.matching.storage import IndexRefused, load, save
from matchmaker.matching.text import Segmenter, TermRefused, check_term
from matchmaker.matching.weighting import Document, Idf, strengths

__all__ = [
    "BASE_GROUPS",
    "BASE_PROVENANCE",
    "DEFAULT",
    "LABELS",
    "SEMANTIC",
    "THRESHOLD",
    "Adjustment",
    "Advice",
    "Blocked",
    "Build",
    "CandidateFacts",
    "Decision",
    "Document",
    "Drift",
    "Encoder",
    "Explanation",
    "Hit",
    "Idf",
    "Index",
    "IndexRefused",
    "Likeness",
    "Nearest",
    "NeedFacts",
    "NewSynonyms",
    "NewWord",
    "Pair",
    "PairFacts",
    "Ranking",
    "Reader",
    "Reading",
    "Rescorer",
    "Retrieval",
    "Segmenter",
    "Span",
    "TermRefused",
    "Validation",
    "Vector",
    "Weights",
    "Word",
    "adjustments",
    "advise",
    "algorithm_version",
    "check_term",
    "drift",
    "explain",
    "explain_readings",
    "fold",
    "fragments",
    "gains",
    "learn",
    "load",
    "new_synonyms",
    "new_words",
    "observed",
    "rank",
    "refresh",
    "save",
    "strengths",
    "warm",
    "whole",
    "with_keywords",
]
