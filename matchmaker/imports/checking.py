"""核对 (the dry run): every row of the file beside what is stored; nothing but its result is kept.

Reading and comparing need no lock, so they happen before the transaction: results go line by line
into a spool file, from which `keep` copies them in chunks.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import delete, insert, select

from matchmaker.accounts.models import User
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.imports import progress
from matchmaker.imports.kinds import Kind
from matchmaker.imports.models import Batch, BatchName, BatchRow, Verdict
from matchmaker.imports.owners import Owners, UnknownName
from matchmaker.imports.parties import kind_of
from matchmaker.imports.rows import Draft, Reader, error_of, folded
from matchmaker.imports.stored import Likeness, Match, Stored, values_of
from matchmaker.lifecycles import BatchState, Role
from matchmaker.places import operations as places
from matchmaker.spreadsheets import (
    Row,
    RowStatus,
    SpreadsheetError,
    compare_row,
    match_headings,
    open_table,
)

log = structlog.get_logger()
CHUNK = 200
BROKEN = "系统在核对时出错，已记录。请稍后重新核对；仍不行请联系系统管理员。"


@dataclass
class Outcome:
    """What a dry run found: counts, names to decide, and where its rows are spooled."""

    spool: Path | None = None
    total: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    names: list[UnknownName] = field(default_factory=list)
    problem: str = ""


def prepare(batch_id: int) -> Outcome:
    """Read, check and compare the whole file; outside any transaction."""
    batch = db.session.get(Batch, batch_id)
    if batch is None or batch.state is not BatchState.CHECKING:
        return Outcome()
    spool = store.folder() / f"{batch.public_id}.rows"
    try:
        return DryRun(batch, db.session.get_one(User, batch.created_by_id)).run(spool)
    except SpreadsheetError as error:
        return Outcome(problem=error.message_zh)
    except FileNotFoundError:
        return Outcome(problem="上传的文件已过保存期限，请重新上传。")
    except Exception as error:
        log.error("dry_run_failed", batch=batch_id, exc_info=error)
        return Outcome(problem=BROKEN)


class DryRun:
    """One walk over one file."""

    def __init__(self, batch: Batch, viewer: Any) -> None:
        self.batch, self.viewer = batch, viewer
        self.kind: Kind = kind_of(batch.noun)
        self.specs = self.kind.specs_for(viewer)
        self.towns = {town.name: town.id for town in places.towns()}
        self.owners = Owners(self.kind, viewer, places=self._places(), decided=batch.decisions)
        self.stored = Stored(self.kind, viewer)
        self.alike = Likeness(self.stored.titles)
        self.seen: dict[tuple[str, str], int] = {}
        self.outcome = Outcome()
        self.name, self.path = batch.public_id, store.path_of(batch.stored_as)
        self.sheet, self.mapping = batch.sheet, {k: int(v) for k, v in batch.mapping.items()}

    def _places(self) -> list[str]:
        district = str(places.settings()["district_name"])
        return [district, *self.towns]

    def run(self, spool: Path) -> Outcome:
        """Walk the rows chunk by chunk; memory holds one chunk and what the pool is known by."""
        with self._table() as (rows, reader), spool.open("w", encoding="utf-8") as file:
            while chunk := list(islice(rows, CHUNK)):
                for line in self._chunk([reader.read(row) for row in chunk]):
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                db.session.expunge_all()
                progress.write(self.name, self.outcome.total, 0)
        self.outcome.spool = spool
        self.outcome.names = list(self.owners.unknown.values())
        return self.outcome

    @contextmanager
    def _table(self) -> Iterator[tuple[Iterator[Row], Reader]]:
        with open_table(self.path, sheet=self.sheet, specs=self.specs) as table:
            chosen = {key: at for key, at in self.mapping.items() if at >= 0}
            mapping = match_headings(table.head.headings, self.specs, chosen=chosen)
            left_out = {key for key in mapping.columns if key not in chosen}
            kept = tuple(spec for spec in self.specs if spec.key not in left_out)
            reader = Reader(self.kind, kept, mapping, towns=self.towns)
            yield table.iter_rows(), reader

    def _chunk(self, drafts: list[Draft]) -> Iterator[dict[str, Any]]:
        found = [self._place(draft) for draft in drafts]
        wanted = {match.id for _owner, match in found if match}
        rows = self._load(wanted)
        for draft, (owner_id, match) in zip(drafts, found, strict=True):
            yield self._judge(draft, owner_id, match, rows)

    def _load(self, wanted: set[int]) -> dict[int, Any]:
        if not wanted:
            return {}
        model = self.kind.model
        return {
            row.id: row for row in db.session.scalars(select(model).where(model.id.in_(wanted)))
        }

    def _place(self, draft: Draft) -> tuple[int | None, Match | None]:
        """Find the organisation and the stored row of a draft."""
        if any(error["key"] in {"owner", "owner_uscc"} for error in draft.errors):
            return None, None
        owner_id, problem = self.owners.resolve(draft)
        if problem:
            self._blame(draft, "owner", problem)
            return None, None
        title = str(draft.content.get(self.kind.headline) or "")
        unknown = bool(self.kind.owner) and owner_id is None
        if unknown and not self.kind.loose:
            return None, None
        loose = draft.owner_name if self.kind.loose and unknown else ""
        key = draft.content.get("uscc") or draft.key
        match = self.stored.find(key=key or "", owner_id=owner_id, loose=loose, title=title)
        if match and self.stored.owner_of[match.id] != (owner_id or 0):
            problem = (f"编号“{draft.key[:30]}”属于另一单位", "请核对编号和单位，新记录不填编号")
            self._blame(draft, "number", problem)
            return owner_id, None
        return owner_id, match

    def _blame(self, draft: Draft, key: str, problem: tuple[str, str]) -> None:
        labels = {spec.key: spec.label for spec in self.specs}
        column = self.mapping.get(key, -1)
        draft.errors.append(error_of(key, labels.get(key, key), problem, column=column))

    def _judge(
        self, draft: Draft, owner_id: int | None, match: Match | None, rows: dict[int, Any]
    ) -> dict[str, Any]:
        """Return the row as it is stored: verdict, changes, what it resembles."""
        title = str(draft.content.get(self.kind.headline) or "")
        self._check_repeated(draft, title)
        row = rows.get(match.id) if match else None
        compared = compare_row(draft.content, values_of(self.kind, row) if row else None)
        if row is not None and compared.status is RowStatus.CHANGED:
            self._check_editable(draft, row)
        verdict = Verdict.WRONG if draft.errors else Verdict(compared.status.value)
        is_new = verdict is Verdict.NEW
        words = draft.content.get("keywords") or []
        similar = self.alike.like(title, words) if is_new else []
        if is_new:
            self.alike.add(-draft.number, title, draft.owner_name, words)
        unknown = is_new and bool(self.kind.owner) and not self.kind.loose and owner_id is None
        if unknown:
            self.owners.remember(draft)
        self.outcome.total += 1
        self.outcome.counts.update([verdict.value, *(["similar"] if similar else [])])
        return {
            "number": draft.number,
            "verdict": verdict.value,
            "title": title,
            "owner_name": draft.owner_name,
            "key": draft.key,
            "content": draft.content,
            "errors": draft.errors,
            "notices": draft.notices,
            "changes": [asdict(change) for change in compared.changes],
            "similar": similar,
            "is_similar": bool(similar),
            "owner_id": owner_id,
            "name_id": folded(draft.owner_name) if unknown else None,
            "match_id": match.id if match else None,
            "match_version": match.version if match else None,
        }

    def _check_repeated(self, draft: Draft, title: str) -> None:
        """Refuse a row the file holds twice: only the sender knows which of the two is meant."""
        named = draft.content.get("uscc") if self.kind.noun == "organisation" else ""
        key = (str(named or folded(draft.owner_name)), "" if named else folded(title))
        if not any(key):
            return
        first = self.seen.setdefault(key, draft.number)
        if first != draft.number:
            problem = (f"与第 {first} 行重复", "请只保留一行")
            self._blame(draft, self.kind.headline, problem)

    def _check_editable(self, draft: Draft, row: Any) -> None:
        """Refuse to change what was submitted, or somebody else's draft."""
        if row.state not in self.kind.editable:
            cause = f"平台上已有这一条，状态为“{row.state.label}”，内容与本行不同"
            cure = "已提交的内容不能用导入修改，请删去此行，或退回后再导入"
            self._blame(draft, self.kind.headline, (cause, cure))
        elif self.viewer.roles & {Role.OFFICER, Role.INSTITUTION_ADMIN}:
            return
        elif row.created_by_id != self.viewer.id:
            problem = ("平台上已有这一条，由本单位其他人填报", "请删去此行，或请填报人修改")
            self._blame(draft, self.kind.headline, problem)


