"""The pages every pool has, bound to the policy under the noun's own endpoint names."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, policy
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, WrongState
from matchmaker.pools import forms, pages, reading, writing
from matchmaker.pools.specs import Pool, Stage
from matchmaker.web import me, transaction, wants_json


class Views:
    """One noun's views; each asks one operation and gives one answer."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def url(self, name: str, public_id: str = "", **values: Any) -> str:
        """Return the address of one of the noun's own pages."""
        if public_id:
            values["public_id"] = public_id
        return url_for(f"{self.pool.views}.{name}", **values)

    def page(self, template: str, **context: Any) -> str:
        """Render the noun's own template, or the pools' where it has none."""
        own, shared = (f"{folder}/{template}.html" for folder in (self.pool.views, "pools"))
        return render_template([own, shared], pool=self.pool, pool_url=self.url, **context)

    def index(self) -> ResponseReturnValue:
        """List the pool; one's own rows come first."""
        viewer = me()
        found = listing.build(
            reading.spec_for(self.pool, viewer),
            reading.readable(self.pool, viewer),
            request.args,
            viewer=viewer,
            path=self.url("index"),
            row_url=lambda shown: self.url("show", shown.public_id),
            export_path=self._export_path(),
            bulk=pages.bulk(self.pool, viewer),
            bulk_url=self.url("bulk") if self.pool.drafts else "",
            empty=pages.empty(self.pool, viewer, self.url),
        )
        starts = any(policy.may(viewer, self.pool.resource, one) for one in self.pool.creates)
        mine = pages.mine(self.pool, viewer)
        return self.page("list", listing=found, mine=mine, may_start=starts)

    def _export_path(self) -> str:
        may = policy.may(me(), self.pool.resource, "export_list")
        return self.url("export") if may else ""

    def export(self) -> ResponseReturnValue:
        """Hand out the list as it stands on screen, or with every field the viewer may see."""
        viewer = me()
        return exporting.respond(
            reading.spec_for(self.pool, viewer),
            reading.readable(self.pool, viewer),
            request.args,
            viewer=viewer,
            name=self.pool.title,
            now=clock.now(),
        )

    def show(self, public_id: str) -> ResponseReturnValue:
        """Show one row as the viewer may see it."""
        shown = reading.get(self.pool, public_id, viewer=me())
        context = pages.show(self.pool, shown, me(), self.url)
        return self.page("show", **context, **self.beside_show(shown))

    def beside_show(self, shown: Shown) -> dict[str, Any]:
        """Return what only this noun puts on its page."""
        del shown
        return {}

    beside_decision = beside_show

    def new(self) -> ResponseReturnValue:
        """Open the first stage of a new draft."""
        return self._form(self.pool.stages[0], None, None)

    def create(self) -> ResponseReturnValue:
        """Make the draft from the first stage and go on to the second."""
        stage = self.pool.stages[0]
        form = forms.open_form(self.pool, stage, viewer=me(), owner=pages.asks_owner(me()))

        def write() -> Any:
            owner = form.owner.data if "owner" in form else ""
            return writing.start(self.pool, form.content(), by=me(), now=clock.now(), owner=owner)

        return self._carry_out(stage, form, write, None)

    def _carry_out(
        self, stage: Stage, form: forms.PoolForm, write: Callable[[], Any], known: Any
    ) -> ResponseReturnValue:
        """Write the draft; hand it in where asked and nothing is missing; say where to go."""
        problems: dict[str, str] = {}
        try:
            pages.validate(form)
            with transaction():
                row = write()
                if request.form.get("go") == "submit" and self.pool.drafts:
                    problems = self.pool.check(row)
                    if not problems:
                        writing.submit(self.pool, row, by=me(), now=clock.now())
                form.renew(row)
        except Invalid as error:
            return self._refused(error, stage, known, form)
        if problems:
            return self._refused(Invalid(problems), stage, row, form)
        if wants_json():
            return jsonify(
                version=row.version,
                action=self.url("save", row.public_id, key=stage.key),
                autosave=self.url("autosave", row.public_id, key=stage.key),
            )
        return redirect(self._next(row.public_id, stage))

    def _writable(self, public_id: str) -> Any:
        return reading.to_act_on(self.pool, public_id, *self.pool.writes, viewer=me())

    def edit(self, public_id: str, key: str) -> ResponseReturnValue:
        """Open one stage of a draft."""
        row = self._writable(public_id)
        return self._form(self.pool.stage(key), row, None)

    def save(self, public_id: str, key: str) -> ResponseReturnValue:
        """Save one stage and go on; on the last one, submit where asked."""
        stage = self.pool.stage(key)
        row = self._writable(public_id)
        form = forms.open_form(self.pool, stage, row, viewer=me(), owner=False)
        return self._carry_out(stage, form, lambda: self._save(public_id, form), row)

    def _save(self, public_id: str, form: forms.PoolForm) -> Any:
        version = form.version.data or ""
        return writing.save(
            self.pool, public_id, form.content(), version=version, by=me(), now=clock.now()
        )

    def autosave(self, public_id: str, key: str) -> ResponseReturnValue:
        """Save one stage while it is being written; answers the new version."""
        stage = self.pool.stage(key)
        row = self._writable(public_id)
        form = forms.open_form(self.pool, stage, row, viewer=me(), owner=False)
        pages.validate(form)
        with transaction():
            version = self._save(public_id, form).version
        return jsonify(version=version)

    def _next(self, public_id: str, stage: Stage) -> str:
        go = request.form.get("go", "next")
        keys = [one.key for one in self.pool.stages]
        place = keys.index(stage.key) + 1
        if go == "stay":
            return self.url("edit", public_id, key=stage.key)
        if go == "next" and place < len(keys):
            return self.url("edit", public_id, key=keys[place])
        if go == "submit":
            flash(f"已提交，{pages.AFTER_SUBMISSION}", "good")
        else:
            flash("草稿已保存。" if self.pool.drafts else "已保存。", "good")
        return self.url("show", public_id)

    def _refused(
        self, error: Invalid, stage: Stage, row: Any, form: forms.PoolForm
    ) -> ResponseReturnValue:
        if wants_json():
            raise error
        return self._form(stage, row, form, problems=error.fields), 422

    def _form(
        self,
        stage: Stage,
        row: Any,
        form: forms.PoolForm | None,
        *,
        problems: dict[str, str] | None = None,
    ) -> str:
        if form is None:
            owner = row is None and pages.asks_owner(me())
            form = forms.open_form(self.pool, stage, row, viewer=me(), owner=owner)
            if row is not None and request.args.get("check"):
                problems = {
                    name: text
                    for name, text in self.pool.check(row).items()
                    if name in stage.fields
                }
        forms.offer_blanks(form)
        forms.show_here(form, problems or {})
        context = pages.edit(
            self.pool, stage, row, form=form, problems=problems or {}, url=self.url
        )
        return self.page("edit", **context)

    def decide(self, public_id: str) -> ResponseReturnValue:
        """Show a submitted row to the officer, with a box for a remark at every field."""
        reading.to_act_on(self.pool, public_id, "review_decide", viewer=me())
        shown = reading.get(self.pool, public_id, viewer=me())
        context = pages.decide(self.pool, shown, me(), self.url)
        return self.page("decide", **context, **self.beside_decision(shown))

    def move(self, public_id: str) -> ResponseReturnValue:
        """Make the move the button names."""
        action = request.form.get("action", "")
        if action not in self.pool.moves:
            raise WrongState
        with transaction():
            if action in {"submit", "republish"}:
                row = self._writable(public_id)
                writing.submit(self.pool, row, by=me(), now=clock.now())
            else:
                row = writing.move(
                    self.pool,
                    public_id,
                    action,
                    by=me(),
                    now=clock.now(),
                    reason=request.form.get("reason", ""),
                    remarks=pages.remarks(self.pool, request.form),
                    version=request.form.get("version", ""),
                )
            label = row.state.label
        flash(f"已办理，当前状态：{label}。", "good")
        return redirect(self.url("show", public_id))

    def delete(self, public_id: str) -> ResponseReturnValue:
        """Delete a draft that was never submitted."""
        with transaction():
            writing.delete_draft(self.pool, public_id, by=me(), now=clock.now())
        flash("草稿已删除。", "good")
        return redirect(self.url("index"))

    def versions(self, public_id: str) -> ResponseReturnValue:
        """Compare two submitted versions; the last two unless told."""
        row = reading.to_act_on(self.pool, public_id, "read_versions", viewer=me())
        return self.page("versions", **pages.versions(self.pool, row, request.args))

    def bulk(self) -> ResponseReturnValue:
        """Make one move with every ticked row; those it does not fit are named."""
        action = request.form.get("action", "")
        ids = request.form.getlist("ids")[:200]
        if action not in {"publish", "return"}:
            raise WrongState
        refused = 0
        with transaction():
            for public_id in ids:
                try:
                    writing.move(
                        self.pool,
                        public_id,
                        action,
                        by=me(),
                        now=clock.now(),
                        reason=request.form.get("reason", ""),
                    )
                except WrongState:
                    refused += 1
        done = len(ids) - refused
        note = f"，{refused} 条当前状态不能办理，已跳过" if refused else ""
        flash(f"已办理 {done} 条{note}。", "warn" if refused else "good")
        return redirect(self.url("index", state="submitted"))


