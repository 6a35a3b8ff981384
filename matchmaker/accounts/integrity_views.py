"""Pages of the integrity list: an officer lists an organisation or an expert, or ends it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from matchmaker import clock
from matchmaker.accounts import integrity
from matchmaker.codes import Integrity
from matchmaker.errors import Invalid
from matchmaker.forms import Form, options
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("integrity", __name__)
LISTS = {"organisation": ("organisations", "单位"), "expert": ("experts", "人才库")}


class IntegrityForm(Form):
    """登记诚信记录."""

    standing = RadioField(
        "名单",
        [InputRequired("请选择失信或白名单")],
        choices=options(
            (one.value, one.label) for one in (Integrity.BLACKLIST, Integrity.WHITELIST)
        ),
        description="列入失信名单的，立即停止匹配和推送",
    )
    from_on = DateField("起始日期", [InputRequired("请填写起始日期")])
    until_on = DateField("截止日期", [Optional()], description="当日仍有效；长期有效的留空")
    document = StringField(
        "依据文件",
        [DataRequired("请填写依据文件的名称和文号"), Length(max=300)],
        description="文件名称、文号和发文机关",
    )
    reason = TextAreaField("理由", [DataRequired("请填写理由"), Length(max=500)])

    def fields(self) -> dict[str, Any]:
        """Return the entry's values."""
        plain = {name: self[name].data for name in ("from_on", "until_on", "document", "reason")}
        return {"standing": Integrity(self.standing.data), **plain}


def _page(resource: str, public_id: str) -> ResponseReturnValue:
    form = IntegrityForm()
    row = integrity.get(resource, public_id, by=me())
    if form.validate_on_submit():
        try:
            with transaction():
                row = integrity.get(resource, public_id, by=me())
                integrity.enter(row, form.fields(), by=me(), now=clock.now())
            flash("已登记诚信记录，匹配结果随即更新", "good")
            return redirect(url_for(f".{resource}", public_id=public_id))
        except Invalid as error:
            form.show(error)
            row = integrity.get(resource, public_id, by=me())
    if request.method == "GET" and not form.restored:
        form.from_on.data = clock.today(clock.now())
    views, title = LISTS[resource]
    page = render_template(
        "organisations/integrity.html", form=form, row=row, entries=integrity.of(row),
        resource=resource, views=views, title=title, today=clock.today(clock.now()),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _end(resource: str, public_id: str, entry_id: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "")[:500]
    with transaction():
        row = integrity.get(resource, public_id, by=me())
        integrity.end(row, entry_id, by=me(), now=clock.now(), reason=reason)
    flash("已结束诚信记录，匹配结果随即更新", "good")
    return redirect(url_for(f".{resource}", public_id=public_id))


@bp.route("/organisations/<public_id>/integrity", methods=["GET", "POST"])
@endpoint("organisation", "edit_integrity")
def organisation(public_id: str) -> ResponseReturnValue:
    """Show an organisation's standing and list it."""
    return _page("organisation", public_id)


@bp.post("/organisations/<public_id>/integrity/<entry_id>/end")
@endpoint("organisation", "edit_integrity")
def end_organisation(public_id: str, entry_id: str) -> ResponseReturnValue:
    """End an organisation's entry."""
    return _end("organisation", public_id, entry_id)


@bp.route("/experts/<public_id>/integrity", methods=["GET", "POST"])
@endpoint("expert", "edit_integrity")
def expert(public_id: str) -> ResponseReturnValue:
    """Show an expert's standing and list the expert."""
    return _page("expert", public_id)


@bp.post("/experts/<public_id>/integrity/<entry_id>/end")
@endpoint("expert", "edit_integrity")
def end_expert(public_id: str, entry_id: str) -> ResponseReturnValue:
    """End an expert's entry."""
    return _end("expert", public_id, entry_id)
