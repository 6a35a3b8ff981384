"""Form fields the pools need beyond WTForms': words, money in 万元, rows, days."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from matchmaker.form_fields import SEPARATORS, TicksField, WordsField

BLANK_ROWS = 2
MOST_ROWS = 30


class Wanted:
    """Marks a field 必填. Drafts may leave it empty: the rule binds at submission."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the instance

    def __call__(self, _form: Any, _field: Any) -> None:
        """Let every draft pass."""


class AtMost:
    """Refuse a text longer than `most` characters, and say how long it is."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise ValidationError where the text is too long."""
        length = len(str(field.data or ""))
        if length > self.most:
            raise ValidationError(f"最多 {self.most} 字，现为 {length} 字，请精简后再保存")


def _without_controls(text: str | None) -> str:
    """Drop control characters no database keeps, and surrounding blanks."""
    kept = (text or "").replace("\r\n", "\n")
    return "".join(c for c in kept if c.isprintable() or c in "\n\t").strip()


def line(label: str, most: int, *, wanted: bool = False, **options: Any) -> StringField:
    """One line of text of at most `most` characters."""
    rules = [Wanted(), AtMost(most)] if wanted else [AtMost(most)]
    return StringField(label, rules, filters=[_without_controls], **options)


def paragraph(label: str, most: int, *, wanted: bool = False, **options: Any) -> TextAreaField:
    """A text of at most `most` characters."""
    rules = [Wanted(), AtMost(most)] if wanted else [AtMost(most)]
    return TextAreaField(label, rules, filters=[_without_controls], **options)


def options(pairs: Iterable[tuple[Any, str]]) -> dict[Any, str]:
    """Return the choices as WTForms' mapping of value to label."""
    return dict(pairs)


def groups(found: Mapping[str, Iterable[tuple[Any, str]]]) -> dict[str, dict[Any, str]]:
    """Return grouped choices as WTForms' mapping of group to options."""
    return {label: dict(pairs) for label, pairs in found.items()}


class SelectOrNone(SelectField):
    """A select box that a form may leave out: that reads like the empty option."""

    def process_data(self, value: Any) -> None:
        """Read the row's value, the empty one where there is none."""
        self.data = self.coerce(value)


def select(
    label: str, choices: Any, *, wanted: bool = False, coerce: Any = str, **more: Any
) -> SelectOrNone:
    """A select box that may stay empty; `choices` may be grouped. Empty reads "" or None."""

    def read(value: Any) -> Any:
        if value in {"", None, "None"}:
            return "" if coerce is str else None
        return coerce(value)

    offered = choices if isinstance(choices, dict) else options(choices)
    offered = {"": "请选择", **offered}
    rules = [Wanted()] if wanted else []
    return SelectOrNone(label, rules, choices=offered, coerce=read, **more)


class CheckBoxes(TicksField):
    """Several choices as check boxes under one legend."""

    def __init__(self, label: str, pairs: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(label, choices=options(pairs), **more)


class YesNo(RadioField):
    """Two radio buttons for a bool; the labels are (for True, for False)."""

    def __init__(self, label: str, labels: tuple[str, str], **options: Any) -> None:
        choices = {"1": labels[0], "0": labels[1]}
        super().__init__(label, choices=choices, coerce=self._read, **options)

    @staticmethod
    def _read(value: Any) -> str:
        return "1" if value in {True, "1", "True"} else "0"


class Words(WordsField):
    """Words separated by 、 ， or ; each kept once, in the order written."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, longest: int = 30, **options: Any
    ) -> None:
        super().__init__(label, validators, **options)
        self.longest = longest

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Cut the text into words."""
        words = (_without_controls(one) for one in SEPARATORS.split("、".join(valuelist)))
        self.data = list(dict.fromkeys(word for word in words if word))

    def pre_validate(self, _form: Any) -> None:
        """Refuse a word that is a sentence, or too many words."""
        too_long = [word for word in self.data or [] if len(word) > self.longest]
        if too_long:
            start = too_long[0][:12]
            raise ValidationError(f"“{start}…”太长，每个词最多 {self.longest} 字，词与词用顿号隔开")
        if len(self.data or []) > MOST_ROWS:
            raise ValidationError(f"最多 {MOST_ROWS} 个词")


class DayField(StringField):
    """A day as YYYY-MM-DD, kept as that text; 2026/1/5 and 2026年1月5日 are read too."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; ValueError where it is none."""
        text = _without_controls(valuelist[0]) if valuelist else ""
        self.data = ""
        if not text:
            return
        parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
        if parts is None:
            raise ValueError("日期请写成 2027-06-30 的样子")
        try:
            self.data = date(*map(int, parts.groups())).isoformat()
        except ValueError:
            raise ValueError(f"“{text}”不是有效的日期") from None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else str(self.data or "")


class Rows(FieldList):
    """Repeated rows of a small form; empty rows are dropped, blank ones offered at the end."""

    def __init__(self, label: str, row: type[Form], **options: Any) -> None:
        super().__init__(FormField(row), label, max_entries=MOST_ROWS, **options)

    def offer_blanks(self) -> None:
        """Append the blank rows in which a reader without scripts writes."""
        filled = len(self.rows())
        while len(self.entries) < min(filled + BLANK_ROWS, MOST_ROWS):
            self.append_entry()

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that hold anything."""
        return [plain for plain in map(_plain, self.data or []) if any(plain.values())]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: ("" if value is None else value) for name, value in row.items()}


def headings(rows: Rows) -> Iterable[str]:
    """Return the labels of the rows' columns."""
    first = rows.entries[0] if rows.entries else None
    return [field.label.text for field in first] if first is not None else []
