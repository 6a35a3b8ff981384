"""Related parties (关联关系) and conflicts of interest (回避), and how one knows.

Pure: a `Register` of what is known is filled by the caller; `find` walks it from one side's
parties to the other's. Two organisations under one name, branch and company, department and
university are one before anything else is asked; every hit carries its chain of evidence.
"""

from matchmaker.kinship.parties import (
    Hit,
    Kind,
    Level,
    Mention,
    Organisation,
    Partner,
    Party,
    Person,
    Post,
    Stake,
    Step,
    Tie,
)
from matchmaker.kinship.register import Register
from matchmaker.kinship.search import find

__all__ = [
    "Hit", "Kind", "Level", "Mention", "Organisation", "Partner", "Party", "Person", "Post",
    "Register", "Stake", "Step", "Tie", "find",
]  # fmt: skip
