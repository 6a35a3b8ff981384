"""Forms of notices and of what is done with them before and after publication."""

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.codes import NoticeKind
from matchmaker.errors import Invalid
from matchmaker.form_fields import LongTextField, NumberField, labelled
from matchmaker.forms import Form
from matchmaker.notices.models import LONGEST, SHORTEST

MOST_LINES, MOST_LABELS, LONGEST_CELL = 500, 12, 500


class NewForm(Form):
    """A notice that no other noun asked for, such as one on misconduct."""

    kind = SelectField("公示类型", choices=labelled(NoticeKind))
    title = StringField("标题", [Length(max=200)], description="可不填，系统按类型给出标题")


class NoticeForm(Form):
    """A notice's text while it is a draft."""

    title = StringField("标题", [InputRequired("请填写标题"), Length(max=200)])
    text = LongTextField("正文", [InputRequired("请填写正文"), Length(max=10_000)])
    workdays = NumberField(
        "公示期（工作日）",
        [InputRequired(f"请填写 {SHORTEST} 至 {LONGEST}")],
        description=f"{SHORTEST} 至 {LONGEST} 个；起止日期由系统从发布次日起计算，不能手填",
    )
    contact_name = StringField("受理单位", [Length(max=100)])
    contact_phone = StringField("联系电话", [Length(max=60)], description="公开的受理电话")
    contact_address = StringField(
        "联系地址", [Length(max=200)], description="提交审查前须填齐；可在参数设置中统一填写"
    )
    subjects = TextAreaField(
        "公示对象",
        [Optional(), Length(max=100_000)],
        description="第一行写栏目名，以下每行一个对象，栏目之间用 | 隔开；可整块从 Excel 粘贴",
    )

    def values(self) -> dict[str, Any]:
        """Return what `operations.edit` takes; raises `Invalid` for a broken table."""
        names = ("title", "text", "workdays", "contact_name", "contact_phone", "contact_address")
        found = {name: self[name].data for name in names}
        if "subjects" in self and self.subjects.data is not None:
            found["subjects"] = read_table(self.subjects.data)
        return found


def _cells(line: str) -> list[str]:
    cut = "\t" if "\t" in line else "|"
    return [cell.strip()[:LONGEST_CELL] for cell in line.replace("｜", "|").split(cut)]


def read_table(text: str) -> list[dict[str, str]]:
    """Read the table of subjects: a line of labels, then a line an object. Raises `Invalid`."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    labels, rows = _cells(lines[0]), [_cells(line) for line in lines[1:]]
    if len(set(labels)) != len(labels) or not all(labels) or len(labels) > MOST_LABELS:
        raise Invalid({"subjects": f"第一行应是互不相同的栏目名，最多 {MOST_LABELS} 个"})
    if not rows or len(rows) > MOST_LINES:
        raise Invalid({"subjects": f"栏目名之下应有 1 至 {MOST_LINES} 行公示对象"})
    for number, row in enumerate(rows, start=2):
        if len(row) > len(labels):
            raise Invalid({"subjects": f"第 {number} 行比栏目名多 {len(row) - len(labels)} 格"})
    return [
        {label: row[at] if at < len(row) else "" for at, label in enumerate(labels)} for row in rows
    ]


def write_table(subjects: list[dict[str, Any]], labels: list[str]) -> str:
    """Write the table of subjects as the form's box shows it."""
    lines = [labels, *([str(line.get(label, "")) for label in labels] for line in subjects)]
    return "\n".join(" | ".join(line) for line in lines) if labels else ""


class CheckForm(Form):
    """The check of secrecy and masking."""

    note = TextAreaField("审查意见", [Length(max=1000)], id="check-note")


class ReasonForm(Form):
    """Why: of a return, a cancellation, a withdrawal, a correction declined."""

    reason = TextAreaField("原因", [InputRequired("请写明原因"), Length(max=500)])


class ConfirmEndForm(Form):
    """On what a provisional last day rests after all."""

    basis = StringField(
        "核定依据",
        [InputRequired("请写明依据"), Length(max=200)],
        description="如国办放假安排通知的文号",
    )


class CorrectionForm(Form):
    """A correction to be set beside a published notice."""

    text = LongTextField(
        "更正内容",
        [InputRequired("请填写更正内容"), Length(max=10_000)],
        description="写明原公示何处有误、更正为何；原公示正文保留不动",
    )
    reason = StringField("更正原因", [InputRequired("请说明更正原因"), Length(max=500)])
