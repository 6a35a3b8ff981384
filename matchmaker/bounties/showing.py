"""What the template of a bounty's page needs, whoever renders it."""

from typing import Any

from matchmaker import clock
from matchmaker.bounties import operations, pages, papers, reading, source_views, timing
from matchmaker.bounties.fields import STAGES
from matchmaker.bounties.listing import UNNUMBERED
from matchmaker.bounties.step_forms import ConsentNoteForm, QuestionForm, ReasonForm
from matchmaker.web import me

ON_PAGE = {
    1: ("task_text", "duration_months", "tech_field_code", "chain_node_id", "keywords"),
    2: ("mode", "amount_fen", "max_awards", "require_pledge", "support_type", "support_ratio",
        "support_cap_fen"),
    3: ("eligibility", "ip_arrangement", "coop_modes", "selector", "is_blind", "pass_line"),
}  # fmt: skip


def context(public_id: str, **forms: Any) -> dict[str, Any]:
    """Return what the template of a bounty's page needs; `forms` replace empty ones."""
    viewer, now = me(), clock.now()
    bounty = operations.get(public_id, viewer=viewer)
    page = pages.read(bounty, viewer=viewer, now=now)
    shown = page.shown
    return {
        "page_data": page,
        "bounty": shown,
        "row": bounty,
        "may": page.may,
        "groups": [(label, reading.pairs(shown, ON_PAGE.get(n, ()))) for n, label in STAGES[:3]],
        "stage_lines": [reading.stage(one) for one in shown.stages],
        "sources": source_views.source_lines(bounty, viewer),
        "papers": papers.offered(bounty),
        "unnumbered": UNNUMBERED,
        "stamp": timing.stamp,
        "forms": {
            "question": QuestionForm(formdata=None),
            "consent": ConsentNoteForm(formdata=None),
            "reason": ReasonForm(formdata=None),
            **forms,
        },
    }
