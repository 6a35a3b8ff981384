"""Which enterprises a call asks: by town, chain and tier together, or named one a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select

from matchmaker import codes, identifiers, policy
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.audit import trail
from matchmaker.calls.models import Call, Invitation, Via
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import CallState, OrganisationState
from matchmaker.places.models import ChainNode

ASKED = (OrganisationState.ACTIVE, OrganisationState.SUSPENDING, OrganisationState.UNCLAIMED)
MOST_NAMES = 2000


@dataclass(frozen=True)
class Chosen:
    """Conditions that hold together; an empty one asks nothing."""

    towns: Sequence[int] = ()
    chain_node_id: int | None = None
    tier: str = ""

    @property
    def via(self) -> Via:
        """What the list says of how these enterprises came onto it."""
        if self.towns:
            return Via.TOWN
        return Via.CHAIN if self.chain_node_id is not None else Via.TAG

    def __bool__(self) -> bool:
        return bool(self.towns or self.chain_node_id is not None or self.tier)


def enterprises() -> Select[Any]:
    """Return the district's enterprises a call may ask."""
    return select(Organisation).where(
        Organisation.kind == OrganisationKind.ENTERPRISE, Organisation.state.in_(ASKED)
    )


def _matching(chosen: Chosen) -> list[Organisation]:
    query = enterprises().where(Organisation.is_resident)
    if chosen.towns:
        query = query.where(Organisation.town_id.in_(chosen.towns))
    if chosen.chain_node_id is not None:
        below = select(ChainNode.id).where(ChainNode.parent_id == chosen.chain_node_id)
        node = Organisation.chain_node_id
        query = query.where(or_(node == chosen.chain_node_id, node.in_(below)))
    if chosen.tier:
        if not codes.is_code("enterprise_tier", chosen.tier):
            raise Invalid({"tier": "企业梯次不在列表里，请重新选择"})
        query = query.where(Organisation.tier == chosen.tier)
    return list(db.session.scalars(query.order_by(Organisation.id)))


def _named(lines: Sequence[str]) -> tuple[list[Organisation], list[str]]:
    """Find enterprises by credit code or full name; return them and the lines nobody answers to.

    A line may be a row copied from a workbook: any of its cells may carry the name or the code.
    """
    if len(lines) > MOST_NAMES:
        raise Invalid({"names": f"一次最多 {MOST_NAMES} 家，请分批加入"})
    cells = {part.strip() for line in lines for part in line.split("\t") if part.strip()}
    keys = sorted({*cells, *(cell.upper() for cell in cells)})
    known: dict[str, Organisation] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        called = or_(Organisation.name.in_(part), Organisation.uscc.in_(part))
        for row in db.session.scalars(enterprises().where(called)):
            known |= {row.name: row} | ({row.uscc: row} if row.uscc else {})
    found, unknown = [], []
    for line in lines:
        parts = [part.strip() for part in line.split("\t")]
        hit = next((known[p] for part in parts for p in (part, part.upper()) if p in known), None)
        if hit is None:
            unknown.append(line.replace("\t", " ")[:60])
        else:
            found.append(hit)
    return found, unknown


def invite(
    call: Call, chosen: Chosen, names: Sequence[str], *, by: Any, now: datetime
) -> tuple[int, list[str]]:
    """Add enterprises to a call's list; return how many were new and the lines not understood.

    Raises `Invalid` where nothing was chosen, `WrongState` for a call that is over.
    """
    if call.state not in {CallState.DRAFT, CallState.PUBLISHED} or call.has_ended:
        raise WrongState("本批次已截止，不能再邀请企业。")
    if not chosen and not names:
        raise Invalid({"names": "请至少选择一项条件，或填写企业名单"})
    named, unknown = _named(names)
    rows = [(row, Via.LIST) for row in named]
    rows += [(row, chosen.via) for row in _matching(chosen)] if chosen else []
    known = set(db.session.scalars(_ids(call)))
    added = 0
    for row, via in rows:
        if row.id not in known:
            known.add(row.id)
            db.session.add(enter(call, row, via, now=now))
            added += 1
    db.session.flush()
    trail.record("invite", "call", call.public_id, by=by, now=now, added=added)
    return added, unknown


def _ids(call: Call) -> Select[Any]:
    return select(Invitation.enterprise_id).where(Invitation.call_id == call.id)


def enter(call: Call, enterprise: Organisation, via: Via, *, now: datetime) -> Invitation:
    """Return a new invitation, not yet in the session; the town is today's."""
    return Invitation(
        call_id=call.id,
        enterprise_id=enterprise.id,
        town_id=enterprise.town_id,
        via=via,
        invited_at=now,
    )


def remove(call: Call, public_ids: Sequence[str], *, by: Any, now: datetime) -> int:
    """Take enterprises off a draft's list; return how many."""
    if call.state is not CallState.DRAFT:
        raise WrongState("征集已发布，邀请名单只能增加，不能移除。")
    gone = delete(Invitation).where(
        Invitation.call_id == call.id, Invitation.public_id.in_(public_ids)
    )
    count = int(getattr(db.session.execute(gone), "rowcount", 0))
    trail.record("uninvite", "call", call.public_id, by=by, now=now, removed=count)
    return count


def visible(call: Call, viewer: Any) -> Select[Any]:
    """Return the call's invitations the viewer may see."""
    scoped = policy.scope(viewer, "call_invitation", "read_bureau")
    return scoped.where(Invitation.call_id == call.id)


def count(call: Call, viewer: Any) -> int:
    """Return how many of the asked enterprises the viewer may see."""
    seen = select(func.count()).select_from(visible(call, viewer).subquery())
    return db.session.scalar(seen) or 0


def lines(text: str) -> list[str]:
    """Cut a pasted list into its lines, full-width blanks and empty lines left out."""
    found = (line.replace("\u3000", " ").strip() for line in text.splitlines())
    return [line for line in dict.fromkeys(found) if line]


def numbers(values: Sequence[str]) -> list[int]:
    """Return what of the ticked values are row numbers."""
    found = (identifiers.row_number(value) for value in values)
    return [number for number in found if number is not None]
