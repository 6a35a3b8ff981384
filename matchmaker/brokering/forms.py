"""Forms of the pairing desk, of a lead, and of the bureau's words."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.brokering.lead_models import Manner, Side
from matchmaker.brokering.models import RejectReason
from matchmaker.codes import DeadReason, LeadSource
from matchmaker.forms import Form

# Several of these forms stand on one page, so each field carries an id of its own.
Choices = Sequence[tuple[str, str]]


def _choices(kinds: Iterable[Any]) -> list[Any]:
    return [SelectChoice(str(kind.value), kind.label) for kind in kinds]


class RejectForm(Form):
    """Why a pair is of no use."""

    reason_code = RadioField(
        "原因", id="reject-reason", choices=_choices(RejectReason), validate_choice=False
    )
    note = StringField("补充说明", id="reject-note", validators=[Length(max=500)])

    @property
    def reason(self) -> RejectReason | None:
        """The reason chosen; None where none or an unknown one was sent."""
        known = {str(reason.value): reason for reason in RejectReason}
        return known.get(self.reason_code.data or "")


BY_HAND = (
    LeadSource.VISIT,
    LeadSource.DIAGNOSIS,
    LeadSource.BROKER,
    LeadSource.SUPERIOR,
    LeadSource.EVENT,
)


class OpeningForm(Form):
    """A lead opened by hand: whom with (`kind:public id`), what it grew from, and a note."""

    supplier = StringField("供方", id="open-supplier", validators=[Length(max=60)])
    source = SelectField("线索来源", id="open-source", choices=_choices(BY_HAND))
    note = TextAreaField(
        "说明",
        id="open-note",
        description="如：11 月 20 日走访时企业提出想见该团队；双方看不到",
        validators=[Length(max=500)],
    )


class StepForm(Form):
    """The next stage of a lead and what comes after it."""

    reason = StringField("进展说明", id="step-reason", validators=[Length(max=500)])
    next_action = StringField("下一步", id="step-action", validators=[Length(max=200)])
    next_on = DateField("下次日期", id="step-on", validators=[Optional()])


class FollowUpForm(Form):
    """One contact, written down."""

    manner = SelectField("方式", id="follow-manner", choices=_choices(Manner))
    note = TextAreaField(
        "沟通要点", id="follow-note", validators=[InputRequired("请写下沟通要点"), Length(max=2000)]
    )
    next_action = StringField("下一步", id="follow-action", validators=[Length(max=200)])
    next_on = DateField("下次日期", id="follow-on", validators=[Optional()])


class EndForm(Form):
    """Why a lead ends without a contract."""

    dead_reason = RadioField(
        "原因", id="end-reason", choices=_choices(DeadReason), validate_choice=False
    )
    note = StringField("补充说明", id="end-note", validators=[Length(max=500)])

    @property
    def reason(self) -> DeadReason | None:
        """The reason chosen; None where none or an unknown one was sent."""
        known = {str(reason.value): reason for reason in DeadReason}
        return known.get(self.dead_reason.data or "")


class ReviveForm(Form):
    """Why a lead that ended is taken up again."""

    reason = StringField(
        "恢复理由", id="revive-reason", validators=[InputRequired("请写明理由"), Length(max=500)]
    )


class ConsentForm(Form):
    """A consent given to the officer."""

    side = RadioField("同意的一方", id="consent-side", choices=_choices(Side))
    note = StringField(
        "依据",
        id="consent-note",
        description="谁在何时以何种方式表示同意，如：张工 11 月 20 日电话同意",
        validators=[InputRequired("请写明依据"), Length(max=300)],
    )


class AssignForm(Form):
    """Who handles the lead."""

    officer = SelectField("局经办", id="assign-officer")
    broker = SelectField("技术经纪人", id="assign-broker")

    def offer(self, officers: Choices, brokers: Choices) -> None:
        """Fill the select boxes."""
        self.officer.choices = [SelectChoice(*one) for one in officers]
        self.broker.choices = [SelectChoice(*one) for one in (("", "不指定"), *brokers)]


class TermsForm(Form):
    """Words for the dictionary, one a line."""

    words = TextAreaField(
        "词语",
        id="term-words",
        description="每行一个词，2 至 20 个字；可整列从 Excel 粘贴",
        validators=[InputRequired("请填写词语"), Length(max=20_000)],
    )
    provenance = StringField("来源", id="term-provenance", validators=[Length(max=200)])


class SynonymsForm(Form):
    """Groups of words that mean the same, one a line."""

    words = TextAreaField(
        "同义词",
        id="synonym-words",
        description="每行一组，词与词之间用顿号、逗号或空格隔开；第一个词为标准说法",
        validators=[InputRequired("请填写同义词"), Length(max=20_000)],
    )
    provenance = StringField("来源", id="synonym-provenance", validators=[Length(max=200)])


class WeightsForm(Form):
    """Why a set of weights is published, or not."""

    reason = TextAreaField(
        "理由",
        id="weights-reason",
        description="如：对照了十条需求的新旧排序，新排序更合经办判断",
        validators=[Length(max=1000)],
    )
