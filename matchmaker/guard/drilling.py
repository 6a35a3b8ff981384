"""恢复演练: a backup is restored where nothing runs, and everything that makes it one is checked.

The embedded database into an empty folder, PostgreSQL into a cluster of its own. Then rows a table,
every file's SHA-256, the trail and its head, the invariants, and that somebody can sign in.
"""

import json
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import URL, select, update

from config import Config
from matchmaker import clock
from matchmaker.accounts import passwords
from matchmaker.accounts.models import User
from matchmaker.audit import verifying
from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.guard import invariants
from matchmaker.lifecycles import UserState
from matchmaker.ops import clusters, databases, operations
from matchmaker.ops.archives import BackupRefused, Manifest

Start = Callable[[Config], Flask]
FAILED = 500


@dataclass
class Record:
    """What a drill found; `problem` is empty where the backup gave everything back."""

    held_at: str
    backup: str
    made_at: str = ""
    age_hours: float = 0.0  # RPO: what would have been lost
    seconds: float = 0.0  # RTO: from the backup to the first sign-in
    bytes: int = 0
    files: int = 0
    rows: int = 0
    audit_entries: int = 0
    done: list[str] = field(default_factory=list)
    problem: str = ""


def drill(
    source: Path, settings: Config, start: Start, *, key: Path | None, now: datetime
) -> Record:
    """Restore a backup beside the running instance and check it; what it needed is removed.

    start : makes the application from settings.  key : private key of an encrypted backup.
    """
    record = Record(held_at=now.isoformat(), backup=source.name, bytes=source.stat().st_size)
    begun = time.monotonic()
    place = Path(tempfile.mkdtemp(prefix="matchmaker-drill-"))
    place.chmod(0o711)  # the cluster's own account passes through
    try:
        manifest = operations.restore(source, place / "instance", key=key)
        record.made_at, record.files = manifest.made_at, len(manifest.files)
        age = now - datetime.fromisoformat(manifest.made_at)
        record.age_hours = max(0.0, round(age.total_seconds() / 3600, 2))
        record.done.append("逐个文件核对 SHA-256")
        with _database(manifest, place) as url:
            settings.INSTANCE = place / "instance"
            _check(record, manifest, url, settings, start)
    except BackupRefused as error:
        record.problem = str(error)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    record.seconds = round(time.monotonic() - begun, 2)
    return record


@contextmanager
def _database(manifest: Manifest, place: Path) -> Iterator[URL]:
    if manifest.engine == "sqlite":
        yield URL.create("sqlite", database=str(place / "instance" / operations.RESTORED))
        return
    with clusters.cluster(place / "cluster") as folder:
        yield clusters.load(place / "instance" / databases.SERVER, folder)


def _check(record: Record, manifest: Manifest, url: URL, settings: Config, start: Start) -> None:
    record.done.append("数据库自检（integrity_check 或 pg_amcheck）")
    with databases.opened(url) as session:
        rows = databases.rows_of(session)
    record.rows = sum(rows.values())
    names = rows.keys() | manifest.rows.keys()
    differing = sorted(name for name in names if rows.get(name) != manifest.rows.get(name))
    if manifest.rows and differing:
        raise BackupRefused(f"恢复后行数与备份时不符：{'、'.join(differing[:5])}")
    record.done.append(f"{len(rows)} 张表逐张核对行数")
    settings.SQLALCHEMY_DATABASE_URI = url.render_as_string(hide_password=False)
    settings.AUDIT_HEADS = ""
    restored = start(settings)
    try:
        with restored.app_context():
            _check_trail(record, manifest)
            _check_data(record)
            _sign_in(restored, settings)
            record.done.append("登录成功")
    finally:
        with restored.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


def _check_trail(record: Record, manifest: Manifest) -> None:
    last = (manifest.audit_entries, manifest.audit_digest, "备份清单")
    count, fault = verifying.whole(given=[last] if manifest.audit_entries else [])
    if fault:
        raise BackupRefused(f"恢复后的审计日志：{fault}")
    record.audit_entries = count
    record.done.append(f"审计日志 {count} 条，链头与清单一致")


def _check_data(record: Record) -> None:
    broken = invariants.broken()
    if broken:
        raise BackupRefused(f"恢复后的数据：{broken[0]}")
    record.done.append(f"{len(invariants.CHECKS)} 项不变量检查")


def _sign_in(restored: Flask, settings: Config) -> None:
    """Sign in on the restored copy as somebody of an organisation, with a password set there."""
    password = secrets.token_urlsafe(24) + "aA1!"
    query = select(User.id, User.login).where(User.state == UserState.ACTIVE)
    with databases.opened(db.engines[None].url) as session, session.begin():
        found = session.execute(query.order_by(User.organisation_id.is_(None), User.id)).first()
        if found is None:
            raise BackupRefused("恢复后没有可以登录的账号")
        values: dict[str, Any] = {"password_hash": passwords.hashed(password)}
        values |= {"password_changed_at": clock.now(), "must_change_password": False}
        session.execute(update(User).where(User.id == found.id).values(**values))
    host = settings.TRUSTED_HOSTS[0] if settings.TRUSTED_HOSTS else "localhost"
    base = f"{'https' if settings.ON_HTTPS else 'http'}://{host}"
    client = restored.test_client()
    page = client.get("/sign-in", base_url=base).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"login": found.login, "password": password, "csrf_token": token[1] if token else ""}
    answer = client.post("/sign-in", data=form, base_url=base, headers={"Origin": base})
    if answer.status_code >= FAILED or not _signed_in(found.id):
        raise BackupRefused(f"恢复后不能登录（返回 {answer.status_code}）")


def _signed_in(user_id: int) -> bool:
    query = select(Entry.seq).where(Entry.action == "sign_in", Entry.actor_id == user_id)
    with databases.opened(db.engines[None].url) as session:
        return session.scalar(query.order_by(Entry.seq.desc()).limit(1)) is not None


def keep(record: Record, folder: Path, *, now: datetime) -> Path:
    """Write the record into `folder` by its date; return its path."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"drill-{clock.local(now):%Y%m%d-%H%M%S}.json"
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path
