"""The bureau's own lists: adding, renaming, retiring and putting in order. Nothing is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.places import holidays, operations
from matchmaker.places.models import ChainNode, Holiday, Section, Town

TOWN_KINDS = (("street", "街道"), ("town", "镇"), ("park", "园区或功能区"))


@dataclass(frozen=True)
class Kind:
    """One list the bureau keeps."""

    key: str
    label: str
    noun: str
    model: Any
    hint: str


KINDS = {
    kind.key: kind
    for kind in (
        Kind("sections", "科室", "section", Section, "账号和经办事项所属的科室。"),
        Kind(
            "towns", "镇街、园区", "town", Town, "统计和镇街初筛的单元；撤并的停用，历史数据不变。"
        ),
        Kind("chains", "产业链", "chain_node", ChainNode, "两级：产业链和其下的环节。"),
    )
}


def kind_of(key: str) -> Kind:
    """Return a list by its key; raise `NotFound`."""
    if key not in KINDS:
        raise NotFound
    return KINDS[key]


def rows(kind: Kind) -> Sequence[Any]:
    """Return every row in the bureau's order, retired ones too."""
    return db.session.scalars(select(kind.model).order_by(kind.model.position, kind.model.id)).all()


def get(kind: Kind, row_id: int) -> Any:
    """Return one row; raise `NotFound`."""
    row = db.session.get(kind.model, row_id)
    if row is None:
        raise NotFound
    return row


def _refuse_taken(kind: Kind, name: str, *, but: int | None, parent_id: int | None) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise Invalid({"name": "请填写名称"})
    query = select(kind.model.id).where(kind.model.name == plain)
    if kind.model is ChainNode:
        query = query.where(ChainNode.parent_id == parent_id)
    if but is not None:
        query = query.where(kind.model.id != but)
    if db.session.scalar(query) is not None:
        raise Invalid({"name": f"已有同名的{kind.label}；如已停用，可以恢复"})
    return plain


def add(kind: Kind, fields: dict[str, Any], *, by: Any, now: datetime) -> Any:
    """Add a row at the end. Raises `Invalid` for a name or code that is taken."""
    parent_id = fields.get("parent_id")
    if parent_id is not None and get(kind, parent_id).parent_id is not None:
        raise Invalid({"parent_id": "环节之下不能再设环节"})
    name = _refuse_taken(kind, fields["name"], but=None, parent_id=parent_id)
    last = db.session.scalar(select(func.max(kind.model.position))) or 0
    row = kind.model(name=name, position=last + 1)
    if kind.model is Town:
        row.code, row.kind = _town_code(fields.get("code", "")), fields.get("kind") or "town"
    if kind.model is ChainNode:
        row.parent_id = parent_id
    db.session.add(row)
    db.session.flush()
    _record("add", kind, row, by=by, now=now, name=name)
    return row


def _town_code(text: str) -> str:
    code = "".join(text.split())
    if not (code.isascii() and code.isalnum() and 1 <= len(code) <= 12):  # noqa: PLR2004
        raise Invalid({"code": "代码为 1 至 12 位字母或数字，镇街用 9 位统计用区划代码"})
    if db.session.scalar(select(Town.id).where(Town.code == code)) is not None:
        raise Invalid({"code": "这个代码已被使用"})
    return code


def rename(kind: Kind, row: Any, name: str, *, by: Any, now: datetime) -> None:
    """Give a row another name; what refers to it follows."""
    parent_id = getattr(row, "parent_id", None)
    before, row.name = row.name, _refuse_taken(kind, name, but=row.id, parent_id=parent_id)
    _record("rename", kind, row, by=by, now=now, before=before, name=row.name)


def retire(kind: Kind, row: Any, *, by: Any, now: datetime) -> None:
    """Take a row out of use; it stays where it is already used."""
    row.is_active = False
    _record("retire", kind, row, by=by, now=now, name=row.name)


def restore(kind: Kind, row: Any, *, by: Any, now: datetime) -> None:
    """Put a retired row back in use."""
    row.is_active = True
    _record("restore", kind, row, by=by, now=now, name=row.name)


def shift(kind: Kind, row: Any, steps: int, *, by: Any, now: datetime) -> None:
    """Move a row up (steps < 0) or down among its siblings."""
    parent_id = getattr(row, "parent_id", None)
    siblings = [r for r in rows(kind) if getattr(r, "parent_id", None) == parent_id]
    order = [r for r in siblings if r.id != row.id]
    order.insert(max(0, siblings.index(row) + steps), row)
    for position, one in enumerate(order, start=1):
        one.position = position
    _record("reorder", kind, row, by=by, now=now, name=row.name)


def _record(how: str, kind: Kind, row: Any, *, by: Any, now: datetime, **details: Any) -> None:
    trail.record("edit_list", kind.noun, str(row.id), by=by, now=now, how=how, **details)


def all_holidays() -> Sequence[Holiday]:
    """Return the bureau's own days, the latest first."""
    return db.session.scalars(select(Holiday).order_by(Holiday.day.desc())).all()


def state_holidays(
    days: Sequence[date],
    *,
    is_workday: bool,
    name: str,
    source_doc: str,
    by: Any,
    now: datetime,
) -> list[holidays.Change]:
    """State days as working days or days off; a later statement replaces an earlier one.

    What was counted in working days is recomputed at once; returns what moved.
    """
    for day in days:
        db.session.merge(Holiday(day=day, is_workday=is_workday, name=name, source_doc=source_doc))
        trail.record(
            "edit_list", "holiday", day.isoformat(), by=by, now=now, is_workday=is_workday,
            name=name, source=source_doc,
        )  # fmt: skip
    db.session.flush()
    works = "上班" if is_workday else "放假"
    told = f"{days[0]:%Y-%m-%d}" + (f" 至 {days[-1]:%Y-%m-%d}" if len(days) > 1 else "")
    reason = f"补录节假日安排：{told}{works}（{source_doc}）"
    return holidays.apply([*days], reason=reason, by=by, now=now)


def drop_holiday(day: date, *, by: Any, now: datetime) -> list[holidays.Change]:
    """Take a statement back; raise `NotFound` if there is none. Returns what moved."""
    row = db.session.get(Holiday, day)
    if row is None:
        raise NotFound
    db.session.delete(row)
    trail.record("edit_list", "holiday", day.isoformat(), by=by, now=now, how="drop")
    db.session.flush()
    reason = f"撤销补录的节假日安排：{day:%Y-%m-%d}"
    return holidays.apply([day], reason=reason, by=by, now=now)


def change_settings(values: dict[str, Any], *, by: Any, now: datetime) -> list[str]:
    """State settings; return the names of those that changed. Each goes on the trail."""
    present = operations.settings()
    changed = [name for name, value in values.items() if present.get(name) != value]
    for name in changed:
        operations.set_setting(name, values[name])
        trail.record(
            "change_setting", "setting", name, by=by, now=now, before=present[name],
            after=values[name],
        )  # fmt: skip
    if changed:
        outbox.add("settings.changed", {"names": changed}, now=now)
    return changed
