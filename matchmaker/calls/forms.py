"""Forms of calls, of the invited, and of visits."""

from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from matchmaker import codes
from matchmaker.calls import inviting
from matchmaker.calls.inviting import Chosen
from matchmaker.calls.models import VisitKind
from matchmaker.form_fields import (
    BLANK,
    LongTextField,
    Mark,
    NumberField,
    TicksField,
    WordsField,
    grouped_options,
    labelled,
    options,
)
from matchmaker.forms import Form
from matchmaker.identifiers import row_number
from matchmaker.places import operations as places

ANY_FIELD = "不限领域"


def _chains() -> list[Any]:
    return [BLANK, *options((str(node.id), str(node)) for node in places.chain_nodes())]


class CallForm(Form):
    """A call as drafted."""

    title = StringField(
        "征集名称",
        description="如：海澜区 2027 年第一季度企业技术需求征集",
        validators=[Mark(required=True, maxlength=100)],
    )
    content = LongTextField(
        "征集说明",
        description="征集范围、填报要求、联系人；写入征集通知，企业看得到。",
        validators=[Mark(maxlength=5000)],
    )
    start_on = DateField("开始日期", validators=[Optional(), Mark(required=True)])
    end_on = DateField(
        "截止日期",
        description="当日 24:00（北京时间）自动截止",
        validators=[Optional(), Mark(required=True)],
    )
    tech_field_code = SelectField("技术领域", description="只征集某一领域的需求时选择")
    chain_node_id = SelectField("产业链", description="按产业链征集时选择")
    target = NumberField("征集目标（条）", description="没有目标可不填")
    is_open_to_all = BooleanField("未列入名单的区内企业也可填报", default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tech_field_code.choices = grouped_options(codes.grouped_choices("tech_field"))
        self.chain_node_id.choices = _chains()

    def values(self) -> dict[str, Any]:
        """Return what was typed, as `operations.create` takes it."""
        names = ("title", "content", "start_on", "end_on", "tech_field_code", "target")
        found = {name: self[name].data for name in names}
        found["is_open_to_all"] = self.is_open_to_all.data
        return found | {"chain_node_id": row_number(self.chain_node_id.data or "")}


class InviteForm(Form):
    """Whom a call asks: conditions that hold together, and names."""

    towns = TicksField("镇街、园区", validate_choice=False)
    chain_node_id = SelectField("产业链", validate_choice=False)
    tier = SelectField("企业梯次", validate_choice=False)
    names = LongTextField(
        "企业名单",
        description="一行一家，写全称或统一社会信用代码；可从 Excel 整行复制粘贴",
        validators=[Length(max=200_000)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.towns.choices = [(str(town.id), town.name) for town in places.towns()]
        self.chain_node_id.choices = _chains()
        self.tier.choices = [BLANK, *options(codes.choices("enterprise_tier"))]

    @property
    def chosen(self) -> Chosen:
        """The conditions."""
        return Chosen(
            tuple(inviting.numbers(self.towns.data or [])),
            row_number(self.chain_node_id.data or ""),
            self.tier.data or "",
        )


class ExtendForm(Form):
    """The one extension."""

    end_on = DateField("新的截止日期", id="extend-on", validators=[Optional()])
    reason = TextAreaField(
        "延期理由", id="extend-reason", description="会公开", validators=[Mark(maxlength=500)]
    )


class NothingForm(Form):
    """Nothing this time."""

    note = StringField("说明（可不填）", id="nothing-note", validators=[Mark(maxlength=300)])


class OnBehalfForm(Form):
    """What an enterprise said on the telephone."""

    note = StringField(
        "答复情况",
        id="told-note",
        description="谁在何时以何种方式答复，如：王工 12 月 3 日电话答复本次无需求",
        validators=[Mark(required=True, maxlength=300)],
    )


class VisitForm(Form):
    """A visit or a diagnosis."""

    enterprise = StringField(
        "企业", description="企业全称或统一社会信用代码", validators=[Mark(required=True)]
    )
    kind = SelectField("方式", choices=labelled(VisitKind))
    held_on = DateField("日期", validators=[Optional(), Mark(required=True)])
    people = StringField(
        "参加人员",
        description="走访写经办人员，问诊写专家姓名和单位",
        validators=[Mark(required=True, maxlength=100)],
    )
    findings = LongTextField(
        "发现的问题或诊断意见",
        description="转为需求时写入“拟解决的主要技术问题”",
        validators=[Mark(required=True, maxlength=3000)],
    )
    tags = WordsField("标签", description="最多 10 个，用顿号隔开，如：智能制造、打磨")

    def values(self) -> dict[str, Any]:
        """Return what was typed, as `visits.write_down` takes it."""
        return {name: self[name].data for name in ("held_on", "people", "findings", "tags")}
