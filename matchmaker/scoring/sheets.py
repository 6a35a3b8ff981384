"""One judge's scores for one subject: what is wrong with them, and their total."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from matchmaker.scoring.rubric import FULL, Criterion, Rubric

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
LONGEST = 8
Scores = Mapping[str, Decimal]


class ScoreError(ValueError):
    """Scores that cannot count; `problems` maps a criterion's key to what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("；".join(self.problems.values()))


def parse_score(text: Any) -> Decimal:
    """Read a score as typed: 0 to 100 with at most one decimal; ValueError otherwise."""
    cleaned = str(text).strip()
    try:
        score = Decimal(cleaned) if len(cleaned) <= LONGEST else Decimal("NaN")
    except InvalidOperation:
        score = Decimal("NaN")
    if not score.is_finite() or not 0 <= score <= FULL:
        raise ValueError("请填写 0 至 100 的分数")
    if score != score.quantize(TENTH):
        raise ValueError("分数最多一位小数，如 85.5")
    return score


def read(criteria: Iterable[Criterion], typed: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the scores of these criteria; raise ScoreError naming each one missing or wrong."""
    scores, problems = {}, {}
    for one in criteria:
        given = typed.get(one.key)
        if given is None or not str(given).strip():
            problems[one.key] = f"请给“{one.name}”打分"
            continue
        try:
            scores[one.key] = parse_score(given)
        except ValueError as error:
            problems[one.key] = f"“{one.name}”：{error}"
    if problems:
        raise ScoreError(problems)
    return scores


def rounded(value: Decimal) -> Decimal:
    """Return the value with two places, halves up: the only rounding of scores there is."""
    return value.quantize(CENT, ROUND_HALF_UP)


def weighted(criteria: Iterable[Criterion], scores: Scores) -> Decimal:
    """Return Σ weight × score / 100, unrounded; KeyError where a score is missing."""
    return sum((one.weight * scores[one.key] for one in criteria), Decimal(0)) / FULL


def total(rubric: Rubric, scores: Scores) -> Decimal:
    """Return a sheet's total over all criteria, two places, halves up."""
    return rounded(weighted(rubric.criteria, scores))
