"""A call's figures as a sheet, and its unanswered ones as a list to telephone from."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from matchmaker import disclosure, policy
from matchmaker.audit import trail
from matchmaker.calls import progress
from matchmaker.calls.models import Answer, Call, Invitation
from matchmaker.disclosure import Shown
from matchmaker.spreadsheets import Column, Sheet

HEADS = ("镇街园区", "邀请企业", "已答复", "已填报", "无需求", "填写中", "未答复", "应答率",
         "自行填报", "需求条数")  # fmt: skip


def rows(call: Call, *, viewer: Any) -> Iterator[list[Any]]:
    """Yield one line a town, the total last."""
    towns, total = progress.by_town(call, viewer=viewer)
    for one in (*towns, total):
        yield [
            one.name,
            one.asked,
            one.answered,
            one.submitted,
            one.none,
            one.drafted,
            one.silent,
            one.rate,
            one.own,
            one.needs,
        ]


def towns(call: Call, *, viewer: Any) -> Sheet:
    """Return the figures by town as a sheet."""
    columns = [Column(head, 14) for head in HEADS]
    return Sheet(name="征集填报进度", columns=columns, rows=rows(call, viewer=viewer))


def call_list(call: Call, *, viewer: Any) -> list[tuple[str, list[Shown]]]:
    """Return (town, who has not answered) with telephone numbers, within the viewer's reach."""
    query = policy.scope(viewer, "call_invitation", "read_contacts").where(
        Invitation.call_id == call.id,
        Invitation.answer_code.in_((Answer.SILENT.value, Answer.DRAFTED.value)),
    )
    found = disclosure.shown(
        query.order_by(Invitation.town_id, Invitation.id), viewer, "call_invitation"
    )
    grouped = groupby(found, key=lambda one: str(one.town_name or progress.NO_TOWN))
    return [(town, list(some)) for town, some in grouped]


def record_printing(public_id: str, *, by: Any, now: datetime) -> None:
    """Put on the trail who read the telephone numbers."""
    trail.record("print_call_list", "call", public_id, by=by, now=now)
