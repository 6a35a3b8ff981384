"""A project's whole file as one ZIP that opens without the platform.

A folder a stage, `index.html` with every file's digest and the record's timeline, `manifest.json`,
and `verify.py`, which checks the unpacked folder. Equal input has equal bytes.
"""

import hashlib
import io
import json
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined

from matchmaker.documents.filling import as_date, as_moment, as_text

HERE: Final = Path(__file__).parent
MANIFEST: Final = "manifest.json"
INDEX: Final = "index.html"
CHECKER: Final = "verify.py"
FORMAT: Final = 1
CHUNK: Final = 1024 * 1024
LONGEST_NAME: Final = 80  # characters; Windows refuses paths beyond 260
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_PACKED: Final = frozenset({".docx", ".xlsx", ".pdf", ".zip", ".jpg", ".jpeg", ".png", ".ofd"})
_REFUSED: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED: Final = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class Item(NamedTuple):
    """A file of the archive: its name, its content or where it lies, what it is."""

    name: str
    source: bytes | Path
    note: str = ""


class Event(NamedTuple):
    """A line of the timeline: when (aware moment, day, or ready text), who, what."""

    at: datetime | date | str
    who: str
    what: str


@dataclass(frozen=True)
class Built:
    """What was built; `manifest_digest` is what the platform remembers of it."""

    path: Path
    manifest_digest: str
    files: int
    size: int


@dataclass
class _Packing:
    """The archive under construction."""

    zip: zipfile.ZipFile
    names: set[str] = field(default_factory=set)

    def add(self, path: str, source: bytes | Path) -> dict[str, Any]:
        """Stream one file in; return its entry in the manifest."""
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        part = zipfile.ZipInfo(path, _STAMP)
        part.external_attr = 0o644 << 16
        part.file_size = size  # decides on the large format
        packed = Path(path).suffix.lower() in _PACKED
        part.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        digest, count = hashlib.sha256(), 0
        with _opened(source) as stream, self.zip.open(part, "w") as target:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                count += len(chunk)
                target.write(chunk)
        return {"path": path, "bytes": count, "sha256": digest.hexdigest()}

    def unused(self, folder: str, name: str) -> str:
        """Return a path nobody has yet, also where capitals do not count."""
        stem, dot, suffix = name.rpartition(".")
        stem, suffix = (stem, dot + suffix) if stem else (name, "")
        path, number = folder + name, 1
        while path.casefold() in self.names:
            number += 1
            path = f"{folder}{stem}（{number}）{suffix}"
        self.names.add(path.casefold())
        return path


def _opened(source: bytes | Path) -> IO[bytes]:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


def safe_name(name: str) -> str:
    """Return a file name every system can unpack; never empty, never a path."""
    plain = as_text(unicodedata.normalize("NFC", name)).replace("\a", " ")
    plain = _REFUSED.sub("_", plain).strip(" .")
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    if len(plain) > LONGEST_NAME:
        stem, dot, suffix = plain.rpartition(".")
        kept = dot + suffix if stem and len(suffix) <= 8 else ""  # noqa: PLR2004 - an extension
        plain = plain[: LONGEST_NAME - len(kept)] + kept
    return plain or "未命名"


def build(
    target: Path,
    title: str,
    sections: Sequence[tuple[str, Iterable[Item | tuple[Any, ...]]]],
    timeline: Iterable[Event | tuple[Any, ...]],
) -> Built:
    """Write the archive to `target`, streaming; an older one is replaced only when all is written.

    sections : (stage, files) in the order of the process; an empty stage is named as such.
    Raises FileNotFoundError where a file is gone; nothing is left behind then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        dir=target.parent, prefix=".archive-", suffix=".part", delete=False
    ) as partial:
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as packed:
                digest, count = _fill(packed, title, sections, timeline)
            partial.flush()
            os.fsync(partial.fileno())
        except BaseException:
            Path(partial.name).unlink(missing_ok=True)
            raise
    Path(partial.name).replace(target)
    return Built(target, digest, count, target.stat().st_size)


def _fill(
    packed: zipfile.ZipFile,
    title: str,
    sections: Sequence[tuple[str, Iterable[Item | tuple[Any, ...]]]],
    timeline: Iterable[Event | tuple[Any, ...]],
) -> tuple[str, int]:
    packing = _Packing(packed)
    stages: list[dict[str, Any]] = []
    for number, (stage, items) in enumerate(sections, start=1):
        folder = f"{number:02}-{safe_name(stage)}/"
        files = []
        for each in items:
            item = Item(*each)
            entry = packing.add(packing.unused(folder, safe_name(item.name)), item.source)
            files.append({**entry, "name": item.name, "note": item.note})
        stages.append({"name": stage, "files": files})
    events = [Event(*one) for one in timeline]
    record = [{"at": _when(one.at), "who": one.who, "what": one.what} for one in events]
    page = _page(title, stages, record).encode()
    checker = (HERE / "verify_archive.py").read_bytes()
    others = [packing.add(INDEX, page), packing.add(CHECKER, checker)]
    content: dict[str, Any] = {
        "format": FORMAT,
        "title": title,
        "stages": stages,
        "timeline": record,
    }
    content["files"] = [
        {key: entry[key] for key in ("path", "bytes", "sha256")}
        for entry in [*(file for stage in stages for file in stage["files"]), *others]
    ]
    manifest = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return packing.add(MANIFEST, manifest)["sha256"], len(content["files"])


def _when(at: datetime | date | str) -> str:
    if isinstance(at, datetime):
        return as_moment(at)
    return as_date(at) if isinstance(at, date) else at


def _page(title: str, stages: list[dict[str, Any]], record: list[dict[str, str]]) -> str:
    language = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    language.filters.update(link=lambda path: quote(path), size=_size)
    template = language.from_string((HERE / "archive_index.html").read_text("utf-8"))
    return template.render(title=title, stages=stages, record=record)


def _size(count: int) -> str:
    kilo = 1024
    if count < kilo:
        return f"{count} B"
    return f"{count / kilo:.1f} KB" if count < kilo * kilo else f"{count / kilo / kilo:.1f} MB"
