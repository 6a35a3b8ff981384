"""A key holder's private key, wrapped by his passphrase."""

import base64
import json
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from matchmaker.sealing import envelope
from matchmaker.sealing.faults import Broken, WrongPassphrase

SALT_BYTES = 16
_HARDEST = 1 << 20  # a wrapping that asks for more memory than 1 GB is none of ours


@dataclass(frozen=True)
class Cost:
    """How hard guessing is: scrypt's n (memory = n · r · 128 bytes), r and p."""

    n: int = 1 << 16
    r: int = 8
    p: int = 1


def wrap(private: bytes, passphrase: str, *, owner: str, cost: Cost | None = None) -> str:
    """Return the private key under the passphrase, as JSON text; `owner` must be named again."""
    cost = cost or Cost()
    salt = os.urandom(SALT_BYTES)
    locked = envelope.lock(_key(passphrase, salt, cost), private, context=f"holder:{owner}")
    kept = {
        "kdf": "scrypt",
        "n": cost.n,
        "r": cost.r,
        "p": cost.p,
        "salt": base64.b64encode(salt).decode(),
        "locked": base64.b64encode(locked).decode(),
    }
    return json.dumps(kept)


def unwrap(wrapped: str, passphrase: str, *, owner: str) -> bytes:
    """Return the private key; raise `WrongPassphrase`, or `Broken` for what is no wrapping."""
    try:
        kept = json.loads(wrapped)
        cost = Cost(int(kept["n"]), int(kept["r"]), int(kept["p"]))
        salt, locked = base64.b64decode(kept["salt"]), base64.b64decode(kept["locked"])
    except (ValueError, KeyError, TypeError) as error:
        raise Broken from error
    if cost.n * cost.r > _HARDEST * 8:
        raise Broken
    try:
        return envelope.open_lock(_key(passphrase, salt, cost), locked, context=f"holder:{owner}")
    except Broken as error:
        raise WrongPassphrase from error


def _key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Scrypt(salt=salt, length=envelope.KEY_BYTES, n=cost.n, r=cost.r, p=cost.p)
    return kdf.derive(passphrase.encode())
