"""A need as the search for duplicates reads it."""

from typing import Any

from matchmaker.disclosure import Shown
from matchmaker.duplicates import operations
from matchmaker.duplicates.sources import Source, register
from matchmaker.lifecycles import OPEN_NEEDS, NeedState
from matchmaker.matching.near import Text
from matchmaker.needs.models import Need
from matchmaker.needs.operations import visible

N = Need


def text(row: Any) -> Text:
    """Return what of a need is compared: title, problem, background, indicators."""
    parts = (row.problem, row.background, "\n".join(row.key_indicators or []))
    return Text(row.title or "", "\n".join(filter(None, parts)))


def fields(shown: Shown) -> list[tuple[str, str]]:
    """Return (label, text) of what is laid side by side, as far as the viewer may see it."""
    values = {
        "名称": shown.title,
        "难题描述": shown.problem,
        "背景": shown.background,
        "考核指标": "\n".join(shown.key_indicators or []),
        "关键词": "、".join(shown.keywords or []),
    }
    return operations.visible_text(values)


def _owner(shown: Shown) -> str:
    return shown.enterprise.name if shown.enterprise else str(shown.owner_name)


SOURCE = register(
    Source(
        noun="need",
        label="需求",
        model=N,
        states=(*OPEN_NEEDS, NeedState.SUBMITTED, NeedState.SCREENED),
        columns=(N.problem, N.background, N.key_indicators),
        text=text,
        owner=N.enterprise_id,
        readable=visible,
        fields=fields,
        owner_name=_owner,
        page="needs.show",
        merging="needs.propose_merge",
    )
)


def near(need: Need, *, viewer: Any) -> list[operations.Hint]:
    """Return like needs the viewer knows from inside, best first."""
    return operations.beside("need", need, viewer=viewer)
