"""The chair's tables: judge × subject and criterion × subject, with what stands out flagged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from matchmaker.scoring.rubric import Rubric
from matchmaker.scoring.sheets import Scores, rounded, total
from matchmaker.workflow import Labelled

LEAST_GAP = Decimal(10)  # points; nearer to the median nothing stands out
SPREADS = Decimal(3)
NORMAL = Decimal("1.4826")  # MAD × this = standard deviation of a normal sample
FEWEST = 3  # judges below which nobody stands out


class Leaning(Labelled):
    """How a judge scores against the others."""

    EVEN = "even", "居中"
    HARSH = "harsh", "偏严"
    LENIENT = "lenient", "偏宽"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table; `gap` is its distance from the judges' median."""

    value: Decimal | None
    gap: Decimal = Decimal(0)
    outlier: bool = False


@dataclass(frozen=True, slots=True)
class JudgeRow:
    """A judge's totals, one a subject, and the leaning they show."""

    judge: str
    cells: tuple[Cell, ...]
    leaning: Leaning
    bias: Decimal


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion's mean, one a subject, and how far the judges disagree on it."""

    key: str
    name: str
    weight: int
    cells: tuple[Cell, ...]


Given = Mapping[tuple[str, str], Scores]
"""(judge, subject) → scores by criterion; absent pairs are missing."""


def flagged(values: Sequence[Decimal | None]) -> list[Cell]:
    """Return each value with its distance from the median, flagged where it stands out.

    A value stands out if it is farther from the median than both 10 points and three times the
    normal-scaled median absolute deviation; of fewer than three values none does.
    """
    valid = [value for value in values if value is not None]
    if not valid:
        return [Cell(None) for _ in values]
    middle = median(valid)
    spread = NORMAL * median([abs(value - middle) for value in valid])
    limit = max(LEAST_GAP, SPREADS * spread)
    enough = len(valid) >= FEWEST
    return [
        Cell(None)
        if value is None
        else Cell(value, rounded(value - middle), enough and abs(value - middle) > limit)
        for value in values
    ]


def judges(
    rubric: Rubric, names: Sequence[str], subjects: Sequence[str], given: Given
) -> list[JudgeRow]:
    """Return a row a judge: totals, outliers of each subject's column, and the leaning."""
    columns = [
        flagged([_total(rubric, given.get((judge, subject))) for judge in names])
        for subject in subjects
    ]
    found = []
    for number, judge in enumerate(names):
        cells = tuple(column[number] for column in columns)
        gaps = [cell.gap for cell in cells if cell.value is not None]
        bias = rounded(median(gaps)) if gaps else Decimal(0)
        found.append(JudgeRow(judge, cells, _leaning(bias, enough=len(names) >= FEWEST), bias))
    return found


def _total(rubric: Rubric, scores: Scores | None) -> Decimal | None:
    return None if scores is None else total(rubric, scores)


def _leaning(bias: Decimal, *, enough: bool) -> Leaning:
    if not enough or abs(bias) < LEAST_GAP:
        return Leaning.EVEN
    return Leaning.HARSH if bias < 0 else Leaning.LENIENT


def criteria(
    rubric: Rubric, names: Sequence[str], subjects: Sequence[str], given: Given
) -> list[CriterionRow]:
    """Return a row a criterion: the judges' mean of each subject, flagged where they disagree.

    `gap` is the distance between the highest and the lowest judge; a cell is flagged where one
    judge stands out from the others on that criterion.
    """
    return [
        CriterionRow(
            one.key,
            one.name,
            one.weight,
            tuple(_agreed(one.key, names, subject, given) for subject in subjects),
        )
        for one in rubric.criteria
    ]


def _agreed(key: str, names: Sequence[str], subject: str, given: Given) -> Cell:
    values = [given[judge, subject][key] if (judge, subject) in given else None for judge in names]
    valid = [value for value in values if value is not None]
    if not valid:
        return Cell(None)
    mean = rounded(sum(valid, Decimal(0)) / len(valid))
    outlier = any(cell.outlier for cell in flagged(values))
    return Cell(mean, max(valid) - min(valid), outlier)
