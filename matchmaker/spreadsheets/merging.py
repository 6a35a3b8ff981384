"""Cells merged downwards: the rows below receive what the first one says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

MergedRange = tuple[tuple[int, int], tuple[int, int]]
Active = dict[int, tuple[int, object]]


def fill_merged(
    rows: Iterable[list[object]], ranges: Sequence[MergedRange]
) -> Iterator[list[object]]:
    """Fill the first column of every merged area downwards; `ranges` are inclusive, from 0.

    Only downwards: a title merged across the sheet stays one cell, and an organisation merged
    over its five needs belongs to all five.
    """
    starting: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (top, left), (bottom, _right) in ranges:
        if bottom > top:
            starting[top].append((left, bottom))
    active: Active = {}
    for number, row in enumerate(rows):
        _fill(row, active, number=number)
        for column, bottom in starting.get(number, ()):
            if column < len(row):
                active[column] = (bottom, row[column])
        yield row


def _fill(row: list[object], active: Active, *, number: int) -> None:
    for column, (bottom, value) in list(active.items()):
        if number > bottom:
            del active[column]
        elif column < len(row) and row[column] is None:
            row[column] = value
