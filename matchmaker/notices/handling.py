"""The forms of an objection's page by name, filled with what may be chosen."""

from typing import Any

from matchmaker.form_fields import options
from matchmaker.forms import Form
from matchmaker.notices import deciding, wording
from matchmaker.notices.objection_forms import (
    AcceptForm,
    AssignForm,
    DecideForm,
    ExtendForm,
    FindingsForm,
    RefuseForm,
    WithdrawForm,
)
from matchmaker.notices.objection_models import Objection

FORMS: dict[str, type[Form]] = {
    "accept": AcceptForm,
    "refuse": RefuseForm,
    "withdraw": WithdrawForm,
    "assign": AssignForm,
    "find_out": FindingsForm,
    "extend": ExtendForm,
    "decide": DecideForm,
}


def forms(row: Objection, **sent: Form) -> dict[str, Any]:
    """Return every form of the page; those in `sent` keep what was typed."""
    found: dict[str, Any] = {
        name: sent.get(name) or kind(formdata=None) for name, kind in FORMS.items()
    }
    officers = deciding.officers(row)
    found["assign"].officer.choices = options((str(one.id), one.name) for one in officers)
    found["decide"].offer(wording.OUTCOMES_OF[row.notice.kind])
    if "find_out" not in sent:
        found["find_out"].findings.data = row.findings
    return found
