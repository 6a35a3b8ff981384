"""A bounty's terms as people read them: labels for codes, 万元 for amounts, versions compared."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from matchmaker import codes, money
from matchmaker.accounts.models import Organisation
from matchmaker.bounties import timing
from matchmaker.bounties.content import ENUMS, REFERENCES
from matchmaker.bounties.fields import BY_NAME, FIELDS, LABELS, Field
from matchmaker.bounties.rubrics import Part
from matchmaker.disclosure import Hidden
from matchmaker.extensions import db


@dataclass(frozen=True)
class Difference:
    """One field that differs between two versions, as people read it."""

    name: str
    label: str
    before: str
    after: str

    @property
    def row(self) -> tuple[str, str, str]:
        """The difference as a page compares versions."""
        return self.label, self.before, self.after


def _reference(field: Field, value: Any) -> str:
    row = db.session.get(REFERENCES[field.name], value)
    return str(row) if row is not None else ""


def _choice(field: Field, value: Any) -> str:
    if field.name in REFERENCES:
        return _reference(field, value)
    if field.name in ENUMS:
        return str(ENUMS[field.name](value).label)
    return codes.label(field.code_list, value)


def _organisation(_field: Field, value: Any) -> str:
    row = db.session.get(Organisation, value)
    return row.name if row is not None else ""


def _indicator(row: Mapping[str, Any]) -> str:
    key = "（关键指标）" if row.get("is_key") else ""
    test = row.get("test_method", "")
    return f"{row.get('name', '')}：{row.get('requirement', '')}；验收：{test}{key}"


def stage(row: Mapping[str, Any]) -> str:
    """Say one stage of a race in a line."""
    amount = money.input_value(row["amount_fen"]) if row.get("amount_fen") is not None else "—"
    kept = f"，之后保留 {row['keep']} 家" if row.get("keep") else ""
    due = row.get("due_months")
    return (
        f"{row.get('name')}：第 {due} 个月，每家 {amount} 万元{kept}；淘汰规则：{row.get('rule')}"
    )


def scored(row: Mapping[str, Any]) -> str:
    """Say one item of the rubric in a line."""
    part = Part(row.get("part") or Part.TECHNICAL).label
    levels = "；".join(
        f"{one.get('label')}（{one.get('low')}–{one.get('high')}）{one.get('text')}"
        for one in row.get("levels", ())
    )
    return f"{row.get('name')} {row.get('weight')} 分（{part}）：{levels}"


def _lines(made: Callable[[Mapping[str, Any]], str]) -> Callable[[Field, Any], str]:
    return lambda _field, value: "\n".join(made(row) for row in value)


def _deadline(_field: Field, value: Any) -> str:
    return timing.stamp(datetime.fromisoformat(value) if isinstance(value, str) else value)


_READABLE: dict[str, Callable[[Field, Any], str]] = {
    "choice": _choice,
    "choices": lambda field, value: "、".join(codes.label(field.code_list, one) for one in value),
    "words": lambda _field, value: "、".join(value),
    "money": lambda _field, value: f"{money.input_value(value)} 万元",
    "percent": lambda _field, value: f"{(Decimal(value) * 100).normalize():f}%",
    "number": lambda field, value: f"{value} {field.suffix}".strip(),
    "tick": lambda _field, value: "是" if value else "否",
    "indicators": _lines(_indicator),
    "stages": _lines(stage),
    "rubric": _lines(scored),
    "organisation": _organisation,
    "deadline": _deadline,
}


def readable(name: str, value: Any) -> str:
    """Return a stored or kept value as text; "" for nothing."""
    if value is None or value in ("", []):
        return ""
    field = BY_NAME[name]
    shown = _READABLE.get(field.kind)
    return shown(field, value) if shown else str(value)


_SHOWN_AS = {
    "chain_node_id": "chain_node",
    "section_id": "section",
    "recognised_id": "recognised_name",
}


def pairs(values: Any, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return (label, text) of some fields of a row or a `Shown`; hidden ones say why."""
    found = []
    for name in names:
        value = getattr(values, _SHOWN_AS.get(name, name))
        plainly = name in _SHOWN_AS or isinstance(value, Hidden)
        found.append(
            (
                LABELS[name],
                str(value if value is not None else "") if plainly else readable(name, value),
            )
        )
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that differ between two sets of plain terms, in the form's order."""
    return [
        Difference(
            field.name,
            field.label,
            readable(field.name, before.get(field.name)),
            readable(field.name, after.get(field.name)),
        )
        for field in FIELDS
        if field.name in after and before.get(field.name) != after.get(field.name)
    ]
