"""From means to places: veto, pass line, ties by the rule, a seeded lot last of all."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

from matchmaker.workflow import Labelled

PASS_LINE = Decimal(60)


class Outcome(Labelled):
    """What a subject's place means."""

    RECOMMENDED = "recommended", "推荐"
    BELOW_LINE = "below_line", "低于合格线"
    VETOED = "vetoed", "被否决"


class TieBreak(Labelled):
    """What told a subject apart from those with the same total."""

    NONE = "", ""
    CRITERION = "criterion", "同分，按技术方案得分排序"
    PRICE = "price", "同分，按报价由低到高排序"
    LOT = "lot", "同分，按抽签排序"


@dataclass(frozen=True, slots=True)
class Standing:
    """A subject before ranking: its mean, the tie criterion's mean, its price if it has one."""

    name: str
    mean: Decimal
    tie_mean: Decimal
    price_fen: int | None = None
    vetoed: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A subject with its place (1 is the best) and how a tie was broken."""

    name: str
    place: int
    outcome: Outcome
    tie: TieBreak


def lot(seed: str, name: str) -> str:
    """Return the subject's lot; the smaller one goes first."""
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def rank(
    standings: Iterable[Standing], *, seed: str, pass_line: Decimal = PASS_LINE
) -> list[Placed]:
    """Return every subject with its place, the best first; the vetoed ones last.

    seed : of the review, on record: it draws the lot where everything else is equal.
    """
    ordered = sorted(standings, key=lambda one: _key(one, seed))
    ties: dict[str, TieBreak] = {}
    for _, group in groupby(ordered, key=lambda one: (one.vetoed, one.mean)):
        ties |= _breaks(list(group))
    return [
        Placed(one.name, place, _outcome(one, pass_line), ties[one.name])
        for place, one in enumerate(ordered, 1)
    ]


def _key(one: Standing, seed: str) -> tuple[bool, Decimal, Decimal, bool, int, str]:
    return (
        one.vetoed,
        -one.mean,
        -one.tie_mean,
        one.price_fen is None,
        one.price_fen or 0,
        lot(seed, one.name),
    )


def _breaks(same: Sequence[Standing]) -> dict[str, TieBreak]:
    """Say what told each of those with one total from its neighbours: the last rule needed."""
    found = {one.name: TieBreak.NONE for one in same}
    order = list(TieBreak)
    for upper, lower in pairwise(same):
        told = _told_apart(upper, lower)
        for one in (upper, lower):
            found[one.name] = max(found[one.name], told, key=order.index)
    return found


def _told_apart(upper: Standing, lower: Standing) -> TieBreak:
    if upper.tie_mean != lower.tie_mean:
        return TieBreak.CRITERION
    return TieBreak.PRICE if upper.price_fen != lower.price_fen else TieBreak.LOT


def _outcome(one: Standing, pass_line: Decimal) -> Outcome:
    if one.vetoed:
        return Outcome.VETOED
    return Outcome.RECOMMENDED if one.mean >= pass_line else Outcome.BELOW_LINE
