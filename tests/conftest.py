"""One application a run; a fresh database for every test that touches it."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config import Testing
from matchmaker import clock, create_app, sessions, timekeeping
from matchmaker.extensions import db
from matchmaker.policy import step_up
from tests import factories

pytest_plugins = ["tests.assurance", "pytester"]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # Friday, noon in Beijing
SHARED_MEMORY = Path("/dev/shm")
LONGEST = {
    name: place
    for place, name in enumerate(
        ("test_sealed_bids", "test_routes", "test_canaries", "test_seed", "test_every_page",
         "test_main_story", "test_need_story")
    )
}  # fmt: skip


def drift() -> timedelta:
    """By how much a frozen test is away from the server's clock."""
    if not time_machine.escape_hatch.is_travelling():
        return timedelta(0)
    return datetime.now(UTC) - time_machine.escape_hatch.datetime.datetime.now(UTC)


timekeeping.drift[0] = drift


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of pages, which say little about a database; begin with what takes longest.

    A file's tests stay together on one worker (`--dist loadgroup`), but for the crawls: each of
    them is as long as a file.
    """
    for item in items:
        if "pages" in item.path.stem:
            item.add_marker(pytest.mark.pages)
        folder = item.path.parent.name
        if folder != "security":
            together = folder if folder == "e2e" else str(item.path)  # one site, seeded once
            item.add_marker(pytest.mark.xdist_group(together))
    items.sort(key=lambda item: LONGEST.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def instance() -> Iterator[Path]:
    base = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="matchmaker-test-", dir=base) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def database_url(instance: Path) -> Iterator[str]:
    """SQLite in the instance folder, or a PostgreSQL database made for this run."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{instance / 'test.db'}"
        return
    name = f"matchmaker_{uuid.uuid4().hex[:10]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        connection.execute(sa.text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def every_role(database_url: str) -> bool:
    """Whether the crawls that run on both databases are walked by every role on this one.

    On SQLite always; on PostgreSQL, where they only repeat it, with `scripts/test --full`.
    """
    return database_url.startswith("sqlite") or os.environ.get("TEST_EVERY_ROLE") == "1"


@pytest.fixture(scope="session")
def bare_app(instance: Path, database_url: str) -> Iterator[Flask]:
    settings = Testing(instance)
    settings.SQLALCHEMY_DATABASE_URI = database_url
    app = create_app(settings)
    with app.app_context():
        db.session.info["writing"] = True
        db.create_all()
        db.session.remove()
        dispose()
    if database_url.startswith("sqlite"):
        shutil.copy(instance / "test.db", instance / "template.db")
    yield app
    with app.app_context():
        dispose()


def dispose() -> None:
    for engine in db.engines.values():
        engine.dispose()


def reset(instance: Path, database_url: str) -> None:
    """Put the empty database back, and no uploaded file."""
    for folder in ("uploads", "bids", "mail", "sms"):
        shutil.rmtree(instance / folder, ignore_errors=True)
    if database_url.startswith("sqlite"):
        dispose()
        for suffix in ("-wal", "-shm"):
            (instance / f"test.db{suffix}").unlink(missing_ok=True)
        shutil.copy(instance / "template.db", instance / "test.db")
        return
    emptied = "; ".join(f"DELETE FROM {table.name}" for table in db.metadata.sorted_tables)
    with db.engines[None].begin() as connection:  # in one statement: one journey, not a hundred
        connection.exec_driver_sql(
            f"SET session_replication_role = replica; {emptied}; "
            "SET session_replication_role = DEFAULT"
        )


@pytest.fixture
def app(bare_app: Flask, instance: Path, database_url: str) -> Iterator[Flask]:
    """The application over an empty database, without an app context."""
    with bare_app.app_context():
        reset(instance, database_url)
    yield bare_app
    with bare_app.app_context():
        db.session.remove()


@pytest.fixture
def writing(app: Flask) -> Iterator[None]:
    """An app context whose session writes: for tests of operations. Nothing is committed."""
    with app.app_context():
        db.session.info["writing"] = True
        yield
        db.session.rollback()
        db.session.info.pop("writing", None)
        db.session.remove()


@pytest.fixture
def make(app: Flask) -> factories.Make:
    """Factories: rows with sensible values; flushed inside `writing`, else committed."""
    return factories.Make(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask):
    """Return a function: a client signed in as this user."""

    def signed_in(user) -> FlaskClient:
        client = app.test_client()
        with app.test_request_context():
            opened = sessions.ServerSession(None, None)
            opened["_user_id"] = str(user if isinstance(user, int) else user.id)
            opened["_fresh"] = True
            opened[step_up.KEY] = clock.now().isoformat()
            response = app.response_class()
            app.session_interface.save_session(app, opened, response)
        name, value = response.headers["Set-Cookie"].split(";")[0].split("=", 1)
        client.set_cookie(name, value)
        return client

    return signed_in
