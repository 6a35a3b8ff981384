"""Holders' keys and the shares of a bounty's key: made at publication, made anew when lost."""

import base64
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from matchmaker import sealing
from matchmaker.accounts.models import RoleGrant, User
from matchmaker.audit import trail
from matchmaker.bidding import vault
from matchmaker.bidding.key_models import BountyKey, Chair, HolderKey, KeyShare
from matchmaker.bounties import publishing
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.sealing.envelope import public_of
from matchmaker.sealing.holders import Cost

OTHER_KEYS = (
    "本机的 bids/site.key 或 bids/mark.key 不是发布时的那一份，不能密封或开标；"
    "请运行维护人员恢复这两个文件后再办理，已密封的申请不受影响。"
)
SHORTEST = 12  # characters of a passphrase
NEVER = {Role.SYSADMIN, Role.SECADMIN}  # administrators hold no share
CHAIRED_BY = {
    Chair.OFFICER: Role.OFFICER,
    Chair.LEADER: Role.LEADER,
    Chair.SUPERVISOR: Role.AUDITOR,
}


def current(user: Any) -> HolderKey | None:
    """Return the key the user holds shares with, None before it was set up."""
    return db.session.scalar(select(HolderKey).where(HolderKey.current_of_id == user.id))


def may_hold(user: User, chair: Chair) -> bool:
    """Tell whether a user may sit in a chair: active, in its role, and no administrator."""
    return (
        user.state is UserState.ACTIVE
        and CHAIRED_BY[chair] in user.roles
        and not user.roles & NEVER
    )


def _check_passphrase(first: str, again: str) -> None:
    wrong = {}
    if len(first) < SHORTEST:
        wrong["passphrase"] = f"开标口令至少 {SHORTEST} 个字符，建议用四五个不相干的词"
    elif len(set(first)) < SHORTEST // 2:
        wrong["passphrase"] = "开标口令中重复的字符太多，容易被猜到，请换一个"  # noqa: S105
    if first != again:
        wrong["again"] = "两次输入的开标口令不一致，请重新输入"
    if wrong:
        raise Invalid(wrong)


def _cost() -> Cost:
    return Cost(n=current_app.config.get("HOLDER_SCRYPT_N") or Cost().n)


def set_up(user: User, *, passphrase: str, again: str, now: datetime) -> HolderKey:
    """Make the user's key pair; an earlier one is retired and its shares wait for a reissue."""
    _check_passphrase(passphrase, again)
    if not any(may_hold(user, chair) for chair in Chair):
        raise NotAllowed
    private, public = sealing.new_keypair()
    old = current(user)
    if old is not None:
        old.current_of_id, old.retired_at = None, now
        db.session.flush()
    wrapped = sealing.wrap(private, passphrase, owner=user.public_id, cost=_cost())
    key = HolderKey(
        user_id=user.id, current_of_id=user.id, public_key=public, wrapped=wrapped, made_at=now
    )
    db.session.add(key)
    trail.record(
        "renew_holder_key" if old else "make_holder_key", "user", user.public_id, by=user, now=now
    )
    return key


def change_passphrase(
    user: User, *, present: str, passphrase: str, again: str, now: datetime
) -> None:
    """Wrap the same key under another passphrase: shares stay as they are."""
    _check_passphrase(passphrase, again)
    key = current(user)
    if key is None:
        raise NotFound
    private = unwrapped(key, present, field="present")
    key.wrapped = sealing.wrap(private, passphrase, owner=user.public_id, cost=_cost())
    trail.record("change_passphrase", "user", user.public_id, by=user, now=now)


def unwrapped(key: HolderKey, passphrase: str, *, field: str = "passphrase") -> bytes:
    """Return the private key; a wrong passphrase is `Invalid` on the named field."""
    try:
        return sealing.unwrap(key.wrapped, passphrase, owner=key.user.public_id)
    except sealing.SealingFault as fault:
        raise Invalid({field: fault.message}) from fault


