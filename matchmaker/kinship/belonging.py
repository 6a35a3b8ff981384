"""Which organisations are one, which is a part of which, and who lives next door."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from matchmaker.kinship import addresses
from matchmaker.kinship.naming import ALIAS, PRESENT
from matchmaker.kinship.parties import Kind
from matchmaker.kinship.register import OrganisationNode, Register

MOST_SHARING = 6  # a number or door of more organisations belongs to an agency or an incubator


class Bond(Enum):
    """What kind of step a link is."""

    SAME = auto()
    PART_UP = auto()
    PART_DOWN = auto()
    HOLD_UP = auto()  # to the holder
    HOLD_DOWN = auto()
    REP_UP = auto()  # to the legal representative
    REP_DOWN = auto()
    IDENT = auto()  # one and the same person
    EMPLOY = auto()
    STAFF = auto()
    KIN = auto()
    PLACE = auto()  # an address or a number
    TIE = auto()


@dataclass(frozen=True, slots=True)
class Link:
    """One step: where to, how it reads, and 1 where it makes the chain a mere notice."""

    bond: Bond
    target: str
    words: str
    weak: int = 0
    ratio: float = 0.0
    kind: Kind | None = None
    past: bool = False


class Belonging:
    """Reads identity and belonging of organisations off a register; remembers what it found."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._wholes: dict[str, list[tuple[str, str, int]]] = {}

    def same(self, node: OrganisationNode) -> Iterator[Link]:
        """Yield the links to other nodes of the same organisation."""
        register, seen = self.register, {node.key}
        for other in register.by_code.get(node.code, ()) if node.code else ():
            if other not in seen:
                seen.add(other)
                yield Link(Bond.SAME, other, "信用代码相同")
        for place, name in enumerate([*node.names, *node.aliases]):
            alias = place >= len(node.names)
            for meant in register.names.meant(name, besides=node.key):
                if meant.node in seen or (alias and meant.manner == ALIAS):
                    continue
                other_code = register.organisations[meant.node].code
                differ = bool(node.code and other_code and node.code != other_code)
                if differ and (alias or meant.manner not in {PRESENT}):
                    continue
                seen.add(meant.node)
                yield _same_name(
                    node, meant.node, place, meant.manner, differ=differ, certain=meant.certain
                )

    def wholes(self, key: str) -> list[tuple[str, str, int]]:
        """Return what the organisation is a part of: node, words, weakness."""
        if key not in self._wholes:
            self._wholes[key] = []  # a name that is a part of itself ends here
            node = self.register.organisations[key]
            found: dict[str, tuple[str, str, int]] = {}
            for name in node.names:
                for whole in self.register.names.whole(name, besides=key):
                    other = self.register.organisations[whole.node]
                    apart = bool(node.code and other.code and whole.words == "校区或驻地")
                    weak = int(not whole.certain or apart)
                    by = f"（按其{whole.by}）" if whole.by else ""
                    found.setdefault(whole.node, (whole.node, whole.words + by, weak))
            self._wholes[key] = list(found.values())
        return self._wholes[key]

    def next_door(self, node: OrganisationNode) -> Iterator[str]:
        """Yield the organisations behind the same door."""
        if node.address is None:
            return
        sharing = self.register.by_address[node.address.key]
        for other in sharing if len(sharing) <= MOST_SHARING else ():
            theirs = self.register.organisations[other].address
            if other != node.key and theirs and addresses.same(node.address, theirs):
                yield other


def _same_name(
    node: OrganisationNode, target: str, place: int, manner: str, *, differ: bool, certain: bool
) -> Link:
    own = PRESENT if place == 0 else ("曾用名" if place < len(node.names) else ALIAS)
    if own == PRESENT and manner == PRESENT:
        words = "名称相同、信用代码不同" if differ else "名称相同"
    else:
        words = f"即其{manner}" if own == PRESENT else f"{own}与其{manner}相同"
    return Link(Bond.SAME, target, words, int(differ or not certain))
