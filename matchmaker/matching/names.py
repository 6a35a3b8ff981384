"""Strings ↔ 0, 1, 2, …: terms and ids, a million of which open without building an object.

What was saved lies in plain arrays, found by a sorted checksum; what came since is a dictionary.
"""

import zlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Packed(NamedTuple):
    """n strings as arrays.

    blob : their UTF-8 bytes end to end.  offsets : (n + 1,) where each begins, and the end.
    checksums : (n,) CRC-32, ascending.  order : (n,) the string each checksum belongs to.
    """

    blob: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    checksums: NDArray[np.uint32]
    order: NDArray[np.int32]


def pack(names: Iterable[str]) -> Packed:
    """Lay strings out as arrays."""
    written = [_bytes(name) for name in names]
    offsets = np.zeros(len(written) + 1, np.int64)
    np.cumsum([len(each) for each in written], out=offsets[1:])
    checksums = np.array([zlib.crc32(each) for each in written], np.uint32)
    order = np.argsort(checksums, kind="stable").astype(np.int32)
    blob = np.frombuffer(b"".join(written), np.uint8)
    return Packed(blob, offsets, checksums[order], order)


def unpack(stored: Packed) -> list[str]:
    """The strings `pack` was given."""
    blob, ends = stored.blob.tobytes(), stored.offsets.tolist()
    return [_text(blob[start:end]) for start, end in pairwise(ends)]


class Names:
    """Numbered strings; one added again gets a new number, and is found under that."""

    def __init__(self, stored: Packed | None = None) -> None:
        self._stored = pack(()) if stored is None else stored
        self._fresh: list[str] = []
        self._numbers: dict[str, int] = {}  # the fresh ones, and the stored ones asked for

    def __len__(self) -> int:
        return len(self._stored.order) + len(self._fresh)

    def __getitem__(self, number: int) -> str:
        stored = len(self._stored.order)
        if number >= stored:
            return self._fresh[number - stored]
        start, end = self._stored.offsets[number : number + 2]
        return _text(self._stored.blob[start:end].tobytes())

    def __iter__(self) -> Iterator[str]:
        yield from unpack(self._stored)
        yield from self._fresh

    def since(self, number: int) -> list[str]:
        """The strings from this number on."""
        stored = len(self._stored.order)
        if number >= stored:
            return self._fresh[number - stored :]
        return [*self][number:]

    def find(self, name: str) -> int:
        """The number of a string, -1 if there is none."""
        number = self._numbers.get(name, -1)
        if number < 0 and len(self._stored.order):
            number = self._find_stored(name)
            if number >= 0:
                self._numbers[name] = number
        return number

    def add(self, name: str) -> int:
        """Number a string that is not to be found under an older number any more."""
        number = self._numbers[name] = len(self)
        self._fresh.append(name)
        return number

    def packed(self) -> Packed:
        """All strings as arrays, those given if none was added."""
        return pack(self) if self._fresh else self._stored

    def _find_stored(self, name: str) -> int:
        written = _bytes(name)
        checksum = np.uint32(zlib.crc32(written))
        place = int(self._stored.checksums.searchsorted(checksum))
        while place < len(self._stored.order) and self._stored.checksums[place] == checksum:
            number = int(self._stored.order[place])
            start, end = self._stored.offsets[number : number + 2]
            if self._stored.blob[start:end].tobytes() == written:
                return number
            place += 1
        return -1


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _text(written: bytes) -> str:
    return written.decode("utf-8", "surrogatepass")
