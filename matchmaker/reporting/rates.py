"""Rates with their denominators (比率): how sure a share is, and when it has fallen. Pure.

The interval is Wilson's score interval at 95 %: E. B. Wilson, Probable inference, the law of
succession, and statistical inference, JASA 22 (1927), 209-212. It stays within [0, 1] and holds
for small numbers, where the textbook's ± does not.
"""

import math
from dataclasses import dataclass

from matchmaker.reporting import periods

Z = 1.959963984540054  # the normal quantile of 97.5 %
MINIMUM = 10  # below so many, a share is not told: 样本不足
FEW = "样本不足"


@dataclass(frozen=True)
class Rate:
    """`part` of `whole`, both counts; nothing is told of a `whole` under `MINIMUM`."""

    part: int
    whole: int

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.part + other.part, self.whole + other.whole)

    @property
    def enough(self) -> bool:
        """Tell whether there are so many that the share says something."""
        return self.whole >= MINIMUM

    @property
    def value(self) -> float | None:
        """The share in [0, 1]; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval in [0, 1]; None of nothing."""
        return wilson(self.part, self.whole) if self.whole else None

    @property
    def shown(self) -> str:
        """The share in percent, or why there is none."""
        return periods.share(self.part, self.whole) if self.enough or not self.whole else FEW

    @property
    def span(self) -> str:
        """The interval in percent; empty where the share is not told."""
        if not self.enough or self.interval is None:
            return ""
        low, high = self.interval
        return f"{low * 100:.1f}%～{high * 100:.1f}%"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; `whole` is positive, 0 ≤ `part` ≤ `whole`."""
    share, spread = part / whole, Z * Z / whole
    middle = share + spread / 2
    reach = Z * math.sqrt(share * (1 - share) / whole + spread / whole / 4)
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return max(0.0, low) if part else 0.0, min(1.0, high) if part < whole else 1.0


def moved(now: Rate, before: Rate | None) -> str:
    """Say how a rate compares with the one before it: only intervals that part are a change."""
    if before is None:
        return ""
    if not (now.enough and before.enough):
        return FEW
    (low, high), (low_before, high_before) = now.interval or (0, 1), before.interval or (0, 1)
    if high < low_before:
        return "下降"
    return "上升" if low > high_before else "看不出差别"


def fell(now: Rate, before: Rate) -> bool | None:
    """Tell whether a rate lies under the interval of the time before; None where too few."""
    if not (now.enough and before.enough) or now.value is None or before.interval is None:
        return None
    return now.value < before.interval[0]
