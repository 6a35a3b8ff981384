"""A key in three shares of which any two make it: Shamir's scheme with a straight line.

The key is the line's height at 0, share i its height at i, all modulo a prime. One share fits
every key equally well, so a single holder knows nothing. Source: A. Shamir, CACM 22 (1979) 612.

A lost share is made anew by the two others without the key ever being put together: the height
at the lost place is a weighted sum of their two heights. Each gives only his summand, hidden by
a random number that one adds and the other takes away, so that nobody, the receiver included,
learns another's share. The receiver's share is then the sum of two parts.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Final

from matchmaker.sealing.faults import SameHolder, TooFewShares, WrongKey

PRIME: Final = 2**521 - 1
BYTES: Final = 66  # of one share
KEY_BYTES: Final = 32
PLACES: Final = (1, 2, 3)
NEEDED: Final = 2


def split(key: bytes) -> dict[int, bytes]:
    """Return the three shares of a 32-byte key by place."""
    height, slope = int.from_bytes(key), secrets.randbelow(PRIME)
    return {place: _bytes(height + slope * place) for place in PLACES}


def combine(given: Iterable[tuple[int, bytes]]) -> bytes:
    """Return the key two shares make, each given as (place, share).

    Raises `TooFewShares` for one, `SameHolder` for one given twice, `WrongKey` where the two
    make no key at all. That it is the right key is for the caller to check by its public half.
    """
    shares = list(given)
    places = [place for place, _ in shares]
    if len(shares) < NEEDED:
        raise TooFewShares
    if len(set(places)) != len(places):
        raise SameHolder
    (first, a), (second, b) = shares[:NEEDED]
    height = (_weight(first, second, 0) * _int(a) + _weight(second, first, 0) * _int(b)) % PRIME
    if height >= 1 << (8 * KEY_BYTES):
        raise WrongKey
    return height.to_bytes(KEY_BYTES)


def reissue_first(place: int, other: int, lost: int, share: bytes) -> tuple[bytes, bytes]:
    """Return (part for the lost place's new holder, blind for the other holder)."""
    blind = secrets.randbelow(PRIME)
    return _bytes(_weight(place, other, lost) * _int(share) + blind), _bytes(blind)


def reissue_second(place: int, other: int, lost: int, share: bytes, blind: bytes) -> bytes:
    """Return the second part; both parts together are the lost share."""
    return _bytes(_weight(place, other, lost) * _int(share) - _int(blind))


def sum_parts(parts: Iterable[bytes]) -> bytes:
    """Return the share its parts make; a share that was never reissued has one part."""
    return _bytes(sum(_int(part) for part in parts))


def as_mapping(shares: Mapping[int, bytes]) -> list[tuple[int, bytes]]:
    """Return shares by place as `combine` takes them."""
    return sorted(shares.items())


def _weight(place: int, other: int, at: int) -> int:
    """Return what the height at `place` counts for the height at `at` (Lagrange)."""
    return (at - other) * pow(place - other, -1, PRIME)


def _int(share: bytes) -> int:
    return int.from_bytes(share)


def _bytes(number: int) -> bytes:
    return (number % PRIME).to_bytes(BYTES)
