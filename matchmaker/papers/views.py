"""Pages of 文书模板: which there are, what each wants, a replacement, the way back."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, documents
from matchmaker.errors import Invalid
from matchmaker.papers import giving, replacing
from matchmaker.papers.forms import TemplateForm
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

ROW_NAMES = ("行", "项", "格")  # of rows, of rows within rows
bp = Blueprint("papers", __name__, url_prefix="/settings/documents")


@bp.get("")
@endpoint("system", "edit_templates")
def index() -> ResponseReturnValue:
    """List every document with the template it is made from."""
    rows = [
        {
            "document": one,
            "own": giving.own_template(one.name) is not None,
            "at": _changed(one.name),
        }
        for one in map(documents.get, documents.names())
    ]
    return render_template("papers/list.html", rows=rows)


@bp.route("/<key>", methods=["GET", "POST"])
@endpoint("system", "edit_templates")
def show(key: str) -> ResponseReturnValue:
    """Show one document's fields and take a replacement."""
    document = replacing.document(key)
    form = TemplateForm()
    if form.validate_on_submit():
        try:
            path = replacing.received(key, form.file.data.stream)
            with transaction():
                replacing.replace(key, path, by=me(), now=clock.now())
        except Invalid as error:
            form.show(error)
        else:
            flash(f"《{document.title}》已改用本局模板", "good")
            return redirect(url_for(".show", key=key))
    page = render_template(
        "papers/show.html",
        document=document,
        fields=list(_lines(document.fields)),
        own=giving.own_template(key) is not None,
        changed=replacing.last_change(key),
        form=form,
    )
    return page, 422 if request.method == "POST" else 200


@bp.get("/<key>/template")
@endpoint("system", "edit_templates")
def template(key: str) -> Response:
    """Hand out the template in use, to be edited in Word."""
    document = replacing.document(key)
    content = replacing.current(key).read_bytes()
    return giving.attached(content, f"模板-{document.title}.docx", giving.WORD)


@bp.post("/<key>/restore")
@endpoint("system", "edit_templates")
def restore(key: str) -> ResponseReturnValue:
    """Go back to the platform's template."""
    document = replacing.document(key)
    with transaction():
        replacing.restore(key, by=me(), now=clock.now())
    flash(f"《{document.title}》已恢复平台模板", "good")
    return redirect(url_for(".show", key=key))


def _changed(key: str) -> object:
    entry = replacing.last_change(key)
    return entry.at if entry else None


def _lines(
    fields: tuple[documents.Field, ...], before: str = "", depth: int = 0
) -> Iterator[tuple[str, str, bool, str]]:
    """Yield (label, what to write, mandatory, kind) of each field, a row's own behind the row.

    before : what stands in front of a name: "甲方." of a part, "行." within a repeated row.
    """
    for field in fields:
        name = before + field.label
        if field.kind in {"rows", "texts", "grid"}:
            row = ROW_NAMES[depth]
            yield field.label, f"for {row} in {name}", field.required, field.kind
            yield from _lines(field.parts, f"{row}.", depth + 1)
        elif field.kind == "part":
            yield from _lines(field.parts, f"{name}.", depth)
        else:
            written = "　".join(f"{{{{ {before}{one} }}}}" for one in field.names)
            yield name, written, field.required, field.kind
