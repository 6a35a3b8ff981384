"""The screens' forms; each knows how to fill itself from a draft and what it changes there."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, FieldList, FileField, FormField, SelectField, StringField
from wtforms import Form as PlainForm

from matchmaker.bidding.content import ANSWERS, PLEDGES
from matchmaker.form_fields import (
    BLANK,
    LongTextField,
    Mark,
    MoneyField,
    NumberField,
    TicksField,
    WordsField,
    options,
)
from matchmaker.forms import Form

BLANKS, MOST_ROWS = 2, 30


class Row(PlainForm):
    """One row of a list inside a screen."""

    class Meta(PlainForm.Meta):
        """WTForms' bundled Simplified Chinese messages."""

        locales = ("zh_CN", "zh")

    def is_blank(self) -> bool:
        """Tell whether nothing was typed into the row."""
        return not any(field.raw_data and str(field.raw_data[0]).strip() for field in self)


class MemberRow(Row):
    """A member of the team."""

    name = StringField("姓名")
    organisation = StringField("单位")
    title = StringField("职称或分工")


class PartnerRow(Row):
    """A partner unit with its task and amount."""

    name = StringField("联合单位全称或信用代码")
    task = StringField("承担任务")
    amount_fen = MoneyField("经费（万元）")


class ResponseRow(Row):
    """The answer to one indicator of the bounty."""

    indicator = StringField("指标")
    answer = SelectField("响应", choices=[BLANK, *options(ANSWERS.items())], validate_choice=False)
    value = StringField("承诺值")
    note = StringField("说明（偏离必填）")


class BudgetRow(Row):
    """One line of the budget."""

    name = StringField("科目")
    amount_fen = MoneyField("金额（万元）")
    note = StringField("测算说明")


class MilestoneRow(Row):
    """One milestone with its share of the payment."""

    name = StringField("阶段名称")
    due_months = NumberField("签约后第几个月完成")
    deliverables = StringField("交付物与考核")
    share = StringField("付款比例（%）")


def _said(field: Any) -> Any:
    """Return what a field holds; a text that was not sent is an empty one."""
    is_figure = isinstance(field, MoneyField | NumberField)
    return "" if field.data is None and not is_figure else field.data


class Screen(Form):
    """A screen of a draft: `lists` are its row lists, each with the row's form."""

    lists: tuple[str, ...] = ()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return what was entered into a list, blank rows left out."""
        typed = [entry.form for entry in self[name] if not entry.form.is_blank()]
        return [{field.short_name: _said(field) for field in row} for row in typed]

    def changes(self) -> dict[str, Any]:
        """Return what this screen says of the draft."""
        found: dict[str, Any] = {name: self.rows(name) for name in self.lists}
        own = {"csrf_token", "submission_key", "page", "version", *self.lists}
        return found | {f.name: _said(f) for f in self if f.name not in own}


def _list(kind: type[Row], label: str) -> FieldList:
    return FieldList(FormField(kind), label, max_entries=MOST_ROWS)


class PeopleScreen(Screen):
    """1 单位与团队."""

    lists = ("team", "partners")
    pi_name = StringField("项目负责人", validators=[Mark(required=True)])
    pi_title = StringField("职称或职务", validators=[Mark(required=True)])
    pi_phone = StringField("手机号", validators=[Mark(required=True)])
    team = _list(MemberRow, "团队成员")
    partners = _list(PartnerRow, "联合单位")
    editors = WordsField(
        "共同填报人", description="本单位同事的登录账号，用顿号隔开；他们也能修改这份草稿。"
    )


class AnswerScreen(Screen):
    """2 技术方案与逐条响应."""

    lists = ("indicator_responses",)
    solution_text = LongTextField(
        "技术方案", description="写清思路、关键技术、已有基础和风险，不少于 50 字。",
        validators=[Mark(required=True, maxlength=20_000)],
    )  # fmt: skip
    indicator_responses = _list(ResponseRow, "逐条响应")


class FigureScreen(Screen):
    """3 报价·经费·里程碑."""

    lists = ("budget_lines", "milestones")
    quote_fen = MoneyField("报价（万元）", validators=[Mark(required=True)])
    quote_note = StringField("报价说明", description="报价超过榜额时必填。")
    budget_lines = _list(BudgetRow, "经费预算")
    milestones = _list(MilestoneRow, "里程碑计划")


class PledgeScreen(Screen):
    """4 成果与承诺."""

    achievements = TicksField("关联本单位成果", choices=[], validate_choice=False)
    cases = LongTextField("相关业绩", validators=[Mark(maxlength=5_000)])
    pledge_integrity = BooleanField(PLEDGES["integrity"])
    pledge_no_relation = BooleanField(PLEDGES["no_relation"])
    pledge_employer = BooleanField(PLEDGES["employer"])
    pledge_text = LongTextField(
        "军令状", description="目标、节点、责任人、奖惩。", validators=[Mark(maxlength=5_000)]
    )

    def changes(self) -> dict[str, Any]:
        """Gather the three ticks under `pledges`."""
        said = super().changes()
        ticks = {name: bool(said.pop(f"pledge_{name}")) for name in PLEDGES}
        return {**said, "pledges": ticks}


SCREENS: dict[int, type[Screen]] = {
    1: PeopleScreen,
    2: AnswerScreen,
    3: FigureScreen,
    4: PledgeScreen,
}
LABELS = ("单位与团队", "技术方案", "报价与里程碑", "成果与承诺", "核对与提交")


def filled(number: int, content: dict[str, Any], *, version: int) -> Screen:
    """Return a screen showing a draft, with blank rows to write into."""
    kind = SCREENS[number]
    shown: dict[str, Any] = {name: content[name] for name in content if not name.startswith("_")}
    for name in kind.lists:
        rows: Sequence[dict[str, Any]] = content[name]
        blanks = 0 if name == "indicator_responses" else BLANKS
        shown[name] = [*rows, *({} for _ in range(blanks))][:MOST_ROWS]
    shown |= {f"pledge_{name}": bool(content["pledges"].get(name)) for name in PLEDGES}
    return kind(data={**shown, "version": str(version)}, formdata=None)


class FileForm(Form):
    """A file of the technical proposal."""

    file = FileField(
        "方案附件", description="PDF、OFD 或 DOCX，每个不超过 20 MB，合计不超过 60 MB。"
    )


class SubmitForm(Form):
    """The seal itself."""

    kept = BooleanField("我已下载并妥善保存材料包；密封后平台也无法再显示内容")


class PackageForm(Form):
    """A package handed back, to fill a replacement."""

    package = FileField("材料包（可选）", description="上传原材料包，内容将填入新的草稿。")
