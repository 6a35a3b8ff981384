"""T16: a full database goes down revision by revision and up again and keeps every value."""

import hashlib
import uuid

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

import config
from matchmaker import create_app
from matchmaker.audit import verifying
from matchmaker.extensions import db
from matchmaker.guard import invariants
from tests.conftest import dispose

pytestmark = [pytest.mark.full, pytest.mark.database, pytest.mark.timeout(1200)]
ROWS = 10_000


@pytest.fixture
def filled(tmp_path, database_url):
    """The demonstration district, ten thousand rows, on the run's own kind of server."""
    settings = config.Testing(tmp_path)
    settings.SQLALCHEMY_DATABASE_URI = f"sqlite:///{tmp_path / 'filled.db'}"
    app = create_app(settings)
    with app.app_context():
        upgrade()
        done = app.test_cli_runner().invoke(args=["seed"])
        assert done.exit_code == 0, done.output
        assert invariants.broken() == []
        source = db.engines[None]
        if database_url.startswith("sqlite"):
            yield app
            dispose()
            return
        yield from copied(source, database_url, tmp_path)
        dispose()


def copied(source, database_url, tmp_path):
    """Put the same rows into a PostgreSQL database of its own."""
    name = f"matchmaker_{uuid.uuid4().hex[:10]}"
    server = sa.create_engine(database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    settings = config.Testing(tmp_path / "server")
    url = sa.make_url(database_url).set(database=name)
    settings.SQLALCHEMY_DATABASE_URI = url.render_as_string(hide_password=False)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        with source.connect() as old, db.engines[None].begin() as new:
            new.exec_driver_sql("SET session_replication_role = replica")
            for table in db.metadata.sorted_tables:
                rows = [dict(row) for row in old.execute(table.select()).mappings()]
                if rows:
                    new.execute(table.insert(), rows)
        yield app
        dispose()
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def shape():
    """Return table → its columns, as the database has them now."""
    found = sa.inspect(db.engines[None])
    return {
        table: sorted(column["name"] for column in found.get_columns(table))
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def digest(table, columns):
    """Return rows and the digest of these columns' values, whatever their order."""
    chosen = sa.select(*(sa.column(name) for name in columns)).select_from(sa.table(table))
    with db.engines[None].connect() as connection:
        rows = sorted(repr(tuple(row)) for row in connection.execute(chosen))
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()


def revisions(app):
    """Return every revision from the newest to the first."""
    script = ScriptDirectory(app.extensions["migrate"].directory)
    return [one.revision for one in script.walk_revisions()]


def test_ten_thousand_rows_go_down_and_up_again(filled, shows):
    """Down revision by revision, each time every value of the tables that stay; up in one go."""
    start = shape()
    rows = sum(digest(table, columns)[0] for table, columns in start.items())
    assert rows > ROWS * 0.9
    compared = 0
    for revision in revisions(filled)[1:]:
        known = shape()
        newer = {table: digest(table, columns) for table, columns in known.items()}
        downgrade(revision=revision)
        for table, columns in shape().items():
            if columns == known[table]:
                assert digest(table, columns) == newer[table], (revision, table)
                compared += 1
    low = shape()
    wanted = {table: digest(table, columns) for table, columns in low.items()}
    upgrade()
    assert {table: digest(table, columns) for table, columns in low.items()} == wanted
    assert shape() == start
    with db.engines[None].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    assert verifying.whole()[1] == ""
    removal = sa.text("DELETE FROM audit_entry")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), db.engines[None].begin() as last:
        last.execute(removal)
    said = f"{rows:,} 行数据逐版退到最初再升到最新：结构差异 0，留下的表逐值相同"
    shows("T16", said, tried=compared)


@pytest.fixture
def small(tmp_path):
    """A database with one row that every version knows."""
    settings = config.Testing(tmp_path)
    settings.SQLALCHEMY_DATABASE_URI = f"sqlite:///{tmp_path / 'small.db'}"
    app = create_app(settings)
    with app.app_context():
        upgrade()
        with db.engines[None].begin() as connection:
            connection.execute(sa.text("INSERT INTO setting VALUES ('phone', '\"0631\"')"))
        yield app
        dispose()


def test_a_migration_that_loses_a_value_is_caught(small, monkeypatch, shows):
    """The fault planted in the application: the newest downgrade changes a value on its way."""
    script = ScriptDirectory(small.extensions["migrate"].directory)
    newest = script.get_revision("heads")
    real, columns = newest.module.downgrade, shape()["setting"]
    before = digest("setting", columns)

    def forgetful():
        real()
        op.execute("UPDATE setting SET content = '\"\"'")

    monkeypatch.setattr(ScriptDirectory, "from_config", classmethod(lambda cls, config: script))
    downgrade(revision="-1")
    assert digest("setting", columns) == before
    upgrade()
    monkeypatch.setattr(newest.module, "downgrade", forgetful)
    downgrade(revision="-1")
    assert digest("setting", columns) != before
    shows("T16", planted="退版时改掉一个值：逐值比对查出")
