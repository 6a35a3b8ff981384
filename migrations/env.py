"""Runs the revisions on the writer's engine; SQLite rebuilds tables, so it checks keys after."""

from alembic import context
from flask import current_app

target = current_app.extensions["migrate"].db


def run() -> None:
    """Migrate the connected database, every revision in a transaction of its own."""
    engine = target.engines[None]
    embedded = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if embedded:
            connection.exec_driver_sql("COMMIT")  # pragmas want no transaction
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=target.metadata,
            compare_type=True,
            render_as_batch=embedded,
        )
        with context.begin_transaction():
            context.run_migrations()
        if embedded:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                message = f"migration left dangling keys: {broken[:5]}"
                raise RuntimeError(message)
        connection.commit()
    engine.dispose()


run()
