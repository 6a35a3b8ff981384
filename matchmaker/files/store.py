"""Uploaded files, kept by the digest of their content: the same file is stored once."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from flask import current_app

CHUNK = 256 * 1024
_PARTIAL = ".part"
_holders: list[Callable[[], Collection[str]]] = []


class TooLarge(ValueError):
    """The stream holds more bytes than was allowed."""


def folder() -> Path:
    """Return where this instance keeps uploads; only the service's own account may read it."""
    path = Path(current_app.config["INSTANCE"]) / "uploads"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(stream: IO[bytes] | Any, *, suffix: str, most: int) -> tuple[str, int]:
    """Store a stream; return (name, bytes). Raises `TooLarge` past `most` bytes.

    Written beside its place, synced, then renamed: a name that exists is complete.
    suffix : extension with its dot, kept because it says how the file is to be read.
    """
    place = folder()
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=place, suffix=_PARTIAL, delete=False) as partial:
        try:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise TooLarge
                digest.update(chunk)
                partial.write(chunk)
            partial.flush()
            os.fsync(partial.fileno())
        except BaseException:
            Path(partial.name).unlink(missing_ok=True)
            raise
    name = f"{digest.hexdigest()}{suffix}"
    Path(partial.name).replace(place / name)
    _sync(place)
    return name, size


def put(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all, its folder too where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=_PARTIAL, delete=False) as partial:
        try:
            partial.write(content)
            partial.flush()
            os.fsync(partial.fileno())
        except BaseException:
            Path(partial.name).unlink(missing_ok=True)
            raise
    Path(partial.name).replace(path)
    _sync(path.parent)


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def path_of(name: str) -> Path:
    """Return the path of a stored file; raise FileNotFoundError where it is gone."""
    path = folder() / Path(name).name
    if not path.is_file():
        raise FileNotFoundError(name)
    return path


def keeps(names: Callable[[], Collection[str]]) -> Callable[[], Collection[str]]:
    """Register a function that returns the stored names a noun holds: those are never swept."""
    _holders.append(names)
    return names


def named() -> set[str]:
    """Return every stored name that some noun holds."""
    return set().union(*(names() for names in _holders))


def ownerless(*, before: float) -> list[Path]:
    """Return complete files that nobody names and that are older than `before`, by name.

    before : seconds since 1970; what is younger may belong to a request still under way.
    """
    in_use = named()
    return [p for p in complete() if p.name not in in_use and p.stat().st_mtime < before]


def complete() -> list[Path]:
    """Return every file that was stored whole, by name."""
    found = (path for path in folder().iterdir() if path.is_file() and path.suffix != _PARTIAL)
    return sorted(found)


def sweep(in_use: Collection[str], *, before: float) -> int:
    """Remove files that nobody names and that are older than `before` (seconds since 1970)."""
    in_use = {*in_use, *named()}
    removed = 0
    for path in folder().iterdir():
        if path.is_file() and path.name not in in_use:
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
    return removed
