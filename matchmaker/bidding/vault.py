"""What is kept beside the database, in the instance folder: keys, drafts' files, envelopes.

    bids/site.key    the site's signing key            bids/mark.key   the key of keyed marks
    bids/drafts/X/   a draft's key and encrypted files; gone when the bid is sealed
    bids/sealed/     envelopes named by the SHA-256 of their bytes

Everything is written beside its place, synced and renamed; folders 0700, files 0600.
"""

import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from flask import current_app

from matchmaker import sealing
from matchmaker.sealing import receipts

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_PARTIAL = ".part"
KEY, FILE = "key", ".enc"
KEY_BYTES = 32


def _folder(*names: str) -> Path:
    path = Path(current_app.config["INSTANCE"]).joinpath("bids", *names)
    path.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    return path


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and have the disk confirm it."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_PARTIAL}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """Have the disk confirm what a folder holds."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _made_once(name: str, new: bytes) -> bytes:
    """Return the key of this name; the first caller's stays when two make it at once."""
    path = _folder() / name
    if not path.exists():
        fresh = path.with_name(f"{name}.{secrets.token_hex(4)}{_PARTIAL}")
        _write(fresh, new)
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
        sync(path.parent)
    return path.read_bytes()


def signing_key() -> bytes:
    """Return the site's private signing key, made on first use."""
    return _made_once("site.key", sealing.new_signing_key())


def site_key() -> str:
    """Return the public half of the site's signing key as hex."""
    return receipts.public_of(signing_key())


def fingerprint() -> str:
    """Return what tells this instance's signing key and mark key from any others."""
    said = f"{site_key()}:{mark('check', 0, None)}"
    return hashlib.sha256(said.encode()).hexdigest()


def mark(kind: str, bounty_id: int, subject_id: int | None) -> str:
    """Return the keyed hash of a user ("user") or unit ("unit", "valid") at one bounty.

    The bounty is part of it, so that what the opening of one tells nothing of another.
    """
    key = _made_once("mark.key", secrets.token_bytes(KEY_BYTES))
    said = f"{kind}:{bounty_id}:{subject_id}".encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()


def _draft(name: str) -> Path:
    return _folder("drafts") / Path(name).name


def new_draft(name: str) -> None:
    """Make the folder and the key of a draft."""
    path = _draft(name)
    path.mkdir(mode=_PRIVATE_FOLDER)
    _write(path / KEY, secrets.token_bytes(KEY_BYTES))


def _draft_key(name: str) -> bytes:
    try:
        return (_draft(name) / KEY).read_bytes()
    except FileNotFoundError:
        raise sealing.Broken("草稿的密钥已不在本机，内容无法恢复；请新建申请。") from None


def lock(name: str, content: bytes) -> bytes:
    """Encrypt a draft's content."""
    return sealing.lock(_draft_key(name), content, context=f"draft:{name}")


def unlock(name: str, locked: bytes) -> bytes:
    """Return a draft's content; raise `sealing.Broken` where its key is gone."""
    return sealing.open_lock(_draft_key(name), locked, context=f"draft:{name}")


def keep_file(name: str, body: bytes) -> str:
    """Encrypt one of a draft's files; return what it is stored as."""
    stored_as = secrets.token_hex(12)
    locked = sealing.lock(_draft_key(name), body, context=f"file:{stored_as}")
    _write(_draft(name) / f"{stored_as}{FILE}", locked)
    return stored_as


def read_file(name: str, stored_as: str) -> bytes:
    """Return one of a draft's files; raise `sealing.Broken` where it is not what was kept."""
    path = _draft(name) / f"{Path(stored_as).name}{FILE}"
    try:
        locked = path.read_bytes()
    except FileNotFoundError:
        raise sealing.Broken("附件已不在本机，请重新上传。") from None
    return sealing.open_lock(_draft_key(name), locked, context=f"file:{stored_as}")


def drop_file(name: str, stored_as: str) -> None:
    """Remove one of a draft's files."""
    (_draft(name) / f"{Path(stored_as).name}{FILE}").unlink(missing_ok=True)


def destroy_draft(name: str) -> None:
    """Overwrite and remove a draft's key, then everything of it."""
    path = _draft(name)
    key = path / KEY
    if key.exists():
        with key.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        key.unlink()
    shutil.rmtree(path, ignore_errors=True)
    sync(path.parent)


def keep_envelope(envelope: bytes) -> str:
    """Store an envelope; return its name, the SHA-256 of its bytes."""
    name = hashlib.sha256(envelope).hexdigest()
    _write(_folder("sealed") / name, envelope)
    return name


def read_envelope(name: str) -> bytes:
    """Return an envelope; raise `sealing.Broken` where it is gone or another."""
    try:
        envelope = (_folder("sealed") / Path(name).name).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise sealing.Broken("密封件不在存储中。") from None
    if hashlib.sha256(envelope).hexdigest() != name:
        raise sealing.Broken("密封件的散列值与登记的不符，文件被改动。")
    return envelope


def drafts() -> list[str]:
    """Return the names of the drafts that have a key or files here."""
    return [path.name for path in _folder("drafts").iterdir()]


def sweep(drafts: Collection[str], envelopes: Collection[str], *, before: float) -> int:
    """Remove drafts and envelopes no row names, and half-written files; return how many.

    before : seconds since 1970; what is younger may belong to a request still under way.
    """
    removed = 0
    for path in list(_folder("drafts").iterdir()):
        if path.name not in drafts and path.stat().st_mtime < before:
            destroy_draft(path.name)
            removed += 1
    for path in [*_folder("sealed").iterdir(), *_folder().glob(f"*{_PARTIAL}")]:
        if path.name not in envelopes and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
