"""What the nouns tell of the texts that are compared: each registers once, at import."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select

from matchmaker import policy
from matchmaker.disclosure import Shown
from matchmaker.matching.near import Text


@dataclass(frozen=True)
class Source:
    """One noun whose rows are compared with each other.

    states : those in which the bureau knows of a row.  columns : what `text` reads of it.
    owner : the column of its organisation.  readable : viewer → rows the viewer may know of.
    fields : a row as the viewer may see it → (label, text) of what is laid side by side.
    page : endpoint of a row's page.  merging : endpoint that takes both as `ids`, if any.
    """

    noun: str
    label: str
    model: type[Any]
    states: Collection[Any]
    columns: tuple[Any, ...]
    text: Callable[[Any], Text]
    owner: Any
    readable: Callable[[Any], Select[Any]]
    fields: Callable[[Shown], list[tuple[str, str]]]
    owner_name: Callable[[Shown], str]
    page: str
    merging: str = ""

    @property
    def compared(self) -> ColumnElement[bool]:
        """Hold for the rows that are compared."""
        stands: ColumnElement[bool] = self.model.state.in_(list(self.states))
        return stands

    def inner(self, viewer: Any) -> Select[Any]:
        """Return the rows whose inside the viewer knows: one's own; the bureau knows all.

        Only these may be compared for somebody: likeness tells of a text as much as reading it.
        """
        inside = policy.expression(viewer, self.noun, "read_bureau")
        return self.readable(viewer).where(inside)


_sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Let a noun's rows be compared."""
    _sources[source.noun] = source
    return source


def known() -> dict[str, Source]:
    """Return the registered sources by noun."""
    return _sources
