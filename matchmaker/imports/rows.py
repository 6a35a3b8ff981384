"""One row of the sheet as content a noun can hold, with everything wrong in it at once."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matchmaker import secrecy
from matchmaker.imports.kinds import Kind, Problem
from matchmaker.spreadsheets import (
    ColumnMapping,
    FieldSpec,
    Row,
    UnreadableError,
    parse_row,
)

LETTERS = 26


@dataclass
class Draft:
    """What a row says. `content` is JSON; owner, credit code and town stand beside it."""

    number: int
    content: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    owner_name: str = ""
    uscc: str | None = None
    town_id: int | None = None
    key: str = ""


class Reader:
    """Reads rows of one sheet for one kind. towns : name of a town → id."""

    def __init__(
        self,
        kind: Kind,
        specs: Sequence[FieldSpec],
        mapping: ColumnMapping,
        *,
        towns: Mapping[str, int],
    ) -> None:
        self.kind, self.specs, self.mapping = kind, specs, mapping
        self.towns = {folded(name): number for name, number in towns.items()}
        self.labels = {spec.key: spec.label for spec in specs}

    def read(self, row: Row) -> Draft:
        """Read one row; what cannot be read is named in `errors` and left out."""
        parsed = parse_row(row, self.mapping, self.specs)
        draft = Draft(row.number, notices=list(parsed.notices))
        wrong = {error.key for error in parsed.errors}
        for error in parsed.errors:
            self._blame(draft, error.key, (error.cause_zh, error.cure_zh))
        for key, value in parsed.values.items():
            if key not in wrong:
                self._take(draft, key, value)
        self._check(draft)
        return draft

    def _take(self, draft: Draft, key: str, value: Any) -> None:
        """Convert a value and put it where it belongs."""
        if value is not None and key in self.kind.convert:
            try:
                value = self.kind.convert[key](value)
            except UnreadableError as error:
                self._blame(draft, key, (error.cause_zh, error.cure_zh))
                return
        match key:
            case "owner":
                draft.owner_name = value or ""
            case "owner_uscc":
                draft.uscc = value
            case "number":
                draft.key = value or ""
            case "town":
                self._take_town(draft, value)
            case _:
                draft.content[key] = _as_json(value)

    def _take_town(self, draft: Draft, value: str | None) -> None:
        if not value:
            return
        draft.town_id = self.towns.get(folded(value))
        if draft.town_id is None:
            known = "、".join(list(self.towns)[:4])
            cure = f"请填写镇街全称，如 {known}" if known else "请先由科技局建立镇街名单"
            self._blame(draft, "town", (f"“{value[:20]}”不在镇街名单中", cure))
        elif self.kind.noun == "organisation":
            draft.content["town_id"] = draft.town_id

    def _check(self, draft: Draft) -> None:
        for key, problem in self.kind.check(draft.content).items():
            self._blame(draft, key, problem)
        for key, value in draft.content.items():
            text = value if isinstance(value, str) else _joined(value)
            hits = secrecy.guard({self.labels.get(key, key): text}) if text else []
            if hits:
                self._blame(draft, key, (secrecy.refusal(hits).rstrip("。"), "请删去后再导入"))

    def _blame(self, draft: Draft, key: str, problem: Problem) -> None:
        """Add an error once per field, with the column as the spreadsheet program names it."""
        if any(error["key"] == key for error in draft.errors):
            return
        index = self.mapping.columns.get(key, -1)
        draft.errors.append(error_of(key, self.labels.get(key, key), problem, column=index))


def error_of(key: str, label: str, problem: Problem, *, column: int = -1) -> dict[str, Any]:
    """Return an error as it is stored: column letters ("" for a missing column), cause, cure."""
    letters = column_letters(column) if column >= 0 else ""
    return {"key": key, "label": label, "column": letters, "cause": problem[0], "cure": problem[1]}


def column_letters(index: int) -> str:
    """Return the name of a column as the spreadsheet program shows it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def folded(text: str) -> str:
    """Reduce a name or title to what tells it apart: width, case, blanks and punctuation go."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _joined(value: Any) -> str:
    if not isinstance(value, list):
        return ""
    return "\n".join(
        " ".join(map(str, item.values())) if isinstance(item, dict) else str(item) for item in value
    )
