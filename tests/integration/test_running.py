"""How the site starts, what it refuses, what probes and metrics say, how databases are set."""

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

import config
from matchmaker import clock, create_app, health, outbox, starting, timeliness, web
from matchmaker.audit import trail
from matchmaker.bidding.key_models import BountyKey
from matchmaker.extensions import BUSY_MS, db
from matchmaker.lifecycles import BountyState
from matchmaker.policy import engine
from tests.conftest import NOON, dispose

GOOD = "5f0c9b7e21d84a63b9d2e07c46a1f385"


@pytest.fixture
def production(tmp_path, monkeypatch):
    """What a real bureau's environment gives; the test changes one thing of it."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'real.db'}")
    monkeypatch.setenv("TRUSTED_HOSTS", "jbt.example.cn")
    monkeypatch.setenv("SECRET_KEY", GOOD)
    monkeypatch.delenv("FLASK_DEBUG", raising=False)
    return lambda: config.Production(tmp_path)


def refused(settings, words):
    with pytest.raises(RuntimeError, match=words) as error:
        create_app(settings)
    assert str(error.value).startswith("拒绝启动：")


def test_a_good_environment_starts(production):
    assert production().refuse() == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FLASK_DEBUG", "1", "不能带调试运行"),
        ("SECRET_KEY", "change-me-change-me-change-me-change", "示例或默认值"),
        ("SECRET_KEY", "至少32个字符的随机串" * 4, "示例或默认值"),
        ("SECRET_KEY", "abab" * 10, "不是随机串"),
        ("AUDIT_DIGEST", "md5", "AUDIT_DIGEST 只能是 sha256 或 sm3"),
    ],
)
def test_what_is_unsafe_refuses_to_start(production, monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    refused(production(), words)


@pytest.mark.parametrize("name", ["bids/site.key", "bids/mark.key", "given"])
def test_a_secret_that_others_may_read_refuses_to_start(production, monkeypatch, tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(GOOD)
    path.chmod(0o644)
    if name == "given":
        monkeypatch.delenv("SECRET_KEY")
        monkeypatch.setenv("SECRET_KEY_FILE", str(path))
    refused(production(), f"密钥文件 {path} 可被其他账号读取，请执行 chmod 600")
    path.chmod(0o600)
    settings = production()
    assert settings.refuse() == []
    assert settings.SECRET_KEY == GOOD


def test_a_route_without_a_row_in_the_table_refuses_to_start(tmp_path, monkeypatch):
    found = engine.table.find
    monkeypatch.setattr(engine.table, "find", lambda *row: row[1] != "probe" and found(*row))
    with pytest.raises(RuntimeError, match=r"/healthz .* is bound to .*probe"):
        create_app(config.Testing(tmp_path))


def test_a_pending_migration_refuses_to_serve(tmp_path):
    settings = config.Testing(tmp_path)
    app = create_app(settings)
    with pytest.raises(RuntimeError, match="请先备份，再执行 flask db upgrade"):
        starting.refuse(app)
    with app.app_context():
        upgrade()
        starting.refuse(app)
        downgrade(revision="-1")
    with pytest.raises(RuntimeError, match="拒绝启动：数据库表结构不是最新"):
        starting.refuse(app)
    answer = app.test_cli_runner().invoke(args=["jobs"])
    assert answer.exit_code != 0
    assert "flask db upgrade" in str(answer.exception)
    with app.app_context():
        dispose()


def readiness(client, **headers):
    answer = client.get("/readyz", **headers)
    return answer.status_code, answer.get_json()


@pytest.fixture
def ready(app, client, monkeypatch):
    """A site whose probe has nothing to say; migrations are another test's."""
    monkeypatch.setattr(health.starting, "pending_migration", lambda app: "")
    monkeypatch.setattr(health.timeliness, "clock_fault", lambda: "")
    monkeypatch.setattr(health, "LEAST_FREE", 0.0)
    status, said = readiness(client)
    assert (status, said["ready"]) == (200, True)
    assert set(said["checks"].values()) == {"ok"}
    return client


@pytest.mark.database
def test_each_check_of_readiness_fails_by_itself(app, ready, make, monkeypatch):
    faults = {
        "migrations": (health.starting, "pending_migration", lambda app: "database [], code []"),
        "disk": (health, "LEAST_FREE", 1.1),
        "outbox": (health.outbox, "waiting", lambda: (1, clock.now() - 2 * health.OLDEST_EVENT)),
        "database": (health, "_database", lambda: "OperationalError"),
    }
    for check, (owner, name, value) in faults.items():
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, value)
            status, said = readiness(ready)
        assert (status, said["ready"]) == (503, False), check
        assert [one for one, told in said["checks"].items() if told != "ok"] == [check]
    assert readiness(ready)[0] == 200


