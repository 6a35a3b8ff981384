from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class RowStatus(StrEnum):
    """What a row would do to what is stored."""

    NEW = "new", "新增"
    CHANGED = "changed", "有变化"
    SAME = "same", "相同"

    label: str

    def __new__(cls, value: str, label: str) -> "RowStatus":
        """Keep the stored value and the Chinese label together."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose value would change."""

    key: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Comparison:
    """A row beside what is stored."""

    status: RowStatus
    changes: tuple[FieldChange, ...] = ()


def compare_row(values: Mapping[str, object], existing: Mapping[str, object] | None) -> Comparison:
    """Compare the values of a row with the stored ones; `existing` is None for a new row.

    Only fields the row carries are compared. Blank is blank, whether None, "" or an empty list.
    A blank cell erases nothing: it is no change.
    """
    if existing is None:
        return Comparison(RowStatus.NEW)
    changes = tuple(
        FieldChange(key, existing.get(key), new)
        for key, new in values.items()
        if not _is_blank(new) and _plain(new) != _plain(existing.get(key))
    )
    return Comparison(RowStatus.CHANGED if changes else RowStatus.SAME, changes)


def _is_blank(value: object) -> bool:
    return value is None or value in ("", (), [])


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
