"""技术库: the pool's pages, likely duplicates beside the decision, the institution's word."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.achievements.duplicates import near
from matchmaker.achievements.endorsing import endorse
from matchmaker.achievements.operations import POOL
from matchmaker.disclosure import Shown
from matchmaker.pools.views import DECIDING, ROUTES, Views, blueprint
from matchmaker.web import me, transaction


class AchievementViews(Views):
    """What the technology pool shows beyond the shared pages."""

    def beside_show(self, shown: Shown) -> dict[str, Any]:
        """Offer the ranking and, to the institution, its endorsement."""
        viewer = me()
        return {
            "may_see_matches": policy.permits(viewer, "achievement", "see_matches", shown),
            "may_endorse": policy.permits(viewer, "achievement", "institution_review", shown),
        }

    def beside_decision(self, shown: Shown) -> dict[str, Any]:
        """Lay likely duplicates beside the decision."""
        return {"near": near(shown, viewer=me())}

    def endorse(self, public_id: str) -> ResponseReturnValue:
        """Put the institution's endorsement (院所科研处意见) on the record."""
        with transaction():
            endorse(public_id, request.form.get("opinion", ""), by=me(), now=clock.now())
        flash("已登记院所意见。", "good")
        return redirect(self.url("show", public_id))


bp = blueprint(
    POOL,
    views=AchievementViews,
    routes=(
        *ROUTES,
        *DECIDING,
        ("POST", "/<public_id>/endorse", "endorse", "institution_review"),
    ),
)
