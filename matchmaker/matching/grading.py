"""What a score means to a person: 强, 较强, 弱, 无, and how likely a pair is worth arranging.

    chance(s) = 1 / (1 + exp(-(LEVEL + SLOPE * ln(s + OFFSET))))

A logistic curve in the logarithm of the score, so never falling as the score rises. Fitted by
maximum likelihood on graded pairs (grade >= 2 of 3 is worth arranging), each set counting alike;
docs/matching.md tells which, and how often it was right. Source: Platt (1999).
"""

import math
from typing import NamedTuple

LEVEL, SLOPE, OFFSET = 3.72, 2.10, 0.01


class Grade(NamedTuple):
    """A grade, from which score on it holds, and what it asks of the reader."""

    label: str
    least: float
    tone: str
    meaning: str


GRADES = (
    Grade("强", 0.20, "good", "先联系"),
    Grade("较强", 0.12, "active", "看过理由再定"),
    Grade("弱", 0.105, "warn", "多半只是同一领域"),
    Grade("无", -math.inf, "neutral", "不算合适"),
)  # strongest first


def grade(score: float) -> Grade:
    """The grade of a score as shown: to three decimals, so that label and figure agree."""
    return next(one for one in GRADES if round(score, 3) >= one.least)


def chance(score: float) -> float:
    """How likely a pair of this score is worth arranging, in [0, 1]."""
    return 1 / (1 + math.exp(-(LEVEL + SLOPE * math.log(max(score, 0.0) + OFFSET))))


def legend() -> str:
    """What each grade means, in one sentence for pages and workbooks."""
    told = [
        f"{one.label}（{one.least:.3g} 起）{one.meaning}" if one.least > 0 else f"更低为{one.label}"
        for one in GRADES
    ]
    return (
        "匹配度分级：" + "，".join(told) + "。分级由已评定的配对拟合而来，供参考，以人工判断为准。"
    )
