"""Whether two people of one name are one person."""

from matchmaker.identifiers import mask_phone
from matchmaker.kinship import spelling
from matchmaker.kinship.belonging import Belonging
from matchmaker.kinship.register import PersonNode


class Identities:
    """Compares people of one name; remembers where each of them is or was."""

    def __init__(self, belonging: Belonging) -> None:
        self.belonging = belonging
        self.register = belonging.register
        self._houses: dict[tuple[str, bool], frozenset[str]] = {}

    def compared(self, one: PersonNode, other: PersonNode) -> tuple[str, int]:
        """Say what makes two of one name one person, and how weak that is; "" where nothing does.

        A rare name of two people in charge is a notice; between others a name proves nothing.
        """
        certain = self._contacts(one, other) or self._surroundings(one, other)
        if certain:
            return certain, 0
        if self._house(one, doubtful=True) & self._house(other, doubtful=True):
            return "同名，单位疑为同一家（名称未写全）", 1
        if spelling.is_common(one.name) or not (one.office or other.office):
            return "", 0
        elsewhere = not (one.office and other.office) and bool(one.posts or other.posts)
        return ("", 0) if elsewhere else ("同名（姓名少见，未见其他佐证）", 1)

    def _contacts(self, one: PersonNode, other: PersonNode) -> str:
        shared = one.phones & other.phones
        if shared:
            return f"同名同电话（{mask_phone(min(shared))}）"
        return "同名同邮箱" if one.email and one.email == other.email else ""

    def _surroundings(self, one: PersonNode, other: PersonNode) -> str:
        if self._house(one) & self._house(other):
            return "同名同单位"
        if not (one.office and other.office):
            return ""
        if other.office in self.belonging.next_door(self.register.organisations[one.office]):
            return "同名且单位地址相同"
        also = self._colleagues(one) & self._colleagues(other)
        return f"同名，且另有同名股东{'、'.join(sorted(also))}" if also else ""

    def _colleagues(self, person: PersonNode) -> set[str]:
        organisation = self.register.organisations[person.office]
        nodes = {organisation.legal_rep, *(holder for holder, _ in organisation.holders)}
        people = self.register.people
        return {people[key].name for key in nodes if key in people and key != person.key}

    def _house(self, person: PersonNode, *, doubtful: bool = False) -> frozenset[str]:
        """Return every organisation the person is or was in, with what these are parts of."""
        memo = (person.key, doubtful)
        if memo not in self._houses:
            found: set[str] = set()
            waiting = [person.office] if person.office else [node for node, _ in person.posts]
            while waiting:
                key = waiting.pop()
                if key not in found:
                    found.add(key)
                    waiting += [
                        node for node, _, weak in self.belonging.wholes(key) if doubtful or not weak
                    ]
                    same = self.belonging.same(self.register.organisations[key])
                    waiting += [link.target for link in same if doubtful or not link.weak]
            self._houses[memo] = frozenset(found)
        return self._houses[memo]
