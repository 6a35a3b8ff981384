"""Envelopes: sealed to a public key, or locked with a key at hand.

A sealed envelope is MAGIC, one byte naming the suite, the sender's one-time public key, a nonce
and the ciphertext with its tag. Everything before the ciphertext is authenticated, and so is the
`context` both sides must name: an envelope moved to another place does not open there.
"""

import os
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matchmaker.sealing.faults import Broken

ALG: Final = "x25519-hkdf-sha256-aes-256-gcm"
"""The suite new envelopes use. A second one (SM2/SM3/SM4) gets the next number in `SUITES`."""

SUITES: Final[dict[str, int]] = {ALG: 1}
MAGIC: Final = b"JBT\x01"
KEY_BYTES, NONCE_BYTES = 32, 12
_HEADER = len(MAGIC) + 1


def new_keypair() -> tuple[bytes, bytes]:
    """Return (private, public), 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private: bytes) -> bytes:
    """Return the public key that belongs to a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(public: bytes, content: bytes, *, context: str, alg: str = ALG) -> bytes:
    """Seal `content` so that only the private key's owner reads it; unknown `alg`: `Broken`."""
    if alg not in SUITES:
        raise Broken(f"不支持的密封算法：{alg}")
    once = X25519PrivateKey.generate()
    sender = once.public_key().public_bytes_raw()
    header = MAGIC + bytes([SUITES[alg]]) + sender
    key = _agreed(lambda: once.exchange(X25519PublicKey.from_public_bytes(public)), header, public)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, content, header + context.encode())


def unseal(private: bytes, envelope: bytes, *, context: str) -> bytes:
    """Return what was sealed; raise `Broken` for any other byte, key or context."""
    if envelope[: len(MAGIC)] != MAGIC or envelope[len(MAGIC) : _HEADER] != bytes([SUITES[ALG]]):
        raise Broken
    header, rest = envelope[: _HEADER + KEY_BYTES], envelope[_HEADER + KEY_BYTES :]
    own = X25519PrivateKey.from_private_bytes(private)
    try:
        sender = X25519PublicKey.from_public_bytes(header[_HEADER:])
        key = _agreed(lambda: own.exchange(sender), header, own.public_key().public_bytes_raw())
        nonce, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, body, header + context.encode())
    except (InvalidTag, ValueError) as error:
        raise Broken from error


def _agreed(exchange: Callable[[], bytes], header: bytes, receiver: bytes) -> bytes:
    """Derive the envelope's key from the exchanged secret, bound to suite and both public keys."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=header + receiver).derive(exchange())


def lock(key: bytes, content: bytes, *, context: str) -> bytes:
    """Encrypt with a 32-byte key that is kept elsewhere."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, context.encode())


def open_lock(key: bytes, locked: bytes, *, context: str) -> bytes:
    """Return what `lock` encrypted; raise `Broken` for any other byte, key or context."""
    try:
        return AESGCM(key).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise Broken from error
