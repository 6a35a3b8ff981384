"""Upload, map, decide, confirm, undo: what an importer does; the work itself is in the jobs.

Operations never commit. Whoever may not read a batch is told the same as for one that is not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload

from matchmaker import disclosure, outbox, policy
from matchmaker.audit import trail
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotAllowed, NotFound
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.imports import progress, undoing
from matchmaker.imports.models import Batch, BatchName, BatchRow, RememberedMapping, Verdict
from matchmaker.imports.parties import KINDS, kind_of
from matchmaker.imports.rows import folded
from matchmaker.lifecycles import INSTITUTION, Role
from matchmaker.spreadsheets import (
    Limits,
    SpreadsheetError,
    fold_heading,
    match_headings,
    open_table,
)

SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")
SAMPLES, LONGEST_SAMPLE = 3, 40  # rows and characters shown while mapping
ADDED_COLUMNS = frozenset({"错误原因", "原行号"})
NO_HEADINGS = "文件里找不到表头，请确认第一张工作表有一行栏目名称，或下载模板填写。"


def nouns(viewer: Any) -> list[tuple[str, str]]:
    """Return (noun, label) of what this viewer may import."""
    return [
        (noun, kind.label)
        for noun, kind in KINDS.items()
        if policy.may(viewer, noun, "import_rows") and _is_within(viewer, noun)
    ]


def _is_within(viewer: Any, noun: str) -> bool:
    return Role.OFFICER in viewer.roles or noun == "achievement"


def visible(viewer: Any) -> Select[Any]:
    """Return the batches this viewer may know of."""
    return policy.scope(viewer, "batch", "read").options(joinedload(Batch.created_by))


def read(public_id: str, *, viewer: Any) -> Shown:
    """Return a batch as this viewer may see it; raise `NotFound`."""
    return disclosure.one(visible(viewer).where(Batch.public_id == public_id), viewer, "batch")


def get(public_id: str, action: str, *, viewer: Any) -> Batch:
    """Return the batch on which the viewer may do `action`; raise `NotFound`."""
    query = policy.scope(viewer, "batch", action).where(Batch.public_id == public_id)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def receive(stream: Any, file_name: str) -> tuple[str, int]:
    """Store an uploaded file; return (name it is stored under, bytes). Raises `Invalid`."""
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in SUFFIXES:
        problem = "请选择 .xlsx、.xls、.ods 或 .csv 表格文件。"
        if suffix in {".xlsm", ".xlsb", ".xltm"}:
            problem = "带宏的工作簿不予读取。请另存为不带宏的 .xlsx 后再上传。"
        raise Invalid({"file": problem})
    try:
        return store.keep(stream, suffix=suffix, most=Limits().file_bytes)
    except store.TooLarge:
        most = Limits().file_bytes // 1024 // 1024
        raise Invalid(
            {"file": f"文件超过 {most} MB，请删去图片等无关内容或拆成几个文件。"}
        ) from None


def look(stored_as: str, noun: str, *, viewer: Any, sheet: str = "") -> dict[str, Any]:
    """Read the headings and first rows of a stored file. Raises `Invalid` with cause and cure."""
    specs = kind_of(noun).specs_for(viewer)
    try:
        with open_table(store.path_of(stored_as), sheet=sheet, specs=specs) as table:
            head = table.head
            first = [row for row, _ in zip(table.iter_rows(), range(SAMPLES), strict=False)]
    except SpreadsheetError as error:
        raise Invalid({"file": error.message_zh}) from None
    if not any(head.headings):
        raise Invalid({"file": NO_HEADINGS})
    return {
        "sheet": head.sheet,
        "sheets": [name for name in head.sheet_names if name not in head.hidden_sheets],
        "headings": list(head.headings),
        "samples": {str(i): _cells(first, i) for i in range(len(head.headings))},
        "fingerprint": fingerprint(head.headings),
    }


def _cells(rows: Sequence[Any], index: int) -> list[str]:
    texts = [row.cells[index] if index < len(row.cells) else None for row in rows]
    return [str(cell)[:LONGEST_SAMPLE] for cell in texts if cell is not None]


def fingerprint(headings: Sequence[str]) -> str:
    """Return what a sheet's headings are recognised by; our own added columns do not count."""
    kept = [fold_heading(heading) for heading in headings if heading not in ADDED_COLUMNS]
    return hashlib.sha256("\x1f".join(kept).encode()).hexdigest()


def start(
    noun: str,
    file_name: str,
    stored: tuple[str, int],
    found: Mapping[str, Any],
    *,
    by: Any,
    now: datetime,
) -> Batch:
    """Begin a batch with the columns mapped as far as they are known."""
    if noun not in dict(nouns(by)):
        raise NotAllowed
    batch = Batch(
        noun=noun,
        created_by_id=by.id,
        file_name=PurePath(file_name.replace("\\", "/")).name[-200:] or "未命名",
        stored_as=stored[0],
        size=stored[1],
        created_at=now,
        **found,
    )
    batch.mapping = suggested(batch, by=by)
    db.session.add(batch)
    trail.enter(batch, by=by, now=now, action="upload", noun=noun, file=batch.file_name)
    return batch


def suggested(batch: Batch, *, by: Any) -> dict[str, int]:
    """Return the remembered mapping of these headings, else what the headings themselves say."""
    known = _remembered(batch, by)
    if known is not None:
        return {key: int(at) for key, at in known.headings.items()}
    return dict(match_headings(batch.headings, kind_of(batch.noun).specs_for(by)).columns)


