"""The forms of bounties: one a stage, made from `fields.FIELDS`; those of every other step."""

from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms import Form as Row
from wtforms.validators import Optional

from matchmaker import codes
from matchmaker.bounties import fields, timing
from matchmaker.bounties.fields import Field
from matchmaker.bounties.rubrics import Part
from matchmaker.codes import BountyMode, Selector
from matchmaker.errors import Invalid
from matchmaker.form_fields import (
    BLANK,
    LongTextField,
    Mark,
    MoneyField,
    NumberField,
    TicksField,
    WordsField,
    grouped_options,
    labelled,
    options,
)
from matchmaker.forms import Form
from matchmaker.places import operations as places
from matchmaker.pools.inputs import Rows

DAY, HOUR = "_day", "_hour"
HUNDRED = Decimal(100)
ENUMS: dict[str, Any] = {"mode": BountyMode, "selector": Selector}
_LEVELS = ("level1", "level2", "level3", "level4")


class PercentField(StringField):
    """A percentage as typed (20, 20%, 33.33); `data` is the fraction, None where empty."""

    data: Decimal | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{(self.data * HUNDRED).normalize():f}" if self.data is not None else ""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the percentage; a text that is none raises ValueError with the cure."""
        self.data = None
        typed = valuelist[0].strip().removesuffix("%").strip() if valuelist else ""
        if not typed:
            return
        try:
            read = Decimal(typed)
        except InvalidOperation:
            raise ValueError("请填写百分比，如 20 或 33.33") from None
        if not read.is_finite() or read != round(read, 2) or not 0 <= read <= HUNDRED:
            raise ValueError("百分比须在 0 至 100 之间，最多两位小数")
        self.data = read / HUNDRED


class IndicatorRow(Row):
    """One indicator."""

    name = StringField("指标名称")
    requirement = StringField("要求（含数值）")
    test_method = StringField("验收方法")
    is_key = BooleanField("关键指标")


class StageRow(Row):
    """One stage of a race."""

    name = StringField("阶段名称")
    due_months = NumberField("第几个月完成")
    amount_fen = MoneyField("每家金额（万元）")
    keep = NumberField("之后保留几家")
    rule = StringField("淘汰规则")


class RubricRow(Row):
    """One item of the rubric with what its four levels mean."""

    name = StringField("打分项")
    weight = NumberField("权重")
    part = SelectField(
        "部分", choices=labelled(Part), default=Part.TECHNICAL.value, validate_choice=False
    )
    level1 = StringField("优（90–100）")
    level2 = StringField("良（75–89）")
    level3 = StringField("中（60–74）")
    level4 = StringField("差（0–59）")


_ROWS = {"indicators": IndicatorRow, "stages": StageRow, "rubric": RubricRow}
_KINDS: dict[str, Any] = {
    "line": StringField, "text": LongTextField, "words": WordsField, "organisation": StringField,
    "choice": SelectField, "choices": TicksField, "number": NumberField, "money": MoneyField,
    "percent": PercentField, "tick": BooleanField,
}  # fmt: skip


def _choices(code_list: str) -> Any:
    if code_list in ENUMS:
        return labelled(ENUMS[code_list])
    match code_list:
        case "chain":
            return lambda: [BLANK, *options((str(n.id), str(n)) for n in places.chain_nodes())]
        case "section":
            return lambda: [BLANK, *options((str(n.id), n.name) for n in places.sections())]
        case "tech_field":
            return grouped_options(codes.grouped_choices(code_list))
        case "coop_mode":
            return options(codes.choices(code_list))
    return [BLANK, *options(codes.choices(code_list))]


def _made(field: Field) -> dict[str, Any]:
    """Return the WTForms fields of one field of a bounty, by name: a deadline has two."""
    told: dict[str, Any] = {"description": field.help}
    if field.kind in _ROWS:
        return {field.name: Rows(field.label, _ROWS[field.kind], **told)}
    if field.kind == "deadline":
        hours = options((hour, hour) for hour in timing.HOURS)
        rules = [Mark(required=field.required), Optional()]
        return {
            field.name + DAY: DateField(field.label, validators=rules, **told),
            field.name + HOUR: SelectField(f"{field.label}（钟点）", choices=hours),
        }
    most = field.most if field.kind in {"line", "text"} else 0
    told["validators"] = [Mark(required=field.required, maxlength=most)]
    if field.kind in {"choice", "choices"}:
        told["choices"] = _choices(field.code_list)
    return {field.name: _KINDS[field.kind](field.label, **told)}


@cache
def stage_form(stage: int) -> type[Form]:
    """Return the form class of one stage of a draft."""
    made = {n: f for field in fields.of_stage(stage) for n, f in _made(field).items()}
    return type(f"BountyStageForm{stage}", (Form,), made)


@cache
def amendment_form(stage: int) -> type[Form]:
    """Return the form class of what may be amended of one stage, with the statement."""
    chosen = [field for field in fields.of_stage(stage) if field.amendable]
    made = {n: f for field in chosen for n, f in _made(field).items()}
    made["reason"] = LongTextField(
        "变更说明",
        description="写明改了什么、为什么；批准后随变更公布。",
        validators=[Mark(required=True, maxlength=2000)],
    )
    return type(f"AmendmentForm{stage}", (Form,), made)


def stored(bounty: Any, chosen: tuple[Field, ...]) -> dict[str, Any]:
    """Return what a form of these fields shows of the stored bounty."""
    found: dict[str, Any] = {}
    for field in chosen:
        value = getattr(bounty, field.name)
        if field.kind == "deadline":
            day, hour = timing.day_and_hour(value) if value else (None, timing.AT_FIVE)
            found |= {field.name + DAY: day, field.name + HOUR: hour}
        elif field.kind == "rubric":
            found[field.name] = [_flat(row) for row in value]
        elif field.kind == "organisation":
            found[field.name] = bounty.recognised_name
        else:
            found[field.name] = str(value or "") if field.kind == "choice" else value
    return found


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    texts = [one.get("text", "") for one in row.get("levels", ())]
    return {**row, **dict(zip(_LEVELS, texts, strict=False))}


def offer_blanks(form: Form) -> None:
    """Append blank rows to write in without scripts."""
    for field in form:
        if isinstance(field, Rows):
            field.offer_blanks()


def values_of(form: Form) -> dict[str, Any]:
    """Return what was typed into the bounty's own fields of a form."""
    found: dict[str, Any] = {}
    for name, field in fields.BY_NAME.items():
        if field.kind == "deadline" and name + DAY in form:
            day: date | None = form[name + DAY].data
            hour = form[name + HOUR].data or timing.AT_FIVE
            found[name] = timing.deadline(day, hour) if day else None
        elif name in form:
            rows = field.kind in _ROWS
            found[name] = form[name].rows() if rows else form[name].data
    return found


def show(form: Form, refusal: Invalid) -> None:
    """Put a refusal beside the fields it names; a deadline's beside its day."""
    named = {name + DAY if name + DAY in form else name: t for name, t in refusal.fields.items()}
    form.show(Invalid(named))


def version_of(form: Form) -> int | None:
    """Return the version a form was opened on; None where it names none."""
    text = str(form.version.data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
