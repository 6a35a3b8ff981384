"""`flask evaluate --live`: the figures of the page 匹配质量, from the same functions."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask.cli import with_appcontext

from matchmaker import clock
from matchmaker.cli.failing import Failure
from matchmaker.errors import Invalid
from matchmaker.reporting import periods, quality, rates
from matchmaker.reporting.quality import Line, Quality
from matchmaker.reporting.rates import Rate

TABLES = (
    ("weeks", "逐周走势"),
    ("kinds", "按推荐类型"),
    ("versions", "按算法版本"),
    ("towns", "按镇街园区"),
    ("fields", "按技术领域"),
)


@with_appcontext
def told(asked: Mapping[str, str], *, as_json: bool) -> str:
    """Return the figures of a period as text or as one JSON object.

    asked : the page's own arguments, `period`, `from` and `to`.  Raises Failure for wrong dates.
    """
    now = clock.now()
    try:
        period = periods.chosen({"period": "year", **asked}, clock.today(now))
    except Invalid as error:
        raise Failure("；".join(f"--{key}：{text}" for key, text in error.fields.items())) from None
    board = quality.board(period, asked, now=now)
    return json.dumps(as_dict(board), ensure_ascii=False) if as_json else "\n".join(_lines(board))


def as_dict(board: Quality) -> dict[str, Any]:
    """Return every figure of the page; shares in [0, 1], None where there is nothing to tell."""
    return {
        "from": board.period.args["from"],
        "to": board.period.args["to"],
        "as_of": board.as_of.isoformat(),
        "minimum": rates.MINIMUM,
        "measures": {one.definition.key: _rate(one.rate) for one in board.measures},
        "alarms": {
            one.definition.key: {
                "recent": _rate(one.recent),
                "before": _rate(one.before),
                "fell": one.fell,
            }
            for one in board.alarms
        },
        **{name: [_line(line) for line in getattr(board, name)] for name, _label in TABLES},
    }


def _line(line: Line) -> dict[str, Any]:
    told = {one.definition.key: _rate(one.rate) for one in line.ratios}
    return {"key": line.key, "label": line.label, "note": line.note, **told}


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval or (None, None)
    return {
        "part": rate.part,
        "whole": rate.whole,
        "value": rate.value,
        "low": low,
        "high": high,
        "enough": rate.enough,
    }


def _lines(board: Quality) -> Iterator[str]:
    yield f"匹配质量，{board.period.span}；括号内为分子/分母和 95% 区间"
    for one in board.measures:
        yield f"{one.definition.label}  {_shown(one.rate)}"
    for alarm in board.alarms:
        yield (
            f"预警 {alarm.definition.label}：{alarm.told}，"
            f"最近 4 周 {_shown(alarm.recent)}，此前 12 周 {_shown(alarm.before)}"
        )
    for name, label in TABLES:
        yield f"\n{label}"
        for line in getattr(board, name):
            told = "  ".join(f"{one.definition.label} {_shown(one.rate)}" for one in line.ratios)
            yield f"{line.label}  {told}" + (f"  {line.note}" if line.note else "")


def _shown(rate: Rate) -> str:
    span = f"，{rate.span}" if rate.span else ""
    return f"{rate.shown}（{rate.part}/{rate.whole}{span}）"
