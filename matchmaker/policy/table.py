"""The permission table, read once from `permissions.csv` beside this file.

A row names (resource, state, action), the roles allowed and the roles allowed on their own rows.
`ALL` is every role and visitors. Unnamed is denied. Rows with a reason in `added` complete the
bureau's table; the others bind as they stand.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matchmaker.lifecycles.roles import EVERYBODY, Role

# In which order the file names the roles of one cell.
WRITTEN = tuple(Role)
PATH = Path(__file__).with_name("permissions.csv")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    resource: str
    state: str
    action: str
    allow: frozenset[Role]
    own: frozenset[Role]
    added: str


def _roles(text: str) -> frozenset[Role]:
    if text == "ALL":
        return EVERYBODY
    return frozenset(Role(name) for name in text.split())


@cache
def rows() -> tuple[Row, ...]:
    """Return every row in the file's order; an unknown role raises ValueError."""
    with PATH.open(encoding="utf-8", newline="") as file:
        return tuple(
            Row(
                line["resource"],
                line["state"],
                line["action"],
                _roles(line["allow"]),
                _roles(line["own"]),
                line["added"],
            )
            for line in csv.DictReader(file)
        )


@cache
def find(resource: str, action: str) -> tuple[Row, ...]:
    """Return the rows of one action, one a state; empty where the table has none."""
    return tuple(row for row in rows() if (row.resource, row.action) == (resource, action))


def as_line(row: Row) -> tuple[str, ...]:
    """Return a row as the file writes it: resource, state, action, allow, own, added."""
    return row.resource, row.state, row.action, _names(row.allow), _names(row.own), row.added


def _names(roles: frozenset[Role]) -> str:
    if roles == EVERYBODY:
        return "ALL"
    return " ".join(role.value for role in WRITTEN if role in roles)
