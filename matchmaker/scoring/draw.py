"""Drawing a panel: everything follows from the seed and the candidates on record."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

SIZES = (3, 5, 7)
POOL_TIMES = 3


class DrawError(ValueError):
    """The panel cannot be drawn; the message is fit to show."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be drawn: a stable name and the institution as it is at the draw."""

    name: str
    institution: str


def seed_of(public: Iterable[str], moment: str) -> str:
    """Return the seed: SHA-256 of the sorted public list and the moment of drawing, in hex.

    public : what everybody can see, such as the published commitments; moment : ISO 8601.
    """
    text = "\n".join([*sorted(public), moment])
    return hashlib.sha256(text.encode()).hexdigest()


def order(candidates: Iterable[Candidate], seed: str) -> list[Candidate]:
    """Return the candidates in the order the seed gives them."""
    return sorted(candidates, key=lambda one: (_mark(seed, one.name), one.name))


def _mark(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def draw(candidates: Sequence[Candidate], wanted: int, seed: str) -> list[Candidate]:
    """Return the panel: the first of the seeded order, at most one of each institution.

    wanted : 3, 5 or 7. Raises DrawError for another number and where too few are left.
    """
    if wanted not in SIZES:
        raise DrawError("专家人数应为单数：3、5 或 7 人")
    found: list[Candidate] = []
    for _ in range(wanted):
        found.append(next_one(candidates, seed, sitting=found, passed=()))
    return found


def next_one(
    candidates: Sequence[Candidate],
    seed: str,
    *,
    sitting: Collection[Candidate],
    passed: Collection[str],
) -> Candidate:
    """Return whoever the same seeded order gives next.

    sitting : who keeps a seat; passed : names drawn before that refused or had to go.
    Raises DrawError where nobody is left.
    """
    taken = {one.institution for one in sitting if one.institution}
    names = {one.name for one in sitting} | set(passed)
    for one in _free(order(candidates, seed), names, taken):
        return one
    raise DrawError("可抽取的专家不足：同一单位只能有一人，请扩大领域或补充专家后再抽")


def _free(
    ordered: Sequence[Candidate], names: Collection[str], taken: Collection[str]
) -> Iterator[Candidate]:
    for one in ordered:
        if one.name not in names and one.institution not in taken:
            yield one


def warning(candidates: Collection[Candidate], wanted: int) -> str:
    """Say that the pool is smaller than three times the panel; "" where it is not."""
    needed = POOL_TIMES * wanted
    if len(candidates) >= needed:
        return ""
    return f"候选专家 {len(candidates)} 人，少于所需人数的 3 倍（{needed} 人），继续抽取须写明原因"
