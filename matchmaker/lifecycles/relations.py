"""关联与回避: what the resolver found between two parties, and what the bureau made of it."""

from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Lifecycle, State, move


class RelationState(State):
    """核实状态."""

    OPEN = "open", "待核实", "warn"
    CONFIRMED = "confirmed", "属实", "bad"
    DISMISSED = "dismissed", "不构成关联", "good"


R = RelationState
_JUDGES = {Role.OFFICER, Role.SECTION_CHIEF}
RELATION = Lifecycle(
    "relation",
    "关联核实",
    R.OPEN,
    move("confirm", "认定属实", R.OPEN, R.CONFIRMED, by=_JUDGES, needs_reason=True),
    # What blocks is dismissed by the section chief alone; the operation sees to it.
    move("dismiss", "认定不构成", R.OPEN, R.DISMISSED, by=_JUDGES, needs_reason=True),
    # Other evidence than was judged, or a judgement taken back.
    move(
        "reopen",
        "重新核实",
        {R.CONFIRMED, R.DISMISSED},
        R.OPEN,
        by={*_JUDGES, Role.SYSTEM},
        needs_reason=True,
    ),
)
