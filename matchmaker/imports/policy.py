"""Whose a batch is: whoever uploaded it."""

from typing import Any

from sqlalchemy import ColumnElement

from matchmaker import policy
from matchmaker.imports.models import Batch
from matchmaker.lifecycles import Role


def mine(user: Any) -> ColumnElement[bool]:
    """Hold for batches the user uploaded."""
    found: ColumnElement[bool] = Batch.created_by_id == user.id
    return found


policy.register(
    "batch",
    Batch,
    states={},
    relations=dict.fromkeys((Role.OFFICER, Role.INSTITUTION_ADMIN, Role.RESEARCHER), mine),
    levels={"O": ("read",)},
)
