"""Forms of related parties: judging a hit, recording a declaration."""

from collections.abc import Iterable
from typing import Any

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.forms import Form, options
from matchmaker.kinship import Kind
from matchmaker.relations.declaring import KINDS, Sides
from matchmaker.relations.models import Source


def _labelled(kinds: Iterable[Any]) -> list[Any]:
    return options((str(one.value), one.label) for one in kinds)


class JudgeForm(Form):
    """What the officer found out, in writing."""

    reason = TextAreaField(
        "核实意见",
        description="写明向谁、怎样核实，结论是什么，如：11 月 20 日电话联系双方，系同名不同人",
        validators=[InputRequired("请写明核实意见"), Length(max=1000)],
    )


class DeclareForm(Form):
    """A relation somebody declared or reported."""

    kind = SelectField("关系", choices=_labelled(KINDS), validate_choice=False)
    a_name = StringField("甲方姓名", [Optional(), Length(max=50)], description="单位之间的关系不填")
    a_organisation = StringField("甲方单位", [Optional(), Length(max=100)])
    b_name = StringField("乙方姓名", [Optional(), Length(max=50)], description="单位之间的关系不填")
    b_organisation = StringField("乙方单位", [Optional(), Length(max=100)])
    words = StringField(
        "说明", [Optional(), Length(max=200)], description="如：夫妻、博士导师、持股 30%"
    )
    on = DateField(
        "发生日期",
        [Optional()],
        description="合作、论文、专利填写日期，满三年不计；亲属、师生可不填",
    )
    source = SelectField("来源", choices=_labelled(Source), validate_choice=False)

    def chosen(self) -> tuple[Kind | None, Source | None]:
        """Return the kind and the source chosen; None for what is none of them."""
        kinds = {str(one.value): one for one in KINDS}
        sources = {str(one.value): one for one in Source}
        return kinds.get(self.kind.data or ""), sources.get(self.source.data or "")

    def sides(self) -> Sides:
        """Return who is related to whom."""
        names = ("a_name", "a_organisation", "b_name", "b_organisation")
        return Sides(*(self[name].data or "" for name in names))
