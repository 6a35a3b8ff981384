from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .folding import fold_heading


class FieldKind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text", "文字"
    INTEGER = "integer", "整数"
    DECIMAL = "decimal", "数字"
    PERCENT = "percent", "百分比"
    MONEY = "money", "金额"
    DATE = "date", "日期"
    BOOLEAN = "boolean", "是或否"
    LIST = "list", "多项，以顿号或分号隔开"
    CODE = "code", "从下拉框中选一项"
    CODES = "codes", "可选多项，以顿号或分号隔开"

    label: str

    def __new__(cls, value: str, label: str) -> "FieldKind":
        """Keep the stored value and the Chinese label together."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field a table may carry.

    label : heading in Chinese, as in our template.  aliases : other headings it goes by.
    codes : code → label, for the kinds CODE and CODES.  help : one line for the template.
    unit : what a bare number means for MONEY: 万元 or 元.  example : cell of the example row.
    max_length : most characters of a TEXT.
    """

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    kind: FieldKind = FieldKind.TEXT
    codes: Mapping[str, str] | None = None
    help: str = ""
    unit: str = "万元"
    example: str = ""
    max_length: int = 50_000

    def folded(self) -> frozenset[str]:
        """Every heading this field answers to, folded."""
        return frozenset(fold_heading(each) for each in (self.label, *self.aliases, self.key))
