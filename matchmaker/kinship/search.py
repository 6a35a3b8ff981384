"""Chains of links from one party to another, the strongest first."""

import heapq
import itertools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from matchmaker.kinship import spelling
from matchmaker.kinship.belonging import Bond, Link
from matchmaker.kinship.links import Links
from matchmaker.kinship.parties import Hit, Kind, Level, Step
from matchmaker.kinship.register import LEAST_RATIO, Register

MOST_STEPS, MOST_VISITS, MOST_WEAK = 8, 2_000, 1
BLOCKING, CONTROLLING = 25.0, 50.0
_STRUCTURAL = frozenset({Bond.HOLD_UP, Bond.HOLD_DOWN, Bond.REP_UP, Bond.REP_DOWN, Bond.KIN})
_HOLDS = frozenset({Bond.HOLD_UP, Bond.HOLD_DOWN})


@dataclass(frozen=True, slots=True)
class Walk:
    """A chain under way, and what it may still take in."""

    nodes: tuple[str, ...]
    links: tuple[Link, ...] = ()
    weak: int = 0
    tied: bool = False  # has a tie or a shared place: nothing structural beside it
    structural: bool = False
    employed: Link | None = None
    run: Bond | None = None  # the direction of holdings one behind another
    ratio: float = 0.0  # what they come to
    before: int = 0  # the weakness before that run

    @property
    def end(self) -> str:
        """The node reached."""
        return self.nodes[-1]


def find(register: Register, left: Iterable[str], right: Iterable[str]) -> list[Hit]:
    """Return what joins any party of one side to any of the other, by their keys, worst first.

    People are walked from first, then by key, so that a pair reads the same whichever way it is
    asked. Per pair: the strongest chain of each kind; where direct links block already, only these.
    """
    sides = sorted(set(left)), sorted(set(right))
    pairs = {_ordered(register, a, b) for a in sides[0] for b in sides[1] if a != b}
    links = Links(register, {b for _, b in pairs})
    hits: list[Hit] = []
    for start, group in itertools.groupby(sorted(pairs), key=lambda pair: pair[0]):
        targets = {b for _, b in group}
        hits += _hits(register, _reached(links, start, targets))
    order = {Level.BLOCK: 0, Level.NOTICE: 1}
    return sorted(hits, key=lambda hit: (order[hit.level], hit.a, hit.b, str(hit.kind)))


def _ordered(register: Register, a: str, b: str) -> tuple[str, str]:
    rank = ((key not in register.people, key) for key in (a, b))
    (_, first), (_, second) = sorted(rank)
    return first, second


def _reached(links: Links, start: str, targets: Collection[str]) -> Iterator[Walk]:
    """Walk best first: fewest doubts, then fewest steps."""
    counter = itertools.count()
    queue = [(0, 0, next(counter), Walk((start,)))]
    visits: dict[object, int] = {}
    for _ in range(MOST_VISITS):
        if not queue:
            return
        _, steps, _, walk = heapq.heappop(queue)
        if walk.links and walk.end in targets:
            yield walk
        if steps >= MOST_STEPS or _worn(visits, walk):
            continue
        for link in _onward(links, walk):
            longer = _extended(links, walk, link)
            if longer is not None and longer.weak <= MOST_WEAK:
                heapq.heappush(queue, (longer.weak, steps + 1, next(counter), longer))


def _worn(visits: dict[object, int], walk: Walk) -> bool:
    """Tell whether the node was walked through in this manner already."""
    manner = (walk.end, walk.weak, walk.tied, walk.structural, walk.employed is None, walk.run)
    visits[manner] = visits.get(manner, 0) + 1
    return visits[manner] > 1


def _onward(links: Links, walk: Walk) -> Iterator[Link]:
    yield from (link for link in links.of(walk.end) if link.target not in walk.nodes)
    if walk.employed and not (walk.tied or walk.structural):
        yield from (link for link in links.staff_of(walk.end) if link.target not in walk.nodes)


def _extended(links: Links, walk: Walk, link: Link) -> Walk | None:
    """Return the walk with one more link, or None where the two do not go together."""
    longer = replace(
        walk,
        nodes=(*walk.nodes, link.target),
        links=(*walk.links, link),
        weak=walk.weak + link.weak,
        run=walk.run if link.bond in {Bond.SAME, *_HOLDS} else None,
    )
    if link.bond in {Bond.TIE, Bond.PLACE}:
        free = not (walk.tied or walk.structural or walk.employed)
        return replace(longer, tied=True) if free else None
    if link.bond is Bond.EMPLOY:
        return _employed(walk, longer, link)
    if link.bond is Bond.STAFF:
        both_left = link.past and walk.employed is not None and walk.employed.past
        return replace(longer, tied=True, weak=longer.weak + both_left)
    if link.bond is Bond.PART_DOWN and walk.links and walk.links[-1].bond is Bond.PART_UP:
        apart = links.independent_parts(walk.end, walk.nodes[-2], link.target)
        return replace(longer, weak=longer.weak + apart)
    if link.bond in _STRUCTURAL:
        return _structured(walk, longer, link)
    return longer


