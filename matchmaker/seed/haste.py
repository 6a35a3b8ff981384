"""Seeding in haste: thousands of small transactions into a database nobody else uses yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from matchmaker.extensions import db

# What a commit waits for while the demonstration is loaded, and what it waits for otherwise. A
# power cut may take the last seconds of it, never its consistency: it is then loaded anew.
_WAITS = {
    "sqlite": ("PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"),
    "postgresql": ("SET synchronous_commit = off", "SET synchronous_commit = on"),
}


@contextmanager
def in_haste() -> Iterator[None]:
    """Let no commit wait for the disk nor wake a consumer: the seed drains the outbox itself."""
    hooks = current_app.extensions.pop("after_commit", [])
    hasty, careful = _WAITS[db.engines[None].dialect.name]
    _tell(hasty)
    try:
        yield
    finally:
        db.session.remove()
        _tell(careful)
        current_app.extensions["after_commit"] = hooks


def _tell(setting: str) -> None:
    """Set the pooled connection that writes: the only one, as nobody else does."""
    connection = db.engines[None].raw_connection()
    try:
        connection.cursor().execute(setting)
        connection.commit()
    finally:
        connection.close()
