"""The workbook people fill in: headings, one example, drop-downs from the code lists."""

from collections.abc import Sequence
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from .fields import FieldKind, FieldSpec
from .reading import EXAMPLE_MARK
from .writing import Output, fit

_LISTS_SHEET: Final = "代码表"
_HELP_SHEET: Final = "填写说明"
_FILLED_ROWS: Final = 20_000
_HEADING_ROW: Final = 2
_NOTES: Final = (
    "带 * 的为必填项；示例行导入时自动忽略，可保留或删除；请勿改动表头文字。"
    "本系统为非涉密系统，严禁填写国家秘密、工作秘密和内部敏感信息。"
)
_YES_NO: Final = ["是", "否"]


def write_template(output: Output, specs: Sequence[FieldSpec], *, title: str) -> None:
    """Write the template for `specs` as .xlsx to a path or a binary stream.

    First sheet: title, notes, headings with * for required, one marked example row; code fields
    choose from a hidden sheet. Second sheet 填写说明. Read back, every heading maps.
    """
    target = output if hasattr(output, "write") else str(output)
    with Workbook(target) as book:
        styles = _styles(book)
        form = book.add_worksheet(title[:31])
        manual = book.add_worksheet(_HELP_SHEET)
        lists = book.add_worksheet(_LISTS_SHEET)
        lists.hide()
        _write_form(form, specs, styles, title=title)
        for column, spec in enumerate(specs):
            _add_choices(form, lists, spec, column=column)
        _write_manual(manual, specs, styles)


def heading_of(spec: FieldSpec) -> str:
    """The heading as the template shows it: unit in brackets, * when required."""
    unit = f"（{spec.unit}）" if spec.kind is FieldKind.MONEY else ""
    return f"{spec.label}{unit}{'*' if spec.required else ''}"


def _styles(book: Workbook) -> dict[str, Any]:
    text = {"num_format": "@", "text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "notes": book.add_format({"font_color": "#C00000"}),
        "heading": book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1}),
        "required": book.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "border": 1, "font_color": "#C00000"}
        ),
        "example": book.add_format({**text, "italic": True, "font_color": "#7F7F7F"}),
        "text": book.add_format(text),
        "any": book.add_format({"valign": "top"}),
    }


def _write_form(
    form: Worksheet, specs: Sequence[FieldSpec], styles: dict[str, Any], *, title: str
) -> None:
    form.write_string(0, 0, fit(title), styles["title"])
    form.write_string(1, 0, _NOTES, styles["notes"])
    for column, spec in enumerate(specs):
        typed = spec.kind in {FieldKind.INTEGER, FieldKind.DECIMAL, FieldKind.MONEY,
                              FieldKind.PERCENT, FieldKind.DATE}  # fmt: skip
        form.set_column(column, column, 18, styles["any" if typed else "text"])
        style = styles["required" if spec.required else "heading"]
        form.write_string(_HEADING_ROW, column, heading_of(spec), style)
        mark = EXAMPLE_MARK if column == 0 else ""
        example = mark + fit(spec.example or _example(spec))
        form.write_string(_HEADING_ROW + 1, column, example, styles["example"])
    form.freeze_panes(_HEADING_ROW + 1, 0)


def _example(spec: FieldSpec) -> str:
    """A cell that would be accepted, where the specification gives none."""
    if spec.codes:
        code, label = next(iter(spec.codes.items()))
        return f"{code} {label}"
    samples = {
        FieldKind.INTEGER: "12",
        FieldKind.DECIMAL: "12.5",
        FieldKind.PERCENT: "15%",
        FieldKind.MONEY: "50",
        FieldKind.DATE: "2026-12-31",
        FieldKind.BOOLEAN: "是",
        FieldKind.LIST: "第一项、第二项",
    }
    return samples.get(spec.kind, "")


def _add_choices(form: Worksheet, lists: Worksheet, spec: FieldSpec, *, column: int) -> None:
    """Give the column a drop-down; several codes in one cell are typed, so they get only a hint."""
    first, last = _HEADING_ROW + 2, _HEADING_ROW + 1 + _FILLED_ROWS
    rule: dict[str, Any] = {"validate": "any"}
    if spec.kind is FieldKind.BOOLEAN:
        rule = {"validate": "list", "source": _YES_NO}
    elif spec.codes:
        choices = [f"{code} {label}" for code, label in spec.codes.items()]
        lists.write_column(0, column, [fit(each) for each in choices])
        if spec.kind is FieldKind.CODE:
            name = lists.get_name()
            rule = {
                "validate": "list",
                "source": f"='{name}'!{_absolute(column, len(choices))}",
                "error_title": "不在代码表中",
                "error_message": "请从下拉框中选择。",
            }
    if spec.help:
        rule |= {"input_title": spec.label[:32], "input_message": spec.help[:255]}
    if len(rule) > 1:
        form.data_validation(first, column, last, column, rule)


def _absolute(column: int, rows: int) -> str:
    return str(xl_range_abs(0, column, rows - 1, column))


def _write_manual(manual: Worksheet, specs: Sequence[FieldSpec], styles: dict[str, Any]) -> None:
    manual.set_column(0, 2, 18, styles["text"])
    manual.set_column(3, 3, 80, styles["text"])
    for column, heading in enumerate(("栏目", "是否必填", "填写方式", "说明")):
        manual.write_string(0, column, heading, styles["heading"])
    for row, spec in enumerate(specs, start=1):
        choices = "、".join(f"{code} {label}" for code, label in (spec.codes or {}).items())
        texts = (
            spec.label,
            "必填" if spec.required else "选填",
            spec.kind.label,
            "\n".join(part for part in (spec.help, choices and f"可选：{choices}") if part),
        )
        for column, text in enumerate(texts):
            manual.write_string(row, column, fit(text), styles["text"])
