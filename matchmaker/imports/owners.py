"""Which organisation a row means: known by code or name, or left to a human."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.extensions import db
from matchmaker.imports.kinds import Kind, Problem
from matchmaker.imports.rows import Draft, folded
from matchmaker.lifecycles import INSTITUTION, OrganisationState
from matchmaker.similar import OrganisationCandidate, similar_organisations

MOST_CANDIDATES = 5
_DEAD = (OrganisationState.SUSPENDED,)


@dataclass
class UnknownName:
    """A name the platform does not know, with the organisations it may mean."""

    name: str
    uscc: str | None = None
    town_id: int | None = None
    candidates: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class _Known:
    id: int
    name: str
    kind: OrganisationKind
    state: OrganisationState


class Owners:
    """Organisations by code and by name, as they stand now."""

    def __init__(
        self, kind: Kind, viewer: Any, *, places: Sequence[str], decided: Mapping[str, str]
    ) -> None:
        """Read what is known.  decided : folded name → id of the one a human says is meant."""
        self.kind, self.places = kind, places
        self.unknown: dict[str, UnknownName] = {}
        self.by_name: dict[str, _Known] = {}
        self.by_code: dict[str, _Known] = {}
        self.alike: list[OrganisationCandidate] = []
        self.own: _Known | None = None
        self._load(viewer, {k: int(v) for k, v in decided.items() if v.isdecimal()})

    def _load(self, viewer: Any, decided: Mapping[str, int]) -> None:
        fields = (
            *(Organisation.id, Organisation.name, Organisation.kind, Organisation.state),
            *(Organisation.aliases, Organisation.uscc, Organisation.merged_into_id),
        )
        found = db.session.execute(select(*fields).order_by(Organisation.id)).all()
        known = {row.id: _Known(row.id, row.name, row.kind, row.state) for row in found}
        for row in found:
            meant = known[self._survivor(row, found)]
            for name in (row.name, *(row.aliases or [])):
                self.by_name.setdefault(folded(name), meant)
            if row.uscc:
                self.by_code.setdefault(row.uscc, meant)
            if row.state not in {OrganisationState.MERGED, *_DEAD} and self._fits(row.kind):
                self.alike.append(OrganisationCandidate(row.id, row.name, row.aliases or ()))
        for name, meant_id in decided.items():
            if meant_id in known:
                self.by_name.setdefault(name, known[meant_id])
        self.names = {row.id: row.name for row in found}
        if viewer.roles & INSTITUTION:
            self.own = known[viewer.organisation_id]

    def _survivor(self, row: Any, rows: Sequence[Any]) -> int:
        """Follow a merged organisation to the one that remains."""
        merged = {one.id: one.merged_into_id for one in rows}
        here, seen = row.id, {row.id}
        while merged.get(here) and merged[here] not in seen:
            here = merged[here]
            seen.add(here)
        return int(here)

    def _fits(self, kind: OrganisationKind) -> bool:
        return self.kind.owner_kind in {None, kind}

    def resolve(self, draft: Draft) -> tuple[int | None, Problem | None]:
        """Return (organisation, what is wrong); (None, None) for a name nobody knows yet."""
        if not self.kind.owner:
            return None, None
        if self.own is not None:
            return self._of_own(draft)
        by_name = self.by_name.get(folded(draft.owner_name))
        by_code = self.by_code.get(draft.uscc or "")
        if by_code and by_name is not by_code:
            name = by_code.name
            cure = f"如是同一单位请写作“{name}”，否则请核对信用代码"
            return None, (f"信用代码属于“{name}”，与所填名称不符", cure)
        if by_name is None:
            return None, None
        return self._usable(by_name)

    def _of_own(self, draft: Draft) -> tuple[int | None, Problem | None]:
        assert self.own is not None  # noqa: S101 - checked by the caller
        named = self.by_name.get(folded(draft.owner_name)) if draft.owner_name else self.own
        if named is None or named.id != self.own.id:
            cause = f"单位“{draft.owner_name[:30]}”不是本单位"
            return None, (cause, f"只能导入“{self.own.name}”的成果，请删去此行")
        return self.own.id, None

    def _usable(self, found: _Known) -> tuple[int | None, Problem | None]:
        if not self._fits(found.kind):
            wanted = self.kind.owner_kind.label if self.kind.owner_kind else ""
            cause = f"“{found.name}”在平台上登记为{found.kind.label}，不是{wanted}"
            return None, (cause, "请核对单位名称")
        if found.state in _DEAD:
            return None, (f"“{found.name}”已停用", "请核对单位，或先恢复该单位")
        return found.id, None

    def remember(self, draft: Draft) -> UnknownName:
        """Count a row of an unknown name; the first time look for organisations like it."""
        key = folded(draft.owner_name)
        name = self.unknown.get(key)
        if name is None:
            name = self.unknown[key] = UnknownName(draft.owner_name)
            alike = similar_organisations(draft.owner_name, self.alike, places=self.places)
            name.candidates = [
                {"id": number, "name": self.names[number], "ratio": round(ratio)}
                for number, ratio in alike[:MOST_CANDIDATES]
            ]
        name.uscc = name.uscc or draft.uscc
        name.town_id = name.town_id or draft.town_id
        name.rows += 1
        return name
