"""Who may do what: one table, one engine; deny by default, rows scoped in the query."""

from matchmaker.policy.engine import (
    LEVELS,
    Relation,
    Standing,
    check_bound,
    endpoint,
    expression,
    extend,
    level_labels,
    may,
    model_of,
    permits,
    register,
    require,
    scope,
)
from matchmaker.policy.table import Row, rows

__all__ = [
    "LEVELS",
    "Relation",
    "Row",
    "Standing",
    "check_bound",
    "endpoint",
    "expression",
    "extend",
    "level_labels",
    "may",
    "model_of",
    "permits",
    "register",
    "require",
    "rows",
    "scope",
]
