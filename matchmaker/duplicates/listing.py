"""The list of likely duplicates."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Select

from matchmaker import web
from matchmaker.duplicates.models import DuplicatePair
from matchmaker.duplicates.sources import known
from matchmaker.lifecycles import DuplicateState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.matching.near import Kind

P = DuplicatePair
Choices = list[tuple[str, str]]


def _labels(kinds: Iterable[Any]) -> Callable[[], Choices]:
    return lambda: [(str(one.value), one.label) for one in kinds]


def _equals(column: Any, kinds: Iterable[Any]) -> Callable[[Select[Any], str], Select[Any]]:
    members = {str(one.value): one for one in kinds}

    def apply(query: Select[Any], value: str) -> Select[Any]:
        return query.where(column == members[value]) if value in members else query

    return apply


def _nouns() -> Choices:
    return [(noun, source.label) for noun, source in known().items()]


def _of_noun(query: Select[Any], value: str) -> Select[Any]:
    return query.where(P.noun == value) if value in known() else query


def _across(query: Select[Any], value: str) -> Select[Any]:
    return query.where(P.is_across.is_(value == "yes")) if value in {"yes", "no"} else query


def noun_label(shown: Any) -> str:
    """Return how the noun of a pair is called."""
    source = known().get(shown.noun)
    return source.label if source else str(shown.noun)


PAIRS = Spec(
    resource="duplicate",
    columns=(
        Column("title", "文本一", lambda s: s.a_title or "（无标题）", sort=P.a_title),
        Column("a_owner", "单位一", lambda s: s.a_owner, sort=P.a_owner),
        Column("other", "文本二", lambda s: s.b_title or "（无标题）", sort=P.b_title),
        Column("b_owner", "单位二", lambda s: s.b_owner, sort=P.b_owner),
        Column("noun", "类别", noun_label, sort=P.noun),
        Column("kind", "类型", lambda s: s.kind.label, sort=P.kind),
        Column("score", "相似度", lambda s: round(100 * s.score), sort=P.score, align="end"),
        Column("across", "跨单位", lambda s: "是" if s.is_across else "否", sort=P.is_across),
        Column("state", "认定", lambda s: s.state, sort=P.state),
        Column("found_at", "发现时间", lambda s: web.as_moment(s.found_at), sort=P.found_at,
               default=False),
        Column("reason", "说明", lambda s: s.reason, default=False),
    ),
    filters=(
        Filter("noun", "类别", _of_noun, choices=_nouns),
        Filter("kind", "类型", _equals(P.kind, Kind), choices=_labels(Kind)),
        Filter("state", "认定", _equals(P.state, DuplicateState), choices=_labels(DuplicateState)),
        Filter("across", "跨单位", _across, choices=lambda: [("yes", "是"), ("no", "否")]),
    ),
    default_sort="-score",
    search=(P.a_title, P.b_title, P.a_owner, P.b_owner),
    tie=P.id,
)  # fmt: skip
