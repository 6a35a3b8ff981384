"""回避: what ties an expert to a party of a review, by the resolver of related parties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker.accounts.models import Organisation
from matchmaker.experts.models import Expert
from matchmaker.kinship import Kind
from matchmaker.relations import operations as relations
from matchmaker.relations import parties as known_parties
from matchmaker.reviewing.models import Review


@dataclass(frozen=True)
class Hit:
    """Why an expert must keep away, and what that rests on."""

    reason: str
    evidence: str


@dataclass(frozen=True)
class Party:
    """Somebody a panel must not know: an organisation by row or name, a person by name."""

    role: str  # 发榜方, 揭榜方, 联合单位, 团队成员
    organisation: str = ""
    row: Organisation | None = None
    person: str = ""
    user_id: int | None = None


def parties_of(review: Review) -> list[Party]:
    """Return everybody the review is about: owners, bidders, partners, team members."""
    found = []
    if review.bounty is not None:
        found.append(_organisation("发榜方", review.bounty.owner))
        found += [_organisation("发榜方", one.organisation) for one in review.bounty.sources]
    for subject in review.subjects:
        if subject.need is not None:
            found.append(_organisation("需求单位", subject.need.enterprise))
        if subject.bid is not None:
            found += _of_bid(subject.bid)
    return found


def _organisation(role: str, row: Organisation, user_id: int | None = None) -> Party:
    return Party(role, row.name, row, user_id=user_id)


def _of_bid(bid: Any) -> Iterable[Party]:
    content = bid.content or {}
    if bid.lead_organisation is not None:
        yield _organisation("揭榜方", bid.lead_organisation, bid.created_by_id)
    lead = bid.lead_organisation.name if bid.lead_organisation is not None else ""
    if content.get("pi_name"):
        yield Party("项目负责人", lead, person=content["pi_name"])
    for one in content.get("team", ()):
        yield Party("团队成员", str(one.get("organisation", "")), person=str(one.get("name", "")))
    for one in content.get("partners", ()):
        yield Party("联合单位", str(one.get("organisation", "")))


def folded(name: str) -> str:
    """Return a name without blanks and with one kind of brackets, to be compared."""
    return "".join(name.split()).replace("（", "(").replace("）", ")").casefold()


def institution_key(expert: Expert) -> str:
    """Return what stands for the expert's institution: at most one of each sits on a panel."""
    if expert.organisation_id is not None:
        return f"organisation:{expert.organisation_id}"
    return f"name:{folded(expert.org_name)}" if expert.org_name.strip() else ""


def ties(experts: Sequence[Expert], parties: Sequence[Party], *, now: datetime) -> dict[int, Hit]:
    """Return expert id → the first tie that keeps the expert off the panel, where there is one.

    Own accounts first, then what the resolver of related parties finds; what the bureau has
    dismissed on the same evidence keeps nobody off.
    """
    found = {one.id: hit for one in experts if (hit := _own(one, parties)) is not None}
    asked = [_asked(party) for party in parties]
    order = {known_parties.party(one).key: place for place, one in reversed(list(enumerate(asked)))}
    rest = [one for one in experts if one.id not in found]
    for expert_id, findings in relations.conflicts_of(rest, asked, now=now).items():
        placed = [(min(order[key] for key in one.given if key in order), one) for one in findings]
        if placed:
            place, first = min(placed, key=lambda pair: (not pair[1].blocks, pair[0]))
            found[expert_id] = Hit(_reason(first.kind, parties[place].role), first.evidence)
    return found


def _own(expert: Expert, parties: Iterable[Party]) -> Hit | None:
    for party in parties:
        if party.user_id is not None and party.user_id == expert.user_id:
            return Hit(f"本人即{party.role}", f"账号提交人：{expert.name}")
    return None


def _asked(party: Party) -> Any:
    if party.row is not None and not party.person:
        return party.row
    return {"name": party.person, "organisation": party.organisation}


REASONS = {
    Kind.SAME_PERSON: "本人为{}",
    Kind.EMPLOYER: "与{}同一单位",
    Kind.CONTRACT: "近三年与{}有合作",
    Kind.OFFICE: "在{}持股或任职",
}


def _reason(kind: Kind, role: str) -> str:
    return REASONS.get(kind, "与{}存在关联：" + kind.label).format(role)
