"""人才库."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.disclosure import Shown
from matchmaker.errors import WrongState
from matchmaker.experts import operations
from matchmaker.experts.operations import POOL
from matchmaker.pools import pages, reading
from matchmaker.pools.views import ROUTES, Views, blueprint
from matchmaker.web import me, transaction


class ExpertViews(Views):
    """The pool's pages, and what only experts have: admission by two hands, consent, contacts."""

    def beside_show(self, shown: Shown) -> dict[str, Any]:
        """Offer consent and contacts, which stay masked."""
        viewer = me()

        def may(action: str) -> bool:
            return policy.permits(viewer, "expert", action, shown)

        return {
            "contacts": {},
            "may_reveal": may("read_private_fields"),
            "may_record": may("manage") and not shown.has_consent,
            "may_list": may("edit_integrity"),
            "may_withdraw": may("update") and bool(shown.has_consent),
        }

    def move(self, public_id: str) -> ResponseReturnValue:
        """Propose or approve admission or removal."""
        action = request.form.get("action", "")
        if action not in self.pool.moves:
            raise WrongState
        with transaction():
            row = operations.decide(
                public_id,
                action,
                by=me(),
                now=clock.now(),
                reason=request.form.get("reason", ""),
                version=request.form.get("version", ""),
            )
            label = row.state.label
        flash(f"已办理，当前状态：{label}。", "good")
        return redirect(self.url("show", public_id))

    def reveal(self, public_id: str) -> ResponseReturnValue:
        """Show phone and e-mail in full, once, on the record."""
        with transaction():
            contacts = operations.reveal(public_id, by=me(), now=clock.now())
        shown = reading.get(self.pool, public_id, viewer=me())
        context = pages.show(self.pool, shown, me(), self.url) | self.beside_show(shown)
        return self.page("show", **context | {"contacts": contacts, "may_reveal": False})

    def consent(self, public_id: str) -> ResponseReturnValue:
        """Record a consent given on paper."""
        with transaction():
            row = reading.to_act_on(self.pool, public_id, "manage", viewer=me())
            basis = request.form.get("basis", "")
            operations.consent(row, by=me(), now=clock.now(), basis=basis)
        flash("已登记本人同意。", "good")
        return redirect(self.url("show", public_id))

    def withdraw_consent(self, public_id: str) -> ResponseReturnValue:
        """Let the expert take the consent back."""
        with transaction():
            row = reading.to_act_on(self.pool, public_id, "update", viewer=me())
            operations.withdraw_consent(row, by=me(), now=clock.now())
        flash("已撤回同意，您的信息不再向其他用户展示。", "good")
        return redirect(self.url("show", public_id))


bp = blueprint(
    POOL,
    views=ExpertViews,
    routes=(
        *ROUTES,
        ("POST", "/<public_id>/move", "move", "read_bureau"),
        ("POST", "/<public_id>/reveal", "reveal", "read_private_fields"),
        ("POST", "/<public_id>/consent", "consent", "manage"),
        ("POST", "/<public_id>/withdraw-consent", "withdraw_consent", "update"),
    ),
)
