"""An index on disk: plain .npy arrays in a folder that is swapped in one step.

    FOLDER/current            the name of the generation that counts
    FOLDER/<generation>/      manifest.json, written last, and one .npy for each of `arrays`
    FOLDER/saving.lock        whoever saves holds it

A reader sees the old generation or the new one, never a mixture. It maps the arrays into memory
and copies only the pages it writes to, so that all workers share one copy; a generation may be
deleted under it. Opening reads no more than samples: the size of every file, and `SAMPLES` pieces
of each against the manifest, which is all of a small one. Nothing is ever unpickled.
"""

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.index import Index
from matchmaker.matching.names import Names, Packed, pack, unpack
from matchmaker.matching.pool import Snapshot
from matchmaker.matching.postings import BLOCK, Postings
from matchmaker.matching.ranking import algorithm_version
from matchmaker.matching.rows import Rows, Table
from matchmaker.matching.segments import Segment
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import Idf

FORMAT = 2
PIECE, SAMPLES = 1 << 16, 64  # bytes; pieces of a file looked at on opening
PARTS: Mapping[str, type[Any]] = {
    "ids": Packed,
    "terms": Packed,
    "counted": Packed,
    "rows": Rows,
    "postings": Postings,
}
SINGLE = ("counts", "table", "rarity", "channels", "scales", "norms", "peaks")
ARRAYS = tuple(
    [f"{part}-{name}" for part, kind in PARTS.items() for name in kind._fields] + [*SINGLE]
)
Arrays = dict[str, NDArray[Any]]


class IndexRefused(ValueError):
    """A folder that holds no index of this version and dictionary; build it anew."""


class StoredCounts(Mapping[str, int]):
    """In how many documents each term stands, looked up in the arrays."""

    def __init__(self, terms: Packed, counts: NDArray[np.int64]) -> None:
        self.terms, self.counts = terms, counts
        self._names = Names(terms)

    def __getitem__(self, term: str) -> int:
        number = self._names.find(term)
        if number < 0:
            raise KeyError(term)
        return int(self.counts[number])

    def __iter__(self) -> Iterator[str]:
        return iter(unpack(self.terms))

    def __len__(self) -> int:
        return len(self.counts)


def save(index: Index, folder: Path) -> None:
    """Write the index as a new generation of `folder` and make it the one that counts."""
    folder.mkdir(parents=True, exist_ok=True)
    snapshot = index.snapshot()
    arrays = _arrays(snapshot)
    with _alone(folder):
        generation = folder / uuid.uuid4().hex
        generation.mkdir()
        for name, array in arrays.items():
            with (generation / f"{name}.npy").open("wb") as file:
                np.save(file, array, allow_pickle=False)
                _to_disk(file)
        manifest = _manifest(index.segmenter) | {
            "documents": snapshot.idf.documents,
            "samples": {name: _sampled(generation / f"{name}.npy") for name in arrays},
        }
        _write(generation / "manifest.json", json.dumps(manifest))
        _sync(generation)
        _write(folder / "next", generation.name)
        (folder / "next").replace(folder / "current")
        _sync(folder)
        _sweep(folder, generation)


def load(folder: Path, *, segmenter: Segmenter) -> Index:
    """Map the index that counts. Raises IndexRefused if missing, damaged or of other words."""
    for _ in range(3):  # another process may swap it while this one reads
        name = _current(folder)
        try:
            return _load(folder / name, segmenter=segmenter)
        except IndexRefused:
            if _current(folder) == name:
                raise
    return _load(folder / _current(folder), segmenter=segmenter)


def _current(folder: Path) -> str:
    try:
        return (folder / "current").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise IndexRefused(f"索引无法读取：{error}") from error


def _load(generation: Path, *, segmenter: Segmenter) -> Index:
    try:
        manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
        expected = _manifest(segmenter)
        if {name: manifest.get(name) for name in expected} != expected:
            raise IndexRefused("索引与当前算法或词典不一致")
        for name in ARRAYS:
            if manifest["samples"][name] != _sampled(generation / f"{name}.npy"):
                raise IndexRefused(f"索引文件已损坏：{name}.npy")
        stored = {name: _mapped(generation / f"{name}.npy") for name in ARRAYS}
    except IndexRefused:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexRefused(f"索引无法读取：{error}") from error
    return Index.restore(_snapshot(stored, manifest["documents"]), segmenter=segmenter)


def _manifest(segmenter: Segmenter) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "block": BLOCK,
        "algorithm": algorithm_version(segmenter),
        "segmenter": segmenter.version,
    }


def _arrays(snapshot: Snapshot) -> Arrays:
    counts = snapshot.idf.counts
    known = (
        (counts.terms, counts.counts)
        if isinstance(counts, StoredCounts)
        else (pack(counts), np.array(list(counts.values()), np.int64))
    )
    segment = snapshot.segment
    parts = snapshot.ids.packed(), snapshot.terms.packed(), known[0], segment.rows, segment.postings
    arrays: Arrays = {
        f"{name}-{field}": array
        for name, part in zip(PARTS, parts, strict=True)
        for field, array in zip(PARTS[name]._fields, part, strict=True)
    }
    single = (known[1], snapshot.table.values, snapshot.rarity, snapshot.channels)
    lengths = (segment.scales, segment.norms, segment.peaks)
    return arrays | dict(zip(SINGLE, (*single, *lengths), strict=True))


def _snapshot(stored: Arrays, documents: int) -> Snapshot:
    ids, terms, counted, rows, postings = (
        kind(*(stored[f"{name}-{field}"] for field in kind._fields)) for name, kind in PARTS.items()
    )
    lengths = stored["scales"], stored["norms"], stored["peaks"]
    return Snapshot(
        ids=Names(ids),
        terms=Names(terms),
        idf=Idf(documents, StoredCounts(counted, stored["counts"])),
        table=Table(stored["table"].tolist()),
        rarity=stored["rarity"],
        channels=stored["channels"],
        segment=Segment(0, rows, postings, *lengths),
    )


def _mapped(path: Path) -> NDArray[Any]:
    """The array in a file, written to only in this process's memory; an empty one is read."""
    array: NDArray[Any] = np.load(path, mmap_mode="c", allow_pickle=False).view(np.ndarray)
    return array


def _sampled(path: Path) -> str:
    """A digest of a file's size and of pieces spread over it evenly, ends included."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    last = max(size - PIECE, 0)
    count = min(SAMPLES, -(-size // PIECE))
    with path.open("rb") as file:
        for number in range(count):
            file.seek(last * number // max(count - 1, 1))
            digest.update(file.read(PIECE))
    return digest.hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else saves into this folder; a process that dies lets go."""
    with (folder / "saving.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path, generation: Path) -> None:
    """Delete older generations, and what a save that was cut short left behind."""
    for other in folder.iterdir():
        if other.is_dir() and other != generation:
            shutil.rmtree(other, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        _to_disk(file)


def _to_disk(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
