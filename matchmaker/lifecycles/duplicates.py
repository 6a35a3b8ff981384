"""疑似重复: what the detector found between two texts, and what the bureau made of it."""

from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Lifecycle, State, move


class DuplicateState(State):
    """认定状态."""

    OPEN = "open", "待认定", "warn"
    CONFIRMED = "confirmed", "是重复", "bad"
    DISMISSED = "dismissed", "不是重复", "good"


D = DuplicateState
_JUDGES = {Role.OFFICER, Role.SECTION_CHIEF}
DUPLICATE = Lifecycle(
    "duplicate",
    "重复认定",
    D.OPEN,
    move("confirm", "是重复", D.OPEN, D.CONFIRMED, by=_JUDGES),
    move("dismiss", "不是重复", D.OPEN, D.DISMISSED, by=_JUDGES),
    # One of the texts was changed since, or a judgement is taken back.
    move(
        "reopen",
        "重新认定",
        {D.CONFIRMED, D.DISMISSED},
        D.OPEN,
        by={*_JUDGES, Role.SYSTEM},
        needs_reason=True,
    ),
)
