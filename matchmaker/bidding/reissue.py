"""A share whose holder lost his passphrase or left: made anew by the other two, before they open.

Each of the two gives a part; neither part, nor both to any one person, is the bounty's key or
another's share (see `sealing.shares`). The server only passes envelopes on.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import sealing
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.bidding import keys
from matchmaker.bidding.key_models import BountyKey, Chair, HolderKey, KeyShare
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db


def lost(key: BountyKey) -> list[KeyShare]:
    """Return the shares nobody can open any more."""
    return [share for share in key.shares if not keys.usable(share)]


def successors(share: KeyShare) -> list[User]:
    """Return who may take a lost share: in its role, with a key, without a share of this one."""
    query = select(User).join(HolderKey, HolderKey.current_of_id == User.id).order_by(User.id)
    others = {one.user_id for one in share.key.shares if one.id != share.id}
    return [
        user
        for user in db.session.scalars(query)
        if keys.may_hold(user, share.chair) and user.id not in others
    ]


def _lost(key: BountyKey, chair: Chair) -> KeyShare:
    found = next(share for share in key.shares if share.chair is chair)
    if keys.usable(found):
        raise WrongState("这份密钥的持有人仍可使用，不需要补发。")
    return found


def _other(key: BountyKey, *, than: tuple[KeyShare, KeyShare]) -> KeyShare:
    other = next(share for share in key.shares if share not in than)
    if not keys.usable(other):
        raise WrongState("能使用的密钥只剩一份，不能补发，也不能开标。请立即报告分管领导。")
    return other


def start(
    key: BountyKey, chair: Chair, *, successor: User, passphrase: str, by: Any, now: datetime
) -> None:
    """Give the first part for a lost share's new holder, and the blind for the other holder."""
    share = _lost(key, chair)
    mine = keys.own_share(key, by)
    other = _other(key, than=(share, mine))
    to = keys.current(successor)
    if to is None or successor not in successors(share):
        raise Invalid({"successor": "请选择已设置开标密钥、且未持有本榜单其他份额的人员"})
    _, value = keys.opened(mine, passphrase)
    part, blind = sealing.reissue_first(mine.place, other.place, share.place, value)
    where = keys.context(key.bounty, share.place)
    share.pledged = {
        "from": mine.place,
        "other": other.place,
        "holder_key": to.id,
        "part": keys.encoded(sealing.seal(to.public_key, part, context=where)),
        "blind": keys.encoded(sealing.seal(other.holder_key.public_key, blind, context=where)),
    }
    _record("start_reissue", key, share, by=by, now=now, successor=successor.name)


def finish(key: BountyKey, chair: Chair, *, passphrase: str, by: Any, now: datetime) -> None:
    """Give the second part: from now on the new holder's two parts are the share."""
    share = _lost(key, chair)
    mine = keys.own_share(key, by)
    pledged = share.pledged
    if not pledged:
        raise WrongState("另一位持有人还没有为补发提供他的部分，请先由他办理。")
    if pledged["from"] == mine.place:
        raise NotAllowed("补发须由两位持有人各办一步，您已办过第一步。")
    to = db.session.get_one(HolderKey, pledged["holder_key"])
    if to.retired_at is not None or pledged["other"] != mine.place:
        share.pledged = {}
        raise WrongState("接收人的密钥又有变化，请从第一步重新办理。")
    private, value = keys.opened(mine, passphrase)
    where = keys.context(key.bounty, share.place)
    blind = sealing.unseal(private, keys.decoded(pledged["blind"]), context=where)
    part = sealing.reissue_second(mine.place, pledged["from"], share.place, value, blind)
    sealed = sealing.seal(to.public_key, part, context=where)
    share.parts = [pledged["part"], keys.encoded(sealed)]
    share.user, share.holder_key, share.pledged = to.user, to, {}
    share.handed, share.handed_at = {}, None
    for one in key.shares:  # what was handed to the former holder is of no use to the new one
        if one is not share:
            one.handed, one.handed_at = {}, None
    _record("reissue_share", key, share, by=by, now=now, successor=to.user.name)


def _record(
    action: str, key: BountyKey, share: KeyShare, *, by: Any, now: datetime, successor: str
) -> None:
    told = {"chair": share.chair.value, "successor": successor}
    trail.record(action, "bounty", key.bounty.public_id, by=by, now=now, **told)
