"""Pages of the import: upload, columns, dry run, decisions, confirmation, undo."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, listing
from matchmaker.errors import Invalid, NotFound
from matchmaker.exporting import WORKBOOK
from matchmaker.imports import operations, pages, progress, workbooks
from matchmaker.imports.forms import ConfirmForm, UploadForm
from matchmaker.imports.listing import SPEC
from matchmaker.imports.parties import kind_of, label_of
from matchmaker.lifecycles import BatchState, Role
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("imports", __name__, url_prefix="/imports")
BUSY = (BatchState.CHECKING, BatchState.APPLYING)
MAPPED = (BatchState.UPLOADED, BatchState.CHECKED, BatchState.FAILED)


@bp.get("")
@endpoint("batch", "read")
def index() -> ResponseReturnValue:
    """List one's batches; officers see all of them."""
    found = listing.build(
        SPEC,
        operations.visible(me()),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        empty={
            "title": "还没有导入过表格",
            "hint": "上传自己的 Excel 表格，系统先逐行核对，确认后才写入。",
            "url": url_for(".new"),
            "label": "导入表格",
        },
    )
    return render_template("imports/list.html", listing=found)


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.noun.choices = operations.nouns(me())
    if len(form.noun.choices) == 1 and not form.noun.data:
        form.noun.data = form.noun.choices[0][0]
    return form


@bp.get("/new")
@endpoint("batch", "create")
def new() -> ResponseReturnValue:
    """Choose what to import and the file."""
    form = _upload_form()
    form.noun.data = form.noun.data or request.args.get("noun", "")
    return render_template("imports/new.html", form=form)


@bp.post("")
@endpoint("batch", "create")
def create() -> ResponseReturnValue:
    """Store the file, find its headings, go on to the columns."""
    form = _upload_form()
    if not form.validate_on_submit():
        return render_template("imports/new.html", form=form), 422
    upload = form.file.data
    try:
        stored = operations.receive(upload.stream, upload.filename or "")
        found = operations.look(stored[0], form.noun.data, viewer=me())
        with transaction():
            batch = operations.start(
                form.noun.data, upload.filename, stored, found, by=me(), now=clock.now()
            )
            public_id = batch.public_id
    except Invalid as refusal:
        form.show(refusal)
        return render_template("imports/new.html", form=form), 422
    return redirect(url_for(".mapping", public_id=public_id))


@bp.get("/template/<noun>")
@endpoint("batch", "template")
def template(noun: str) -> ResponseReturnValue:
    """Download the template of a noun."""
    content = workbooks.template(noun, viewer=me())
    return _workbook(content, f"{label_of(noun)}导入模板")


