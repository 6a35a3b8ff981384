"""人才库."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.errors import WrongState
from matchmaker.experts import operations
from matchmaker.experts.operations import POOL
from matchmaker.pools import pages, reading
from matchmaker.pools.views import ROUTES, Views, blueprint
from matchmaker.web import me, transaction


class ExpertViews(Views):
    """The pool's pages, and what only experts have: admission by two hands, consent, contacts."""

    def show(self, public_id: str) -> ResponseReturnValue:
        """Show one expert; contacts stay masked."""
        return self._shown(public_id, {})

    def _shown(self, public_id: str, contacts: dict[str, str]) -> str:
        viewer = me()
        shown = reading.get(self.pool, public_id, viewer=viewer)

        def may(action: str) -> bool:
            return policy.permits(viewer, "expert", action, shown)

        extra: dict[str, Any] = {
            "contacts": contacts,
            "may_reveal": not contacts and may("read_private_fields"),
            "may_record": may("manage") and not shown.has_consent,
            "may_withdraw": may("update") and bool(shown.has_consent),
        }
        return self.page("show", **pages.show(self.pool, shown, viewer, self.url), **extra)

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
        return self._shown(public_id, contacts)

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
