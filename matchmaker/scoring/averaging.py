"""The mean of the judges: trimmed from five on; whoever is absent does not count."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from matchmaker.scoring.sheets import rounded

TRIM_FROM = 5
FEWEST = 3


class TooFew(ValueError):
    """Fewer valid sheets than a review needs."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean and what it was made of: `lowest` and `highest` are None unless dropped."""

    value: Decimal
    counted: int
    lowest: Decimal | None = None
    highest: Decimal | None = None


def trimmed_mean(values: Sequence[Decimal | None], *, fewest: int = FEWEST) -> Mean:
    """Return the mean, two places, halves up.

    values : one a judge; None where a judge gave none, which never counts as zero. From five
    valid ones on, one highest and one lowest are dropped.
    Raises TooFew below `fewest` valid ones.
    """
    valid = sorted(value for value in values if value is not None)
    if len(valid) < fewest:
        raise TooFew(f"有效打分只有 {len(valid)} 份，至少需要 {fewest} 份")
    if len(valid) < TRIM_FROM:
        return Mean(rounded(sum(valid, Decimal(0)) / len(valid)), len(valid))
    kept = valid[1:-1]
    return Mean(rounded(sum(kept, Decimal(0)) / len(kept)), len(kept), valid[0], valid[-1])
