"""A consistent copy of the running database, and whether a copy is sound."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, create_engine
from sqlalchemy.orm import Session

from matchmaker.audit import chain
from matchmaker.ops.archives import BackupRefused

EMBEDDED, SERVER = "database.sqlite3", "database.pgdump"
PAGES = 2000  # pages of SQLite copied before writers get a turn


def copy(url: URL, folder: Path) -> Path:
    """Write a consistent copy of the database into `folder` while the site runs; return it."""
    if url.get_backend_name() == "sqlite":
        return _copy_embedded(Path(str(url.database)), folder / EMBEDDED)
    return _dump_server(url, folder / SERVER)


def _copy_embedded(source: Path, target: Path) -> Path:
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as running,
        closing(sqlite3.connect(target)) as kept,
    ):
        running.backup(kept, pages=PAGES)
        kept.execute("PRAGMA journal_mode=DELETE")
    return target


def _dump_server(url: URL, target: Path) -> Path:
    """Run pg_dump; the password travels in its environment, never on its command line."""
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    command = ["pg_dump", "--format=custom", f"--file={target}", plain]
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

    A dump of PostgreSQL is checked by its digest alone: its chain is walked after loading it.
    """
    path = folder / EMBEDDED
    if not path.exists():
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


def chain_of(path: Path) -> tuple[int, str, str]:
    """Walk the audit chain of an embedded copy: entries, the head's digest, what is wrong."""
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    try:
        with Session(engine) as session:
            count, fault = chain.verify(session)
            return count, chain.head(session), fault
    finally:
        engine.dispose()
