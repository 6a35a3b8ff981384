"""Forms of the settings pages."""

from datetime import date, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from matchmaker.forms import Form, options
from matchmaker.places import lists
from matchmaker.places.models import ChainNode

LONGEST = 31  # days of one stretch


def _days(label: str, least: int, most: int) -> IntegerField:
    said = f"请填写 {least} 至 {most} 之间的整数"
    return IntegerField(label, [InputRequired(said), NumberRange(least, most, said)])


class SettingsForm(Form):
    """参数设置."""

    bureau_name = StringField("局名称", [DataRequired("请填写局名称"), Length(max=60)])
    district_name = StringField("区县名称", [DataRequired("请填写区县名称"), Length(max=30)])
    region_code = StringField(
        "行政区划代码",
        [DataRequired("请填写代码"), Regexp(r"^\d{6}$", message="县级行政区划代码为 6 位数字")],
    )
    phone = StringField(
        "咨询电话", [Optional(), Length(max=40)], description="显示在每页页脚和公告上"
    )
    address = StringField("办公地址", [Optional(), Length(max=200)])
    town_screening = BooleanField("需求须先经镇街初筛")
    standing_channel = BooleanField("征集期以外也接收企业填报（常年通道）")
    push_threshold = FloatField(
        "推送门槛",
        [InputRequired("请填写 0 至 1 之间的数"), NumberRange(0, 1, "推送门槛为 0 至 1 之间的数")],
        description="匹配分低于门槛的不推送，建议 0.105",
    )
    appeal_workdays = _days("形式审查申诉期（工作日）", 1, 20)
    pi_most_running = _days("同一负责人在研榜单上限（项）", 1, 20)
    lead_idle_days = IntegerField(
        "对接停滞提醒（天）",
        [InputRequired("请填写天数"), NumberRange(1, 365, "天数为 1 至 365")],
        description="对接超过这么多天没有进展即标红",
    )

    bounty_least_days = _days("榜单最短挂榜（自然日）", 15, 90)
    question_close_workdays = _days("提问截止早于截榜（工作日）", 1, 20)
    amend_late_workdays = _days("变更晚于截榜前几个工作日须延期", 1, 20)
    amend_extend_days = _days("变更过晚时延期（自然日）", 1, 30)
    extension_most_days = _days("延期最长（自然日）", 1, 30)

    def values(self) -> dict[str, Any]:
        """Return the settings by name."""
        skipped = {"submission_key", "page", "version", "csrf_token"}
        return {f.name: f.data if f.data is not None else "" for f in self if f.name not in skipped}


class ListForm(Form):
    """A row to add to one of the bureau's lists."""

    name = StringField("名称", [DataRequired("请填写名称"), Length(max=60)])
    code = StringField("代码", [Optional(), Length(max=12)])
    kind = SelectField("类型", choices=options(lists.TOWN_KINDS))
    parent_id = SelectField("所属产业链")

    def __init__(self, *, of: lists.Kind) -> None:
        super().__init__()
        tops = lists.rows(of) if of.model is ChainNode else []
        pairs = [(str(r.id), r.name) for r in tops if r.parent_id is None and r.is_active]
        self.parent_id.choices = options(pairs, empty="（新产业链）")
        if of.model is not ChainNode:
            del self.parent_id
        if of.key != "towns":
            del self.kind
            del self.code

    def values(self) -> dict[str, Any]:
        """Return the row's values."""
        parent = self.parent_id.data if "parent_id" in self else ""
        return {
            "name": self.name.data,
            "code": self.code.data or "" if "code" in self else "",
            "kind": self.kind.data if "kind" in self else "",
            "parent_id": int(parent) if parent else None,
        }


class HolidayForm(Form):
    """A day the bureau states itself."""

    day = DateField("日期", [InputRequired("请选择日期")])
    until = DateField(
        "至", [Optional()], description="连续几天同样安排的，填最后一天；只有一天可不填"
    )
    is_workday = SelectField("当天", choices=options((("0", "放假"), ("1", "上班（调休）"))))
    name = StringField("名称", [Optional(), Length(max=60)], description="如 春节、国庆节")
    source_doc = StringField("依据文件", [DataRequired("请填写依据的通知文号"), Length(max=200)])
    confirmed = HiddenField()

    def validate_until(self, field: Any) -> None:
        """Refuse a stretch that runs backwards or is longer than any holiday."""
        if field.data and self.day.data and not 0 <= (field.data - self.day.data).days < LONGEST:
            raise ValidationError(f"最后一天不能早于第一天，一次最多 {LONGEST} 天")

    def days(self) -> list[date]:
        """Return the days stated."""
        first: date = self.day.data
        last: date = self.until.data or first
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]
