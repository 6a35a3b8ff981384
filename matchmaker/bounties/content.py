"""What a bounty says: cleaned on the way in, kept and compared as plain values."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from matchmaker import clock, codes, money, secrecy
from matchmaker.accounts.models import Organisation
from matchmaker.bounties import timing
from matchmaker.bounties.fields import BY_NAME, FIELDS, LABELS, SECRET, Field
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.rubrics import LEVELS, Part
from matchmaker.codes import BountyMode, Selector
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import OrganisationState
from matchmaker.needs.content import plain as plain_text
from matchmaker.places.models import ChainNode, Section
from matchmaker.workflow import Labelled

LONGEST_CELL = 300  # characters of one cell of a row
LONGEST_WORD = 30
ENUMS: dict[str, type[Labelled]] = {"mode": BountyMode, "selector": Selector}
REFERENCES: dict[str, type[Any]] = {"chain_node_id": ChainNode, "section_id": Section}
Row = dict[str, Any]


def _text(field: Field, value: Any) -> str:
    text = plain_text(str(value or ""))
    if field.kind == "line":
        text = " ".join(text.split())
    if field.most and len(text) > field.most:
        problem = f"{field.label}最多 {field.most} 字，现为 {len(text)} 字，请删减"
        raise Invalid({field.name: problem})
    return text


def _cell(field: Field, row: Row, key: str) -> str:
    text = " ".join(plain_text(str(row.get(key) or "")).split())
    if len(text) > LONGEST_CELL:
        raise Invalid(
            {field.name: f"{field.label}每格最多 {LONGEST_CELL} 字，请精简“{text[:12]}…”"}
        )
    return text


def _rows(field: Field, value: Any, made: Callable[[Field, Row], Row | None]) -> list[Row]:
    found = [row for one in value or () if (row := made(field, one)) is not None]
    if field.most and len(found) > field.most:
        raise Invalid({field.name: f"{field.label}最多 {field.most} 条，现为 {len(found)} 条"})
    return found


def _indicator(field: Field, row: Row) -> Row | None:
    texts = {key: _cell(field, row, key) for key in ("name", "requirement", "test_method")}
    return {**texts, "is_key": bool(row.get("is_key"))} if any(texts.values()) else None


def _stage(field: Field, row: Row) -> Row | None:
    name, rule = _cell(field, row, "name"), _cell(field, row, "rule")
    due, amount, keep = (row.get(key) or None for key in ("due_months", "amount_fen", "keep"))
    if not (name or rule or due or amount):
        return None
    return {"name": name, "due_months": due, "amount_fen": amount, "keep": keep, "rule": rule}


def _scored(field: Field, row: Row) -> Row | None:
    name = _cell(field, row, "name")
    if not name:
        return None
    told = row.get("levels") or [
        {"text": row.get(f"level{number}")} for number in range(1, len(LEVELS) + 1)
    ]
    texts = [_cell(field, one, "text") for one in told[: len(LEVELS)]]
    texts += [""] * (len(LEVELS) - len(texts))
    part = str(row.get("part") or Part.TECHNICAL.value)
    return {
        "name": name,
        "weight": row.get("weight") or None,
        "part": part if part in {one.value for one in Part} else Part.TECHNICAL.value,
        "levels": [
            {"label": label, "low": low, "high": high, "text": text}
            for (label, low, high), text in zip(LEVELS, texts, strict=True)
        ],
    }


def _words(field: Field, value: Any) -> list[str]:
    found = list(dict.fromkeys(t for one in value or () if (t := plain_text(str(one)))))
    if len(found) > field.most or any(len(word) > LONGEST_WORD for word in found):
        raise Invalid(
            {field.name: f"{field.label}最多 {field.most} 个，每个不超过 {LONGEST_WORD} 字"}
        )
    return found


def _choice(field: Field, value: Any) -> Any:
    text = str(value or "")
    if field.name in ENUMS:
        kind = ENUMS[field.name]
        if text not in set(kind):
            raise Invalid({field.name: f"请从列表中选择{field.label}"})
        return kind(text)
    if field.name in REFERENCES:
        number = row_number(text) if text else None
        known = number is not None and db.session.get(REFERENCES[field.name], number)
        if text and not known:
            raise Invalid({field.name: f"请从列表中选择{field.label}"})
        return number
    if text and not codes.is_code(field.code_list, text):
        raise Invalid({field.name: f"请从列表中选择{field.label}"})
    return text


def _choices(field: Field, value: Any) -> list[str]:
    found = [str(one) for one in value or ()]
    if not all(codes.is_code(field.code_list, one) for one in found):
        raise Invalid({field.name: f"请从列表中选择{field.label}"})
    return found


def _number(field: Field, value: Any) -> int | None:
    if value is None:
        return None
    if not field.least <= int(value) <= field.most:
        problem = f"{field.label}须在 {field.least} 至 {field.most} 之间，现为 {value}"
        raise Invalid({field.name: problem})
    return int(value)


def _money(field: Field, value: Any) -> int | None:
    if value is not None and int(value) <= 0:
        raise Invalid({field.name: f"{field.label}须大于 0"})
    return value  # type: ignore[no-any-return]


def _percent(field: Field, value: Any) -> Decimal | None:
    if value is not None and not 0 <= value <= 1:
        raise Invalid({field.name: f"{field.label}须在 0 至 100 之间"})
    return value  # type: ignore[no-any-return]


def _organisation(field: Field, value: Any) -> int | None:
    text = str(value or "").strip()
    if not text:
        return None
    found = db.session.scalars(
        select(Organisation.id).where(
            Organisation.name == text, Organisation.state != OrganisationState.MERGED
        )
    ).first()
    if found is None:
        raise Invalid({field.name: f"平台上没有单位“{text[:60]}”，请核对全称"})
    return found


def _deadline(field: Field, value: datetime | None) -> datetime | None:
    if value is not None and not timing.is_whole(value):
        raise Invalid({field.name: f"{field.label}须为北京时间 17:00 或 24:00"})
    return value


_CLEAN: dict[str, Callable[[Field, Any], Any]] = {
    "line": _text,
    "text": _text,
    "words": _words,
    "choice": _choice,
    "choices": _choices,
    "number": _number,
    "money": _money,
    "percent": _percent,
    "tick": lambda _field, value: bool(value),
    "indicators": lambda field, value: _rows(field, value, _indicator),
    "stages": lambda field, value: _rows(field, value, _stage),
    "rubric": lambda field, value: _rows(field, value, _scored),
    "organisation": _organisation,
    "deadline": _deadline,
}


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored; raise `Invalid` naming every field at fault."""
    cleaned: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in values.items():
        try:
            cleaned[name] = _CLEAN[BY_NAME[name].kind](BY_NAME[name], value)
        except Invalid as refusal:
            problems.update(refusal.fields)
    problems.update(secrets(cleaned))
    if problems:
        raise Invalid(problems)
    return cleaned


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return field label → everything readable in it, for the guards that read texts."""
    return {LABELS[name]: text for name, value in values.items() if (text := _joined(value))}


def _joined(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "；".join(filter(None, map(_joined, value.values())))
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, map(_joined, value)))
    return ""


def secrets(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a refusal for every field that carries a mark of state secrecy."""
    found = {}
    for name, value in values.items():
        hits = secrecy.guard({LABELS[name]: _joined(value)})
        if hits:
            found[name] = secrecy.refusal(hits)
    return found


