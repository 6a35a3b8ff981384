"""导入批次: a workbook, what every row of it would do, and what people decided about it."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import BATCH, BatchState
from matchmaker.workflow import Labelled, Lifecycle


class Verdict(Labelled):
    """核对结果: what a row would do to what is stored."""

    NEW = "new", "新增"
    CHANGED = "changed", "有变化"
    SAME = "same", "相同"
    WRONG = "wrong", "有错误"


class Batch(Model):
    """One upload (导入批次) with its file, its columns and its counts."""

    __tablename__ = "import_batch"
    lifecycle: ClassVar[Lifecycle] = BATCH
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "noun", "state", "file_name", "size", "sheet", "sheets", "headings", "samples",
            "mapping", "submits", "total", "counts", "problem", "created_at", "checked_at",
            "applied_at", "undone_at", "created_by", "created_by_id", "imported",
        ),
        "O",
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[BatchState] = mapped_column(default=BatchState.UPLOADED, index=True)
    version: Mapped[int] = mapped_column()
    noun: Mapped[str] = mapped_column(String(20))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    stored_as: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]  # bytes
    sheet: Mapped[str] = mapped_column(String(100), default="")
    sheets: Mapped[list[str]] = mapped_column(default=list)
    headings: Mapped[list[str]] = mapped_column(default=list)
    samples: Mapped[dict[str, Any]] = mapped_column(default=dict)  # column index → first cells
    fingerprint: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field key → column index
    decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)  # folded name → decision
    submits: Mapped[bool] = mapped_column(default=False)  # 导入后直接提交受理
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problem: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    created_by: Mapped[User] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def imported(self) -> int:
        """How many rows the confirmed import wrote."""
        return int(self.counts.get("imported", 0))


class BatchName(Model):
    """An organisation the file names and the platform does not know; a human decides.

    decision : "" open, "create" as 未认领, "skip" its rows, or the id of the one that is meant.
    """

    __tablename__ = "import_name"
    __table_args__ = (UniqueConstraint("batch_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(300))
    uscc: Mapped[str | None] = mapped_column(String(18))
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # id name ratio
    row_count: Mapped[int] = mapped_column(default=0)
    decision: Mapped[str] = mapped_column(String(20), default="")


class BatchRow(Model):
    """One row of the file: what it says, what it would do, and after the import what it did.

    match_id, match_version : the stored row it would change, as the check saw it.
    before : the values an import replaced, for undo. imported_version : as the import left it.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_page", "batch_id", "verdict", "number"),
        Index("ix_import_row_key", "key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    number: Mapped[int]  # line of the sheet, from 1
    verdict: Mapped[Verdict]
    title: Mapped[str] = mapped_column(Text, default="")
    owner_name: Mapped[str] = mapped_column(String(300), default="")
    key: Mapped[str] = mapped_column(String(60), default="")
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    notices: Mapped[list[str]] = mapped_column(default=list)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    similar: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # title owner ratio
    is_similar: Mapped[bool] = mapped_column(default=False)
    choice: Mapped[str] = mapped_column(String(10), default="")  # "" import skip
    owner_id: Mapped[int | None]  # organisation; may be removed again by an undo
    name_id: Mapped[int | None] = mapped_column(ForeignKey("import_name.id"))
    match_id: Mapped[int | None]
    match_version: Mapped[int | None]
    object_id: Mapped[str] = mapped_column(String(20), default="", index=True)
    imported_version: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RememberedMapping(Model):
    """How somebody's columns were mapped the last time a sheet had these headings."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("owner_key", "noun", "fingerprint"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_key: Mapped[str] = mapped_column(String(30))  # organisation of the user, else the user
    noun: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(64))
    headings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field key → column index
    used_at: Mapped[datetime]
