"""A backup as one file: a .tar.gz with a manifest that names every file and its SHA-256."""

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
FORMAT = 1
OWNER_ONLY = 0o600
CHUNK = 1 << 20  # bytes


class BackupRefused(Exception):
    """A backup that cannot be made, or must not be trusted; the message says why."""


@dataclass(frozen=True)
class Manifest:
    """What the backup holds: path → SHA-256 and bytes, rows a table, the audit trail's head."""

    made_at: str
    engine: str
    audit_entries: int
    audit_digest: str
    files: dict[str, dict[str, Any]]
    format: int = FORMAT
    rows: dict[str, int] = field(default_factory=dict)


def digest(path: Path) -> dict[str, Any]:
    """Return a file's SHA-256 and size."""
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(),
                "bytes": path.stat().st_size}  # fmt: skip


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every file below `folder`, except the manifest, with its digest."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        name: digest(path)
        for path in paths
        if (name := path.relative_to(folder).as_posix()) != MANIFEST
    }


def pack(folder: Path, manifest: Manifest, target: Path) -> None:
    """Write folder and manifest as `target`, readable by its owner alone; all of it or nothing."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    partial = target.with_name(target.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz") as archive:
                for name in [MANIFEST, *manifest.files]:
                    archive.add(folder / name, arcname=name, recursive=False)
            raw.flush()
            os.fsync(raw.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack into an empty folder and compare every file with the manifest.

    Raises BackupRefused for what is no backup, is cut off, holds other files than it lists, or
    files that are not what they were. Nothing is ever written outside `folder`.
    """
    try:
        with gzip.open(source) as stream:
            with tarfile.open(fileobj=stream, mode="r:") as archive:
                archive.extractall(folder, filter="data")
            while stream.read(CHUNK):  # to the end, where gzip's own checksum stands
                pass
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError, TypeError) as error:
        raise BackupRefused(f"不是完整的备份文件：{error}") from error
    if manifest.format != FORMAT:
        raise BackupRefused(f"备份格式为 {manifest.format}，本版本只能读取格式 {FORMAT}")
    found = listed(folder)
    for name in sorted(found.keys() ^ manifest.files.keys()):
        raise BackupRefused(f"备份内容与清单不符：{name} {'多出' if name in found else '缺失'}")
    for name, kept in manifest.files.items():
        if found[name] != kept:
            raise BackupRefused(f"备份中的文件被改动或损坏：{name}")
    return manifest
