"""How long an event that failed waits."""

from datetime import timedelta

from matchmaker import outbox


def test_a_failed_event_waits_longer_each_time_and_an_hour_at_most():
    waits = [outbox.pause(attempts) for attempts in range(1, outbox.MOST_ATTEMPTS + 1)]
    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits == sorted(waits)
    assert waits[-1] == outbox.LONGEST_PAUSE