def prepare(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Make the bounty's key at publication and give its three shares; the whole is forgotten.

    Raises `Invalid` naming every chair for which nobody is ready.
    """
    if db.session.scalar(select(BountyKey.id).where(BountyKey.bounty_id == bounty.id)):
        return
    holders, lacking = _holders(bounty, leader=by)
    if lacking:
        raise Invalid({"holders": "；".join(lacking)})
    private, public = sealing.new_keypair()
    key = BountyKey(
        bounty_id=bounty.id,
        alg=sealing.ALG,
        public_key=public,
        beside=vault.fingerprint(),
        made_at=now,
    )
    db.session.add(key)
    db.session.flush()
    for place, share in sealing.split(private).items():
        chair = list(Chair)[place - 1]
        holder = holders[chair]
        sealed = sealing.seal(holder.public_key, share, context=context(bounty, place))
        db.session.add(
            KeyShare(
                key_id=key.id,
                chair=chair,
                place=place,
                user_id=holder.user_id,
                holder_key_id=holder.id,
                parts=[encoded(sealed)],
            )
        )
    names = {chair.value: holders[chair].user.name for chair in Chair}
    trail.record("share_key", "bounty", bounty.public_id, by=by, now=now, **names)


def _holders(bounty: Bounty, *, leader: Any) -> tuple[dict[Chair, HolderKey], list[str]]:
    """Return who holds which share, and in words which chair nobody is ready for."""
    found: dict[Chair, HolderKey] = {}
    lacking = []
    candidates = {
        Chair.OFFICER: [bounty.handler],
        Chair.LEADER: [leader],
        Chair.SUPERVISOR: _supervisors(),
    }
    for chair, people in candidates.items():
        ready = [person for person in people if person is not None and may_hold(person, chair)]
        keyed = [key for person in ready if (key := current(person)) is not None]
        taken = {key.user_id for key in found.values()}
        free = [key for key in keyed if key.user_id not in taken]
        if free:
            found[chair] = free[0]
        else:
            named = "、".join(person.name for person in ready)
            who = f"{chair.label}{named}" if named else chair.label
            lacking.append(
                f"{who}还没有设置开标密钥，请本人到“我的密钥”设置后再发布"
                if named
                else f"没有可担任{who}的人员（须为在岗账号，且不兼任系统或安全管理员）"
            )
    return found, lacking


def _supervisors() -> list[User]:
    query = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.AUDITOR, RoleGrant.approved_at.is_not(None))
        .where(User.state == UserState.ACTIVE)
    )
    return list(db.session.scalars(query.order_by(User.id)).unique())


def context(bounty: Bounty, place: int) -> str:
    """Return what an envelope that holds (part of) a share is bound to."""
    return f"share:{bounty.public_id}:{place}"


def encoded(sealed: bytes) -> str:
    """Return an envelope as a JSON column keeps it."""
    return base64.b64encode(sealed).decode()


def decoded(text: str) -> bytes:
    """Return the envelope `encoded` wrote."""
    return base64.b64decode(text)


def key_of(bounty: Any) -> BountyKey:
    """Return the bounty's key with its shares; raise `WrongState` where it has none."""
    found = db.session.scalar(select(BountyKey).where(BountyKey.bounty_id == bounty.id))
    if found is None:
        raise WrongState("本榜单没有开标密钥，不能密封提交；请联系科技局。")
    if found.beside != vault.fingerprint():
        raise WrongState(OTHER_KEYS)
    return found


def usable(share: KeyShare) -> bool:
    """Tell whether its holder can still open a share: key current, account in its role."""
    return share.holder_key.retired_at is None and may_hold(share.user, share.chair)


def own_share(key: BountyKey, user: Any) -> KeyShare:
    """Return the user's usable share of a key; raise `NotAllowed` where he has none."""
    for share in key.shares:
        if share.user_id == user.id and usable(share):
            return share
    raise NotAllowed("您不是本榜单的开标密钥持有人，或者您的份额需要先补发。")


def opened(share: KeyShare, passphrase: str) -> tuple[bytes, bytes]:
    """Return (the holder's private key, his share)."""
    private = unwrapped(share.holder_key, passphrase)
    where = context(share.key.bounty, share.place)
    try:
        parts = [sealing.unseal(private, decoded(part), context=where) for part in share.parts]
    except sealing.SealingFault as fault:
        raise WrongState(f"您的密钥份额已损坏：{fault.message}请由另外两位持有人补发。") from fault
    return private, sealing.sum_parts(parts)


def check_key(key: BountyKey, private: bytes) -> None:
    """Raise `sealing.WrongKey` unless the private key is this bounty's."""
    if public_of(private) != key.public_key:
        raise sealing.WrongKey


def held_by(user: Any) -> list[KeyShare]:
    """Return the shares a user sits on, newest bounty first."""
    query = select(KeyShare).where(KeyShare.user_id == user.id).order_by(KeyShare.id.desc())
    return list(db.session.scalars(query))


publishing.before_publish.append(prepare)
