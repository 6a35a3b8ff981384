"""Runs the revisions on the writer's engine; SQLite rebuilds tables, so it checks keys after."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

target = current_app.extensions["migrate"].db


def render(kind: str, item: object, _context: object) -> str | bool:
    """Write our own types as the columns they are, so that old revisions need no code of ours."""
    if kind == "type" and type(item).__name__ == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


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
            render_item=render,
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
