"""Forms of the formal check."""

from functools import cache
from typing import Any

from wtforms import RadioField, StringField

from matchmaker.bidding.checking import ITEMS
from matchmaker.form_fields import LongTextField, Mark, options
from matchmaker.forms import Form

PASS, FAIL = "pass", "fail"


@cache
def check_form() -> type[Form]:
    """Return the list as a form: a finding and a note for every item."""
    made: dict[str, Any] = {}
    for key, label in ITEMS.items():
        choices = options([(PASS, "符合"), (FAIL, "不符合")])
        made[key] = RadioField(label, choices=choices, validate_choice=False)
        made[f"note_{key}"] = StringField("说明（不符合必填）", validators=[Mark(maxlength=2000)])
    return type("CheckForm", (Form,), made)


class ReasonForm(Form):
    """A reason."""

    reason = LongTextField("理由", validators=[Mark(required=True, maxlength=2000)])


class AppealForm(Form):
    """An appeal."""

    appeal = LongTextField("申诉理由", validators=[Mark(required=True, maxlength=2000)])
