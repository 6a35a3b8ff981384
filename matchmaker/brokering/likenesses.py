"""The vectors of the rows a matcher holds, and how alike two of them are."""

from collections.abc import Callable
from typing import Any

from matchmaker.matching import Document, Encoder, Likeness, Vector, semantic

Find = Callable[[str], Vector | None]


class Likenesses:
    """One vector a row, as far as it is worked out; without an encoder it knows nothing.

    find : the stored vector of a text, by `semantic.digest`.
    """

    def __init__(self, encoder: Encoder | None = None, find: Find = lambda _digest: None) -> None:
        self.encoder, self.find = encoder, find
        self._vectors: dict[tuple[type[Any], str], Vector] = {}

    def put(self, model: type[Any], document: Document) -> Document:
        """Take in a row's text as it is now; return it."""
        if self.encoder is not None:
            found = self.find(semantic.digest(document))
            if found is None:
                self._vectors.pop((model, document.id), None)
            else:
                self._vectors[model, document.id] = found
        return document

    def drop(self, model: type[Any], name: str) -> None:
        """Take a row out, if it is in."""
        self._vectors.pop((model, name), None)

    def of(self, one: tuple[type[Any], str], other: tuple[type[Any], str]) -> Likeness | None:
        """How alike two rows are, each by model and id; None until both are worked out."""
        if self.encoder is None:
            return None
        return semantic.likeness(self.encoder, self._vectors.get(one), self._vectors.get(other))
