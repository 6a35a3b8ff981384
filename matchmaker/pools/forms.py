"""The staged form of a pool: one class a noun, a page shows the fields of one stage."""

import secrets
from typing import Any

from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.pools.inputs import Rows, YesNo, line
from matchmaker.pools.specs import Pool, Stage

HIDDEN = frozenset({"csrf_token", "submission_key", "page", "version"})


class PoolForm(Form):
    """Fields are named after the model's attributes; `owner` is the officer's alone."""

    owner = line("代哪家单位填报", 100, wanted=True, render_kw={"list": "owners"})

    def prepare(self, _row: Any, _viewer: Any) -> None:
        """Fill choices that depend on the row or the viewer."""

    def content(self) -> dict[str, Any]:
        """Return attribute → value of the fields on this page."""
        found = {}
        for field in self:
            if field.short_name in HIDDEN or field.short_name == "owner":
                continue
            if isinstance(field, Rows):
                found[field.short_name] = field.rows()
            elif isinstance(field, YesNo):
                found[field.short_name] = field.data == "1"
            else:
                found[field.short_name] = field.data
        return found

    def renew(self, row: Any) -> None:
        """Give a form that is shown again after it took effect a new key and version."""
        self.submission_key.data = secrets.token_urlsafe(16)
        self.version.data = str(row.version)


def open_form(pool: Pool, stage: Stage, row: Any = None, *, viewer: Any, owner: bool) -> PoolForm:
    """Return the form of one stage, filled from the row; `owner` asks for the organisation."""
    given = {name: getattr(row, name) for name in stage.fields if hasattr(row, name)}
    form: PoolForm = pool.form(data=given)
    for name in [field.short_name for field in form]:
        wanted = name in stage.fields or name in HIDDEN or (name == "owner" and owner)
        if not wanted:
            del form[name]
    if "owner" in form:
        form.owner.flags.required = pool.needs_owner
    form.prepare(row, viewer)
    if row is not None and not form.is_submitted() and not form.restored:
        form.version.data = str(row.version)
    return form


def offer_blanks(form: PoolForm) -> None:
    """Add the blank rows after the form was read."""
    for field in form:
        if isinstance(field, Rows):
            field.offer_blanks()


def show_here(form: PoolForm, problems: dict[str, str]) -> None:
    """Put the problems of this page's fields beside them."""
    form.show(Invalid({name: text for name, text in problems.items() if name in form}))
