"""What the pages of a batch show, read for templates."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from matchmaker import codes, money
from matchmaker.disclosure import Shown
from matchmaker.extensions import db
from matchmaker.imports.kinds import Kind
from matchmaker.imports.models import BatchName, BatchRow, Verdict
from matchmaker.imports.operations import open_decisions
from matchmaker.imports.parties import kind_of
from matchmaker.imports.workbooks import where
from matchmaker.places.models import Town
from matchmaker.spreadsheets import FieldKind, FieldSpec, match_headings

PER_PAGE = 50
SIMILAR = "similar"
LONGEST = 200  # characters of a value in a table


@dataclass
class ShownRow:
    """One row of the result table."""

    id: int
    number: int
    title: str
    owner: str
    verdict: Verdict
    problems: list[str]
    changes: list[tuple[str, str, str]]
    similar: list[str]
    choice: str
    notices: list[str]


@dataclass
class RowPage:
    """One page of rows with what a table of them needs."""

    rows: list[ShownRow]
    total: int
    page: int
    wanted: str
    tabs: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // PER_PAGE))


def rows(batch: Shown, *, wanted: str, page: int) -> RowPage:
    """Return one page of a batch's rows.  wanted : a verdict, "similar", or "" for all."""
    query = select(BatchRow).where(BatchRow.batch_id == batch.id)
    if wanted == SIMILAR:
        query = query.where(BatchRow.is_similar, BatchRow.verdict == Verdict.NEW)
    elif wanted in set(Verdict):
        query = query.where(BatchRow.verdict == Verdict(wanted))
    else:
        wanted = ""
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(max(1, page), max(1, -(-total // PER_PAGE)))
    found = db.session.scalars(
        query.order_by(BatchRow.number, BatchRow.id).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    )
    kind = kind_of(batch.noun)
    counts = batch.counts
    tabs = [("", "全部", batch.total)]
    tabs += [(verdict.value, verdict.label, counts.get(verdict.value, 0)) for verdict in Verdict]
    tabs += [(SIMILAR, "疑似重复", counts.get(SIMILAR, 0))]
    return RowPage([_shown(row, kind) for row in found], total, page, wanted, tabs)


def _shown(row: BatchRow, kind: Kind) -> ShownRow:
    specs = {spec.key: spec for spec in kind.specs}
    return ShownRow(
        id=row.id,
        number=row.number,
        title=row.title,
        owner=row.owner_name,
        verdict=row.verdict,
        problems=[f"{where(e)}：{e['cause']}。{e['cure']}。" for e in row.errors],
        changes=[_change(change, specs) for change in row.changes],
        similar=[_likeness(one) for one in row.similar],
        choice=row.choice,
        notices=row.notices,
    )


def _likeness(one: dict[str, Any]) -> str:
    place = f"本表第 {one['line']} 行" if one.get("line") else "平台已有"
    owner = f"（{one['owner']}）" if one.get("owner") else ""
    return f"{place}“{one['title']}”{owner}，相似度 {one['ratio']} %"


def _change(change: dict[str, Any], specs: dict[str, FieldSpec]) -> tuple[str, str, str]:
    spec = specs.get(change["key"])
    if spec is None:
        return "所属镇街", _town(change["old"]), _town(change["new"])
    return spec.label, readable(spec, change["old"]), readable(spec, change["new"])


def _town(number: Any) -> str:
    town = db.session.get(Town, number) if number else None
    return town.name if town else ""


def readable(spec: FieldSpec, value: Any) -> str:
    """Return a stored value as people read it: codes as labels, money in 万元."""
    if value is None or value in ("", []):
        return ""
    if spec.kind is FieldKind.MONEY:
        return f"{money.input_value(int(value))} 万元"
    items = value if isinstance(value, list) else [value]
    return "、".join(_item(spec, item) for item in items)[:LONGEST]


def _item(spec: FieldSpec, item: Any) -> str:
    if isinstance(item, dict):
        kind = item.get("type", "")
        label = codes.label("ip_type", kind) if kind else ""
        rest = [str(part) for key, part in item.items() if key != "type" and part]
        return "".join(filter(None, (label, *rest)))
    if isinstance(item, bool):
        return "是" if item else "否"
    return (spec.codes or {}).get(str(item), str(item))


def names(batch: Shown) -> list[dict[str, Any]]:
    """Return the organisations of the file that the platform does not know."""
    query = select(BatchName).where(BatchName.batch_id == batch.id)
    return [
        {
            "id": one.id,
            "name": one.name,
            "uscc": one.uscc or "",
            "rows": one.row_count,
            "candidates": one.candidates,
            "decision": one.decision,
        }
        for one in db.session.scalars(query.order_by(BatchName.decision, BatchName.id))
    ]


def summary(batch: Shown) -> dict[str, Any]:
    """Return what the page says above the rows, and whether the batch can be confirmed."""
    waiting_names, waiting_titles = open_decisions(batch.id)
    counts = batch.counts
    good = counts.get("new", 0) + counts.get("changed", 0)
    return {
        "good": good,
        "wrong": counts.get("wrong", 0),
        "same": counts.get("same", 0),
        "waiting_names": waiting_names,
        "waiting_titles": waiting_titles,
        "ready": bool(good) and not waiting_names and not waiting_titles,
    }


def columns(batch: Shown, viewer: Any, typed: dict[int, str] | None = None) -> dict[str, Any]:
    """Return the columns of the file with the field each is mapped to, and the choices.

    typed : column index → field key as the form has it, after a refusal.
    """
    specs = kind_of(batch.noun).specs_for(viewer)
    chosen = {int(at): key for key, at in batch.mapping.items()} if typed is None else typed
    chosen = _possible(chosen, batch, {spec.key for spec in specs})
    guessed = match_headings(batch.headings, specs, chosen=_taken(chosen))
    hints = {one.index: one.suggestion for one in guessed.unknown if one.suggestion}
    labels = {spec.key: spec.label for spec in specs}
    found = [
        {
            "index": index,
            "heading": heading or f"（第 {index + 1} 列，无表头）",
            "samples": "；".join(batch.samples.get(str(index), [])),
            "key": chosen.get(index, ""),
            "hint": labels.get(hints.get(index, ""), "") if index not in chosen else "",
        }
        for index, heading in enumerate(batch.headings)
        if heading or batch.samples.get(str(index))
    ]
    return {
        "columns": found,
        "fields": [
            (spec.key, spec.label + ("（必填）" if spec.required else "")) for spec in specs
        ],
        "required": [spec.label for spec in specs if spec.required],
    }


def _taken(chosen: dict[int, str]) -> dict[str, int]:
    return {key: index for index, key in chosen.items() if key}


def _possible(typed: dict[int, str], batch: Shown, keys: Collection[str]) -> dict[int, str]:
    """Leave out what no form of ours offers, so that the page can be shown again."""
    width = len(batch.headings)
    return {index: key for index, key in typed.items() if index < width and key in keys}