def test_a_database_that_cannot_be_written_is_not_ready(app, ready, instance, database_url):
    with app.app_context():
        with db.engines[None].connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        assert health._database() == "OperationalError"
        dispose()
        assert health._database() == ""


@pytest.mark.parametrize(("strict", "demo", "status"), [(True, False, 503), (True, True, 200),
                                                       (False, False, 200)])  # fmt: skip
def test_a_clock_nobody_keeps_is_a_fault_only_where_somebody_should(
    app, ready, monkeypatch, strict, demo, status
):
    monkeypatch.setattr(timeliness, "clock_fault", lambda: "nothing keeps the clock right (NTP)")
    monkeypatch.setitem(app.config, "CLOCK_SYNC", strict)
    monkeypatch.setitem(app.config, "DEMONSTRATION", demo)
    found, said = readiness(ready)
    assert found == status
    assert said["checks"]["clock"].endswith("nothing keeps the clock right (NTP)")


def test_the_kernel_tells_of_the_clock():
    assert isinstance(timeliness.clock_fault(), str)


@pytest.mark.database
def test_an_open_bounty_without_keys_is_told_and_foreign_keys_are_a_fault(app, ready, make):
    bounty = make.bounty(state=BountyState.PUBLISHED)
    status, said = readiness(ready)
    assert (status, said["checks"]["keys"]) == (
        200, f"warning: fewer than two shares: {bounty.bounty_no}",
    )  # fmt: skip
    make.add(BountyKey(bounty_id=bounty.id, alg="x", public_key=b"x", beside="other", made_at=NOON))
    status, said = readiness(ready)
    assert status == 503
    assert "not those of the open bounties" in said["checks"]["keys"]


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_probes_answer_this_machine_only(app, client, path):
    far = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    assert client.get(path, **far).status_code == 404
    assert client.get(path, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    assert client.get(path).status_code in {200, 503}
    assert client.get("/healthz", **far).status_code == 200


@pytest.mark.database
def test_the_metrics_tell_what_pages_somebody(app, client, make):
    client.get("/nothing-here")
    with app.app_context(), web.transaction():
        outbox.add("x", {}, now=NOON)
        trail.record("backup", "system", by=trail.SYSTEM, now=clock.now())
        trail.record("check_data", "system", by=trail.SYSTEM, now=NOON, wrong=3)
    text = client.get("/metrics").get_data(as_text=True)
    figures = dict(
        line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")
    )
    assert float(figures['matchmaker_requests_total{status="404"}']) >= 1
    assert float(figures["matchmaker_request_seconds_count"]) >= 1
    assert float(figures["matchmaker_outbox_waiting"]) == 1
    assert float(figures["matchmaker_outbox_age_seconds"]) > 0
    assert 0 <= float(figures["matchmaker_backup_age_seconds"]) < 600
    assert float(figures["matchmaker_data_check_wrong"]) == 3
    assert float(figures["matchmaker_audit_entries"]) == 2
    assert 0 < float(figures["matchmaker_disk_free_ratio"]) < 1


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1,
           "secure_delete": 1, "busy_timeout": BUSY_MS}  # fmt: skip


@pytest.mark.parametrize(("engine", "query_only"), [(None, 0), ("reader", 1)])
def test_the_embedded_database_is_set_as_promised(app, database_url, engine, query_only):
    with app.app_context(), db.engines[engine].connect() as connection:
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in (*PRAGMAS, "query_only")}  # fmt: skip
    assert told == {**PRAGMAS, "query_only": query_only}


def test_a_writer_takes_the_lock_at_once(app):
    said = []
    with app.app_context():
        sa.event.listen(db.engines[None], "before_cursor_execute",
                        lambda *given: said.append(given[2]))  # fmt: skip
        with db.engines[None].begin():
            pass
    assert said[:1] == ["BEGIN IMMEDIATE"]


@pytest.mark.database
def test_a_page_has_bounds_on_the_server_and_a_job_has_none(app, database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's bounds")
    asked = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), "
    asked += "current_setting('idle_in_transaction_session_timeout')"
    with app.app_context(), db.engines[None].connect() as connection:
        assert tuple(connection.exec_driver_sql(asked).one()) == ("0", "0", "0")
    with app.test_request_context(), db.engines[None].connect() as connection:
        assert tuple(connection.exec_driver_sql(asked).one()) == ("10s", "5s", "30s")
        with pytest.raises(sa.exc.DBAPIError, match="statement timeout"):
            connection.exec_driver_sql("SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(5)")
