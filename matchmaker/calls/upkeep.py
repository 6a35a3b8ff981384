"""What happens to calls by themselves: the end of the period, the reminders before it."""

from datetime import datetime

from matchmaker import jobs
from matchmaker.calls import operations, reminding


@jobs.each_minute
def close(now: datetime) -> None:
    """Close the calls whose last moment has passed."""
    operations.close_due(now=now)


@jobs.nightly
def remind(now: datetime) -> None:
    """Remind who has not answered, seven, three and one day before the end."""
    reminding.remind_due(now=now)