def _remembered(batch: Batch, by: Any) -> RememberedMapping | None:
    query = select(RememberedMapping).where(
        RememberedMapping.owner_key == owner_key(by),
        RememberedMapping.noun == batch.noun,
        RememberedMapping.fingerprint == batch.fingerprint,
    )
    return db.session.scalar(query)


def owner_key(user: Any) -> str:
    """Return who shares a remembered mapping: the members of an organisation, else the user."""
    return f"o{user.organisation_id}" if user.organisation_id else f"u{user.id}"


def choose_sheet(batch: Batch, found: Mapping[str, Any], *, by: Any) -> None:
    """Turn to another sheet of the same file."""
    for name, value in found.items():
        setattr(batch, name, value)
    batch.mapping = suggested(batch, by=by)
    db.session.flush()


def map_columns(batch: Batch, mapping: Mapping[str, int], *, by: Any, now: datetime) -> None:
    """Fix which column holds which field and start the dry run. Raises `Invalid`."""
    specs = kind_of(batch.noun).specs_for(by)
    missing = [spec.label for spec in specs if spec.required and spec.key not in mapping]
    if missing:
        names = "、".join(missing)
        raise Invalid({"mapping": f"还缺少必填栏目：{names}。请为它们各选一列，或在表中补上这一列"})
    trail.advance(batch, "map", by=by, now=now)
    batch.mapping = dict(mapping)
    batch.problem = ""
    _remember(batch, by=by, now=now)
    recheck(batch, now=now)


def _remember(batch: Batch, *, by: Any, now: datetime) -> None:
    known = _remembered(batch, by)
    if known is None:
        known = RememberedMapping(
            owner_key=owner_key(by), noun=batch.noun, fingerprint=batch.fingerprint, used_at=now
        )
        db.session.add(known)
    known.headings, known.used_at = dict(batch.mapping), now


def recheck(batch: Batch, *, now: datetime) -> None:
    """Ask for the dry run of a batch that is being checked."""
    progress.clear(batch.public_id)
    outbox.add("batch.uploaded", {"id": batch.id}, now=now)


def decide(
    batch: Batch, names: Mapping[int, str], titles: Mapping[int, str], *, by: Any, now: datetime
) -> None:
    """Keep what a human decided of unknown organisations and like titles.

    names : BatchName.id → "create", "skip" or the id of one of its candidates.
    titles : BatchRow.id → "import" or "skip". A chosen organisation has the batch checked anew.
    """
    if batch.state.value != "checked":
        batch.lifecycle.find("confirm", batch.state)
    chosen = False
    for name in db.session.scalars(select(BatchName).where(BatchName.batch_id == batch.id)):
        wanted = names.get(name.id)
        if wanted is None:
            continue
        known = {"create", "skip"} | {str(one["id"]) for one in name.candidates}
        if wanted not in known:
            raise Invalid({"names": f"“{name.name}”的选项无效，请重新选择"})
        name.decision = wanted
        batch.decisions = {**batch.decisions, folded(name.name): wanted}
        chosen = chosen or wanted.isdecimal()
    for choice in ("import", "skip"):
        ids = [number for number, stated in titles.items() if stated == choice]
        _choose(batch, choice, BatchRow.id.in_(ids))
    if chosen:
        trail.advance(batch, "map", by=by, now=now)
        recheck(batch, now=now)


def decide_all(batch: Batch, choice: str) -> None:
    """Decide every like title that is still open: "import" all or "skip" all."""
    if choice not in {"import", "skip"}:
        raise Invalid({"titles": "请选择“全部导入”或“全部跳过”"})
    _choose(batch, choice, BatchRow.choice == "")


def _choose(batch: Batch, choice: str, which: Any) -> None:
    mine = update(BatchRow).where(BatchRow.batch_id == batch.id, BatchRow.is_similar, which)
    db.session.execute(mine.values(choice=choice))


def open_decisions(batch_id: int) -> tuple[int, int]:
    """Return how many organisation names and how many titles still wait for a human."""
    names = select(func.count()).where(BatchName.batch_id == batch_id, BatchName.decision == "")
    titles = select(func.count()).where(
        BatchRow.batch_id == batch_id,
        BatchRow.is_similar,
        BatchRow.verdict == Verdict.NEW,
        BatchRow.choice == "",
    )
    return db.session.scalar(names) or 0, db.session.scalar(titles) or 0


def open_names(batch: Batch) -> list[int]:
    """Return the ids of the organisation names that still wait for a human."""
    query = select(BatchName.id).where(BatchName.batch_id == batch.id, BatchName.decision == "")
    return list(db.session.scalars(query))


def confirm(batch: Batch, *, submits: bool, by: Any, now: datetime) -> None:
    """Ask for the import of every good row. Raises `Invalid` while something is undecided."""
    trail.advance(batch, "confirm", by=by, now=now)
    names, titles = open_decisions(batch.id)
    if names or titles:
        cure = f"还有 {names} 个单位名称、{titles} 条相似记录没有决定，请先在上方选定。"
        raise Invalid({"decisions": cure})
    if not batch.counts.get("new") and not batch.counts.get("changed"):
        raise Invalid({"decisions": "没有可导入的行：全部相同或有错误。"})
    if submits and by.roles & INSTITUTION:
        raise NotAllowed
    batch.submits = submits
    progress.clear(batch.public_id)
    outbox.add("batch.confirmed", {"id": batch.id}, now=now)


def discard(batch: Batch, *, by: Any, now: datetime) -> None:
    """Give a batch up; its file goes with the next sweep."""
    trail.advance(batch, "discard", by=by, now=now)


def undo(batch: Batch, *, by: Any, now: datetime) -> None:
    """Take an import back; raise `WrongState` naming the rows that keep it from being undone."""
    undoing.undo(batch, by=by, now=now)
