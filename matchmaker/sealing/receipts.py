"""Receipts: what the site signs when a bid is sealed, and how anybody checks it."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from matchmaker.sealing.faults import Broken

PURPOSE = "jiebangtai-receipt-1"


@dataclass(frozen=True)
class Receipt:
    """The signed facts: bounty and bid by their numbers, the commitment, the server's time."""

    bounty: str
    bid: str
    commitment: str
    received_at: str  # UTC, to the microsecond, as `moment_text` writes it

    def message(self) -> bytes:
        """Return the bytes that are signed: purpose and the four facts, one a line."""
        facts = (PURPOSE, self.bounty, self.bid, self.commitment, self.received_at)
        return "\n".join(facts).encode()


def moment_text(moment: datetime) -> str:
    """Return a moment as receipts write it: 2026-11-20T04:00:00.123456Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_signing_key() -> bytes:
    """Return a private Ed25519 key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> str:
    """Return the public half as hex."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    return key.public_key().public_bytes_raw().hex()


def sign(private: bytes, receipt: Receipt) -> str:
    """Return the signature as hex."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(receipt.message()).hex()


def verify(public: str, receipt: Receipt, signature: str) -> None:
    """Check a signature; raise `Broken` unless it is this site's over exactly these facts."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), receipt.message())
    except (InvalidSignature, ValueError) as error:
        raise Broken("回执签名不正确：内容被改动，或者不是本站签发。") from error


def as_json(receipt: Receipt, signature: str, public: str) -> str:
    """Return the file the bidder keeps."""
    kept = {**asdict(receipt), "signature": signature, "site_key": public, "alg": "ed25519"}
    return json.dumps(kept, ensure_ascii=False, indent=1)
