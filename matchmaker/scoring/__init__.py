"""Scores, ties, draws and feedback: plain values in and out. No Flask, no SQLAlchemy.

The way through: `rubric.read` a rubric; `draw.draw` a panel; `sheets.read` each sheet;
`averaging.trimmed_mean` of the totals; `ranking.rank`; `tables` for the chair; `feedback.draft`.
"""

from matchmaker.scoring import averaging, draw, feedback, ranking, rubric, sheets, tables
from matchmaker.scoring.rubric import Criterion, Level, Part, Rubric, RubricError

__all__ = [
    "Criterion",
    "Level",
    "Part",
    "Rubric",
    "RubricError",
    "averaging",
    "draw",
    "feedback",
    "ranking",
    "rubric",
    "sheets",
    "tables",
]
