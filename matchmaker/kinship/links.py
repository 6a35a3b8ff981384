"""The links of one node: what it is joined to directly, and by what evidence."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from matchmaker.identifiers import mask_phone
from matchmaker.kinship.belonging import MOST_SHARING, Belonging, Bond, Link
from matchmaker.kinship.identity import Identities
from matchmaker.kinship.parties import Kind
from matchmaker.kinship.register import CONTROL, OrganisationNode, PersonNode, Register

YEARS = 3
_ACADEMY = "科学院"


def years_before(today: date) -> date:
    """Return the first day that still counts as within three years."""
    year = today.year - YEARS
    leap = (today.month, today.day) == (2, 29)
    return today.replace(year=year, day=28) if leap else today.replace(year=year)


class Links:
    """Reads the links of a node off a register; remembers what it worked out.

    wanted : the nodes the search is to reach: a university's hundred departments and thousand
    people are walked only towards these.
    """

    def __init__(self, register: Register, wanted: Collection[str]) -> None:
        self.register = register
        self.since = years_before(register.today)
        self.belonging = Belonging(register)
        self.identities = Identities(self.belonging)
        self._parts: dict[str, list[tuple[str, str, int]]] = {}
        self._staff: dict[str, list[str]] = {}
        self._back: dict[str, dict[str, Link]] = {}
        for key in wanted:
            self._lead_to(key)

    def _lead_to(self, key: str) -> None:
        """Note the parts and the staff through which a wanted node is reached from above."""
        person = self.register.people.get(key)
        if person is None:
            self._lead_down(key)
            return
        for employer, _ in person.posts:
            self._staff.setdefault(employer, []).append(key)
            self._lead_down(employer)

    def _lead_down(self, key: str) -> None:
        same = list(self.belonging.same(self.register.organisations[key]))
        for link in same:  # a short form finds the whole name, not the other way round
            self._back.setdefault(link.target, {})[key] = replace(link, target=key)
        for other in (key, *(link.target for link in same)):
            for whole, words, weak in self.belonging.wholes(other):
                known = self._parts.setdefault(whole, [])
                if (other, words, weak) not in known:
                    known.append((other, words, weak))
                    self._lead_down(whole)

    def of(self, key: str) -> Iterator[Link]:
        """Yield the links of a node."""
        if key in self.register.organisations:
            node = self.register.organisations[key]
            same = {link.target: link for link in self.belonging.same(node)}
            yield from {**self._back.get(key, {}), **same}.values()
            yield from self._belonging(node)
            yield from self._holding(node)
            yield from self._sharing(node.key, node.phones)
            yield from self._neighbours(node)
        else:
            person = self.register.people[key]
            yield from self._identities(person)
            yield from self._offices(person)
            yield from self._employers(person)
            yield from self._sharing(key, set() if person.office else person.phones)
        yield from self._tied(key)

    # ---- organisations

    def _belonging(self, node: OrganisationNode) -> Iterator[Link]:
        for whole, words, weak in self.belonging.wholes(node.key):
            yield Link(Bond.PART_UP, whole, f"{words}，属于", weak)
        for part, words, weak in self._parts.get(node.key, ()):
            yield Link(Bond.PART_DOWN, part, f"所属{words}", weak)

    def independent_parts(self, whole: str, left: str, right: str) -> int:
        """Weigh two parts of one whole: one legal person 0, two hospitals 1, two institutes 2."""
        organisations = self.register.organisations
        if organisations[whole].name.endswith(_ACADEMY):
            return 2
        return int(bool(organisations[left].code and organisations[right].code))

    def _holding(self, node: OrganisationNode) -> Iterator[Link]:
        if node.legal_rep:
            yield Link(Bond.REP_UP, node.legal_rep, "法定代表人")
        for holder, ratio in node.holders:
            yield Link(Bond.HOLD_UP, holder, _holder_words(ratio), ratio=ratio)
        for held, ratio in self.register.held.get(node.key, ()):
            yield Link(Bond.HOLD_DOWN, held, _stake_words(ratio), ratio=ratio)

    def _sharing(self, key: str, phones: set[str]) -> Iterator[Link]:
        for phone in sorted(phones):
            sharing = self.register.by_phone[phone]
            if len(sharing) <= MOST_SHARING:
                for other in sharing:
                    if other != key:
                        words = f"电话相同（{mask_phone(phone)}）"
                        yield Link(Bond.PLACE, other, words, 1, kind=Kind.PHONE)

    def _neighbours(self, node: OrganisationNode) -> Iterator[Link]:
        for other in self.belonging.next_door(node):
            words = f"地址相同（{node.address_text.strip()}）"
            yield Link(Bond.PLACE, other, words, 1, kind=Kind.ADDRESS)

    # ---- people

    def _offices(self, person: PersonNode) -> Iterator[Link]:
        if not person.office:
            return
        if self.register.organisations[person.office].legal_rep == person.key:
            yield Link(Bond.REP_DOWN, person.office, "任法定代表人")
        if person.ratio is not None:
            words = _stake_words(person.ratio)
            yield Link(Bond.HOLD_DOWN, person.office, words, ratio=person.ratio)

    def _employers(self, person: PersonNode) -> Iterator[Link]:
        for employer, until in person.posts:
            if until is None:
                yield Link(Bond.EMPLOY, employer, "现任职于")
            elif until >= self.since:
                yield Link(
                    Bond.EMPLOY, employer, f"近三年曾任职于（至{until:%Y年%m月}）", past=True
                )
        for partner, on in person.partners:
            if on is None or on >= self.since:
                words = "近三年合作单位" + (f"（{on.year}年）" if on else "")
                yield Link(Bond.TIE, partner, words, kind=Kind.CONTRACT)

    def staff_of(self, key: str) -> Iterator[Link]:
        """Yield the wanted people who work or lately worked here."""
        for one in self._staff.get(key, ()):
            for employer, until in self.register.people[one].posts:
                if employer == key and (until is None or until >= self.since):
                    words = "现有人员" if until is None else f"近三年曾有人员（至{until:%Y年%m月}）"
                    yield Link(Bond.STAFF, one, words, past=until is not None)
                    break

    def _identities(self, person: PersonNode) -> Iterator[Link]:
        for key in self.register.by_person[person.name_key]:
            if key != person.key:
                words, weak = self.identities.compared(person, self.register.people[key])
                if words:
                    yield Link(Bond.IDENT, key, words, weak)

    # ---- ties

    def _tied(self, key: str) -> Iterator[Link]:
        for tie, other in self.register.ties.get(key, ()):
            if tie.kind is Kind.KIN:
                yield Link(Bond.KIN, other, f"申报为近亲属（{tie.words}）", kind=Kind.KIN)
            elif tie.on is None or tie.on >= self.since:
                organised = (
                    key in self.register.organisations and other in self.register.organisations
                )
                if tie.kind is Kind.COMPETITOR and organised:
                    continue
                weak = int(organised and tie.kind is Kind.CONTRACT)
                words = f"{tie.kind.label}（{tie.words}）" if tie.words else tie.kind.label
                yield Link(Bond.TIE, other, words, weak, kind=tie.kind)


def _stake_words(ratio: float) -> str:
    return "实际控制" if ratio == CONTROL else f"持股{ratio:g}%"


def _holder_words(ratio: float) -> str:
    return "实际控制人" if ratio == CONTROL else f"股东（持股{ratio:g}%）"