def _workbook(content: bytes, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    headers = {"Content-Disposition": disposition}
    return Response(content, mimetype=WORKBOOK, headers=headers)


@bp.get("/<public_id>")
@endpoint("batch", "read")
def show(public_id: str) -> ResponseReturnValue:
    """A batch as it stands: progress, result of the dry run, or what was imported."""
    return _show(operations.read(public_id, viewer=me()), ConfirmForm())


def _show(batch: Any, form: ConfirmForm, *, status: int = 200) -> ResponseReturnValue:
    done, total = progress.read(batch.public_id)
    page = request.args.get("page", "1")
    found = pages.rows(
        batch,
        wanted=request.args.get("status", ""),
        page=int(page) if page.isdecimal() and len(page) < 7 else 1,  # noqa: PLR2004
    )
    return render_template(
        "imports/show.html",
        batch=batch,
        label=label_of(batch.noun),
        is_mine=batch.created_by_id == me().id,
        busy=batch.state in BUSY,
        may_map=batch.state in MAPPED,
        may_submit=Role.OFFICER in me().roles and batch.noun in ("need", "achievement"),
        done=done,
        expected=total,
        page=found,
        names=pages.names(batch) if batch.state is BatchState.CHECKED else [],
        summary=pages.summary(batch),
        form=form,
    ), status


@bp.get("/<public_id>/progress")
@endpoint("batch", "read")
def watch(public_id: str) -> ResponseReturnValue:
    """How far the job is, for the page to ask again and again; done, it reloads the page."""
    batch = operations.read(public_id, viewer=me())
    done, total = progress.read(public_id)
    page = render_template(
        "imports/_progress.html", batch=batch, busy=batch.state in BUSY, done=done, expected=total
    )
    return Response(page, headers={} if batch.state in BUSY else {"HX-Refresh": "true"})


@bp.get("/<public_id>/mapping")
@endpoint("batch", "confirm")
def mapping(public_id: str) -> ResponseReturnValue:
    """Say which column of the file holds what."""
    return _mapping(public_id)


def _mapping(
    public_id: str, *, typed: dict[int, str] | None = None, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    batch = operations.read(public_id, viewer=me())
    if batch.state not in MAPPED or batch.created_by_id != me().id:
        return redirect(url_for(".show", public_id=public_id))
    return render_template(
        "imports/mapping.html",
        batch=batch,
        label=label_of(batch.noun),
        problem=problem,
        **pages.columns(batch, me(), typed),
    ), status


@bp.post("/<public_id>/mapping")
@endpoint("batch", "confirm")
def save_mapping(public_id: str) -> ResponseReturnValue:
    """Fix the columns and start the dry run."""
    typed = _typed_mapping()
    keys = list(typed.values())
    twice = next((key for key in keys if key and keys.count(key) > 1), "")
    try:
        with transaction():
            batch = operations.get(public_id, "confirm", viewer=me())
            if twice:
                label = {spec.key: spec.label for spec in kind_of(batch.noun).specs}.get(twice, "")
                raise Invalid({"mapping": f"“{label}”选给了多列，请只保留一列"})
            chosen = _chosen(typed, batch)
            operations.map_columns(batch, chosen, by=me(), now=clock.now())
    except Invalid as refusal:
        return _mapping(public_id, typed=typed, problem=refusal.fields["mapping"], status=422)
    return redirect(url_for(".show", public_id=public_id))


def _typed_mapping() -> dict[int, str]:
    """Read `column-3=title` pairs."""
    found = {}
    for name, value in request.form.items():
        prefix, _, index = name.partition("-")
        if prefix == "column" and index.isdecimal() and len(index) < 4:  # noqa: PLR2004
            found[int(index)] = value
    return found


def _chosen(typed: dict[int, str], batch: Any) -> dict[str, int]:
    known = {spec.key for spec in kind_of(batch.noun).specs}
    width = len(batch.headings)
    wrong = any((key and key not in known) or index >= width for index, key in typed.items())
    if wrong:
        raise Invalid({"mapping": "有一列的选项无效，请重新选择"})
    return {key: index for index, key in typed.items() if key}


@bp.post("/<public_id>/sheet")
@endpoint("batch", "confirm")
def choose_sheet(public_id: str) -> ResponseReturnValue:
    """Turn to another sheet of the workbook."""
    sheet = request.form.get("sheet", "")
    batch = operations.get(public_id, "confirm", viewer=me())
    if batch.state not in MAPPED or sheet not in batch.sheets:
        raise NotFound
    try:
        found = operations.look(batch.stored_as, batch.noun, viewer=me(), sheet=sheet)
    except Invalid as refusal:
        return _mapping(public_id, problem=refusal.fields["file"], status=422)
    with transaction():
        batch = operations.get(public_id, "confirm", viewer=me())
        operations.choose_sheet(batch, found, by=me())
    return redirect(url_for(".mapping", public_id=public_id))


@bp.post("/<public_id>/decide")
@endpoint("batch", "confirm")
def decide(public_id: str) -> ResponseReturnValue:
    """Keep decisions on unknown organisations and like titles."""
    everything = request.form.get("all", "")
    with transaction():
        batch = operations.get(public_id, "confirm", viewer=me())
        names, titles = _decisions("name"), _decisions("row")
        operations.decide(batch, names, titles, by=me(), now=clock.now())
        if everything:
            operations.decide_all(batch, everything)
    flash("已记下您的决定。", "good")
    wanted = request.form.get("status", "")
    return redirect(url_for(".show", public_id=public_id, status=wanted or None))


def _decisions(kind: str) -> dict[int, str]:
    found = {}
    for name, value in request.form.items():
        prefix, _, number = name.partition("-")
        if prefix == kind and number.isdecimal() and len(number) < 10 and value:  # noqa: PLR2004
            found[int(number)] = value
    return found


@bp.post("/<public_id>/confirm")
@endpoint("batch", "confirm")
def confirm(public_id: str) -> ResponseReturnValue:
    """Import every good row, in the background and all at once."""
    form = ConfirmForm()
    batch = operations.read(public_id, viewer=me())
    operations.get(public_id, "confirm", viewer=me())
    if not form.validate_on_submit():
        return _show(batch, form, status=422)
    try:
        with transaction():
            row = operations.get(public_id, "confirm", viewer=me())
            operations.confirm(row, submits=bool(form.submits.data), by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _show(operations.read(public_id, viewer=me()), form, status=422)
    flash("已开始导入，全部写完才会生效。", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/discard")
@endpoint("batch", "confirm")
def discard(public_id: str) -> ResponseReturnValue:
    """Give the batch up; nothing was written."""
    with transaction():
        batch = operations.get(public_id, "confirm", viewer=me())
        operations.discard(batch, by=me(), now=clock.now())
    flash("已放弃这次导入，没有写入任何记录。", "good")
    return redirect(url_for(".index"))


@bp.post("/<public_id>/undo")
@endpoint("batch", "undo")
def undo(public_id: str) -> ResponseReturnValue:
    """Take the import back."""
    with transaction():
        batch = operations.get(public_id, "undo", viewer=me())
        operations.undo(batch, by=me(), now=clock.now())
    flash("已撤销：新增的记录已删除，改动的记录已恢复原值。", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/<public_id>/wrong-rows")
@endpoint("batch", "read")
def wrong_rows(public_id: str) -> ResponseReturnValue:
    """Download the rows that were refused, with the reasons."""
    batch = operations.get(public_id, "read", viewer=me())
    content = workbooks.refused_rows(batch)
    return _workbook(content, f"需要修改的行-{batch.file_name.rpartition('.')[0]}")
