"""Asking what joins two sides: nothing is written, so that a sealed bid stays unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from matchmaker import kinship
from matchmaker.extensions import db
from matchmaker.kinship import Hit, Kind, Level, Organisation, Party, Register, Tie
from matchmaker.lifecycles import RelationState
from matchmaker.relations import parties
from matchmaker.relations.models import RelationHit

AT_ONCE = 200  # pairs looked up in one statement


@dataclass(frozen=True)
class Finding:
    """A hit with what the bureau has made of it so far, if anything."""

    hit: Hit
    a_name: str
    b_name: str
    state: RelationState | None = None  # None: never judged, or judged on other evidence
    reason: str = ""
    given: frozenset[str] = frozenset()  # the two parties' keys as they were asked about

    @property
    def level(self) -> Level:
        """阻断 or 提示."""
        return self.hit.level

    @property
    def kind(self) -> Kind:
        """What the two have to do with each other."""
        return self.hit.kind

    @property
    def evidence(self) -> str:
        """The chain in one line; for the bureau only."""
        return self.hit.evidence

    @property
    def blocks(self) -> bool:
        """Whether it forbids: what blocks and was not found untrue, and any found true."""
        if self.state is RelationState.DISMISSED:
            return False
        return self.level is Level.BLOCK or self.state is RelationState.CONFIRMED

    @property
    def waits(self) -> bool:
        """Whether an officer has to verify it in writing before the matter goes on."""
        return self.level is Level.NOTICE and self.state in {None, RelationState.OPEN}


def find(
    side_a: Iterable[Any], side_b: Iterable[Any], *, now: datetime, ties: Iterable[Tie] = ()
) -> list[Finding]:
    """Return what joins any party of one side to any of the other; writes nothing, anywhere.

    Sides : rows or `{"name", "organisation"}`, see `parties.party`; a team stands for its
    institution, `parties.members` for its people. ties : what the database does not know yet, as
    the bids of one bounty. A hit dismissed on this very evidence comes with its judgement.
    """
    left, right = [parties.party(one) for one in side_a], [parties.party(one) for one in side_b]
    asked = [*left, *right]
    register = parties.register(now=now, ties=ties)
    left, right = _known(register, left, right), _known(register, right, left)
    register.add_all([*left, *right])
    hits = kinship.find(register, [p.key for p in left], [p.key for p in right])
    given = {known.key: one.key for one, known in zip(asked, [*left, *right], strict=True)}
    names = {p.key: p.name if isinstance(p, Organisation) else register.label(p.key)
             for p in (*left, *right)}  # fmt: skip
    return [
        replace(one, given=frozenset({given[one.hit.a], given[one.hit.b]}))
        for one in _judged(hits, names)
    ]


def _known(register: Register, side: Sequence[Party], other: Sequence[Party]) -> list[Party]:
    """Let a typed name stand for the one organisation it means beyond doubt.

    So judgements are found again. Not where that organisation stands on the other side itself.
    """
    taken = {party.key for party in other}
    found: list[Party] = []
    for party in side:
        meant = _meant(register, party) - taken
        if len(meant) == 1:
            key = meant.pop()
            party = replace(party, key=key, name=register.organisations[key].name)
        found.append(party)
    return found


def _meant(register: Register, party: Party) -> set[str]:
    if not (isinstance(party, Organisation) and party.key.startswith(parties.TYPED)):
        return set()
    if party.code:
        return {key for key in register.by_code[party.code] if key.startswith(parties.ON_RECORD)}
    meant = register.names.meant(party.name)
    return {m.node for m in meant if m.certain and m.node.startswith(parties.ON_RECORD)}


def conflicts_of(
    experts: Sequence[Any], others: Iterable[Any], *, now: datetime, ties: Iterable[Tie] = ()
) -> dict[int, list[Finding]]:
    """Return expert id → what keeps each of them from judging the others (回避), in one reading.

    For an expert every notice counts as well as what blocks, until the officer has dismissed it.
    """
    keys = {f"expert:{expert.public_id}": expert.id for expert in experts}
    found: dict[int, list[Finding]] = {expert.id: [] for expert in experts}
    for finding in find(experts, others, now=now, ties=ties):
        expert = keys.get(finding.hit.a) or keys.get(finding.hit.b)
        if expert is not None and (finding.blocks or finding.waits):
            found[expert].append(finding)
    return found


def _judged(hits: list[Hit], names: dict[str, str]) -> list[Finding]:
    """Join each hit with the judgement on this very evidence."""
    known: dict[tuple[str, str, str], RelationHit] = {}
    pairs = list({(hit.a, hit.b) for hit in hits})
    for start in range(0, len(pairs), AT_ONCE):
        query = select(RelationHit).where(
            tuple_(RelationHit.a_key, RelationHit.b_key).in_(pairs[start : start + AT_ONCE])
        )
        known |= {(row.a_key, row.b_key, str(row.kind)): row for row in db.session.scalars(query)}
    found = []
    for hit in hits:
        row = known.get((hit.a, hit.b, str(hit.kind)))
        same = row is not None and row.fingerprint == hit.fingerprint
        judged = (row.state, row.reason) if row is not None and same else (None, "")
        found.append(Finding(hit, names[hit.a], names[hit.b], *judged))
    return found


def refusal(findings: Iterable[Finding]) -> str:
    """Say to the party itself why it may not go on: the kinds of relation, never the evidence."""
    kinds = dict.fromkeys(finding.kind.label for finding in findings if finding.blocks)
    return f"与对方存在阻断级关联（{'、'.join(kinds)}），如有出入请联系科技局核实" if kinds else ""
