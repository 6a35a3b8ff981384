"""The list of weight sets."""

from typing import Any

from sqlalchemy import Select

from matchmaker import web
from matchmaker.brokering.weight_models import WeightSet
from matchmaker.lifecycles import WeightSetState
from matchmaker.listing import Column, Filter, Spec


def _state(query: Select[Any], value: str) -> Select[Any]:
    known = {str(one.value): one for one in WeightSetState}
    return query.where(WeightSet.state == known[value]) if value in known else query


def _share(value: float | None, form: str = ".1%") -> str:
    return "" if value is None else format(value, form)


def _who(row: Any) -> str:
    return row.started_by.name if row.started_by else "系统"


SETS = Spec(
    resource="weight_set",
    columns=(
        Column("title", "学习时间", lambda s: web.as_moment(s.started_at),
               sort=WeightSet.started_at),
        Column("state", "状态", lambda s: s.state, sort=WeightSet.state),
        Column("cause", "起因", lambda s: s.cause),
        Column("who", "发起人", _who),
        Column("decisions", "判断数", lambda s: s.decisions or s.progress, align="end",
               sort=WeightSet.decisions),
        Column("before", "原排对比例", lambda s: _share(s.before), align="end"),
        Column("after", "新排对比例", lambda s: _share(s.after), align="end"),
        Column("low", "变化下限", lambda s: _share(s.low, "+.1%"), align="end",
               sort=WeightSet.low),
        Column("published_at", "发布时间", lambda s: web.as_moment(s.published_at),
               sort=WeightSet.published_at),
        Column("verdict", "验证结论", lambda s: s.verdict, default=False),
        Column("reason", "办理理由", lambda s: s.reason, default=False),
    ),
    filters=(
        Filter("state", "状态", _state,
               choices=lambda: [(str(one.value), one.label) for one in WeightSetState]),
    ),
    default_sort="-title",
    search=(WeightSet.cause, WeightSet.verdict, WeightSet.reason),
    tie=WeightSet.id,
)  # fmt: skip