def _employed(walk: Walk, longer: Walk, link: Link) -> Walk | None:
    """Go from a person to the employer: once, and behind other links as a notice."""
    if walk.employed or any(one.bond is Bond.PLACE for one in walk.links):
        return None
    behind = walk.tied or walk.structural
    return replace(longer, employed=link, weak=longer.weak + behind)


def _structured(walk: Walk, longer: Walk, link: Link) -> Walk | None:
    """Add a holding, an office or kinship; behind one's employer it is a notice."""
    if walk.tied or (walk.employed and walk.employed.past):
        return None
    extra = int(walk.employed is not None and not walk.structural)
    longer = replace(longer, structural=True, weak=longer.weak + extra)
    if link.bond not in _HOLDS:
        return longer
    if walk.run is Bond.HOLD_DOWN and link.bond is Bond.HOLD_UP:
        return None  # the partners of a joint venture are not related by it
    if walk.run is link.bond:
        ratio, before = _through(walk.ratio, link.ratio), walk.before
    else:
        ratio, before = link.ratio, longer.weak
    if ratio < LEAST_RATIO:
        return None
    weak = before + (ratio < BLOCKING)
    return replace(longer, run=link.bond, ratio=ratio, before=before, weak=weak)


def _through(ratio: float, further: float) -> float:
    """Return what a holding of a holding comes to; control (≥ 50 %) passes the other on whole."""
    if ratio >= CONTROLLING:
        return further
    return ratio if further >= CONTROLLING else ratio * further / 100


def _hits(register: Register, walks: Iterable[Walk]) -> Iterator[Hit]:
    """Keep per pair the best chain of each kind; direct ones that block make others idle."""
    best: dict[tuple[str, str], dict[Kind, Walk]] = {}
    for walk in walks:
        kinds = best.setdefault((walk.nodes[0], walk.end), {})
        kinds.setdefault(_kind(walk), walk)
    for (a, b), kinds in best.items():
        direct = {kind: walk for kind, walk in kinds.items() if len(_telling(register, walk)) == 1}
        enough = any(not walk.weak for walk in direct.values())
        for kind, walk in (direct if enough else kinds).items():
            level = Level.NOTICE if walk.weak else Level.BLOCK
            yield Hit(kind, level, a, b, _chain(register, walk))


def _kind(walk: Walk) -> Kind:
    """Name a chain by its telling link."""
    bonds = {link.bond for link in walk.links}
    for link in walk.links:
        if link.kind is not None:
            return link.kind
    if Bond.EMPLOY in bonds:
        return Kind.OFFICE if bonds & _STRUCTURAL else Kind.EMPLOYER
    if bonds & _STRUCTURAL:
        return _structural_kind(walk, bonds)
    if bonds == {Bond.IDENT}:
        return Kind.SAME_PERSON
    return Kind.SUBORDINATE if bonds & {Bond.PART_UP, Bond.PART_DOWN} else Kind.SAME_ENTITY


def _structural_kind(walk: Walk, bonds: set[Bond]) -> Kind:
    if "#" in walk.nodes[0] or walk.links[0].bond is Bond.IDENT:
        return Kind.OFFICE
    if bonds & {Bond.REP_UP, Bond.REP_DOWN}:
        both = bonds >= {Bond.REP_UP, Bond.REP_DOWN}
        return Kind.LEGAL_REP if both else Kind.CONTROLLER
    return Kind.CONTROLLER if bonds >= _HOLDS else Kind.HOLDING


def _telling(register: Register, walk: Walk) -> list[int]:
    """Return the places of the links that tell something: not those between equal spellings."""
    labels = [spelling.name_key(register.label(node)) for node in walk.nodes]
    found = [
        place
        for place, link in enumerate(walk.links)
        if link.weak
        or link.bond not in {Bond.SAME, Bond.IDENT}
        or labels[place] != labels[place + 1]
    ]
    return found or [0]


def _chain(register: Register, walk: Walk) -> tuple[Step, ...]:
    places = _telling(register, walk)
    ends = [walk.nodes[place + 1] for place in places[:-1]] + [walk.end]
    return tuple(
        Step(register.label(a), walk.links[place].words, register.label(b), (a, b))
        for a, place, b in zip([walk.nodes[0], *ends], places, ends, strict=False)
    )
