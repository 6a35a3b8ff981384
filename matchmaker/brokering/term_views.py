"""词典与同义词: the bureau's words, those shipped with the platform, lists in and out."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, exporting, listing
from matchmaker.brokering import events, proposals, term_files, terms, trials
from matchmaker.brokering.forms import SynonymsForm, TermsForm
from matchmaker.brokering.term_forms import ImportForm
from matchmaker.brokering.term_listing import SPECS
from matchmaker.brokering.term_models import TermKind
from matchmaker.errors import Invalid, NotFound
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("terms", __name__, url_prefix="/terms")
PATHS = {"words": TermKind.WORD, "synonyms": TermKind.SYNONYMS}
NAMES = {TermKind.WORD: "words", TermKind.SYNONYMS: "synonyms"}
TITLES = {TermKind.WORD: "用户词典", TermKind.SYNONYMS: "同义词"}
FORMS: dict[TermKind, type[Form]] = {TermKind.WORD: TermsForm, TermKind.SYNONYMS: SynonymsForm}
BULK = (("remove", "删除", False), ("restore", "恢复", False))


def _kind(name: str) -> TermKind:
    if name not in PATHS:
        raise NotFound
    return PATHS[name]


def page_of(kind: TermKind) -> str:
    """Return the address of a kind's list."""
    return url_for("terms.index") if kind is TermKind.WORD else url_for("terms.synonyms")


@bp.get("")
@endpoint("system", "edit_terms")
def index() -> ResponseReturnValue:
    """The dictionary, with who added what."""
    return _page(TermKind.WORD)


@bp.get("/synonyms")
@endpoint("system", "edit_terms")
def synonyms() -> ResponseReturnValue:
    """The bureau's synonyms, with who added what."""
    return _page(TermKind.SYNONYMS)


def _page(kind: TermKind, form: Form | None = None, upload: Form | None = None) -> str:
    name = NAMES[kind]
    args = request.args if request.method == "GET" else type(request.args)()
    if "state" not in args:
        args = type(request.args)([*args.items(multi=True), ("state", "in")])
    found = listing.build(
        SPECS[kind],
        terms.listed(kind, me()),
        args,
        viewer=me(),
        path=page_of(kind),
        row_url=lambda row: url_for(".show", name=name, public_id=row.public_id),
        export_path=url_for(".export", name=name),
        bulk=BULK,
        bulk_url=url_for(".change_many", name=name),
        empty={"title": f"没有符合条件的{TITLES[kind]}", "hint": HINTS[kind]},
    )
    return render_template(
        "terms/list.html",
        kind=name,
        title=TITLES[kind],
        listing=found,
        form=form or FORMS[kind](formdata=None),
        upload=upload or ImportForm(formdata=None),
        waiting=proposals.waiting(),
        run=events.latest_run(),
    )


HINTS = {
    TermKind.WORD: "把本地产业的专门词语（如产品名、工艺名）加进来，匹配会更准。",
    TermKind.SYNONYMS: "如“激光熔覆、激光堆焊”：写法不同、意思相同的词放在一组。",
}


@bp.post("/words")
@endpoint("system", "edit_terms")
def add_words() -> ResponseReturnValue:
    """Add words, or try first what they would change."""
    return _add(TermKind.WORD)


@bp.post("/synonyms")
@endpoint("system", "edit_terms")
def add_synonyms() -> ResponseReturnValue:
    """Add groups of synonyms, or try first what they would change."""
    return _add(TermKind.SYNONYMS)


def _add(kind: TermKind) -> ResponseReturnValue:
    form: Any = FORMS[kind]()
    if not form.validate():
        return _page(kind, form), 422
    try:
        with transaction():
            told = {"provenance": form.provenance.data or "", "by": me(), "now": clock.now()}
            if request.form.get("then") == "try":
                trial = trials.start(kind, form.words.data, **told)
                return redirect(url_for("term_review.trial", public_id=trial.public_id))
            message = _added(kind, form.words.data, **told)
    except Invalid as refusal:
        form.show(refusal)
        return _page(kind, form), 422
    flash(message, "good")
    return redirect(page_of(kind))


def _added(kind: TermKind, text: str, **told: Any) -> str:
    if kind is TermKind.WORD:
        fresh, known = terms.add_words(text, **told)
        return f"新增 {fresh} 个词，{known} 个已有；正在按新词典重新匹配"
    return f"新增 {terms.add_groups(text, **told)} 组同义词；正在重新匹配"


