"""The compiled loops over rows: turn them into postings, take their lengths, score some exactly."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.compiling import jit
from matchmaker.matching.postings import Asked
from matchmaker.matching.rows import Codes, Doubles, Places, Rows


@jit
def invert_block(
    offsets: NDArray[np.int64], columns: Places, codes: Codes, width: int
) -> tuple[Any, ...]:
    """The runs of one block's rows: terms, plain, coded, places, codes."""
    plain, coded = np.zeros(width, np.int32), np.zeros(width, np.int32)
    touched = np.empty(min(width, len(columns)), np.int32)
    runs = marked = 0
    for place in range(len(columns)):
        column = columns[place]
        if plain[column] == 0 and coded[column] == 0:
            touched[runs] = column
            runs += 1
        if codes[place] == 0:
            plain[column] += 1
        else:
            coded[column] += 1
            marked += 1
    terms = touched[:runs].copy()
    lengths, others = np.empty(runs, np.uint16), np.empty(runs, np.uint16)
    marks = np.empty(width, np.int32)
    filled = mark = 0
    for run in range(runs):
        column = terms[run]
        lengths[run], others[run] = plain[column], coded[column]
        marks[column] = mark
        mark += coded[column]
        # From here on: where the next posting of either sort goes.
        plain[column], coded[column], filled = (
            filled,
            filled + plain[column],
            filled + plain[column] + coded[column],
        )
    places, kept = _place(offsets, columns, codes, plain, coded, marks, marked)
    return terms, lengths, others, places, kept


@jit
def _place(
    offsets: NDArray[np.int64],
    columns: Places,
    codes: Codes,
    plain: Places,
    coded: Places,
    marks: Places,
    marked: int,
) -> tuple[NDArray[np.uint16], Codes]:
    places, kept = np.empty(len(columns), np.uint16), np.empty(marked, np.uint16)
    for document in range(len(offsets) - 1):
        for entry in range(offsets[document], offsets[document + 1]):
            column = columns[entry]
            if codes[entry] == 0:
                places[plain[column]] = document
                plain[column] += 1
            else:
                places[coded[column]] = document
                coded[column] += 1
                kept[marks[column]] = codes[entry]
                marks[column] += 1
    return places, kept


@jit
def squares(
    offsets: NDArray[np.int64],
    columns: Places,
    codes: Codes,
    table: Doubles,
    rarity: Doubles,
    channels: NDArray[np.uint8],
    most: int,
) -> Doubles:
    """(most, documents) sums of squared weights in each channel."""
    found = np.zeros((most, len(offsets) - 1))
    for document in range(len(offsets) - 1):
        for entry in range(offsets[document], offsets[document + 1]):
            column = columns[entry]
            weight = table[codes[entry]] * rarity[column]
            found[channels[column], document] += weight * weight
    return found


@jit
def exact(
    asked: Asked,
    rows: Rows,
    owner: NDArray[np.int64],
    picked: NDArray[np.int64],
    table: Doubles,
    scales: Doubles,
    channels: NDArray[np.uint8],
    found: Doubles,
) -> None:
    """Scores in float64 of the rows picked, each for its owner's query, in the order of the row.

    owner : ascending.  scales : (2, rows).  channels : by column.  found : like picked.
    """
    room = 16
    while room < 4 * np.max(np.diff(asked.offsets)):
        room *= 2
    keys, values, at = np.full(room, -1, np.int32), np.empty(room), -1
    for number in range(len(picked)):
        if owner[number] != at:
            at = owner[number]
            keys[:] = -1
            for place in range(asked.offsets[at], asked.offsets[at + 1]):
                spot = _spot(keys, asked.columns[place])
                keys[spot], values[spot] = asked.columns[place], asked.weights[place]
        found[number] = _dot(keys, values, rows, picked[number], table, scales, channels)


@jit
def _dot(
    keys: Places,
    values: Doubles,
    rows: Rows,
    row: int,
    table: Doubles,
    scales: Doubles,
    channels: NDArray[np.uint8],
) -> float:
    one = two = 0.0
    for entry in range(rows.offsets[row], rows.offsets[row + 1]):
        column = rows.columns[entry]
        spot = _spot(keys, column)
        if keys[spot] == column:
            points = values[spot] * table[rows.codes[entry]]
            if channels[column] == 0:
                one += points
            else:
                two += points
    score: float = one * scales[0, row] + two * scales[1, row]
    return score


@jit
def _spot(keys: Places, column: int) -> int:
    """Where a column lies in a table by hash, or the free place where it would."""
    spot = (column * 40503 >> 4) & (len(keys) - 1)
    while keys[spot] != column and keys[spot] != -1:
        spot = (spot + 1) & (len(keys) - 1)
    return spot