Routes = tuple[tuple[str, str, str, str], ...]
ROUTES: Routes = (
    ("GET", "/", "index", "list"),
    ("GET", "/new", "new", "write"),
    ("POST", "/new", "create", "write"),
    ("GET", "/export", "export", "export_list"),
    ("GET", "/<public_id>", "show", "list"),
    ("GET", "/<public_id>/edit/<key>", "edit", "write"),
    ("POST", "/<public_id>/edit/<key>", "save", "write"),
    ("GET", "/<public_id>/versions", "versions", "read_versions"),
)
"""method, path, endpoint, the action of the policy that opens it."""
DECIDING: Routes = (
    ("POST", "/<public_id>/autosave/<key>", "autosave", "write"),
    ("POST", "/bulk", "bulk", "review_decide"),
    ("GET", "/<public_id>/decide", "decide", "review_decide"),
    ("POST", "/<public_id>/move", "move", "withdraw"),
    ("POST", "/<public_id>/delete", "delete", "delete_draft"),
)
"""The pages of a pool with drafts that an officer decides on."""


def blueprint(
    pool: Pool, *, views: type[Views] = Views, routes: Routes = (*ROUTES, *DECIDING)
) -> Blueprint:
    """Return the noun's blueprint with its pages."""
    bp = Blueprint(pool.views, __name__, url_prefix=f"/{pool.views}")
    pages_of = views(pool)
    for method, path, name, action in routes:
        view = policy.endpoint(pool.resource, action)(getattr(pages_of, name))
        bp.add_url_rule(path, name, view, methods=[method])
    return bp
