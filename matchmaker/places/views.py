"""Settings pages: the bureau, its switches, its lists, its holidays."""

from datetime import date
from types import SimpleNamespace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid, NotFound
from matchmaker.places import holidays as effects
from matchmaker.places import lists, operations
from matchmaker.places.forms import HolidayForm, ListForm, SettingsForm
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("settings", __name__, url_prefix="/settings")
DEEDS = {"retire": lists.retire, "restore": lists.restore}
STEPS = {"up": -1, "down": 1}


@bp.route("", methods=["GET", "POST"])
@endpoint("system", "edit_settings")
def index() -> ResponseReturnValue:
    """Show and change what the bureau states about itself."""
    form = SettingsForm(obj=SimpleNamespace(**operations.settings()))
    if form.validate_on_submit():
        with transaction():
            changed = lists.change_settings(form.values(), by=me(), now=clock.now())
        flash(f"已保存，修改了 {len(changed)} 项", "good")
        return redirect(url_for(".index"))
    status = 422 if request.method == "POST" else 200
    return render_template("settings/index.html", form=form, kinds=lists.KINDS.values()), status


@bp.route("/lists/<key>", methods=["GET", "POST"])
@endpoint("system", "edit_settings")
def rows(key: str) -> ResponseReturnValue:
    """Show one of the bureau's lists and add to it."""
    kind = lists.kind_of(key)
    form = ListForm(of=kind)
    if form.validate_on_submit():
        try:
            with transaction():
                lists.add(kind, form.values(), by=me(), now=clock.now())
            flash("已添加", "good")
            return redirect(url_for(".rows", key=key))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    page = render_template("settings/list.html", kind=kind, rows=lists.rows(kind), form=form)
    return page, status


@bp.post("/lists/<key>/<int:row_id>")
@endpoint("system", "edit_settings")
def change(key: str, row_id: int) -> ResponseReturnValue:
    """Rename, retire, restore or move one row."""
    kind = lists.kind_of(key)
    deed = request.form.get("deed", "")
    with transaction():
        row, now = lists.get(kind, row_id), clock.now()
        if deed == "rename":
            lists.rename(kind, row, request.form.get("name", "")[:60], by=me(), now=now)
        elif deed in DEEDS:
            DEEDS[deed](kind, row, by=me(), now=now)
        elif deed in STEPS:
            lists.shift(kind, row, STEPS[deed], by=me(), now=now)
        else:
            raise NotFound
    flash("已保存", "good")
    return redirect(url_for(".rows", key=key))


@bp.route("/holidays", methods=["GET", "POST"])
@endpoint("system", "edit_holidays")
def holidays() -> ResponseReturnValue:
    """Show the days the bureau has stated, and state some; what they move is shown first."""
    form = HolidayForm()
    if form.validate_on_submit():
        now, works = clock.now(), form.is_workday.data == "1"
        moving = effects.preview(dict.fromkeys(form.days(), works), by=me(), now=now)
        if moving and form.confirmed.data != effects.fingerprint(moving):
            form.confirmed.data = effects.fingerprint(moving)
            return render_template("settings/holiday_effects.html", form=form, moving=moving)
        with transaction():
            moved = lists.state_holidays(
                form.days(),
                is_workday=works,
                name=form.name.data or "",
                source_doc=form.source_doc.data,
                by=me(),
                now=now,
            )
        return _saved("已保存", len(moved))
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "settings/holidays.html", form=form, days=lists.all_holidays(), latest=effects.latest()
    )
    return page, status


def _saved(told: str, moved: int) -> ResponseReturnValue:
    flash(f"{told}，{moved} 项期限随之调整，见下方" if moved else told, "good")
    return redirect(url_for(".holidays"))


@bp.post("/holidays/<day>/drop")
@endpoint("system", "edit_holidays")
def drop_holiday(day: str) -> ResponseReturnValue:
    """Take a stated day back; what that moves is shown first."""
    try:
        stated = date.fromisoformat(day)
    except ValueError as error:
        raise NotFound from error
    now = clock.now()
    moving = effects.preview({stated: None}, by=me(), now=now)
    shown = effects.fingerprint(moving)
    if moving and request.form.get("confirmed") != shown:
        return render_template(
            "settings/holiday_effects.html", form=None, day=stated, moving=moving, shown=shown
        )
    with transaction():
        moved = lists.drop_holiday(stated, by=me(), now=now)
    return _saved("已删除", len(moved))
