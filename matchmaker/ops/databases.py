"""A consistent copy of the running database, and whether a copy is sound."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, create_engine, func, inspect, select, table, text
from sqlalchemy.orm import Session

from matchmaker.audit import chain
from matchmaker.audit.models import AuditHead
from matchmaker.ops.archives import BackupRefused

EMBEDDED, SERVER = "database.sqlite3", "database.pgdump"
PAGES = 2000  # pages of SQLite copied before writers get a turn


@dataclass(frozen=True)
class Copied:
    """A copy of the database and what was in it at that moment."""

    path: Path
    entries: int
    digest: str
    rows: dict[str, int]


def copy(url: URL, folder: Path) -> Copied:
    """Write a consistent copy of the database into `folder` while the site runs."""
    if url.get_backend_name() == "sqlite":
        path = _copy_embedded(Path(str(url.database)), folder / EMBEDDED)
        with opened(f"sqlite:///file:{path}?mode=ro&uri=true") as session:
            return _described(session, path)
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with Session(engine) as session:  # dump and figures are of one snapshot
            snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
            described = _described(session, folder / SERVER)
            _dump_server(url, described.path, snapshot=str(snapshot))
            return described
    finally:
        engine.dispose()


def _described(session: Session, path: Path) -> Copied:
    last = session.execute(select(AuditHead.seq, AuditHead.digest)).one_or_none()
    entries, digest = tuple(last) if last else (0, chain.GENESIS)
    return Copied(path, entries, digest, rows_of(session))


def rows_of(session: Session) -> dict[str, int]:
    """Count the rows of every table, by its name."""
    names = sorted(inspect(session.connection()).get_table_names())
    return {
        name: session.scalar(select(func.count()).select_from(table(name))) or 0 for name in names
    }


@contextmanager
def opened(url: str | URL) -> Iterator[Session]:
    """Yield a session on another database than the application's."""
    engine = create_engine(url)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _copy_embedded(source: Path, target: Path) -> Path:
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as running,
        closing(sqlite3.connect(target)) as kept,
    ):
        running.backup(kept, pages=PAGES)
        kept.execute("PRAGMA journal_mode=DELETE")
    return target


def _dump_server(url: URL, target: Path, *, snapshot: str) -> Path:
    """Run pg_dump; the password travels in its environment, never on its command line."""
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    command = ["pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}", plain]
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell
            command, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise BackupRefused("没有找到 pg_dump，请先安装 PostgreSQL 客户端") from error
    if done.returncode:
        raise BackupRefused(f"pg_dump 失败：{done.stderr.strip()[:500]}")
    return target


def check(folder: Path) -> int:
    """Return the number of audit entries of an embedded copy; raise `BackupRefused` if unsound.

    A dump of PostgreSQL must list its contents; its chain is walked after loading it (`drill`).
    """
    path = folder / EMBEDDED
    if not path.exists():
        _check_dump(folder / SERVER)
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as kept:
            (state,) = kept.execute("PRAGMA integrity_check").fetchone()
            broken = kept.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"备份中的数据库无法读取：{error}") from error
    if state != "ok" or broken:
        raise BackupRefused(f"备份中的数据库已损坏：{state if state != 'ok' else broken}")
    count, _digest, fault = chain_of(path)
    if fault:
        raise BackupRefused(f"备份中的审计日志不完整：{fault}")
    return count


def _check_dump(path: Path) -> None:
    command = ["pg_restore", "--list", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise BackupRefused("没有找到 pg_restore，请先安装 PostgreSQL 客户端") from error
    if done.returncode:
        raise BackupRefused(f"备份中的数据库无法读取：{done.stderr.strip()[:300]}")


def chain_of(path: Path) -> tuple[int, str, str]:
    """Walk the audit chain of an embedded copy: entries, the head's digest, what is wrong."""
    with opened(f"sqlite:///file:{path}?mode=ro&uri=true") as session:
        count, fault = chain.verify(session)
        return count, chain.head(session), fault
