"""匹配质量: what officers made of the ranking, which needs it leaves without a candidate.

Two statements, one over the decided pairs and one over the open needs; every table of the page
adds up the same rows, so that no two tables can differ. `weeks` reads the course in time.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from matchmaker import clock
from matchmaker.brokering.models import CandidateKind, Corpus, Pairing
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState
from matchmaker.reporting import ranked, rates, ratios, subjects, weeks
from matchmaker.reporting.brokered import PAIRING
from matchmaker.reporting.counting import Args, condition
from matchmaker.reporting.periods import Period
from matchmaker.reporting.pools import NEED
from matchmaker.reporting.rates import Rate
from matchmaker.reporting.ratios import Ratio
from matchmaker.reporting.subjects import NONE
from matchmaker.reporting.weeks import Alarm, Week

MOST_VERSIONS = 20
NOTHING = Rate(0, 0)


class Decided(NamedTuple):
    """Decided pairs that are alike in everything the tables tell apart."""

    group: tuple[str | None, ...]
    accepted: bool
    who: str  # officer, party, or "" where the trail knows nothing
    first: bool  # among the first five when decided
    number: int
    since: datetime


class Needs(NamedTuple):
    """Open needs that are alike: by which kinds they have candidates, whether any is left."""

    group: tuple[str | None, ...]
    covered: bool
    alive: bool
    kinds: Mapping[CandidateKind, bool]
    number: int


@dataclass(frozen=True)
class Line:
    """One row of a table: a week, a version, a town … with its rates."""

    key: str
    label: str
    ratios: tuple[Ratio, ...]
    note: str = ""


@dataclass(frozen=True)
class Quality:
    """Everything the page shows; `place` and `field` are the filters in force, "" for none."""

    period: Period
    as_of: datetime
    place: str
    field: str
    measures: tuple[Ratio, ...]
    kinds: tuple[Line, ...]
    versions: tuple[Line, ...]
    weeks: tuple[Line, ...]
    alarms: tuple[Alarm, ...]
    towns: tuple[Line, ...]
    fields: tuple[Line, ...]


def board(period: Period, asked: Mapping[str, str], *, now: datetime) -> Quality:
    """Read every figure; `asked` may hold a town and a field, wrong ones narrow nothing."""
    towns, fields = dict(subjects.towns()), dict(subjects.fields())
    known = (("town", towns), ("field", fields))
    args = {key: asked[key] for key, names in known if asked.get(key) in names}
    dated = {**period.args, **args}
    groups = (Pairing.kind, Pairing.algorithm_version, PAIRING.town, PAIRING.field)
    pairs = decisions(dated, *groups, now=now)
    needs = coverage(args, NEED.town, NEED.field, now=now)
    course, alarms = _course(period, args, now=now)
    return Quality(
        period=period,
        as_of=now,
        place=towns.get(args.get("town", ""), ""),
        field=fields.get(args.get("field", ""), ""),
        measures=_measures(pairs, needs, dated, args),
        kinds=_kinds(pairs, needs, dated, args),
        versions=_versions(pairs, dated),
        weeks=course,
        alarms=alarms,
        towns=_places("town", towns, (pairs, 2), (needs, 0), dated=dated, args=args),
        fields=_places("field", fields, (pairs, 3), (needs, 1), dated=dated, args=args),
    )


def decisions(args: Args, *dimensions: Any, now: datetime) -> list[Decided]:
    """Count the decided pairs of a list by these dimensions in one statement."""
    who = case(
        (ranked.by(ranked.BY_OFFICER), "officer"), (ranked.by(ranked.BY_PARTY), "party"), else_=""
    )
    flags = {
        "accepted": _flag(Pairing.state == PairingState.ACCEPTED),
        "who": who,
        "first": _flag(ranked.first()),
    }
    asked = condition(PAIRING, {"decided": "1", **args}, now=now)
    inner = select(
        *(one.label(f"group{place}") for place, one in enumerate(dimensions)),
        *(one.label(name) for name, one in flags.items()),
        Pairing.decided_at.label("at"),
    ).where(asked)
    rows = inner.subquery()
    alike = [column for column in rows.c if column.name != "at"]
    query = select(*alike, func.count(), func.min(rows.c.at)).group_by(*alike)
    return [
        Decided(_names(group), bool(accepted), who, bool(first), number, since)
        for *group, accepted, who, first, number, since in db.session.execute(query)
    ]


def coverage(args: Args, *dimensions: Any, now: datetime) -> list[Needs]:
    """Count the open, unexpired needs of a list by these dimensions in one statement."""
    kinds = list(CandidateKind)
    flags = [ranked.has_candidate(), ranked.has_candidate(alive=True)]
    flags += [ranked.has_candidate(kind=kind) for kind in kinds]
    inner = select(
        *(one.label(f"group{place}") for place, one in enumerate(dimensions)),
        *(_flag(one).label(f"flag{place}") for place, one in enumerate(flags)),
    ).where(condition(NEED, {**ratios.OPEN, **args}, now=now))
    rows = inner.subquery()
    query = select(*rows.c, func.count()).group_by(*rows.c)
    cut = len(dimensions)
    return [
        Needs(
            _names(row[:cut]),
            bool(row[cut]),
            bool(row[cut + 1]),
            {kind: bool(flag) for kind, flag in zip(kinds, row[cut + 2 : -1], strict=True)},
            row[-1],
        )
        for row in db.session.execute(query)
    ]


def _flag(holds: Any) -> Any:
    return case((holds, 1), else_=0)


def _names(group: Iterable[Any]) -> tuple[str | None, ...]:
    return tuple(None if one is None else str(one) for one in group)


def rate(rows: Iterable[Decided], *, who: str = "", first: bool | None = None) -> Rate:
    """Return the accepted among these, all or of one side, of the first five or the others."""
    found = NOTHING
    for row in rows:
        if who in {"", row.who} and first in {None, row.first}:
            found += Rate(row.number * row.accepted, row.number)
    return found


def share(rows: Iterable[Needs], holds: Callable[[Needs], bool]) -> Rate:
    """Return for how many of these needs something holds."""
    found = NOTHING
    for row in rows:
        found += Rate(row.number * holds(row), row.number)
    return found


def judged(rows: list[Decided], args: Args) -> tuple[Ratio, Ratio]:
    """Return 采纳率 and 前五准确率 of these."""
    return (
        ratios.ACCEPTANCE.of(rate(rows), args),
        ratios.FIRST_FIVE.of(rate(rows, who="officer", first=True), args),
    )


def _measures(
    pairs: list[Decided], needs: list[Needs], dated: Args, args: Args
) -> tuple[Ratio, ...]:
    return (
        ratios.ACCEPTANCE.of(rate(pairs), dated),
        ratios.OFFICER.of(rate(pairs, who="officer"), dated),
        ratios.PARTY.of(rate(pairs, who="party"), dated),
        ratios.FIRST_FIVE.of(rate(pairs, who="officer", first=True), dated),
        ratios.LATER.of(rate(pairs, who="officer", first=False), dated),
        ratios.COVERED.of(share(needs, lambda one: one.covered), args),
        ratios.LONE.of(share(needs, lambda one: not one.covered), args),
        ratios.SPENT.of(share(needs, lambda one: one.covered and not one.alive), args),
    )


def _kinds(pairs: list[Decided], needs: list[Needs], dated: Args, args: Args) -> tuple[Line, ...]:
    lines = []
    for kind in CandidateKind:
        rows = [one for one in pairs if one.group[0] == kind.value]
        found = share(needs, lambda one, kind=kind: one.kinds[kind])  # type: ignore[misc]
        covered = ratios.COVERED.of(found, args, part={"matched": str(kind.value)})
        told = judged(rows, {**dated, "kind": str(kind.value)})
        lines.append(Line(str(kind.value), kind.label, (*told, covered)))
    return tuple(lines)


def _versions(pairs: list[Decided], dated: Args) -> tuple[Line, ...]:
    """Each version whose pairs were decided, the newest first, told against the one before."""
    by_version: dict[str, list[Decided]] = {}
    for one in sorted(pairs, key=lambda row: row.since):
        by_version.setdefault(str(one.group[1]), []).append(one)
    current, before = db.session.scalar(select(Corpus.algorithm_version)), None
    lines: list[Line] = []
    for version, rows in by_version.items():
        told = judged(rows, {**dated, "version": version})
        note = [f"{clock.today(rows[0].since):%Y-%m-%d} 起有处理"]
        note += ["现用"] if version == current else []
        compared = rates.moved(told[0].rate, before)
        note += [f"采纳率与上一版相比：{compared}"] if compared else []
        lines.append(Line(version, version, told, "；".join(note)))
        before = told[0].rate
    return tuple(lines[: -MOST_VERSIONS - 1 : -1])


def _places(
    key: str,
    names: Mapping[str, str],
    decided: tuple[list[Decided], int],
    open_needs: tuple[list[Needs], int],
    *,
    dated: Args,
    args: Args,
) -> tuple[Line, ...]:
    """Return a line for each town or field with open needs or decided pairs."""
    (pairs, nth), (needs, place), lines = decided, open_needs, []
    for value, label in names.items():
        wanted = None if value == NONE else value
        rows = [one for one in pairs if one.group[nth] == wanted]
        found = share([n for n in needs if n.group[place] == wanted], lambda one: one.covered)
        if rows or found.whole:
            covered = ratios.COVERED.of(found, {**args, key: value})
            lines.append(Line(value, label, (covered, *judged(rows, {**dated, key: value}))))
    return tuple(lines)


def _course(
    period: Period, args: Args, *, now: datetime
) -> tuple[tuple[Line, ...], tuple[Alarm, ...]]:
    """Return the weeks, the oldest first, and what the last four say against those before."""
    found = weeks.weeks(period, clock.today(now))
    span = weeks.span(found)
    pairs = decisions({**span, **args}, weeks.number(found, Pairing.decided_at), now=now)
    needs = coverage({**span, **args}, weeks.number(found, NEED.dates[0].moment), now=now)
    lines = [_week(place, week, pairs, needs, args) for place, week in enumerate(found)]
    whole = [line for line, week in zip(lines, found, strict=True) if week.complete]
    alarms = [
        weeks.alarm(ratio.definition, [line.ratios[place].rate for line in whole])
        for place, ratio in enumerate(lines[0].ratios[:2])
    ]
    return tuple(lines), tuple(alarms)


def _week(place: int, week: Week, pairs: list[Decided], needs: list[Needs], args: Args) -> Line:
    dated = {**week.args, **args}
    told = judged([one for one in pairs if one.group[0] == str(place)], dated)
    mine = [one for one in needs if one.group[0] == str(place)]
    lone = ratios.LONE.of(share(mine, lambda one: not one.covered), dated)
    return Line(week.key, week.label, (*told, lone), "" if week.complete else "本周未完")
