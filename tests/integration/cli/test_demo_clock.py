"""`flask demo-clock`: time passes in steps, what falls due happens; only in a demonstration."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

import config
from matchmaker import clock, create_app, jobs, timekeeping, web
from matchmaker.calls import operations
from matchmaker.calls.models import Call
from matchmaker.cli.demo_clock import stops
from matchmaker.extensions import db
from matchmaker.lifecycles import CallState, Role
from tests import browser
from tests.conftest import NOON, dispose
from tests.integration.calls.conftest import CALL

pytestmark = pytest.mark.database


@pytest.fixture
def run(app):
    """Return a function: run the command at NOON of the real time."""

    def runs(*words):
        with time_machine.travel(NOON, tick=False):
            return app.test_cli_runner().invoke(args=["demo-clock", *words])

    return runs


@pytest.fixture
def call(app, make):
    """A published call that ends on 20 December."""
    officer, chief = make.user(Role.OFFICER), make.user(Role.SECTION_CHIEF)
    firm = make.organisation()
    make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    with time_machine.travel(NOON, tick=False), app.app_context():
        with web.transaction():
            from matchmaker.calls import inviting
            from matchmaker.calls.inviting import Chosen

            by = db.session.merge(officer)
            row = operations.create(CALL, by=by, now=NOON)
            inviting.invite(row, Chosen(), [firm.name], by=by, now=NOON)
            operations.publish(row, by=db.session.merge(chief), now=NOON)
        jobs.drain()


def state(app):
    with app.app_context():
        return db.session.scalars(sa.select(Call.state)).one()


def test_it_tells_the_time(run):
    said = run().output
    assert "演示时间：2026-11-20 12:00（真实时间）" in said
    run("+30d")
    assert "2026-12-20 12:00（比真实时间快 30 天）" in run().output
    run("+3h")
    assert "2026-12-20 15:00（比真实时间快 30 天 3 小时）" in run().output


def test_what_falls_due_on_the_way_happens_in_its_own_time(app, run, call):
    said = run("+31d").output
    assert "演示时间：2026-11-20 12:00 → 2026-12-21 12:00" in said
    assert f"12-21 00:00 征集批次“{CALL['title']}”：到期截止（已截止）" in said
    assert "催报 3 次" in said  # seven, three and one day before the end, each in its night
    assert "发出站内消息" in said
    assert state(app) is CallState.CLOSED


def test_nothing_due_is_said(run, app):
    assert "没有到期的事项" in run("+1h").output


def test_to_a_moment_in_beijing(app, run, call):
    assert run("to", "2026-12-20T23:59").exit_code == 0
    assert state(app) is CallState.PUBLISHED
    assert run("to", "2026-12-21").exit_code == 0
    assert state(app) is CallState.CLOSED


@pytest.mark.parametrize("words", [("to", "2026-11-01"), ("to", "2026-11-20T12:00"), ("+0d",)])
def test_time_goes_forward_only(run, words):
    refused = run(*words)
    assert refused.exit_code == 1
    assert "只能向前" in refused.output
    assert "真实时间" in run().output


@pytest.mark.parametrize(
    "words", [("30d",), ("+d",), ("+5x",), ("to",), ("to", "明天"), ("reset", "now"), ("-3d",)]
)
def test_what_is_unreadable_is_refused_with_the_usage(run, words):
    refused = run(*words)
    assert refused.exit_code != 0
    assert "真实时间" in run().output


def test_not_ten_years_at_once(run):
    assert "一次最多移动" in run("+9999d").output


def test_reset_goes_back_and_undoes_nothing(app, run, call):
    run("+40d")
    said = run("reset").output
    assert "已恢复真实时间：2026-11-20 12:00" in said
    assert "（真实时间）" in run().output
    assert state(app) is CallState.CLOSED
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(timekeeping.ClockOffset.id))) == 0


def test_refused_outside_a_demonstration(app, run, monkeypatch):
    monkeypatch.setitem(app.config, "DEMONSTRATION", False)
    refused = run("+1d")
    assert refused.exit_code == 1
    assert "只有演示环境" in refused.output


def test_every_page_says_that_the_time_is_moved(run, client, make, sign_in):
    assert "演示时间" not in client.get("/").get_data(as_text=True)
    run("+30d")
    with time_machine.travel(NOON, tick=False):
        for who in (client, sign_in(make.user(Role.OFFICER))):
            page = who.get("/needs")
            assert "演示时间：2026-12-20 12:00" in page.get_data(as_text=True)
            browser.parse(page)
    run("reset")
    with time_machine.travel(NOON, tick=False):
        assert "演示时间" not in client.get("/").get_data(as_text=True)


def test_the_long_job_runs_after_the_last_night_only(run, app, monkeypatch):
    seen, long = [], []
    monkeypatch.setattr(jobs, "_nightly", [seen.append])
    monkeypatch.setattr(jobs, "_nightly_at_length", [long.append])
    run("+5d")
    assert [clock.local(one).strftime("%m-%d %H:%M") for one in seen[:5]] == [
        f"11-2{day} 02:30" for day in range(1, 6)
    ]
    assert len(long) == 1


def test_stops_lie_between_start_and_target():
    start = datetime(2026, 11, 20, 12, 0, tzinfo=clock.BEIJING)
    found = list(stops(start, start + timedelta(days=1)))
    assert [(f"{moment:%d %H:%M}", night) for moment, night in found] == [
        ("20 17:00", False), ("20 17:30", False), ("21 00:00", False), ("21 02:30", True),
        ("21 12:00", False),
    ]  # fmt: skip
    assert clock.today(found[-1][0]) == date(2026, 11, 21)


@pytest.fixture
def production(tmp_path, monkeypatch, database_url):
    """Settings of a real bureau over an empty database of its own."""
    url = f"sqlite:///{tmp_path / 'real.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TRUSTED_HOSTS", "jbt.example.cn")
    monkeypatch.setenv("SECRET_KEY", "5f0c9b7e21d84a63b9d2e07c46a1f385")
    return lambda: config.Production(tmp_path)


def test_a_real_bureau_refuses_a_database_whose_time_was_moved(production):
    app = create_app(production())  # no tables yet: the migration still has to run
    with app.app_context():
        with db.engines[None].begin() as connection:
            timekeeping.ClockOffset.__table__.create(connection)
        dispose()
    create_app(production())
    with app.app_context():
        with db.engines[None].begin() as connection:
            row = {"id": 1, "seconds": 0}
            connection.execute(timekeeping.ClockOffset.__table__.insert().values(**row))
        dispose()
    with pytest.raises(RuntimeError, match="演示库，不能用于正式环境"):
        create_app(production())


def test_a_real_bureaus_clock_is_never_moved(production):
    create_app(production())
    assert abs(clock.now() - datetime.now(clock.BEIJING)) < timedelta(seconds=5)
