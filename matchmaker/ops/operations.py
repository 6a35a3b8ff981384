"""Backing up, checking a backup, restoring one."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from matchmaker import clock
from matchmaker.ops import archives, databases, encryption
from matchmaker.ops.archives import BackupRefused, Manifest

# The instance's uploaded files, the bureau's own templates, the sealed bids. Keys are not in it.
FOLDERS = ("uploads", "templates", "bids/sealed")
RESTORED = "matchmaker.db"  # what an instance calls its embedded database


def backup(url: URL, instance: Path, folder: Path, *, now: datetime, public_key: str = "") -> Path:
    """Write database, uploaded files and manifest as one file into `folder`; return its path.

    The database is copied before the files: a file without a row does no harm, a row without its
    file does.  What was written is unpacked and checked before it counts as a backup.
    public_key : of the bureau; with one only its private half, kept elsewhere, opens the file.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = encryption.SUFFIX if public_key else ""
    target = folder / f"matchmaker-{clock.local(now):%Y%m%d-%H%M%S}.tar.gz{suffix}"
    if target.exists():
        raise BackupRefused(f"已有同名备份：{target.name}，请稍后再试")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as name:
        work = Path(name) / "content"
        work.mkdir()
        copied = databases.copy(url, work)
        for part in FOLDERS:
            if (instance / part).is_dir():
                shutil.copytree(instance / part, work / part)
        manifest = Manifest(
            made_at=now.isoformat(),
            engine=url.get_backend_name(),
            audit_entries=copied.entries,
            audit_digest=copied.digest,
            files=archives.listed(work),
            rows=copied.rows,
        )
        plain = Path(name) / "plain.tar.gz"
        archives.pack(work, manifest, plain)
        verify(plain)
        if public_key:
            encryption.encrypt(plain, target, public_key=public_key)
        else:
            plain.rename(target)
    return target


def verify(source: Path, *, key: Path | None = None) -> Manifest:
    """Check a backup without keeping anything of it; raise `BackupRefused` where it is unsound.

    key : the file of the bureau's private key, for an encrypted one.
    """
    with tempfile.TemporaryDirectory(prefix="matchmaker-verify-") as folder:
        return _checked(source, Path(folder) / "content", key=key)


def _checked(source: Path, folder: Path, *, key: Path | None) -> Manifest:
    folder.mkdir(mode=0o700, exist_ok=True)
    if encryption.is_encrypted(source):
        plain = folder.with_name("plain.tar.gz")
        encryption.decrypt(source, plain, key=key)
        manifest = archives.unpack(plain, folder)
        plain.unlink()
    else:
        manifest = archives.unpack(source, folder)
    entries = databases.check(folder)
    if manifest.engine == "sqlite":
        _count, digest, _fault = databases.chain_of(folder / databases.EMBEDDED)
        if (entries, digest) != (manifest.audit_entries, manifest.audit_digest):
            raise BackupRefused("备份中的审计日志与清单记录的末条不符")
    return manifest


def restore(source: Path, folder: Path, *, key: Path | None = None) -> Manifest:
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
        manifest = _checked(source, work, key=key)
        if (work / databases.EMBEDDED).exists():
            (work / databases.EMBEDDED).rename(work / RESTORED)
        if folder.exists():
            folder.rmdir()
        work.rename(folder)
    return manifest
