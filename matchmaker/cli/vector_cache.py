"""The sentence encoder of `flask evaluate --semantic`, its vectors kept by the text's digest."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import click
import numpy as np
from numpy.typing import NDArray

from matchmaker import encoding
from matchmaker.cli.failing import Failure
from matchmaker.matching import Encoder

Vectors = NDArray[np.float32]
AT_ONCE = 64  # texts encoded before the bar moves on
SAVED_EVERY = 1000  # new texts after which a run that is cut short has lost nothing
SETUP = "没有安装整体语义组件；请运行 scripts/setup --semantic 后重试"


class Remembering:
    """An encoder that looks each text up first; what it had to work out is saved by `save`."""

    def __init__(self, encoder: Encoder, file: Path) -> None:
        self.key, self.weight, self.neutral = encoder.key, encoder.weight, encoder.neutral
        self._encoder, self._file = encoder, file
        self._known = _read(file)
        self._saved = len(self._known)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, d), as the encoder's own; a bar is shown where much is new."""
        names = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        fresh = {name: text for name, text in zip(names, texts, strict=True) if not self._has(name)}
        told = list(fresh.items())
        parts = [told[start : start + AT_ONCE] for start in range(0, len(told), AT_ONCE)]
        hidden = len(parts) < 2  # noqa: PLR2004
        with click.progressbar(parts, label="计算语义向量", file=sys.stderr, hidden=hidden) as bar:
            for part in bar:
                found = self._encoder.encode([text for _, text in part])
                self._known.update(zip((name for name, _ in part), found, strict=True))
                if len(self._known) - self._saved >= SAVED_EVERY:
                    self.save()
        return np.array([self._known[name] for name in names], np.float32)

    def _has(self, name: str) -> bool:
        return name in self._known

    def save(self) -> None:
        """Write everything known beside the old file and put it in its place."""
        if len(self._known) == self._saved:
            return
        with tempfile.NamedTemporaryFile(dir=self._file.parent, delete=False) as out:
            names = np.array(list(self._known))
            np.savez(out, names=names, vectors=np.array(list(self._known.values()), np.float32))
        Path(out.name).replace(self._file)
        self._saved = len(self._known)


def _read(file: Path) -> dict[str, Vectors]:
    """Return the vectors of an earlier run; none where the file is missing or broken."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            return dict(zip(stored["names"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}


@contextmanager
def encoder(folder: Path | None) -> Iterator[Remembering]:
    """Give the installed encoder; its vectors are kept in a folder even if the run breaks off.

    Raises Failure where none is installed or the folder cannot be made.
    """
    own = encoding.installed()
    if own is None:
        raise Failure(SETUP)
    folder = folder or Path(tempfile.gettempdir()) / f"jiebangtai-vectors-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"无法使用目录 {folder}：{error.strerror}") from None
    remembering = Remembering(own, folder / f"{own.key}.npz")
    try:
        yield remembering
    finally:
        remembering.save()