def write(bounty: Bounty, values: Mapping[str, Any]) -> None:
    """Put cleaned values into the row."""
    for name, value in values.items():
        if getattr(bounty, name) != value:
            setattr(bounty, name, value)
    if bounty.mode is not BountyMode.HORSE_RACE and bounty.max_awards != 1:
        bounty.max_awards = 1


def plain(name: str, value: Any) -> Any:
    """Return a stored value as JSON keeps it, in snapshots and in requested changes."""
    if isinstance(value, datetime):
        return clock_text(value)
    if isinstance(value, Decimal):
        return f"{value:.4f}"
    return str(value.value) if name in ENUMS and value is not None else value


def clock_text(moment: datetime) -> str:
    """Return a moment in Beijing time as ISO 8601 to the second."""
    return clock.local(moment).isoformat(timespec="seconds")


def stored(name: str, kept: Any) -> Any:
    """Return a kept plain value as the row stores it."""
    kind = BY_NAME[name].kind
    if kept is None:
        return None
    if name in ENUMS:
        return ENUMS[name](kept)
    if kind == "deadline":
        return datetime.fromisoformat(kept)
    return Decimal(kept) if kind == "percent" else kept


def terms(bounty: Bounty, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the terms as plain values by field."""
    wanted = [field.name for field in FIELDS] if names is None else names
    return {name: plain(name, getattr(bounty, name)) for name in wanted}


def public(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain terms without what only verified bidders may read."""
    return {name: value for name, value in kept.items() if name not in SECRET}


def money_text(fen: int | None) -> str:
    """Show an amount in 万元 exactly."""
    return f"{money.input_value(fen)} 万元" if fen is not None else ""
