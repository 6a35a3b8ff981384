"""待审新词: what the machine proposes for the dictionary, and what the officer made of it."""

from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Lifecycle, State, move


class ProposalState(State):
    """审核状态."""

    WAITING = "waiting", "待审", "warn"
    ACCEPTED = "accepted", "已采纳", "good"
    DISMISSED = "dismissed", "不采用"


P = ProposalState
PROPOSAL = Lifecycle(
    "proposal",
    "新词建议",
    P.WAITING,
    move("accept", "采纳", P.WAITING, P.ACCEPTED, by={Role.OFFICER}),
    move("dismiss", "不采用", P.WAITING, P.DISMISSED, by={Role.OFFICER}),
    # By the officer who thinks again, and by the system once the texts say it far more often.
    move("reopen", "重新审", P.DISMISSED, P.WAITING, by={Role.OFFICER, Role.SYSTEM}),
)
