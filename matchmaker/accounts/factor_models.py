"""What a second factor at sign-in needs: the secret a telephone shares, and one-time codes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.extensions import Model


class SecondFactor(Model):
    """The secret of an account's codes (动态验证码), encrypted with a key the database lacks."""

    __tablename__ = "second_factor"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str] = mapped_column(String(200), default="")  # "" until a code confirmed it
    pending: Mapped[str] = mapped_column(String(200), default="")  # waits for its first code
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)  # of the last code taken
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """A code for the day the telephone is lost (恢复码): works once, kept as a keyed hash."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
