"""The forms of every step after a draft: reviewing, changing, ending, asking, agreeing."""

from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Optional

from matchmaker.bounties import timing
from matchmaker.bounties.ending import FailureKind, Settlement
from matchmaker.form_fields import BLANK, LongTextField, Mark, labelled, options
from matchmaker.forms import Form


def _reason(label: str, name: str, *, required: bool = True) -> LongTextField:
    return LongTextField(label, id=name, validators=[Mark(required=required, maxlength=2000)])


class ReasonForm(Form):
    """A reason for a step that needs one."""

    reason = _reason("理由", "step-reason")


class ReviewForm(Form):
    """会审 with its secrecy check."""

    is_free_of_secrets = BooleanField(
        "已逐项核对：标题、任务书、指标、条件和限定附件均不涉密、不敏感"
    )


class ExtensionForm(Form):
    """延期: the one there may be."""

    bid_deadline_at_day = DateField("新的截榜日", validators=[Mark(required=True), Optional()])
    bid_deadline_at_hour = SelectField(
        "钟点", choices=options((hour, hour) for hour in timing.HOURS)
    )
    reason = _reason("延期说明（随延期公告公布）", "extension-reason")

    @property
    def until(self) -> Any:
        """The new deadline, None where no day was given."""
        day = self.bid_deadline_at_day.data
        return timing.deadline(day, self.bid_deadline_at_hour.data) if day else None


class WithdrawalForm(Form):
    """撤榜."""

    owner_request = _reason("发榜方书面申请（日期、文号、签署人）", "owner-request")
    reason = _reason("撤榜原因（随撤榜公告公布）", "withdrawal-reason")


class FailureForm(Form):
    """流榜."""

    failure_kind = SelectField("流榜原因", choices=[BLANK, *labelled(FailureKind)])
    note = _reason("补充说明（随流榜公告公布）", "failure-note", required=False)


class SettlementForm(Form):
    """What follows 流榜 or 撤榜 other than a new edition."""

    settlement = SelectField(
        "处理方式", choices=[BLANK, *labelled((Settlement.MATCHING, Settlement.ENDED))]
    )
    note = _reason("处理理由", "settlement-note")


class RepublishForm(Form):
    """A new edition."""

    statement = _reason("变更说明：任务书或条件有哪些变化、为什么重新发榜", "statement")


class QuestionForm(Form):
    """A question about a bounty."""

    body = LongTextField(
        "提问",
        id="question-body",
        description="5–1000 字。提问人不公开；请不要写出能看出贵单位的内容。",
        validators=[Mark(required=True, maxlength=1000)],
    )


class AnswerForm(Form):
    """An answer to one question or several."""

    public_body = LongTextField(
        "公布的提问",
        description="可改写，隐去能看出提问人的内容。",
        validators=[Mark(maxlength=1000)],
    )
    answer = LongTextField("答复", validators=[Mark(required=True, maxlength=3000)])


class ConsentNoteForm(Form):
    """A consent given on paper."""

    note = StringField(
        "书面同意的日期、签署人或文号", validators=[Mark(required=True, maxlength=300)]
    )


class ProposalForm(Form):
    """申请发榜."""

    note = _reason("说明（可不填）", "proposal-note", required=False)
