"""What the night tidies up: guesses nobody counts any more, accounts nobody uses."""

from datetime import datetime

from flask import current_app

from matchmaker import jobs
from matchmaker.accounts import dormancy, signing_in


@jobs.nightly
def sweep_guesses(now: datetime) -> None:
    """Delete guesses older than a month; what failed is on the trail."""
    signing_in.sweep(now)


@jobs.nightly
def stop_dormant_accounts(now: datetime) -> None:
    """Tell and stop accounts nobody uses; a demonstration, whose time jumps, keeps its own."""
    if not current_app.config["DEMONSTRATION"]:
        dormancy.tidy(now)
