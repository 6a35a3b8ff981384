"""发起对接: from a need, choose whom by search, say what it grew from."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, policy
from matchmaker.brokering import lead_opening
from matchmaker.brokering.forms import OpeningForm
from matchmaker.brokering.lead_opening import SupplierKind
from matchmaker.codes import LeadSource
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.needs.models import Need
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("opening", __name__, url_prefix="/needs/<public_id>/lead")
LONGEST_SEARCH = 100
PAGES = {
    SupplierKind.ACHIEVEMENT: "achievements.show",
    SupplierKind.EXPERT: "experts.show",
    SupplierKind.SERVICE: "services.show",
    SupplierKind.TEAM: "teams.show",
}


@bp.get("")
@endpoint("lead", "create")
def search(public_id: str) -> ResponseReturnValue:
    """The candidates of one kind, with scores where the matcher knows the pair."""
    return _page(public_id, OpeningForm(formdata=None))


@bp.post("")
@endpoint("lead", "create")
def open_lead(public_id: str) -> ResponseReturnValue:
    """Open the lead; on refusal show the search again with all that was typed."""
    form = OpeningForm()
    if not form.validate():
        return _page(public_id, form), 422
    try:
        with transaction():
            lead = lead_opening.open_by_hand(
                lead_opening.need_of(public_id, viewer=me()),
                form.supplier.data or "",
                source=LeadSource(form.source.data),
                note=(form.note.data or "").strip(),
                by=me(),
                now=clock.now(),
            )
            target = lead.public_id
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, form), 422
    flash("已发起对接，请征求双方意见；双方都同意后可互见联系方式", "good")
    return redirect(url_for("leads.show", public_id=target))


def _page(public_id: str, form: OpeningForm) -> str:
    viewer = me()
    need = lead_opening.need_of(public_id, viewer=viewer)
    if not lead_opening.may_open(need, viewer=viewer):
        raise NotAllowed
    kind, words = _asked()
    found, more = lead_opening.suppliers(need, kind, words, viewer=viewer)
    query = policy.scope(viewer, "need", "read_public_fields", "see_matches")
    return render_template(
        "leads/new.html",
        need=disclosure.one(query.where(Need.id == need.id), viewer, "need"),
        kinds=list(SupplierKind),
        kind=kind,
        words=words,
        found=found,
        more=more,
        page_of=PAGES[kind],
        form=form,
    )


def _asked() -> tuple[SupplierKind, str]:
    known = {str(one.value): one for one in SupplierKind}
    kind = known.get(request.values.get("kind", ""), SupplierKind.ACHIEVEMENT)
    return kind, request.values.get("q", "").strip()[:LONGEST_SEARCH]


@bp.app_template_global()
def open_lead_link(need: Any) -> str:
    """Return the address of 发起对接 for a need; "" where the viewer may not."""
    may = lead_opening.may_open(need, viewer=me())
    return url_for("opening.search", public_id=need.public_id) if may else ""
