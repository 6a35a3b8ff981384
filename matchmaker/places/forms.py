"""Forms of the settings pages."""

from typing import Any

from wtforms import BooleanField, DateField, FloatField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from matchmaker.forms import Form, options
from matchmaker.places import lists
from matchmaker.places.models import ChainNode


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
    push_threshold = FloatField(
        "推送门槛",
        [InputRequired("请填写 0 至 1 之间的数"), NumberRange(0, 1, "推送门槛为 0 至 1 之间的数")],
        description="匹配分低于门槛的不推送，建议 0.10",
    )
    lead_idle_days = IntegerField(
        "对接停滞提醒（天）",
        [InputRequired("请填写天数"), NumberRange(1, 365, "天数为 1 至 365")],
        description="对接超过这么多天没有进展即标红",
    )

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
    is_workday = SelectField("当天", choices=options((("0", "放假"), ("1", "上班（调休）"))))
    name = StringField("名称", [Optional(), Length(max=60)], description="如 春节、国庆节")
    source_doc = StringField("依据文件", [DataRequired("请填写依据的通知文号"), Length(max=200)])
