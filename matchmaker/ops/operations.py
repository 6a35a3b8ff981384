"""Backing up, checking a backup, restoring one."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from matchmaker import clock
from matchmaker.audit import chain
from matchmaker.extensions import db
from matchmaker.ops import archives, databases
from matchmaker.ops.archives import BackupRefused, Manifest

# The instance's uploaded files, the bureau's own templates, the sealed bids. Keys are not in it.
FOLDERS = ("uploads", "templates", "bids/sealed")
RESTORED = "matchmaker.db"  # what an instance calls its embedded database


def backup(url: URL, instance: Path, folder: Path, *, now: datetime) -> Path:
    """Write database, uploaded files and manifest as one file into `folder`; return its path.

    The database is copied before the files: a file without a row does no harm, a row without its
    file does.  What was written is unpacked and checked before it counts as a backup.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"matchmaker-{clock.local(now):%Y%m%d-%H%M%S}.tar.gz"
    if target.exists():
        raise BackupRefused(f"已有同名备份：{target.name}，请稍后再试")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as name:
        work = Path(name)
        kept = databases.copy(url, work)
        entries, digest = _head(kept)
        for part in FOLDERS:
            if (instance / part).is_dir():
                shutil.copytree(instance / part, work / part)
        manifest = Manifest(
            made_at=now.isoformat(),
            engine=url.get_backend_name(),
            audit_entries=entries,
            audit_digest=digest,
            files=archives.listed(work),
        )
        archives.pack(work, manifest, target)
    try:
        verify(target)
    except BackupRefused:
        target.unlink()
        raise
    return target


def _head(kept: Path) -> tuple[int, str]:
    if kept.name == databases.EMBEDDED:
        count, digest, _fault = databases.chain_of(kept)
        return count, digest
    return chain.verify()[0], chain.head(db.session)


def verify(source: Path) -> Manifest:
    """Check a backup without keeping anything of it; raise `BackupRefused` where it is unsound."""
    with tempfile.TemporaryDirectory(prefix="matchmaker-verify-") as folder:
        return _checked(source, Path(folder))


def _checked(source: Path, folder: Path) -> Manifest:
    manifest = archives.unpack(source, folder)
    entries = databases.check(folder)
    if manifest.engine == "sqlite":
        _count, digest, _fault = databases.chain_of(folder / databases.EMBEDDED)
        if (entries, digest) != (manifest.audit_entries, manifest.audit_digest):
            raise BackupRefused("备份中的审计日志与清单记录的末条不符")
    return manifest


def restore(source: Path, folder: Path) -> Manifest:
    """Restore a backup into an empty or missing folder, as an instance may start from it.

    Raises BackupRefused for a folder that holds anything, and for a backup that is unsound; then
    the folder stays as it was.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(f"目标不是空目录：{folder}，请指定一个新的空目录")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".restore-") as name:
        work = Path(name) / "instance"
        work.mkdir(mode=0o700)
        manifest = _checked(source, work)
        if (work / databases.EMBEDDED).exists():
            (work / databases.EMBEDDED).rename(work / RESTORED)
        if folder.exists():
            folder.rmdir()
        work.rename(folder)
    return manifest
