"""查询两个主体的关系: a question that leaves nothing behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.errors import Invalid
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.identifiers import IdentifierError, credit_code
from matchmaker.kinship import Organisation, Party
from matchmaker.kinship.spelling import name_key
from matchmaker.relations import operations, parties
from matchmaker.relations.models import RelationHit
from matchmaker.relations.operations import Finding


@dataclass(frozen=True)
class Answer:
    """What the question was understood as, and what was found."""

    a: str
    b: str
    findings: list[Finding]


def ask(args: Any, *, now: datetime) -> Answer:
    """Find what joins the two named: `a_name, a_organisation, b_name, b_organisation`.

    A credit code may stand for an organisation's name. Raises `Invalid` where a side is empty.
    """
    a, b = _sides(args)
    return Answer(_label(a), _label(b), operations.find([a], [b], now=now))


def keep(args: Any, *, now: datetime) -> list[RelationHit]:
    """Put what joins the two named on record, to be judged; return the hits.

    This is how a hit that kept somebody out, and left no trace, comes before the bureau.
    """
    a, b = _sides(args)
    return operations.check("look_up", "", [a], [b], now=now, label="人工查询")


def _sides(args: Any) -> tuple[Party, Party]:
    sides = {}
    for side, label in (("a", "主体一"), ("b", "主体二")):
        name = args.get(f"{side}_name", "").strip()[:100]
        organisation = args.get(f"{side}_organisation", "").strip()[:200]
        if not name and not organisation:
            raise Invalid({f"{side}_organisation": f"请填写{label}的单位名称或信用代码"})
        sides[side] = _party(name, organisation)
    return sides["a"], sides["b"]


def _party(name: str, organisation: str) -> Party:
    if name:
        return _expert(name, organisation) or parties.named(name, organisation)
    try:
        code = credit_code(organisation)
    except IdentifierError:
        return parties.named("", organisation)
    return Organisation(f"{parties.TYPED}{code}", organisation, code)


def _expert(name: str, organisation: str) -> Party | None:
    """Return the one expert of that name and organisation, so that judgements are found again."""
    query = select(Expert).where(Expert.name == name).options(joinedload(Expert.organisation))
    found = [
        expert
        for expert in db.session.scalars(query)
        if name_key(organisation) in {name_key(expert.organisation_name), name_key(expert.org_name)}
    ]
    return parties.party(found[0]) if len(found) == 1 and organisation else None


def _label(party: Party) -> str:
    posts = getattr(party, "posts", ())
    return f"{party.name}（{posts[0].organisation}）" if posts else party.name
