"""What the night tidies up: guesses nobody counts any more."""

from datetime import datetime

from matchmaker import jobs
from matchmaker.accounts import signing_in


@jobs.nightly
def sweep_guesses(now: datetime) -> None:
    """Delete guesses older than a month; what failed is on the trail."""
    signing_in.sweep(now)
