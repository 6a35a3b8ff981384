"""What the pool already holds: found again by number, import key, or owner and title."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, null, or_, select

from matchmaker import policy
from matchmaker.accounts.models import Organisation
from matchmaker.extensions import db
from matchmaker.imports.kinds import Kind
from matchmaker.imports.models import Batch, BatchRow
from matchmaker.imports.rows import folded
from matchmaker.lifecycles import BatchState, Role
from matchmaker.matching.text import plain_words
from matchmaker.similar import TitleCandidate, similar_titles

READ = (
    "read",
    "read_full",
    "read_public_fields",
    "read_limited_fields",
    "read_confidential_fields",
    "list_pool",
)
SHORTEST_KEY = 6  # characters of a key without a letter; 1, 2, 3 are line numbers, no keys
MOST_SIMILAR = 3
COMMON = 300  # a word in more titles than this says nothing about likeness
COMPARED = 40  # titles looked at closely for one row


def visible(kind: Kind, viewer: Any) -> ColumnElement[bool]:
    """Hold for rows the importer may know of; officers also know what officers imported."""
    model = kind.model
    if kind.noun == "organisation":
        return policy.expression(viewer, "organisation", "list")
    known = [policy.expression(viewer, kind.noun, *READ), model.created_by_id == viewer.id]
    if Role.OFFICER in viewer.roles:
        known.append(model.batch_id.is_not(None))
    return or_(*known)


@dataclass(frozen=True)
class Match:
    """A stored row: id and the version it had."""

    id: int
    version: int


class Stored:
    """Every row of the pool the importer may know of, by what names it."""

    def __init__(self, kind: Kind, viewer: Any) -> None:
        self.kind = kind
        self.matches: dict[int, Match] = {}
        self.by_title: dict[tuple[int, str, str], int] = {}
        self.by_number: dict[str, int] = {}
        self.by_key: dict[tuple[int, str], int] = {}
        self.owner_of: dict[int, int] = {}
        self.titles: list[tuple[int, str, str, list[str]]] = []  # id, title, owner, keywords
        self._load(viewer)

    def _load(self, viewer: Any) -> None:
        kind, model = self.kind, self.kind.model
        owner = getattr(model, kind.owner_column) if kind.owner else model.id
        number = getattr(model, kind.number) if kind.number else model.public_id
        title = getattr(model, kind.headline)
        loose = model.org_name if kind.loose else model.public_id
        words = model.keywords if "keywords" in kind.attributes else null()
        fields = (model.id, model.version, model.public_id, owner, number, title, loose, words)
        by_public: dict[str, tuple[int, int]] = {}
        query = select(*fields, Organisation.name).where(visible(kind, viewer))
        if kind.owner:
            query = query.outerjoin(Organisation, Organisation.id == owner)
        else:
            query = select(*fields, title).where(visible(kind, viewer))
        for row in db.session.execute(query.order_by(model.id)):
            at, version, public, owner_id, stated, name, org, told, owner_name = row
            self.matches[at] = Match(at, version)
            owned = (owner_id or 0) if kind.owner else 0
            loose_name = folded(org or "") if kind.loose and not owner_id else ""
            self.by_title.setdefault((owned, loose_name, folded(name)), at)
            by_public[public] = (at, owned)
            self.owner_of[at] = owned
            if kind.number and stated:
                self.by_number[stated] = at
            self.titles.append((at, name, owner_name or "", told or []))
        self._load_keys(by_public)

    def _load_keys(self, by_public: dict[str, tuple[int, int]]) -> None:
        query = (
            select(BatchRow.key, BatchRow.object_id)
            .join(Batch, Batch.id == BatchRow.batch_id)
            .where(Batch.noun == self.kind.noun, Batch.state == BatchState.APPLIED)
            .where(BatchRow.key != "", BatchRow.object_id != "")
        )
        for key, public in db.session.execute(query.order_by(BatchRow.id)):
            if public in by_public and is_key(key):
                at, owner = by_public[public]
                self.by_key[(owner, key)] = at

    def find(self, *, key: str, owner_id: int | None, loose: str, title: str) -> Match | None:
        """Return the row meant: by number, by the owner's own key, else by owner and title."""
        owner = owner_id or 0
        at = self.by_number.get(key) if key else None
        at = at or (self.by_key.get((owner, key)) if key else None)
        at = at or self.by_title.get((owner, folded(loose), folded(title)))
        return self.matches[at] if at else None


def is_key(text: str) -> bool:
    """Tell whether a number of the sender's own can name a row across files."""
    return len(text) >= SHORTEST_KEY or any(character.isalpha() for character in text)


class Likeness:
    """Near-duplicate titles: only rows that share a telling word are compared closely."""

    def __init__(self, titles: Iterable[tuple[int, str, str, list[str]]]) -> None:
        self.known: dict[int, tuple[str, str, Sequence[str]]] = {}
        self.holding: dict[str, list[int]] = defaultdict(list)
        for at, title, owner, keywords in titles:
            self.add(at, title, owner, keywords)

    def add(self, at: int, title: str, owner: str, keywords: Sequence[str]) -> None:
        """Make a title known; ids of rows of the file itself are negative line numbers."""
        self.known[at] = (title, owner, keywords)
        for word in _told(title, keywords):
            if len(self.holding[word]) <= COMMON:
                self.holding[word].append(at)

    def like(self, title: str, keywords: Sequence[str]) -> list[dict[str, Any]]:
        """Return the likest titles: title, owner, ratio, and the line where it is of this file."""
        shared: dict[int, float] = defaultdict(float)
        for word in _told(title, keywords):
            holders = self.holding.get(word, ())
            if 0 < len(holders) <= COMMON:
                for at in holders:
                    shared[at] += 1 / len(holders)
        near = sorted(shared, key=lambda at: (-shared[at], at))[:COMPARED]
        candidates = [TitleCandidate(at, self.known[at][0], self.known[at][2]) for at in near]
        found = similar_titles(title, keywords, candidates, segment=plain_words)
        return [self._shown(at, ratio) for at, ratio in found[:MOST_SIMILAR]]

    def _shown(self, at: int, ratio: float) -> dict[str, Any]:
        title, owner, _keywords = self.known[at]
        line = -at if at < 0 else None
        return {"title": title, "owner": owner, "ratio": round(ratio), "line": line}


def _told(title: str, keywords: Sequence[str]) -> set[str]:
    return {word for part in (title, *keywords) for word in plain_words(part)}


def values_of(kind: Kind, row: Any) -> dict[str, Any]:
    """Return a stored row's content as an import compares it: JSON values by attribute."""
    return {name: _plain(getattr(row, name)) for name in kind.attributes}


def _plain(value: Any) -> Any:
    return str(value.value) if hasattr(value, "value") else value
