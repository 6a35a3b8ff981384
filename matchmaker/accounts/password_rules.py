"""What a password must be, by kind of account: pure rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from matchmaker.lifecycles.roles import ADMINISTRATORS, STAFF, Role

COMMON = Path(__file__).with_name("common_passwords.txt")
LONGEST = 128  # characters; argon2 is not asked to hash a novel
RUN = 4  # characters in a row on the keyboard or in the alphabet that make a run
SHORTEST_LOGIN = 3  # a login shorter than this says nothing about the password
LEAST_CLASSES = 3
_ROWS = (
    "0123456789",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
)


@dataclass(frozen=True)
class Profile:
    """What one kind of account must keep to."""

    shortest: int  # characters
    composed: bool  # three of four kinds of characters, no runs, nothing of the login
    remembered: int  # former passwords that may not come back
    rotation: timedelta | None


ADMINISTRATOR = Profile(12, composed=True, remembered=5, rotation=timedelta(days=90))
BUREAU_MEMBER = Profile(8, composed=True, remembered=5, rotation=timedelta(days=90))
EXPERT = Profile(8, composed=True, remembered=5, rotation=None)
OTHERS = Profile(12, composed=False, remembered=0, rotation=None)


def profile(roles: Collection[Role]) -> Profile:
    """Return the strictest profile any of these roles asks for."""
    held = set(roles)
    if held & ADMINISTRATORS:
        return ADMINISTRATOR
    if held & STAFF:
        return BUREAU_MEMBER
    return EXPERT if Role.EXPERT in held else OTHERS


@cache
def common() -> frozenset[str]:
    """Return the bundled list of common passwords, in lower case."""
    lines = COMMON.read_text(encoding="utf-8").split()
    return frozenset(line.lower() for line in lines)


def problems(password: str, *, login: str, rules: Profile) -> list[str]:
    """Name everything that is wrong with a new password, each with its cure; [] if nothing."""
    found = []
    if len(password) < rules.shortest:
        found.append(f"密码至少 {rules.shortest} 个字符，现为 {len(password)} 个")
    if len(password) > LONGEST:
        found.append(f"密码最多 {LONGEST} 个字符")
    if is_common(password):
        found.append("这是常见密码，容易被猜中，请换一个")
    if rules.composed:
        found += _composition(password, login)
    return found


def is_common(password: str) -> bool:
    """Tell whether the password is on the list, or one listed word or character repeated."""
    folded = password.lower()
    whole = folded in common() or folded.rstrip("!@#$%.0123456789") in common()
    halves = {folded[: len(folded) // n] * n == folded for n in range(2, 7) if len(folded) % n == 0}
    return whole or len(set(folded)) <= 2 or (True in halves)  # noqa: PLR2004 - "abababab"


def _composition(password: str, login: str) -> list[str]:
    found = []
    kinds = (str.isdigit, str.isupper, str.islower, lambda c: not c.isalnum())
    classes = sum(any(kind(letter) for letter in password) for kind in kinds)
    if classes < LEAST_CLASSES:
        found.append("密码须含数字、大写字母、小写字母、符号四类中的至少三类")
    name = login.partition("@")[0].lower()
    if len(name) >= SHORTEST_LOGIN and name in password.lower():
        found.append("密码不能包含登录账号")
    if _has_run(password):
        found.append("密码不能含有连续的字母、数字或键盘上相邻的一串（如 1234、abcd、qwer）")
    return found


def _has_run(password: str) -> bool:
    folded = password.lower()
    pieces = {folded[start : start + RUN] for start in range(len(folded) - RUN + 1)}
    return any(piece in row or piece[::-1] in row for piece in pieces for row in _ROWS)
