"""Learn few, readable weights from what people accepted and rejected, and refuse to where unsure.

Fitting. Within each need every accepted candidate should stand above every rejected one:

    minimise  sum over pairs of c * ln(1 + exp(-s * w · (x_accepted - x_rejected)))
              + sum((w - w0)^2) / (2 * SPREAD^2)         over 0 <= w <= MOST and s >= 0

w are the weights of `features.NAMES`, x their features, s how firmly decisions follow the score. A
need of a accepted and r rejected candidates has a * r pairs but only a + r - 1 comparisons that do
not follow from each other, so each pair counts c = (a + r - 1) / (a * r). The second term is a
normal prior around w0, 1 for each (today's weights): without evidence nothing moves. At last all
weights are scaled so that the decided pairs keep their mean text score, and the threshold its
meaning.

Validation. The needs, never the pairs, are parted into FOLDS, REPEATS times; each need is ranked by
weights fitted without it. The gain is the rise in the share of such comparisons that come out
right, against the weights in force. Its interval is a bootstrap over needs. A set is supported only
if there are enough decisions and the interval's lower end (95 %, one-sided) lies above 0.

Selection bias: people decide on pairs that the weights in force put on top, so what stands below
the threshold is never seen; the prior and the comparison within needs soften this, no more.
Sources: Burges et al. (2005), doi:10.1145/1102351.1102363; Efron & Tibshirani (1993).
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from matchmaker.matching.features import DEFAULT, FAMILIES, MOST, NAMES, TEXT, Weights, family
from matchmaker.matching.ranking import POINTS
from matchmaker.matching.rows import Doubles

SPREAD = 0.5  # standard deviation of a weight before any decision is seen
FIRMEST = 500.0  # per unit of score
FOLDS, REPEATS = 5, 3
SEED, RESAMPLES = 20260101, 2000
ONE_SIDED = 5  # per cent of the resamples below the lower end, and above the upper
FEWEST_NEEDS = 10  # with both an accepted and a rejected candidate
FEWEST_EACH = 10  # accepted, and rejected
LEVEL = 1e-12  # scores that agree this far are level


@dataclass(frozen=True, slots=True)
class Decision:
    """A pair somebody decided: its features in the order of `NAMES`."""

    need: str
    features: Sequence[float]
    accepted: bool


@dataclass(frozen=True, slots=True)
class Validation:
    """What held-out decisions say of a set. gain, low, high, before, after : shares in [-1, 1].

    compared : needs with both kinds of decision.  reason_zh : why it is supported, or why not.
    """

    decisions: int
    accepted: int
    compared: int
    supported: bool
    reason_zh: str
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    after: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Comparisons:
    """All pairs of an accepted and a rejected candidate of one need: (p, features), (p,), (p,)."""

    differences: Doubles
    counts: Doubles  # c of each
    needs: NDArray[np.intp]

    def of(self, needs: NDArray[np.intp]) -> "_Comparisons":
        """Those of some needs, by number, each as often as it is named."""
        order = [np.flatnonzero(self.needs == need) for need in needs]
        kept = np.concatenate([np.empty(0, np.intp), *order])
        return _Comparisons(self.differences[kept], self.counts[kept], self.needs[kept])


def observed(text_features: Sequence[float], codes: Iterable[str]) -> tuple[float, ...]:
    """The features of a pair: its text features, and the points its adjustments have today.

    codes : of its adjustments; one that is no longer made brings nothing.
    Raises ValueError for another number of text features.
    """
    if len(text_features) != TEXT:
        raise ValueError(f"文字特征须为 {TEXT} 个")
    points = dict.fromkeys(FAMILIES, 0.0)
    for code in POINTS.keys() & set(codes):
        points[family(code)] += POINTS[code]
    return (*map(float, text_features), *points.values())


def fit(decisions: Sequence[Decision], *, around: Weights = DEFAULT) -> Weights:
    """The weights these decisions speak for; `around` where they say nothing."""
    values = _fitted(_compared(decisions), around)
    return _scaled(values, np.array([one.features[:TEXT] for one in decisions]).reshape(-1, TEXT))


def learn(
    decisions: Sequence[Decision], *, against: Weights = DEFAULT, around: Weights = DEFAULT
) -> tuple[Weights, Validation]:
    """Fit a set on all decisions, and tell from held-out ones whether it is to be trusted.

    against : the weights in force.
    """
    return fit(decisions, around=around), validate(decisions, against=against, around=around)


def validate(
    decisions: Sequence[Decision], *, against: Weights = DEFAULT, around: Weights = DEFAULT
) -> Validation:
    """Compare what `fit` makes of a part of the needs with the weights in force on the others."""
    compared = _compared(decisions)
    needs = np.unique(compared.needs)
    accepted = sum(one.accepted for one in decisions)
    counts = (len(decisions), accepted, len(needs))
    short = _too_few(*counts)
    if short:
        return Validation(*counts, supported=False, reason_zh=short)
    size, before = _right(compared, np.array(against.values), needs)
    after = np.mean([_held_out(compared, needs, turn, around) for turn in range(REPEATS)], axis=0)
    gains = _resampled(after - before, size)
    low, high = (float(end) for end in np.percentile(gains, [ONE_SIDED, 100 - ONE_SIDED]))
    shares = [float((part * size).sum() / size.sum()) for part in (before, after)]
    return Validation(
        *counts,
        supported=low > 0,
        reason_zh=_verdict(low, shares),
        gain=shares[1] - shares[0],
        low=low,
        high=high,
        before=shares[0],
        after=shares[1],
    )


def _too_few(decisions: int, accepted: int, needs: int) -> str:
    """What is missing before anything may be learnt; "" if nothing."""
    if min(accepted, decisions - accepted) < FEWEST_EACH:
        return (
            f"采纳和不相关的判断各须不少于 {FEWEST_EACH} 条，"
            f"现有采纳 {accepted} 条、不相关 {decisions - accepted} 条"
        )
    if needs < FEWEST_NEEDS:
        return f"既有采纳又有不相关的需求须不少于 {FEWEST_NEEDS} 条，现有 {needs} 条"
    return ""


def _verdict(low: float, shares: Sequence[float]) -> str:
    told = f"在未参与学习的判断上，排对的比例由 {shares[0]:.1%} 变为 {shares[1]:.1%}"
    if low > 0:
        return f"{told}，九成五把握是真的变好"
    return f"{told}，看不出稳定的好处（变化的下限为 {low:+.1%}，须大于 0），不予采用"


def _compared(decisions: Sequence[Decision]) -> _Comparisons:
    by_need: dict[str, tuple[list[Decision], list[Decision]]] = {}
    for one in decisions:
        by_need.setdefault(one.need, ([], []))[one.accepted].append(one)
    differences: list[Doubles] = [np.empty((0, len(NAMES)))]
    counts: list[float] = []
    needs: list[int] = []
    for number, need in enumerate(sorted(by_need)):
        rejected, accepted = (
            np.array([one.features for one in kind]).reshape(-1, len(NAMES))
            for kind in by_need[need]
        )
        pairs = (accepted[:, None, :] - rejected[None, :, :]).reshape(-1, len(NAMES))
        differences.append(pairs)
        each = (len(accepted) + len(rejected) - 1) / max(1, len(pairs))
        counts += [each] * len(pairs)
        needs += [number] * len(pairs)
    return _Comparisons(np.concatenate(differences), np.array(counts), np.array(needs, np.intp))


def _fitted(compared: _Comparisons, around: Weights) -> Doubles:
    """The weights, unscaled."""
    usual = np.array(around.values)
    if not len(compared.counts):
        return usual

    def loss(point: Doubles) -> tuple[float, Doubles]:
        firmness, weights = point[0], point[1:]
        told = compared.differences @ weights
        pull = compared.counts * expit(-firmness * told)
        away = weights - usual
        value = compared.counts @ np.logaddexp(0, -firmness * told) + away @ away / (2 * SPREAD**2)
        slope = -firmness * (pull @ compared.differences) + away / SPREAD**2
        return float(value), np.concatenate([[-pull @ told], slope])

    bounds = [(0.0, FIRMEST), *[(0.0, MOST)] * len(NAMES)]
    start = np.concatenate([[1 / (np.abs(compared.differences @ usual).mean() + LEVEL)], usual])
    start[0] = min(start[0], FIRMEST)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Doubles = found.x[1:]
    return weights


def _scaled(values: Doubles, texts: Doubles) -> Weights:
    """Scale all weights alike, so that the mean text score of these pairs is what it was."""
    usual, learnt = float(texts.sum()), float((texts @ values[:TEXT]).sum())
    scale = usual / learnt if usual > 0 and learnt > 0 else 1.0
    return Weights(tuple(float(value) for value in np.clip(values * scale, 0, MOST).round(4)))


def _right(
    compared: _Comparisons, values: Doubles, needs: NDArray[np.intp]
) -> tuple[Doubles, Doubles]:
    """Of each need: how many comparisons it has, and the share these weights get right."""
    told = compared.differences @ values
    right = (told > LEVEL) + 0.5 * (np.abs(told) <= LEVEL)
    top = int(needs.max()) + 1
    size, kept = (
        np.bincount(compared.needs, weights, minlength=top)[needs].astype(np.float64)
        for weights in (compared.counts, compared.counts * right)
    )
    return size, kept / size


def _held_out(
    compared: _Comparisons, needs: NDArray[np.intp], turn: int, around: Weights
) -> Doubles:
    """Of each need the share got right by weights fitted on the other folds."""
    order = np.random.default_rng([SEED, turn]).permutation(len(needs))
    shares = np.empty(len(needs))
    for places in np.array_split(order, FOLDS):
        others = compared.of(np.delete(needs, places))
        own = np.sort(places)
        shares[own] = _right(compared.of(needs[own]), _fitted(others, around), needs[own])[1]
    return shares


def _resampled(gains: Doubles, size: Doubles) -> Doubles:
    """The mean gain over needs drawn with replacement, many times."""
    drawn = np.random.default_rng(SEED).integers(len(gains), size=(RESAMPLES, len(gains)))
    means: Doubles = (gains * size)[drawn].sum(axis=1) / size[drawn].sum(axis=1)
    return means
