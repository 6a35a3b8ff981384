"""An achievement as the search for duplicates and recycled text reads it."""

from typing import Any

from sqlalchemy import Select

from matchmaker.achievements.models import Achievement
from matchmaker.achievements.operations import POOL
from matchmaker.disclosure import Shown
from matchmaker.duplicates import operations
from matchmaker.duplicates.sources import Source, register
from matchmaker.lifecycles import PoolState
from matchmaker.matching.near import Text
from matchmaker.pools import reading

A = Achievement


def text(row: Any) -> Text:
    """Return what of an achievement is compared: title, summary, cases."""
    return Text(row.title or "", "\n".join(filter(None, (row.summary, row.cases))))


def fields(shown: Shown) -> list[tuple[str, str]]:
    """Return (label, text) of what is laid side by side, as far as the viewer may see it."""
    values = {
        "名称": shown.title,
        "成果简介": shown.summary,
        "应用案例": shown.cases,
        "关键词": "、".join(shown.keywords or []),
    }
    return operations.visible_text(values)


def _readable(viewer: Any) -> Select[Any]:
    return reading.readable(POOL, viewer)


SOURCE = register(
    Source(
        noun="achievement",
        label="成果",
        model=A,
        states=[state for state in PoolState if state is not PoolState.DRAFT],
        columns=(A.summary, A.cases),
        text=text,
        owner=A.institution_id,
        readable=_readable,
        fields=fields,
        owner_name=lambda shown: shown.institution.name,
        page="achievements.show",
    )
)


def near(row: Any, *, viewer: Any) -> list[operations.Hint]:
    """Return like achievements the viewer knows from inside, best first."""
    return operations.beside("achievement", row, viewer=viewer)