@bp.post("/<name>/import")
@endpoint("system", "edit_terms")
def import_file(name: str) -> ResponseReturnValue:
    """Add the words of a text file."""
    kind, form = _kind(name), ImportForm()
    if not form.validate():
        return _page(kind, upload=form), 422
    try:
        with form.file.data.stream as stream:
            text = term_files.decoded(stream.read(term_files.MOST_BYTES + 1))
        source = "，".join(filter(None, (form.source.data, f"文件 {form.file.data.filename}")))
        with transaction():
            message = _added(kind, text, provenance=source, by=me(), now=clock.now())
    except Invalid as refusal:
        form.file.errors = [*form.file.errors, *refusal.fields.values()]
        return _page(kind, upload=form), 422
    flash(message, "good")
    return redirect(page_of(kind))


@bp.get("/<name>/export")
@endpoint("system", "edit_terms")
def export(name: str) -> Response:
    """The list as it stands on screen."""
    kind = _kind(name)
    return exporting.respond(
        SPECS[kind], terms.listed(kind, me()), request.args, viewer=me(), name=TITLES[kind],
        now=clock.now(),
    )  # fmt: skip


@bp.get("/<name>/text")
@endpoint("system", "edit_terms")
def export_text(name: str) -> Response:
    """All words in force as a text file that can be imported again."""
    kind = _kind(name)
    with transaction():
        content = term_files.written(kind, by=me(), now=clock.now())
    disposition = f"attachment; filename*=UTF-8''{quote(TITLES[kind])}.txt"
    return Response(content, mimetype="text/plain", headers={"Content-Disposition": disposition})


@bp.get("/<name>/<public_id>")
@endpoint("system", "edit_terms")
def show(name: str, public_id: str) -> ResponseReturnValue:
    """One word or group: where it came from, and how to take it out or put it back."""
    kind = _kind(name)
    query = terms.listed(kind, me()).where(terms.MODELS[kind].public_id == public_id)
    row = disclosure.one(query, me(), terms.RESOURCES[kind])
    return render_template(
        "terms/show.html", row=row, kind=name, title=TITLES[kind], back=page_of(kind)
    )


@bp.post("/<name>/<public_id>/remove")
@endpoint("system", "edit_terms")
def remove(name: str, public_id: str) -> ResponseReturnValue:
    """Take a word or group out."""
    return _changed(_kind(name), terms.remove, "已删除", [public_id])


@bp.post("/<name>/<public_id>/restore")
@endpoint("system", "edit_terms")
def restore(name: str, public_id: str) -> ResponseReturnValue:
    """Put a removed word or group back."""
    return _changed(_kind(name), terms.restore, "已恢复", [public_id])


@bp.post("/<name>/change")
@endpoint("system", "edit_terms")
def change_many(name: str) -> ResponseReturnValue:
    """Take out or put back those ticked."""
    action, ids = request.form.get("action", ""), request.form.getlist("ids")
    if action not in {"remove", "restore"}:
        raise NotFound
    operation = terms.remove if action == "remove" else terms.restore
    told = "已删除" if action == "remove" else "已恢复"
    return _changed(_kind(name), operation, told, ids)


def _changed(
    kind: TermKind, operation: Callable[..., list[str]], told: str, ids: list[str]
) -> ResponseReturnValue:
    try:
        with transaction():
            changed = operation(kind, ids, by=me(), now=clock.now())
    except Invalid as refusal:
        flash("；".join(refusal.fields.values()), "bad")
        return redirect(page_of(kind))
    first, more = changed[0], f"等 {len(changed)} 条" if len(changed) > 1 else ""
    undo = "，可在“已删除”中恢复" if operation is terms.remove else ""
    flash(f"{told}“{first}”{more}{undo}；正在重新匹配", "good")
    return redirect(page_of(kind))


@bp.get("/base")
@endpoint("system", "edit_terms")
def base() -> ResponseReturnValue:
    """The synonyms shipped with the platform, each in force unless switched off."""
    word = request.args.get("word", "").strip()[:40].casefold()
    groups = [group for group in terms.base_groups() if any(word in one for one in group)]
    return render_template(
        "terms/base.html", groups=groups, off=terms.switched_off(), word=word,
        waiting=proposals.waiting(), run=events.latest_run(),
    )  # fmt: skip


@bp.post("/base/switch")
@endpoint("system", "edit_terms")
def switch() -> ResponseReturnValue:
    """Switch a shipped group off, or on again."""
    word = request.form.get("word", "")
    with transaction():
        is_on = terms.switch(word, by=me(), now=clock.now())
    flash(f"已{'启用' if is_on else '停用'}“{word}”一组；正在重新匹配", "good")
    return redirect(url_for(".base"))
