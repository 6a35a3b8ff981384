"""Extensions, the declarative base and the two engines: one that writes, one that only reads."""

import secrets
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

from flask import Flask, has_request_context
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf import CSRFProtect
from sqlalchemy import JSON, DateTime, Engine, MetaData, String, TypeDecorator, event
from sqlalchemy import Enum as EnumType
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import DeclarativeBase, registry

from matchmaker import clock

# How long a write waits for another one: the import of 20,000 rows is one transaction and may hold
# SQLite's only write lock for longer than 15 s on a slow disk; nobody's form fails meanwhile.
BUSY_MS = 60_000

PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",  # a commit is on the disk before the answer: NORMAL may lose it
    "foreign_keys=ON",
    "recursive_triggers=ON",  # INSERT OR REPLACE would pass the trail's guards
    "secure_delete=ON",
)
PAGE_BOUNDS = (
    "SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '5s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '30s'"
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC; refuses a naive one (ValueError)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite keeps no zone, so drop it there."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored moment must be aware"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware moment in UTC."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=UTC)


def _values(members: type[Enum]) -> list[str]:
    return [str(member.value) for member in members]


_STORED_ENUM = EnumType(
    Enum, native_enum=False, length=40, values_callable=_values, create_constraint=False
)


class Base(DeclarativeBase):
    """Declarative base: constraint names are predictable, types follow the annotation."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UTCDateTime,
            StrEnum: _STORED_ENUM,
            list[str]: JSON,
            list[dict[str, Any]]: JSON,
            dict[str, Any]: JSON,
            str: String,
        },
    )


class RoutedSession(FlaskSession):
    """Sends everything to the reader until `web.transaction()` marks the session as writing."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine:
        """Return the engine of this moment."""
        return db.engines[None if self.info.get("writing") else "reader"]


db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
login = LoginManager()
migrate = Migrate()
csrf = CSRFProtect()
bootstrap = Bootstrap5()


def new_public_id() -> str:
    """Return a random 96-bit name for URLs; it hides numbers, it protects nothing."""
    return secrets.token_urlsafe(12)


def init_app(app: Flask) -> None:
    """Attach every extension and prepare both engines."""
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    embedded = url.startswith("sqlite")
    options: dict[str, Any] = {"query_cache_size": app.config["STATEMENTS"]}
    reader: dict[str, Any] = {"url": url, **options}
    if not embedded:
        reader["execution_options"] = {"postgresql_readonly": True}
        options["pool_pre_ping"] = True
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    app.config["SQLALCHEMY_BINDS"] = {"reader": reader}
    db.init_app(app)
    migrate.init_app(app, db, render_as_batch=embedded, compare_type=True)
    csrf.init_app(app)
    login.init_app(app)
    bootstrap.init_app(app)
    if embedded:
        with app.app_context():
            _prepare_sqlite(db.engines[None], begin="BEGIN IMMEDIATE", query_only=False)
            _prepare_sqlite(db.engines["reader"], begin="BEGIN", query_only=True)
    else:
        with app.app_context():
            for engine in db.engines.values():
                _prepare_postgresql(engine)


def _platform_now() -> str:
    """Return this moment as SQLite stores one: see `timekeeping.moment`."""
    return clock.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _prepare_postgresql(engine: Engine) -> None:
    """Bound how long a page may ask, wait for a lock, or hold a transaction doing nothing.

    Jobs and commands have no such bounds: an import of 20,000 rows is one transaction.
    """

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if has_request_context():
            with connection.connection.cursor() as cursor:
                cursor.execute(PAGE_BOUNDS)


def _prepare_sqlite(engine: Engine, *, begin: str, query_only: bool) -> None:
    """Set durability, waiting and the kind of transaction."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, f"query_only={'ON' if query_only else 'OFF'}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        connection.create_function("platform_now", 0, _platform_now)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
