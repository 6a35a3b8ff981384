"""An index on disk: plain .npy arrays in a folder that is swapped in one step.

    FOLDER/current            the name of the generation that counts
    FOLDER/<generation>/      manifest.json, ids.npy, terms.npy, counts.npy, lengths.npy,
                              columns.npy, strengths.npy

A reader sees the old generation or the new one, never a mixture. Texts are kept as UTF-8 JSON
in a byte array, so that nothing is ever unpickled.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.index import Index, Snapshot
from matchmaker.matching.ranking import algorithm_version
from matchmaker.matching.text import Segmenter

FORMAT = 1
ARRAYS = ("ids", "terms", "counts", "lengths", "columns", "strengths")


class IndexRefused(ValueError):
    """A folder that holds no index of this version and dictionary; build it anew."""


def save(index: Index, folder: Path) -> None:
    """Write the index as a new generation of `folder` and make it the one that counts."""
    generation = folder / uuid.uuid4().hex
    generation.mkdir(parents=True)
    snapshot = index.snapshot()
    arrays = _arrays(snapshot)
    for name, array in arrays.items():
        with (generation / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    manifest = _manifest(index.segmenter) | {
        "documents": snapshot.documents,
        "sha256": {name: _digest(array) for name, array in arrays.items()},
    }
    _write(generation / "manifest.json", json.dumps(manifest))
    _write(folder / "next", generation.name)
    (folder / "next").replace(folder / "current")
    for other in folder.iterdir():
        if other.is_dir() and other != generation:
            shutil.rmtree(other)


def load(folder: Path, *, segmenter: Segmenter) -> Index:
    """Read the index that counts. Raises IndexRefused if missing, damaged or of other words."""
    try:
        generation = folder / (folder / "current").read_text(encoding="utf-8")
        manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
        stored = {name: np.load(generation / f"{name}.npy", allow_pickle=False) for name in ARRAYS}
    except (OSError, ValueError) as error:
        raise IndexRefused(f"索引无法读取：{error}") from error
    expected = _manifest(segmenter)
    if {name: manifest.get(name) for name in expected} != expected:
        raise IndexRefused("索引与当前算法或词典不一致")
    if manifest.get("sha256") != {name: _digest(array) for name, array in stored.items()}:
        raise IndexRefused("索引文件已损坏")
    return Index.restore(_snapshot(stored, manifest["documents"]), segmenter=segmenter)


def _manifest(segmenter: Segmenter) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "algorithm": algorithm_version(segmenter),
        "segmenter": segmenter.version,
    }


def _arrays(snapshot: Snapshot) -> Mapping[str, NDArray[Any]]:
    return {
        "ids": _packed([snapshot.ids]),
        "terms": _packed([snapshot.terms, list(snapshot.counts)]),
        "counts": np.array(list(snapshot.counts.values()), np.int64),
        "lengths": snapshot.lengths,
        "columns": snapshot.columns,
        "strengths": snapshot.strengths,
    }


def _snapshot(stored: Mapping[str, NDArray[Any]], documents: int) -> Snapshot:
    terms, counted = _unpacked(stored["terms"])
    return Snapshot(
        ids=_unpacked(stored["ids"])[0],
        terms=terms,
        documents=documents,
        counts=dict(zip(counted, stored["counts"].tolist(), strict=True)),
        lengths=stored["lengths"],
        columns=stored["columns"],
        strengths=stored["strengths"],
    )


def _packed(lists: list[list[str]]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(lists).encode(), np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> list[list[str]]:
    lists: list[list[str]] = json.loads(array.tobytes())
    return lists


def _digest(array: NDArray[Any]) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
