"""对接: from a pair the matcher found to a signed contract."""

from matchmaker.lifecycles.roles import ENTERPRISE, INSTITUTION, Role
from matchmaker.workflow import Lifecycle, State, move


class PairingState(State):
    """A pair the matcher found, as the pairing desk (配对台) sees it."""

    NEW = "new", "新推荐", "active"
    ACCEPTED = "accepted", "已采纳", "good"
    REJECTED = "rejected", "不相关", "neutral"


class LeadState(State):
    """对接阶段."""

    RECOMMENDED = "recommended", "待双方同意", "warn"
    BOTH_CONSENTED = "both_consented", "双方已同意", "active"
    CONTACTED = "contacted", "已接洽", "active"
    NEGOTIATING = "negotiating", "洽谈中", "active"
    INTENT = "intent", "达成意向", "good"
    SIGNED = "signed", "已签约", "good"
    DECLINED = "declined", "一方谢绝", "bad"
    DEAD = "dead", "已终止", "neutral"


G = PairingState
_PARTIES = ENTERPRISE | INSTITUTION
PAIRING = Lifecycle(
    "pairing",
    "推荐配对",
    G.NEW,
    move("accept", "采纳并发起对接", G.NEW, G.ACCEPTED, by={Role.OFFICER}),
    move("reject", "不相关", G.NEW, G.REJECTED, by={Role.OFFICER}, needs_reason=True),
    move("introduce", "申请对接", G.NEW, G.ACCEPTED, by={*_PARTIES, Role.BROKER}),
    move("dismiss", "不合适", G.NEW, G.REJECTED, by={*_PARTIES, Role.BROKER}),
    move("undo", "撤销判断", G.REJECTED, G.NEW, by={Role.OFFICER}),
)

L = LeadState
# Both sides agreed: each may see how to reach the other.
REVEALED_LEADS = (L.BOTH_CONSENTED, L.CONTACTED, L.NEGOTIATING, L.INTENT, L.SIGNED)
OPEN_LEADS = (L.RECOMMENDED, L.BOTH_CONSENTED, L.CONTACTED, L.NEGOTIATING, L.INTENT)
_BROKERS = {Role.OFFICER, Role.BROKER}
LEAD = Lifecycle(
    "lead",
    "对接",
    L.RECOMMENDED,
    move("both_consent", "双方同意", L.RECOMMENDED, L.BOTH_CONSENTED, by={*_PARTIES, Role.OFFICER}),
    move("contact", "登记接洽", L.BOTH_CONSENTED, L.CONTACTED, by=_BROKERS),
    move("negotiate", "进入洽谈", L.CONTACTED, L.NEGOTIATING, by=_BROKERS),
    move("reach_intent", "达成意向", L.NEGOTIATING, L.INTENT, by=_BROKERS),
    move("sign", "登记签约", {L.NEGOTIATING, L.INTENT}, L.SIGNED, by=_BROKERS),
    move("decline", "谢绝", OPEN_LEADS, L.DECLINED, by=_PARTIES, needs_reason=True),
    move("stop", "终止", OPEN_LEADS, L.DEAD, by=_BROKERS, needs_reason=True),
    move(
        "revive",
        "恢复对接",
        {L.DECLINED, L.DEAD},
        L.RECOMMENDED,
        by={Role.OFFICER},
        needs_reason=True,
    ),
)
