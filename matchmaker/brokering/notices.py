"""Who is told what when a lead moves."""

from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.accounts.models import User
from matchmaker.brokering.lead_models import Lead
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import operations as messages
from matchmaker.needs.notices import owners

MANAGERS = {Role.INSTITUTION_ADMIN, Role.ENTERPRISE_ADMIN}
# what happened → (who is told, subject, text)
TOLD = {
    "opened": ("undecided", "有一项对接等您答复", "双方都同意后，即可互见联系人和电话。"),
    "revived": ("undecided", "对接已恢复，请您重新答复", "双方都同意后，即可互见联系人和电话。"),
    "consented": ("officer", "一方已同意对接", "请征求另一方意见。"),
    "both_consented": ("everybody", "双方已同意对接", "联系方式已互相可见，请尽快接洽。"),
    "decline": ("everybody", "对接已谢绝", "双方的联系方式不再可见。"),
    "stop": ("everybody", "对接已终止", "双方的联系方式不再可见。"),
    "assigned": ("officer", "一项对接分派给您", "请查看下一步和约定日期。"),
}


def sellers(lead: Lead) -> list[int]:
    """Return who answers for the supplier: its author, and the administrators of its unit."""
    if lead.expert is not None:
        return [lead.expert.user_id] if lead.expert.user_id else []
    if lead.seller is None:
        return []
    query = select(User).where(
        User.organisation_id == lead.seller.id, User.state == UserState.ACTIVE
    )
    author = lead.supplier.created_by_id
    found = db.session.scalars(query.order_by(User.id))
    return [user.id for user in found if user.roles & MANAGERS or user.id == author]


def _people(lead: Lead, whom: str) -> list[int]:
    officer = [lead.officer_id] if lead.officer_id else []
    if whom == "officer":
        return officer
    if whom == "everybody":
        return [*owners(lead.need), *sellers(lead), *officer]
    waiting = [] if lead.buyer_agreed else owners(lead.need)
    return waiting if lead.seller_agreed else [*waiting, *sellers(lead)]


@outbox.handler("lead.moved")
def lead_moved(payload: dict[str, Any]) -> None:
    """Tell the people concerned; the message names the need's title, nobody's contacts."""
    lead = db.session.get(Lead, payload["id"])
    if lead is None or payload["what"] not in TOLD:
        return
    whom, subject, text = TOLD[payload["what"]]
    title = f"{subject}：{lead.need.title}"
    messages.notify(_people(lead, whom), title, text, f"/leads/{lead.public_id}", now=clock.now())
