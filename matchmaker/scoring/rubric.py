"""A rubric: criteria with weights summing to 100, each with its levels spelt out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matchmaker.workflow import Labelled

FULL = 100
STANDARD = (("优", 90, 100), ("良", 75, 89), ("中", 60, 74), ("差", 0, 59))
"""The levels of a criterion that spells out none: label, lowest and highest score."""


class Part(Labelled):
    """A part of the score sheet; the technical one is locked before the price is shown."""

    TECHNICAL = "technical", "技术部分"
    PRICE = "price", "报价部分"


class RubricError(ValueError):
    """The rubric cannot be used; `problems` says what is wrong, fit to show."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("；".join(self.problems))


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a criterion: its label, the whole scores it spans, and what it means."""

    label: str
    low: int
    high: int
    text: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: its weight in percent and its levels, the best first."""

    key: str
    name: str
    weight: int
    part: Part
    levels: tuple[Level, ...]

    def standing(self, score: Decimal | int) -> int:
        """Return the index of the level a score from 0 to 100 reaches; 0 is the best."""
        return next(n for n, level in enumerate(self.levels) if score >= level.low)


@dataclass(frozen=True, slots=True)
class Rubric:
    """Criteria, what excludes a subject whatever its score, and what breaks a tie first."""

    criteria: tuple[Criterion, ...]
    vetoes: tuple[str, ...] = ()

    def of(self, part: Part) -> tuple[Criterion, ...]:
        """Return the criteria of one part."""
        return tuple(one for one in self.criteria if one.part is part)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts that have criteria, the technical one first."""
        return tuple(part for part in Part if self.of(part))

    @property
    def tie_breaker(self) -> Criterion:
        """Return the criterion that tells equal totals apart: the first technical one."""
        return self.of(Part.TECHNICAL)[0]


def read(rows: Sequence[Mapping[str, Any]], vetoes: Sequence[str] = ()) -> Rubric:
    """Read a rubric from JSON.

    rows : {"name", "weight", "part": technical or price, "levels": [{"label", "low", "high",
    "text"}], the best first}; a criterion without levels has the standard four, without text.
    Raises RubricError with every problem found.
    """
    problems = _problems(rows)
    if problems:
        raise RubricError(problems)
    return Rubric(tuple(_criterion(n, row) for n, row in enumerate(rows, 1)), tuple(vetoes))


def _problems(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        return ["评分表至少要有一项评分标准"]
    found = [problem for number, row in enumerate(rows, 1) for problem in _of_row(number, row)]
    names = [str(row.get("name", "")).strip() for row in rows]
    if len(set(names)) != len(names):
        found.append("两项评分标准的名称相同，请改为不同的名称")
    weights = [row.get("weight") for row in rows]
    whole = [weight for weight in weights if _is_weight(weight)]
    if len(whole) == len(weights) and sum(whole) != FULL:  # type: ignore[arg-type]
        found.append(f"权重合计应为 100，现为 {sum(whole)}，请调整")  # type: ignore[arg-type]
    if not any(row.get("part", Part.TECHNICAL.value) == Part.TECHNICAL.value for row in rows):
        found.append("至少要有一项属于技术部分")
    return found


def _of_row(number: int, row: Mapping[str, Any]) -> list[str]:
    name = str(row.get("name", "")).strip()
    called = f"“{name}”" if name else f"第 {number} 项"
    found = [] if name else [f"第 {number} 项没有名称，请填写"]
    if not _is_weight(row.get("weight")):
        found.append(f"{called}的权重应为 1 至 100 的整数")
    if row.get("part", Part.TECHNICAL.value) not in {str(part) for part in Part}:
        found.append(f"{called}应属于技术部分或报价部分")
    if row.get("levels") and not _covers(row["levels"]):
        found.append(f"{called}的各档应从高到低、由 100 分到 0 分相接")
    return found


def _covers(levels: Any) -> bool:
    """Tell whether the levels go down from 100 to 0 without a gap."""
    if not isinstance(levels, Sequence) or not all(isinstance(one, Mapping) for one in levels):
        return False
    expected = FULL
    for one in levels:
        low, high = one.get("low"), one.get("high")
        if not isinstance(low, int) or high != expected or low > expected:
            return False
        expected = low - 1
    return expected == -1


def _is_weight(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= FULL


def _criterion(number: int, row: Mapping[str, Any]) -> Criterion:
    levels = tuple(
        Level(str(one["label"]), one["low"], one["high"], str(one.get("text", "")).strip())
        for one in row.get("levels") or ()
    )
    standard = tuple(Level(label, low, high, "") for label, low, high in STANDARD)
    part = Part(row.get("part", Part.TECHNICAL.value))
    return Criterion(str(number), str(row["name"]).strip(), row["weight"], part, levels or standard)
