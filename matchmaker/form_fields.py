"""Fields that several nouns' forms share: money in 万元, words, lines, ticks; page flags."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import Field as FieldBase
from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput

from matchmaker import money

SEPARATORS = re.compile(r"[、，,;；\n]+")


BLANK = SelectChoice("", "请选择")


def options(pairs: Iterable[tuple[str, str]], *, group: str | None = None) -> list[SelectChoice]:
    """Return (value, label) pairs as a select's choices, under a group's label if given."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]


def labelled(members: Iterable[Any]) -> list[SelectChoice]:
    """Return an enum with labels as a select's choices."""
    return options((member.value, member.label) for member in members)


def grouped_options(groups: Mapping[str, Iterable[tuple[str, str]]]) -> list[SelectChoice]:
    """Return group → pairs as choices, a blank one first."""
    found = [choice for group, pairs in groups.items() for choice in options(pairs, group=group)]
    return [BLANK, *found]


class Mark:
    """Tells the page about a field (required, maxlength); the operation does the checking."""

    def __init__(self, **flags: Any) -> None:
        self.field_flags = {name: flag for name, flag in flags.items() if flag}

    def __call__(self, _form: Any, _field: Any) -> None:
        """Check nothing."""


class MoneyField(StringField):
    """An amount in 万元 as typed (180, 180万元, 1.2亿); `data` is 分, None where empty."""

    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return money.input_value(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the amount; a text that is none raises ValueError with the cure."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = money.parse_money(valuelist[0])


class NumberField(IntegerField):
    """A whole number; full-width digits are read as well."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number; an empty box is None."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = int(valuelist[0][:12])
            except ValueError:
                raise ValueError("请填写整数，如 18") from None


class _ListField(FieldBase):
    data: list[str]

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.joint.join(str(one) for one in self.data or ())

    joint = "、"
    cut: re.Pattern[str] = SEPARATORS

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Cut what was typed into its entries."""
        typed = valuelist[0] if valuelist else ""
        self.data = [text.strip() for text in self.cut.split(typed) if text.strip()]


class WordsField(_ListField):
    """Words separated by 、 or ，: `data` is a list."""

    widget = TextInput()


class LinesField(_ListField):
    """One entry a line: `data` is a list."""

    widget = TextArea()
    joint = "\n"
    cut = re.compile(r"\r?\n")


class TicksField(SelectMultipleField):
    """Several of a list as check boxes: `data` is a list of codes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LongTextField(TextAreaField):
    """A text area whose content is kept as typed; the operation cleans it."""
