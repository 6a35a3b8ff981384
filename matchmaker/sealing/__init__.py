"""Sealed bids, the pure part: envelopes, shares of a key, commitments, receipts, packages.

Nothing here knows a database or the web. What can go wrong is named in `faults`.
"""

from matchmaker.sealing.envelope import ALG, lock, new_keypair, open_lock, seal, unseal
from matchmaker.sealing.faults import (
    Broken,
    SameHolder,
    SealingFault,
    TooFewShares,
    WrongKey,
    WrongPassphrase,
)
from matchmaker.sealing.holders import Cost, unwrap, wrap
from matchmaker.sealing.package import Package
from matchmaker.sealing.receipts import Receipt, new_signing_key, public_of, sign, verify
from matchmaker.sealing.shares import combine, reissue_first, reissue_second, split, sum_parts

__all__ = [
    "ALG",
    "Broken",
    "Cost",
    "Package",
    "Receipt",
    "SameHolder",
    "SealingFault",
    "TooFewShares",
    "WrongKey",
    "WrongPassphrase",
    "combine",
    "lock",
    "new_keypair",
    "new_signing_key",
    "open_lock",
    "public_of",
    "reissue_first",
    "reissue_second",
    "seal",
    "sign",
    "split",
    "sum_parts",
    "unseal",
    "unwrap",
    "verify",
    "wrap",
]
