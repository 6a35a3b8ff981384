"""The second factor: codes a telephone computes (TOTP), each taken once, and codes for its loss.

The secret is encrypted with a key derived from SECRET_KEY, which the database does not hold. A
secret counts once its owner has typed a code of it; until then the former one goes on counting.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

import pyotp
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import delete, func, select, update

from matchmaker import sealing, sessions
from matchmaker.accounts.factor_models import RecoveryCode, SecondFactor
from matchmaker.accounts.grants import refuse_self
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import STAFF, Role
from matchmaker.messages import operations as messages

ISSUER = "揭榜台"
STEP = 30  # seconds one code lasts
DRIFT = (-1, 0, 1)  # steps by which the telephone's clock may be off
RECOVERY_CODES = 10
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUP = 5
MANDATORY = STAFF | {Role.EXPERT}
WRONG = "验证码不正确、已用过或已过期。请核对手机时间，等下一个验证码出现后再试。"


def _key(purpose: str) -> bytes:
    """Return a key of 32 bytes that the database does not hold."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return HKDF(SHA256(), 32, salt=None, info=f"second factor: {purpose}".encode()).derive(secret)


def _locked(secret: str, user_id: int) -> str:
    return sealing.lock(_key("secret"), secret.encode(), context=f"factor:{user_id}").hex()


def _opened(kept: str, user_id: int) -> str:
    """Return the secret, "" where it cannot be read (SECRET_KEY is another): no code fits then."""
    try:
        locked = bytes.fromhex(kept)
        return sealing.open_lock(_key("secret"), locked, context=f"factor:{user_id}").decode()
    except sealing.Broken:
        return ""


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _hash(code: str, user_id: int) -> str:
    said = f"{user_id}:{_plain(code)}".encode()
    return hmac.new(_key("recovery"), said, hashlib.sha256).hexdigest()


def of(user: User) -> SecondFactor | None:
    """Return the account's factor, confirmed or begun."""
    return db.session.get(SecondFactor, user.id)


def is_enrolled(user: User) -> bool:
    """Tell whether signing in asks this account for a code."""
    found = of(user)
    return found is not None and found.confirmed_at is not None


def is_mandatory(user: Any) -> bool:
    """Tell whether this account may not go without: bureau and experts, outside a demonstration."""
    return bool(user.roles & MANDATORY) and not current_app.config["DEMONSTRATION"]


def left(user: User) -> int:
    """Return how many recovery codes the account has not used."""
    unused = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(unused) or 0


def begin(user: User) -> None:
    """Make a new secret that counts once a code of it is typed; begun anew, the last one stays."""
    factor = of(user)
    if factor is None:
        factor = SecondFactor(user_id=user.id, last_step=0)
        db.session.add(factor)
    factor.pending = _locked(pyotp.random_base32(), user.id)


def pending(user: User) -> tuple[str, str] | None:
    """Return the secret that waits for its first code, and its otpauth address; None if none."""
    factor = of(user)
    secret = _opened(factor.pending, user.id) if factor is not None and factor.pending else ""
    if not secret:
        return None
    return secret, pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name=ISSUER)


def confirm(
    user: User, code: str, *, session_id: int | None, moment: datetime, now: datetime
) -> list[str]:
    """Let the begun secret count; return the recovery codes, shown once. Raises `Invalid`.

    moment : by the machine's own clock, as the telephone's.  session_id : the one session that
    goes on.
    """
    waiting = pending(user)
    factor = of(user)
    if waiting is None or factor is None:
        raise NotFound
    step = _step(waiting[0], code, moment)
    if step is None:
        raise Invalid({"code": WRONG})
    factor.secret, factor.pending = factor.pending, ""
    factor.last_step, factor.confirmed_at = step, now
    sessions.end_all(user.id, but=session_id)
    trail.record("enrol_factor", "user", user.public_id, by=user, now=now)
    _tell(user, "动态验证码已启用", "今后登录除密码外还要输入验证码。", now=now)
    return renew_codes(user)


def _step(secret: str, code: str, moment: datetime) -> int | None:
    """Return the time step whose code this is, None where it is none of the present ones."""
    typed = _plain(code)
    totp = pyotp.TOTP(secret, interval=STEP)
    here = totp.timecode(moment)
    fits = [
        here + by
        for by in DRIFT
        if hmac.compare_digest(totp.generate_otp(here + by).encode(), typed.encode())
    ]
    return fits[-1] if fits else None


def accept(user: User, code: str, *, moment: datetime, now: datetime) -> bool:
    """Take a code of the telephone or of the list, once; tell whether it fits."""
    factor = of(user)
    if factor is None or factor.confirmed_at is None:
        return False
    secret = _opened(factor.secret, user.id)
    step = _step(secret, code, moment) if secret else None
    if step is None:
        return _accept_recovery(user, code, now=now)
    taken = update(SecondFactor).where(
        SecondFactor.user_id == user.id, SecondFactor.last_step < step
    )
    return getattr(db.session.execute(taken.values(last_step=step)), "rowcount", 0) == 1


def _accept_recovery(user: User, code: str, *, now: datetime) -> bool:
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == _hash(code, user.id),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if getattr(db.session.execute(used), "rowcount", 0) != 1:
        return False
    trail.record("use_recovery_code", "user", user.public_id, by=user, now=now)
    said = f"还剩 {left(user)} 个。不是您本人使用的，请立即修改密码并联系安全保密管理员。"
    _tell(user, "用了一个恢复码登录", said, now=now)
    return True


def renew_codes(user: User) -> list[str]:
    """Replace the recovery codes; return the new ones, which nobody can show again."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(2 * _GROUP))
             for _ in range(RECOVERY_CODES)]  # fmt: skip
    db.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=_hash(code, user.id)) for code in codes
    )
    return [f"{code[:_GROUP]}-{code[_GROUP:]}" for code in codes]


def renew(user: User, *, now: datetime) -> list[str]:
    """Give the owner new recovery codes; the former ones end. `NotFound` without a factor."""
    if not is_enrolled(user):
        raise NotFound
    trail.record("renew_recovery_codes", "user", user.public_id, by=user, now=now)
    return renew_codes(user)


def drop(user: User, *, now: datetime) -> None:
    """Do without the second factor, where that is the owner's choice. Raises `Invalid`."""
    if is_mandatory(user):
        raise Invalid({"code": "您的角色必须使用动态验证码，不能停用；换手机请重新绑定"})
    if not is_enrolled(user):
        raise NotFound
    _forget(user)
    trail.record("drop_factor", "user", user.public_id, by=user, now=now)
    _tell(user, "动态验证码已停用", "不是您本人办理的，请立即修改密码。", now=now)


def reset(user: User, *, by: User, now: datetime, reason: str) -> None:
    """Forget somebody's factor, whose telephone is lost: sessions end, the owner enrols again.

    Never one's own; nobody can enrol for somebody else. Raises `Invalid`, `NotAllowed`.
    """
    refuse_self(user, by)
    if not reason.strip():
        raise Invalid({"reason": "请写明原因，如何核实了本人身份"})
    if not is_enrolled(user):
        raise NotFound
    _forget(user)
    sessions.end_all(user.id)
    trail.record("reset_factor", "user", user.public_id, by=by, now=now, reason=reason.strip())
    said = f"由安全保密管理员{by.name}办理。不是您本人申请的，请立即报告。"
    _tell(user, "动态验证码已被重置", said, now=now)


def _forget(user: User) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    db.session.expire_all()


def _tell(user: User, subject: str, body: str, *, now: datetime) -> None:
    messages.notify([user.id], subject, body, "/account", now=now)
