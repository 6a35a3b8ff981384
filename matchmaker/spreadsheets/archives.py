"""Zip containers (.xlsx, .ods) unpacked once, to nothing, to count what they really hold."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from .limits import Limits
from .refusals import Refusal, refuse
from .sniffing import FileFormat

_CHUNK: Final = 256 * 1024
_ENCRYPTED_FLAG: Final = 0x1
_MACRO_PARTS: Final = ("vbaproject.bin", "macrosheets/", "xl/workbook.bin", "basic/script")
_REQUIRED: Final = {FileFormat.XLSX: "xl/workbook.xml", FileFormat.ODS: "content.xml"}


def inspect_archive(path: Path, *, found: FileFormat, limits: Limits) -> None:
    """Refuse a container that is damaged, hostile, encrypted, with macros, or no workbook."""
    if _REQUIRED[found] not in inspect_container(path, limits=limits):
        raise refuse(Refusal.NOT_A_WORKBOOK, found="（内容是压缩包或其他文档）")


def inspect_container(source: Path | IO[bytes], *, limits: Limits) -> list[str]:
    """Return the names of the members in lower case; refuse what is damaged or hostile.

    Every member is unpacked and counted in chunks and dropped; headers are not believed.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            names = _check_names(members, limits=limits)
            _count(archive, members, packed=_size(archive), limits=limits)
            return names
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as cause:
        raise refuse(Refusal.DAMAGED) from cause
    except (NotImplementedError, RuntimeError) as cause:
        raise refuse(Refusal.UNSAFE) from cause


def _size(archive: zipfile.ZipFile) -> int:
    file: IO[bytes] = archive.fp  # type: ignore[assignment]
    return file.seek(0, 2)


def _check_names(members: list[zipfile.ZipInfo], *, limits: Limits) -> list[str]:
    if len(members) > limits.entries:
        raise refuse(Refusal.BOMB)
    names = [member.filename for member in members]
    lowered = [name.lower() for name in names]
    if any(part in name for name in lowered for part in _MACRO_PARTS):
        raise refuse(Refusal.MACROS)
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise refuse(Refusal.ENCRYPTED)
    if len(set(lowered)) < len(lowered) or any(_is_outside(name) for name in names):
        raise refuse(Refusal.UNSAFE)
    if any(stat.S_ISLNK(member.external_attr >> 16) for member in members):
        raise refuse(Refusal.UNSAFE)
    return lowered


def _is_outside(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _count(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], *, packed: int, limits: Limits
) -> None:
    unpacked = 0
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(Refusal.UNSAFE)
        first = True
        for chunk in _chunks(archive, member):
            unpacked += len(chunk)
            too_dense = unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * packed
            if unpacked > limits.unpacked_bytes or too_dense:
                raise refuse(Refusal.BOMB)
            if first:
                _check_head(member.filename, chunk)
            first = False


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            yield chunk


def _check_head(name: str, head: bytes) -> None:
    """Refuse a part with a document type (entities), and an encrypted OpenDocument."""
    lowered = name.lower()
    if lowered == "meta-inf/manifest.xml" and b"encryption-data" in head:
        raise refuse(Refusal.ENCRYPTED)
    if lowered == "[content_types].xml" and b"macroenabled" in head.lower():
        raise refuse(Refusal.MACROS)
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", head, re.IGNORECASE):
        raise refuse(Refusal.UNSAFE)
