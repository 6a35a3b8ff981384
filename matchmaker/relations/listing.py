"""The lists of hits and of declarations."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Select

from matchmaker import web
from matchmaker.kinship import Kind, Level
from matchmaker.lifecycles import RelationState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.relations.models import DeclaredRelation, RelationHit, Source

Choices = list[tuple[str, str]]


def _labels(kinds: Iterable[Any]) -> Callable[[], Choices]:
    return lambda: [(str(one.value), one.label) for one in kinds]


def _equals(column: Any, kinds: Iterable[Any]) -> Callable[[Select[Any], str], Select[Any]]:
    known = {str(one.value): one for one in kinds}

    def apply(query: Select[Any], value: str) -> Select[Any]:
        return query.where(column == known[value]) if value in known else query

    return apply


class _Weight:
    """A level as the list prints it: a badge."""

    def __init__(self, level: Level) -> None:
        self.label = level.label
        self.tone = "bad" if level is Level.BLOCK else "warn"


HITS = Spec(
    resource="relation",
    columns=(
        Column("title", "主体一", lambda s: s.a_name, sort=RelationHit.a_name),
        Column("other", "主体二", lambda s: s.b_name, sort=RelationHit.b_name),
        Column("kind", "关系", lambda s: s.kind.label, sort=RelationHit.kind),
        Column("level", "级别", lambda s: _Weight(s.level), sort=RelationHit.level),
        Column("state", "核实", lambda s: s.state, sort=RelationHit.state),
        Column("subjects", "出现于", lambda s: s.subjects),
        Column("evidence", "证据链", lambda s: s.evidence, default=False),
        Column("found_at", "发现时间", lambda s: web.as_moment(s.found_at),
               sort=RelationHit.found_at),
        Column("reason", "核实意见", lambda s: s.reason, default=False),
    ),
    filters=(
        Filter("state", "核实", _equals(RelationHit.state, RelationState),
               choices=_labels(RelationState)),
        Filter("level", "级别", _equals(RelationHit.level, Level), choices=_labels(Level)),
        Filter("kind", "关系", _equals(RelationHit.kind, Kind), choices=_labels(Kind)),
    ),
    default_sort="-found_at",
    search=(RelationHit.a_name, RelationHit.b_name, RelationHit.evidence),
    tie=RelationHit.id,
)  # fmt: skip


class _Standing:
    """Whether a declaration counts, as the list prints it."""

    def __init__(self, row: Any) -> None:
        self.label, self.tone = ("已撤销", "neutral") if row.revoked_at else ("有效", "good")


DECLARATIONS = Spec(
    resource="declaration",
    columns=(
        Column("title", "甲方", lambda s: _side(s.a_name, s.a_organisation)),
        Column("other", "乙方", lambda s: _side(s.b_name, s.b_organisation)),
        Column("kind", "关系", lambda s: s.kind.label, sort=DeclaredRelation.kind),
        Column("words", "说明", lambda s: s.words),
        Column("source", "来源", lambda s: s.source.label, sort=DeclaredRelation.source),
        Column("on", "发生日期", lambda s: web.as_day(s.on), default=False),
        Column("recorded", "登记时间", lambda s: web.as_moment(s.recorded_at),
               sort=DeclaredRelation.recorded_at),
        Column("standing", "状态", _Standing),
    ),
    filters=(
        Filter("kind", "关系", _equals(DeclaredRelation.kind, Kind), choices=_labels(Kind)),
        Filter("source", "来源", _equals(DeclaredRelation.source, Source), choices=_labels(Source)),
    ),
    default_sort="-recorded",
    search=(
        DeclaredRelation.a_name, DeclaredRelation.a_organisation, DeclaredRelation.b_name,
        DeclaredRelation.b_organisation,
    ),
    tie=DeclaredRelation.id,
)  # fmt: skip


def _side(name: str, organisation: str) -> str:
    return f"{name}（{organisation}）" if name else organisation
