"""One time for pages, jobs and statements; only a demonstration instance can move it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from matchmaker import clock, jobs, timekeeping, web
from matchmaker.bounties.models import Bounty, is_past_deadline, takes_bids
from matchmaker.extensions import db
from tests.conftest import NOON

pytestmark = pytest.mark.database
SECOND = timedelta(seconds=1)


def found(condition):
    return db.session.scalars(select(Bounty.id).where(condition)).all()


def test_the_databases_time_is_the_clocks(app):
    with time_machine.travel(NOON, tick=False), app.app_context():
        assert abs(timekeeping.now_in_database() - NOON) < 5 * SECOND


def test_a_bounty_takes_bids_until_its_deadline_and_no_longer(app, make):
    open_one = make.bounty(bid_deadline_at=NOON + timedelta(minutes=1))
    late_one = make.bounty(bid_deadline_at=NOON)
    with time_machine.travel(NOON, tick=False), app.app_context():
        assert found(takes_bids()) == [open_one.id]
        assert found(is_past_deadline()) == [late_one.id]


def test_a_moved_instance_moves_python_and_sql_alike(app, make):
    bounty = make.bounty(bid_deadline_at=NOON + timedelta(days=3))
    with time_machine.travel(NOON, tick=False), app.app_context():
        assert clock.now() == NOON
        assert found(takes_bids()) == [bounty.id]
        with web.transaction():
            timekeeping.set_offset(timedelta(days=4))
        assert clock.now() == NOON + timedelta(days=4)
        assert found(takes_bids()) == []
    with time_machine.travel(NOON, tick=False), app.app_context():
        assert clock.now() == NOON + timedelta(days=4)
    assert clock.now().year >= 2026  # outside an application nothing is moved


def test_what_is_due_runs_by_the_minute_and_one_failure_is_its_own(app, monkeypatch):
    seen = []

    def failing(now):
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "_each_minute", [failing, seen.append])
    with time_machine.travel(NOON, tick=False), app.app_context():
        jobs.run_due()
    assert seen == [NOON]
