"""The twelve invariants (I1 to I12) as checks of the data as it is."""

from typing import Any

from matchmaker.extensions import db
from matchmaker.guard import bids, papers, people, plumbing, states
from matchmaker.guard.checks import Check, Finding, run

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (*bids.CHECKS, *states.CHECKS, *people.CHECKS, *papers.CHECKS, *plumbing.CHECKS),
        key=lambda check: int(check.code[1:]),
    )
)


def broken(session: Any = None) -> list[Finding]:
    """Run every check; return those that were broken. Empty: the data keep every invariant."""
    return run(session or db.session, CHECKS)
