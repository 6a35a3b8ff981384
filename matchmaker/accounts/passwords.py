"""Password hashing (argon2id) that costs the same whether or not the account exists."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

MEMORY_KIB = 19 * 1024  # OWASP's least for argon2id with two passes and one lane
TIME_COST = 2


@cache
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


def _present() -> PasswordHasher:
    config = current_app.config
    return _hasher(
        config.get("ARGON2_TIME_COST", TIME_COST), config.get("ARGON2_MEMORY_KIB", MEMORY_KIB)
    )


@cache
def _dummy(time_cost: int, memory_kib: int) -> str:
    return _hasher(time_cost, memory_kib).hash("no account has this password")


def hashed(password: str) -> str:
    """Return the argon2id hash to store."""
    return _present().hash(password)


def verify(stored: str, password: str) -> bool:
    """Check a password; an empty `stored` (no such account) costs the same and fails."""
    hasher = _present()
    known = bool(stored)
    try:
        hasher.verify(stored or _dummy(hasher.time_cost, hasher.memory_cost), password)
    except (VerificationError, InvalidHashError):
        return False
    return known


def outdated(stored: str) -> bool:
    """Tell whether the hash was made with weaker settings than today's."""
    return _present().check_needs_rehash(stored)
