"""词典与同义词: the bureau's words."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.brokering import events, terms
from matchmaker.brokering.forms import SynonymsForm, TermsForm
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("terms", __name__, url_prefix="/terms")


@bp.get("")
@endpoint("system", "edit_terms")
def index() -> ResponseReturnValue:
    """The dictionary and the synonyms, with who added what."""
    return _page(TermsForm(), SynonymsForm())


def _page(word_form: Form, synonym_form: Form) -> str:
    return render_template(
        "terms/list.html",
        words=terms.words(),
        groups=terms.groups(),
        word_form=word_form,
        synonym_form=synonym_form,
        run=events.latest_run(),
    )


@bp.post("/words")
@endpoint("system", "edit_terms")
def add_words() -> ResponseReturnValue:
    """Add words."""
    form = TermsForm()
    if not form.validate():
        return _page(form, SynonymsForm(formdata=None)), 422
    try:
        with transaction():
            told = {"provenance": form.provenance.data or "", "by": me(), "now": clock.now()}
            fresh, known = terms.add_words(form.words.data, **told)
    except Invalid as refusal:
        form.show(refusal)
        return _page(form, SynonymsForm(formdata=None)), 422
    flash(f"新增 {fresh} 个词，{known} 个已有；正在按新词典重新匹配", "good")
    return redirect(url_for(".index"))


@bp.post("/synonyms")
@endpoint("system", "edit_terms")
def add_synonyms() -> ResponseReturnValue:
    """Add groups of synonyms."""
    form = SynonymsForm()
    if not form.validate():
        return _page(TermsForm(formdata=None), form), 422
    try:
        with transaction():
            told = {"provenance": form.provenance.data or "", "by": me(), "now": clock.now()}
            fresh = terms.add_groups(form.words.data, **told)
    except Invalid as refusal:
        form.show(refusal)
        return _page(TermsForm(formdata=None), form), 422
    flash(f"新增 {fresh} 组同义词；正在重新匹配", "good")
    return redirect(url_for(".index"))


@bp.post("/words/<public_id>/remove")
@endpoint("system", "edit_terms")
def remove_word(public_id: str) -> ResponseReturnValue:
    """Remove a word."""
    return _remove(terms.remove_word, public_id)


@bp.post("/synonyms/<public_id>/remove")
@endpoint("system", "edit_terms")
def remove_synonyms(public_id: str) -> ResponseReturnValue:
    """Remove a group."""
    return _remove(terms.remove_group, public_id)


def _remove(operation: Callable[..., str], public_id: str) -> ResponseReturnValue:
    with transaction():
        removed = operation(public_id, by=me(), now=clock.now())
    flash(f"已删除“{removed}”；正在重新匹配", "good")
    return redirect(url_for(".index"))
