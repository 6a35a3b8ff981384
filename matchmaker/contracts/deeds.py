"""What every contract page does with a form: check it, keep its files, do the deed, tell."""

from collections.abc import Callable, Mapping, Sequence

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from matchmaker.contracts import filing, negotiating
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid
from matchmaker.files.documents import Received
from matchmaker.forms import Form
from matchmaker.web import me, transaction

Files = Mapping[str, list[Received]]
Deed = Callable[[Contract, Files], str]
Page = Callable[[], str]


def received(form: Form, names: Sequence[str], *, scans: Sequence[str] = ()) -> Files:
    """Store the uploads of the form's file fields; raise `Invalid` for what is no such file."""
    found: dict[str, list[Received]] = {}
    for name in names:
        given = form[name].data or []
        uploads = given if isinstance(given, list) else [given]
        kept = [filing.receive(one, field=name, scan=name in scans) for one in uploads]
        found[name] = [one for one in kept if one is not None]
    return found


def first(files: Files, name: str) -> Received | None:
    """Return the field's only file; None where none was sent."""
    return next(iter(files.get(name, [])), None)


def perform(
    public_id: str,
    action: str,
    form: Form,
    deed: Deed,
    *,
    page: Page,
    back: str,
    uploads: Sequence[str] = (),
    scans: Sequence[str] = (),
) -> ResponseReturnValue:
    """Do the deed on the contract in a transaction; on refusal show the page again (422).

    action : what the viewer must be allowed.  page : renders the page with the form as sent.
    back : where to go when done.  Files are stored before the transaction opens.
    """
    negotiating.get(public_id, action, viewer=me())
    if not form.validate():
        return page(), 422
    try:
        files = received(form, uploads, scans=scans)
        with transaction():
            told = deed(negotiating.get(public_id, action, viewer=me()), files)
    except Invalid as refusal:
        form.show(refusal)
        return page(), 422
    flash(told, "good")
    return redirect(back)
