"""A small sentence encoder for tests: characters counted in a few columns, without any package."""

import zlib

import numpy as np

WIDTH = 64
ALIKE = str.maketrans("磨抛", "打打")  # the one thing it knows: grinding and polishing are alike


class CountingEncoder:
    """The same text always has the same vector; `asked` counts the texts it was given."""

    key, weight, neutral = "counting-1", 0.15, 0.35

    def __init__(self):
        self.asked = 0

    def encode(self, texts):
        self.asked += len(texts)
        found = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in enumerate(texts):
            for character in text.translate(ALIKE):
                found[row, zlib.crc32(character.encode()) % WIDTH] += 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)
