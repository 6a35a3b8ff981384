"""What happens to needs by night."""

from datetime import datetime

from matchmaker import jobs
from matchmaker.needs import decisions


@jobs.nightly
def expire(now: datetime) -> None:
    """Expire what is past its last day and announce what soon will be."""
    decisions.expire_due(now=now)
