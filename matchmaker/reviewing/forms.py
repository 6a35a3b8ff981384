"""Forms of reviews, sheets, choices, awards and feedback."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.form_fields import LinesField, TicksField
from matchmaker.forms import Form, options
from matchmaker.reviewing.sheet_models import Advice
from matchmaker.scoring import Criterion, Part, Rubric
from matchmaker.scoring.draw import SIZES

# Several of these forms stand on one page, so each field carries an id of its own.


class SetupForm(Form):
    """What is decided before a review: how many experts, until when."""

    panel_size = SelectField("专家人数", choices=options((str(n), f"{n} 人") for n in SIZES))
    due_on = DateField("打分截止日（到当日 24:00）", validators=[InputRequired("请填写打分截止日")])


class BidReviewForm(SetupForm):
    """The review of a closed bounty's bids."""

    bounty = SelectField("榜单", id="bids-bounty")


class NeedReviewForm(SetupForm):
    """The review that selects needs."""

    title = StringField("评审名称", id="needs-title", validators=[Length(max=200)])
    needs = TicksField("参加遴选的需求", id="needs-needs")


class DrawForm(Form):
    """The draw: whom the officer leaves out and why, and why a small pool must do."""

    left_out = LinesField(
        "因故不参加抽取的专家",
        id="draw-left",
        description="每行一位，姓名后空一格写原因，如：王某某 出国进修；没有可不填",
    )
    small_pool_reason = StringField(
        "候选不足时继续抽取的原因", id="draw-reason", validators=[Length(max=500)]
    )


class ReasonForm(Form):
    """A deed that must be explained."""

    reason = TextAreaField(
        "原因", id="reason", validators=[InputRequired("请写明原因"), Length(max=1000)]
    )


class PostponeForm(Form):
    """A later day for the sheets."""

    due_on = DateField("新的打分截止日", id="postpone-on", validators=[InputRequired("请填写日期")])


class ConcludeForm(Form):
    """The section chief's conclusion."""

    conclusion = TextAreaField("结论意见", id="conclusion", validators=[Length(max=2000)])


class ConfirmForm(Form):
    """An expert takes the seat."""

    declared = BooleanField(
        "我已阅读回避规定，确认与发榜方、需求单位及各申请方不存在应当回避的情形；"
        "评审中发现的，立即申报回避",
        id="declared",
    )


class DecisionForm(Form):
    """Whether a sheet goes back to its judge."""

    decision = RadioField(
        "处理意见",
        id="decision",
        choices=options((("approve", "同意退回"), ("refuse", "不同意"))),
    )
    reason = StringField("理由（不同意时必填）", id="decision-reason", validators=[Length(max=500)])


class ChoiceForm(Form):
    """The owner's choice among the recommended."""

    chosen = TicksField("选定", id="chosen", validate_choice=False)
    reason = TextAreaField("理由", id="choice-reason", validators=[Length(max=2000)])


class FeedbackForm(Form):
    """What a bidder is told."""

    body = TextAreaField("反馈内容", id="body", validators=[Length(max=5000)])


class SendBackForm(ReasonForm):
    """Send an award back, with the owner's choice or without."""

    reopen_choice = BooleanField("请发榜方重新选定", id="reopen-choice")


class RecognitionForm(Form):
    """Whom a recognition bounty names, and why."""

    bid = SelectField("揭榜申请", id="recognise-bid")
    reason = TextAreaField("认定理由", id="recognise-reason", validators=[Length(max=2000)])


def sheet_form(rubric: Rubric, part: Part) -> type[Form]:
    """Return the form of one part of the score sheet: a box a criterion, and what else it asks."""
    fields: dict[str, Any] = {
        score_name(one): StringField(
            f"{one.name}（权重 {one.weight}%）",
            render_kw={"inputmode": "decimal"},
            validators=[Length(max=8)],
        )
        for one in rubric.of(part)
    }
    if part is Part.TECHNICAL:
        fields |= _judgement(rubric)
    return type("SheetForm", (Form,), fields)


def _judgement(rubric: Rubric) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rubric.vetoes:
        found["vetoes"] = TicksField(
            "否决项（任一成立即不予推荐）", choices=options((one, one) for one in rubric.vetoes)
        )
    found["comment"] = TextAreaField("评语", validators=[Length(max=2000)])
    found["advice"] = RadioField(
        "推荐意见",
        choices=options((one.value, one.label) for one in Advice),
        validate_choice=False,
        validators=[Optional()],
    )
    return found


def score_name(one: Criterion) -> str:
    """Return the name of a criterion's box."""
    return f"score_{one.key}"


def typed(form: Form, criteria: Iterable[Criterion]) -> dict[str, Any]:
    """Return what stands in a sheet's form as `sheets.save` takes it."""
    advice = form["advice"].data if "advice" in form else None
    known = {one.value: one for one in Advice}
    return {
        "scores": {one.key: form[score_name(one)].data or "" for one in criteria},
        "vetoes": form["vetoes"].data or [] if "vetoes" in form else [],
        "comment": (form["comment"].data or "") if "comment" in form else "",
        "advice": known.get(advice or ""),
    }
