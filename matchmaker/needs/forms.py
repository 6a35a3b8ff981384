"""The forms of needs: one a stage, made from `fields.FIELDS`; the bureau's beside them."""

from functools import cache
from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Optional

from matchmaker import codes
from matchmaker.codes import Disclosure, NeedCategory, NeedSource, NeedType
from matchmaker.form_fields import (
    BLANK,
    LinesField,
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
from matchmaker.needs import fields
from matchmaker.needs.fields import FIELDS, Field
from matchmaker.needs.models import Need
from matchmaker.places import operations as places

_KINDS = {
    "line": StringField,
    "text": LongTextField,
    "words": WordsField,
    "organisations": WordsField,
    "lines": LinesField,
    "money": MoneyField,
    "number": NumberField,
    "tick": BooleanField,
    "choices": TicksField,
    "choice": SelectField,
}


def _choices(code_list: str) -> Any:
    """Return a select's choices; those that depend on the database are read when asked."""
    match code_list:
        case "category":
            return [BLANK, *labelled(NeedCategory)]
        case "audience":
            return labelled(Disclosure)
        case "trl":
            return [BLANK, *options((str(level), f"{level} 级") for level in range(1, 10))]
        case "chain":
            return _chain_choices
        case "tech_field" | "industry":
            return grouped_options(codes.grouped_choices(code_list))
    return options(codes.choices(code_list))


def _chain_choices() -> list[Any]:
    return [BLANK, *options((str(node.id), str(node)) for node in places.chain_nodes())]


def _made(field: Field) -> Any:
    """Return the WTForms field of one field of a need."""
    maximum = field.most if field.kind in {"line", "text"} else 0
    options: dict[str, Any] = {
        "description": field.help,
        "validators": [Mark(required=field.required, maxlength=maximum)],
    }
    if field.kind in {"choice", "choices"}:
        options["choices"] = _choices(field.code_list)
    if field.kind == "choice":
        options["default"] = "public" if field.code_list == "audience" else ""
    return _KINDS[field.kind](field.label, **options)


@cache
def stage_form(stage: int) -> type[Form]:
    """Return the form class of one stage."""
    made = {field.name: _made(field) for field in fields.of_stage(stage)}
    return type(f"StageForm{stage}", (Form,), made)


@cache
def whole_form() -> type[Form]:
    """Return the form class of all stages at once: for a requested change."""
    made = {field.name: _made(field) for field in FIELDS if field.name != "no_secret_declared"}
    made["note"] = LongTextField("变更说明", validators=[Mark(required=True, maxlength=500)])
    return type("WholeForm", (Form,), made)


class NewForm(stage_form(1)):  # type: ignore[misc]
    """Stage one of a need that does not exist yet; for the bureau also whose it is."""

    draft = StringField()
    enterprise = StringField(
        "企业",
        description="企业全称或统一社会信用代码；代企业填报会记录在案。",
        validators=[Mark(required=True)],
    )
    source = SelectField("来源", choices=labelled(NeedSource))
    source_note = StringField("来源说明", description="如走访日期、征集批次。")


def stored(need: Need, stage: int | None = None) -> dict[str, Any]:
    """Return what a form of this stage shows of the stored need; of every stage where None."""
    shown = FIELDS if stage is None else fields.of_stage(stage)
    return {field.name: _for_form(field, getattr(need, field.name)) for field in shown}


def for_form(name: str, value: Any) -> Any:
    """Return a kept value as the form's field takes it."""
    return _for_form(fields.BY_NAME[name], value)


def _for_form(field: Field, value: Any) -> Any:
    if field.kind == "choice":
        return "" if value is None else str(value)
    if field.kind == "organisations":
        return [one if isinstance(one, str) else one.name for one in value]
    return value


def values_of(form: Form) -> dict[str, Any]:
    """Return what was typed into the need's own fields of a form."""
    return {name: form[name].data for name in fields.BY_NAME if name in form}


def readable_values_of(form: Form) -> dict[str, Any]:
    """Return what was typed, less what cannot be read; leaves the form's errors as they are."""
    return {n: value for n, value in values_of(form).items() if not form[n].process_errors}


def version_of(form: Form) -> int | None:
    """Return the version a form was opened on; None where it names none."""
    text = str(form.version.data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


class DecisionForm(Form):
    """Accept or pass (受理、初筛): nature, handler, last day in the pool."""

    need_type = SelectField("需求性质", choices=labelled(NeedType), default="individual")
    handler = SelectField("经办人", choices=[], validate_choice=False)
    expires_on = DateField(
        "有效期至", validators=[Optional()], description="默认自今日起 12 个月。"
    )


class DiagnosisForm(Form):
    """技术问诊."""

    held_on = DateField("问诊日期", validators=[Mark(required=True)])
    expert_name = StringField("参加专家", validators=[Mark(required=True, maxlength=50)])
    opinion = LongTextField("诊断意见", validators=[Mark(required=True, maxlength=2000)])
