"""Everything known of organisations and people, indexed so that neighbours are found at once."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from matchmaker.kinship import addresses, spelling
from matchmaker.kinship.naming import ALIAS, FORMER, PRESENT, Names
from matchmaker.kinship.parties import Mention, Organisation, Party, Person, Stake, Tie

_ORGANISED = re.compile(
    r"公司|企业|集团|合伙|基金|大学|学院|研究|中心|委员会|政府|局$|部$|厂$|所$|院$|社$|协会|银行|\(有限"
)
# 公司法 265: being held by the state alone makes no related parties; ministries head thousands.
_STATE = re.compile(
    r"国有资产监督|国资委|人民政府|财政局|财政厅|财政部|教育部|教育厅|管委会$|管理委员会$"
)
LEAST_RATIO, CONTROL = 5.0, 100.0


@dataclass(slots=True)
class OrganisationNode:
    """An organisation, or a name somebody typed for one."""

    key: str
    name: str
    code: str = ""
    names: list[str] = field(default_factory=list)  # former ones, the present first
    aliases: list[str] = field(default_factory=list)
    phones: set[str] = field(default_factory=set)
    address: addresses.Address | None = None
    address_text: str = ""
    holders: list[tuple[str, float]] = field(default_factory=list)  # node, percent
    legal_rep: str = ""  # node
    record: bool = True


@dataclass(slots=True)
class PersonNode:
    """A person on record, or somebody named with an organisation."""

    key: str
    name: str
    name_key: str
    phones: set[str] = field(default_factory=set)
    email: str = ""
    posts: list[tuple[str, date | None]] = field(default_factory=list)  # node, until
    partners: list[tuple[str, date | None]] = field(default_factory=list)
    office: str = ""  # the organisation whose legal representative or holder this is
    ratio: float | None = None


Node = OrganisationNode | PersonNode


class Register:
    """Add organisations, people and ties in any order; ask `links` afterwards."""

    def __init__(self, *, today: date) -> None:
        self.today = today
        self.names = Names()
        self.organisations: dict[str, OrganisationNode] = {}
        self.people: dict[str, PersonNode] = {}
        self.by_code: dict[str, list[str]] = defaultdict(list)
        self.by_phone: dict[str, list[str]] = defaultdict(list)
        self.by_address: dict[str, list[str]] = defaultdict(list)
        self.by_person: dict[str, list[str]] = defaultdict(list)
        self.held: dict[str, list[tuple[str, float]]] = defaultdict(list)  # holder → held
        self.ties: dict[str, list[tuple[Tie, str]]] = defaultdict(list)  # node → tie, other node
        self.staff: dict[str, list[str]] = defaultdict(list)  # organisation → people

    def copy(self) -> "Register":
        """Return one with the same content that can be added to; a node never changes again."""
        other = Register(today=self.today)
        other.names = self.names.copy()
        other.organisations, other.people = dict(self.organisations), dict(self.people)
        for name in ("by_code", "by_phone", "by_address", "by_person", "held", "ties", "staff"):
            mine, copied = getattr(self, name), getattr(other, name)
            for key, found in mine.items():
                copied[key] = list(found)
        return other

    def add(self, party: Party) -> str:
        """Enter a party; return its key. A key already entered stays as it is."""
        if isinstance(party, Organisation):
            return self._add_organisation(party)
        return self._add_person(party)

    def add_all(self, parties: Iterable[Party], ties: Iterable[Tie] = ()) -> None:
        """Enter parties, then ties."""
        for party in parties:
            self.add(party)
        for tie in ties:
            self.add_tie(tie)

    def _add_organisation(self, given: Organisation) -> str:
        if given.key in self.organisations:
            return given.key
        node = OrganisationNode(
            given.key,
            given.name,
            spelling.code_key(given.code),
            [given.name, *given.former],
            list(given.aliases),
            set().union(*map(spelling.phone_keys, given.phones)),
            addresses.parse(given.address) if given.address else None,
            given.address,
        )
        self.organisations[node.key] = node
        known = bool(node.code or node.phones or given.address or given.legal_rep or given.aliases)
        node.record = known or bool(given.former)
        self._index(node)
        if given.legal_rep:
            node.legal_rep = self._officer(node, given.legal_rep)
        for stake in given.controllers:
            self._add_stake(node, stake)
        return node.key

    def _index(self, node: OrganisationNode) -> None:
        for manner, names in (
            (PRESENT, node.names[:1]),
            (FORMER, node.names[1:]),
            (ALIAS, node.aliases),
        ):
            for name in names:
                self.names.add(node.key, name, manner, record=node.record)
        if node.code:
            self.by_code[node.code].append(node.key)
        for phone in node.phones:
            self.by_phone[phone].append(node.key)
        if node.address:
            self.by_address[node.address.key].append(node.key)

    def _officer(self, node: OrganisationNode, name: str, ratio: float | None = None) -> str:
        """Return the person node of somebody in charge of an organisation: one for both roles."""
        name_key = spelling.person_key(name)
        key = f"{node.key}#{name_key}"
        person = self.people.get(key)
        if person is None:
            person = PersonNode(
                key, name.strip(), name_key, office=node.key, phones=set(node.phones)
            )
            self.people[key] = person
            self.by_person[name_key].append(key)
        if ratio is not None:
            person.ratio = ratio
        return key

    def _add_stake(self, node: OrganisationNode, stake: Stake) -> None:
        ratio = CONTROL if stake.ratio is None else stake.ratio
        if ratio < LEAST_RATIO or _STATE.search(stake.name) or not stake.name.strip():
            return
        if spelling.code_key(stake.code) or _ORGANISED.search(spelling.fold(stake.name)):
            holder = self.mention(stake.name, stake.code)
        else:
            holder = self._officer(node, stake.name, ratio)
        node.holders.append((holder, ratio))
        self.held[holder].append((node.key, ratio))

    def mention(self, name: str, code: str = "") -> str:
        """Return the node of an organisation somebody named; the same words are one node."""
        code = spelling.code_key(code)
        key = f"@{code or spelling.name_key(name)}"
        if key not in self.organisations:
            node = OrganisationNode(key, name.strip(), code, [name], record=False)
            self.organisations[key] = node
            self._index(node)
        return key

    def _add_person(self, given: Person) -> str:
        if given.key in self.people:
            return given.key
        node = PersonNode(
            given.key,
            given.name.strip(),
            spelling.person_key(given.name),
            spelling.phone_keys(given.phone),
            spelling.fold(given.email),
        )
        self.people[node.key] = node
        self.by_person[node.name_key].append(node.key)
        for phone in node.phones:
            self.by_phone[phone].append(node.key)
        for post in given.posts:
            self._employ(node, post.organisation, post.until)
        for partner in given.partners:
            if partner.organisation.strip():
                node.partners.append((self.mention(partner.organisation), partner.on))
        return node.key

    def _employ(self, node: PersonNode, organisation: str, until: date | None) -> None:
        if organisation.strip():
            employer = self.mention(organisation)
            node.posts.append((employer, until))
            self.staff[employer].append(node.key)

    def _named(self, who: Mention) -> str:
        """Return the node of somebody named in a paper."""
        if not who.name.strip():
            return self.mention(who.organisation)
        name_key = spelling.person_key(who.name)
        key = f"@{spelling.name_key(who.organisation)}#{name_key}"
        if key not in self.people:
            node = PersonNode(key, who.name.strip(), name_key)
            self.people[key] = node
            self.by_person[name_key].append(key)
            self._employ(node, who.organisation, None)
        return key

    def add_tie(self, tie: Tie) -> None:
        """Enter what several parties did together; each pair of them is tied."""
        nodes = list(dict.fromkeys(self._named(who) for who in tie.parties))
        for one in nodes:
            for other in nodes:
                if one != other:
                    self.ties[one].append((tie, other))

    def label(self, key: str) -> str:
        """Return a node's name as the evidence prints it; people with where they are."""
        if key in self.organisations:
            return self.organisations[key].name
        person = self.people[key]
        if person.office:
            return f"{person.name}（{self.organisations[person.office].name}）"
        posts = [node for node, until in person.posts if until is None] or [
            node for node, _ in person.posts
        ]
        return f"{person.name}（{self.label(posts[0])}）" if posts else person.name
