"""Fields by level: what of a row this viewer may see, in page, list, search, export and API.

A model's `disclosure` maps each readable attribute to its letter (P M O C R B A); an attribute
that is not listed is never shown. Letters open by the policy's `levels`, in SQL, with the row.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select

from matchmaker import policy
from matchmaker.errors import NotFound
from matchmaker.extensions import db

ALWAYS = frozenset({"id", "public_id", "lifecycle", "version"})
HIDDEN_LABELS = {
    "M": "登录并认证后可见",
    "O": "仅本单位可见",
    "C": "双方同意对接后可见",
    "R": "仅评审专家可见",
    "B": "仅科技局可见",
    "A": "需专门授权",
    "I": "企业选择匿名展示",
}


class Hidden:
    """Stands where a value is not for this viewer; false, and says why in print."""

    def __init__(self, level: str) -> None:
        self.reason = HIDDEN_LABELS.get(level, "不公开")

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"（{self.reason}）"

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class Shown:
    """A row as one viewer may see it; a closed attribute reads as `Hidden`."""

    def __init__(self, row: Any, letters: frozenset[str]) -> None:
        self._row = row
        self._letters = letters

    def __getattr__(self, name: str) -> Any:
        if name in ALWAYS:
            return getattr(self._row, name)
        level = type(self._row).disclosure.get(name)
        if level is None:
            message = f"{type(self._row).__name__}.{name} has no disclosure level"
            raise AttributeError(message)
        return getattr(self._row, name) if level in self._letters else Hidden(level)

    def sees(self, name: str) -> bool:
        """Tell whether the viewer may see this attribute."""
        return type(self._row).disclosure.get(name) in self._letters

    def visible(self) -> list[str]:
        """Return the attributes the viewer may see, in the model's order."""
        return [name for name in type(self._row).disclosure if self.sees(name)]


def shown(query: Select[Any], viewer: Any, resource: str) -> list[Shown]:
    """Run `query` (one entity, already scoped) and return its rows as the viewer may see them."""
    levels = policy.level_labels(viewer, resource)
    letters = sorted(levels)
    columns = [levels[letter].label(f"level_{letter}") for letter in letters]
    rows: Sequence[Any] = db.session.execute(query.add_columns(*columns)).unique().all()
    return [
        Shown(row[0], frozenset(x for x, open_ in zip(letters, row[1:], strict=True) if open_))
        for row in rows
    ]


def one(query: Select[Any], viewer: Any, resource: str) -> Shown:
    """Return the only row of `query` as the viewer may see it; raise `NotFound` if none."""
    found = shown(query.limit(2), viewer, resource)
    if not found:
        raise NotFound
    return found[0]


def everything(row: Any) -> Shown:
    """Return the row with every level open: for snapshots and the system itself."""
    return Shown(row, frozenset("PMOCRBA"))
