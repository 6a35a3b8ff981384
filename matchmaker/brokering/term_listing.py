"""The lists of words, of synonyms, and of what waits to be judged."""

import json
from typing import Any

from sqlalchemy import Select, String, cast, select

from matchmaker import matching, web
from matchmaker.accounts.models import User
from matchmaker.brokering.listing import labels
from matchmaker.brokering.models import SynonymGroup, Term
from matchmaker.brokering.term_models import TermKind, TermProposal
from matchmaker.extensions import db
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import ProposalState
from matchmaker.listing import Choices, Column, Filter, Spec

STANDING: Choices = (("in", "在用"), ("out", "已删除"))


class _Standing:
    """Whether a word is in force, as the list prints it."""

    def __init__(self, row: Any) -> None:
        self.label, self.tone = ("已删除", "neutral") if row.removed_at else ("在用", "good")


def _stands(model: type[Any]) -> Filter:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        gone = model.removed_at.is_not(None)
        return query.where({"in": ~gone, "out": gone}[value]) if value in {"in", "out"} else query

    return Filter("state", "状态", apply, choices=lambda: STANDING)


def _by(model: type[Any]) -> Filter:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        user_id = row_number(value)
        return query if user_id is None else query.where(model.added_by_id == user_id)

    def choices() -> Choices:
        adders = select(User).where(User.id.in_(select(model.added_by_id)))
        return [(str(one.id), one.name) for one in db.session.scalars(adders.order_by(User.id))]

    return Filter("by", "添加人", apply, choices=choices)


def _from(model: type[Any]) -> Filter:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        return query.where(model.provenance.contains(value, autoescape=True))

    return Filter("source", "来源", apply, kind="text")


def _holds_word(query: Select[Any], value: str) -> Select[Any]:
    """Find a part of a word in the stored list, which JSON writes in escapes."""
    part = json.dumps(matching.fold(value)[0])[1:-1]
    return query.where(cast(SynonymGroup.words, String).contains(part, autoescape=True))


def _begins_word(query: Select[Any], value: str) -> Select[Any]:
    return query.where(Term.word.contains(matching.fold(value)[0], autoescape=True))


def _columns(model: type[Any], label: str, sort: Any) -> tuple[Column, ...]:
    return (
        Column("title", label, lambda s: s.told, sort=sort),
        Column("provenance", "来源", lambda s: s.provenance, sort=model.provenance),
        Column("added_by", "添加人", lambda s: s.added_by.name if s.added_by else ""),
        Column("added_at", "时间", lambda s: web.as_moment(s.added_at), sort=model.added_at),
        Column("state", "状态", _Standing, sort=model.removed_at),
    )


WORDS = Spec(
    resource="term",
    columns=_columns(Term, "词语", Term.word),
    filters=(
        Filter("word", "词语", _begins_word, kind="text"), _from(Term), _by(Term), _stands(Term),
    ),
    default_sort="-added_at",
    tie=Term.id,
)  # fmt: skip
SYNONYMS = Spec(
    resource="synonym",
    columns=_columns(SynonymGroup, "同义词", None),
    filters=(
        Filter("word", "词语", _holds_word, kind="text"), _from(SynonymGroup), _by(SynonymGroup),
        _stands(SynonymGroup),
    ),
    default_sort="-added_at",
    tie=SynonymGroup.id,
)  # fmt: skip
SPECS = {TermKind.WORD: WORDS, TermKind.SYNONYMS: SYNONYMS}


def evidence(shown: Any) -> str:
    """Say in a few words what speaks for a proposal."""
    if shown.kind is TermKind.SYNONYMS:
        return f"在 {shown.support} 个已采纳的配对中互相对应"
    return f"{shown.support} 篇文本中出现 {shown.times} 次"


def _example(shown: Any) -> str:
    name, snippet = shown.examples[0] if shown.examples else ("", "")
    return str(snippet or name)


def _equals(column: Any, kinds: Any) -> Any:
    known = {str(one.value): one for one in kinds}

    def apply(query: Select[Any], value: str) -> Select[Any]:
        return query.where(column == known[value]) if value in known else query

    return apply


PROPOSALS = Spec(
    resource="proposal",
    columns=(
        Column("title", "建议", lambda s: s.key, sort=TermProposal.key),
        Column("kind", "类别", lambda s: s.kind.label, sort=TermProposal.kind),
        Column("support", "依据", evidence, sort=TermProposal.support),
        Column("example", "例句", _example),
        Column("state", "状态", lambda s: s.state, sort=TermProposal.state),
        Column("cohesion", "凝固度", lambda s: _figure(s.cohesion), sort=TermProposal.cohesion,
               default=False, align="end"),
        Column("freedom", "自由度", lambda s: _figure(s.freedom), sort=TermProposal.freedom,
               default=False, align="end"),
        Column("saved_as", "采纳为", lambda s: s.saved_as, default=False),
        Column("found_at", "提出时间", lambda s: web.as_moment(s.found_at),
               sort=TermProposal.found_at, default=False),
    ),
    filters=(
        Filter("state", "状态", _equals(TermProposal.state, ProposalState),
               choices=labels(ProposalState)),
        Filter("kind", "类别", _equals(TermProposal.kind, TermKind), choices=labels(TermKind)),
    ),
    default_sort="-support",
    search=(TermProposal.key,),
    tie=TermProposal.id,
)  # fmt: skip


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