def keep(batch: Batch, outcome: Outcome) -> None:
    """Copy a dry run into the database in place of the former one; chunk by chunk."""
    assert outcome.spool is not None  # noqa: S101 - a run without a problem has its spool
    former = select(BatchRow.number, BatchRow.choice)
    former = former.where(BatchRow.batch_id == batch.id, BatchRow.choice != "")
    choices = dict(db.session.execute(former).tuples().all())
    db.session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
    db.session.execute(delete(BatchName).where(BatchName.batch_id == batch.id))
    names = _keep_names(batch, outcome.names)
    with outcome.spool.open(encoding="utf-8") as file:
        while lines := list(islice(file, CHUNK)):
            rows = [json.loads(line) for line in lines]
            for row in rows:
                row["name_id"] = names.get(row["name_id"])
                row["batch_id"] = batch.id
                row["choice"] = choices.get(row["number"], "") if row["is_similar"] else ""
                row["verdict"] = Verdict(row["verdict"])
            db.session.execute(insert(BatchRow), rows)
    batch.total = outcome.total
    batch.counts = dict(outcome.counts)


def _keep_names(batch: Batch, names: list[UnknownName]) -> dict[str | None, int]:
    kept: dict[str | None, int] = {}
    decided = batch.decisions
    for name in names:
        row = BatchName(
            batch_id=batch.id,
            name=name.name,
            uscc=name.uscc,
            town_id=name.town_id,
            candidates=name.candidates,
            row_count=name.rows,
            decision=decided.get(folded(name.name)) or ("" if name.candidates else "create"),
        )
        db.session.add(row)
        db.session.flush()
        kept[folded(name.name)] = row.id
    return kept
