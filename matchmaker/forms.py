"""The form every page's form descends from: CSRF, one effect per submission, Chinese messages."""

import secrets
from collections.abc import Iterable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice

from matchmaker import sessions
from matchmaker.errors import Invalid


def options(pairs: Iterable[tuple[str, str]], *, empty: str = "") -> list[SelectChoice]:
    """Return (value, label) pairs as a choice field wants them, `empty` first where given."""
    first = [SelectChoice("", empty)] if empty else []
    return first + [SelectChoice(str(value), label) for value, label in pairs]


class Form(FlaskForm):
    """A form in Chinese that takes effect once and survives an expired session.

    `submission_key` is claimed by `web.transaction()`; `page` is where the form was opened, so
    that sign-in leads back to it; `version` guards against a stale edit.
    """

    class Meta(FlaskForm.Meta):
        """WTForms' bundled Simplified Chinese messages."""

        locales = ("zh_CN", "zh")

    submission_key = HiddenField(default=lambda: secrets.token_urlsafe(16))
    page = HiddenField(default=lambda: request.path)
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if request.method == "GET" and "formdata" not in kwargs:
            kept = sessions.take_kept_form(request.path)
            if kept is not None:
                kwargs["formdata"] = MultiDict(kept)
                self.restored = True
        super().__init__(*args, **kwargs)

    restored = False

    def show(self, refusal: Invalid) -> None:
        """Put an operation's refusal beside the fields it names; the rest go to the top."""
        for name, message in refusal.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, message]
            else:
                self.form_errors.append(message)
