"""Migrations: up, down and up again on an empty database; the result is what the models say."""

import uuid

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

import config
from matchmaker import create_app
from matchmaker.extensions import db
from tests.conftest import dispose

pytestmark = pytest.mark.database


@pytest.fixture
def empty_app(tmp_path, database_url):
    """An application over a database without a table, on the run's own kind of server."""
    settings = config.Testing(tmp_path)
    url, server = f"sqlite:///{tmp_path / 'empty.db'}", None
    name = f"matchmaker_{uuid.uuid4().hex[:10]}"
    if not database_url.startswith("sqlite"):
        server = sa.create_engine(database_url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        url = sa.make_url(database_url).set(database=name).render_as_string(hide_password=False)
    settings.SQLALCHEMY_DATABASE_URI = url
    app = create_app(settings)
    with app.app_context():
        yield app
        dispose()
    if server is not None:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def tables():
    return set(sa.inspect(db.engines[None]).get_table_names()) - {"alembic_version"}


def test_up_down_up_ends_at_the_models(empty_app, shows):
    upgrade()
    assert tables() == set(db.metadata.tables)
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    with db.engines[None].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        checks = sa.inspect(connection).get_check_constraints("pairing")
        bounds = {check["name"]: check["sqltext"] for check in checks}
    assert "3.000001" in bounds["ck_pairing_cosine"]  # compare_metadata looks at no CHECK
    shows("T16", "空库升到最新、退到最初、再升到最新：与程序的表结构差异 0")


def test_the_trail_is_guarded_after_migration(empty_app):
    upgrade()
    with db.engines[None].begin() as connection:
        connection.execute(sa.text("INSERT INTO audit_head (id, seq, digest) VALUES (1, 0, '')"))
        columns = "seq, at, actor_name, actor_roles, action, noun, object_id, from_state, to_state"
        rest = "reason, details, ip, request_id, previous, digest"
        values = "1, '2026-11-20 04:00:00', '', '', 'x', 'x', '', '', '', '', '{}', '', '', '', 'd'"
        connection.execute(
            sa.text(f"INSERT INTO audit_entry ({columns}, {rest}) VALUES ({values})")
        )
    for statement in ("UPDATE audit_entry SET noun = 'y'", "DELETE FROM audit_entry"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="never changed"),
            db.engines[None].begin() as connection,
        ):
            connection.execute(sa.text(statement))
