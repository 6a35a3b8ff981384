"""The list of batches."""

from typing import Any

from sqlalchemy import Select

from matchmaker import listing, web
from matchmaker.imports.models import Batch
from matchmaker.imports.parties import KINDS, label_of
from matchmaker.lifecycles import BatchState


def _with_state(query: Select[Any], value: str) -> Select[Any]:
    return query.where(Batch.state == BatchState(value)) if value in set(BatchState) else query


SPEC = listing.Spec(
    resource="batch",
    columns=(
        listing.Column("title", "文件", lambda b: b.file_name, sort=Batch.file_name),
        listing.Column("noun", "内容", lambda b: label_of(b.noun), sort=Batch.noun),
        listing.Column("state", "状态", lambda b: b.state, sort=Batch.state),
        listing.Column("total", "行数", lambda b: b.total, sort=Batch.total, align="end"),
        listing.Column("imported", "已导入", lambda b: b.imported, align="end"),
        listing.Column("by", "上传人", lambda b: b.created_by.name),
        listing.Column(
            "created_at", "上传时间", lambda b: web.as_moment(b.created_at), sort=Batch.created_at
        ),
    ),
    filters=(
        listing.Filter(
            "noun",
            "内容",
            lambda query, value: query.where(Batch.noun == value),
            choices=lambda: [(noun, kind.label) for noun, kind in KINDS.items()],
        ),
        listing.Filter(
            "state", "状态", _with_state, choices=lambda: [(s.value, s.label) for s in BatchState]
        ),
    ),
    default_sort="-created_at",
    search=(Batch.file_name,),
    tie=Batch.id,
)
