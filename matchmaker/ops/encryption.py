"""Backups for the bureau's eyes alone: the age format, by pyrage (rage, X25519 and ChaCha20).

Any `age` program opens such a file with the private key, also without this platform.
"""

import os
from pathlib import Path

import pyrage

from matchmaker.ops.archives import OWNER_ONLY, BackupRefused

SUFFIX = ".age"
MAGIC = b"age-encryption.org/"


def new_key(target: Path) -> str:
    """Write a new private key into a file of its owner alone; return the public half ("age1…")."""
    identity = pyrage.x25519.Identity.generate()
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as error:
        raise BackupRefused(f"文件已存在，没有覆盖：{target}") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{identity}\n")
    return str(identity.to_public())


def is_encrypted(path: Path) -> bool:
    """Tell by its first bytes whether a file is in the age format."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def encrypt(source: Path, target: Path, *, public_key: str) -> None:
    """Encrypt a file, in pieces, into another readable by its owner alone; all of it or nothing."""
    try:
        recipient = pyrage.x25519.Recipient.from_str(public_key.strip())
    except pyrage.RecipientError as error:
        raise BackupRefused("BACKUP_PUBLIC_KEY 不是有效的公钥（应以 age1 开头）") from error
    partial = target.with_name(target.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with source.open("rb") as plain, os.fdopen(descriptor, "wb") as sealed:
            pyrage.encrypt_io(plain, sealed, [recipient])
            sealed.flush()
            os.fsync(sealed.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def decrypt(source: Path, target: Path, *, key: Path | None) -> None:
    """Decrypt a file; raise `BackupRefused` without the right key, or where a bit was changed."""
    if key is None:
        raise BackupRefused("备份已加密，请用 --key 指定私钥文件")
    try:
        identity = pyrage.x25519.Identity.from_str(_secret(key))
    except (pyrage.IdentityError, OSError, UnicodeDecodeError) as error:
        raise BackupRefused(f"私钥文件无法读取：{key}") from error
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with source.open("rb") as sealed, os.fdopen(descriptor, "wb") as plain:
            pyrage.decrypt_io(sealed, plain, [identity])
    except (pyrage.DecryptError, OSError) as error:
        target.unlink(missing_ok=True)
        raise BackupRefused("私钥不符，或备份被改动、没有写完") from error


def _secret(key: Path) -> str:
    lines = key.read_text(encoding="ascii").splitlines()
    return next((line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
