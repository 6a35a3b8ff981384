"""Which acts want password or code once more (step-up), and for how long one confirmation holds.

The table is by (resource, action), like the permissions: a view says nothing of it. Reading a
page is never held up, except where reading takes a whole list or archive out of the house.
"""

from datetime import datetime, timedelta

from flask import request, session

from matchmaker import clock
from matchmaker.errors import ConfirmationRequired

WITHIN = timedelta(minutes=15)
KEY = "confirmed_at"  # in the server-side session
READING = frozenset({"GET", "HEAD", "OPTIONS"})

ACTS = frozenset(
    {
        ("bid", "submit"),
        ("bid", "replace"),
        ("bounty", "open_bids_share"),
        ("bounty", "reissue_share"),
        ("bounty", "confirm_choice_by_demander"),
        ("bounty", "propose_award"),
        ("bounty", "approve_award"),
        ("award", "propose"),
        ("award", "endorse"),
        ("user", "create_bureau_account"),
        ("user", "grant_role_approve"),
        ("user", "send_reset_link_to_other"),
        ("user", "reset_second_factor"),
        ("user", "enrol_second_factor"),
        ("organisation", "manage_members"),
    }
)
EXPORT_ACTIONS = frozenset({"export", "export_list", "open_archive", "export_personal_data"})


def is_wanted(resource: str, action: str, method: str) -> bool:
    """Tell whether this act wants a confirmation: weighty writing, and taking lists out."""
    writes = method not in READING
    return action in EXPORT_ACTIONS or (writes and (resource, action) in ACTS)


def is_fresh(now: datetime) -> bool:
    """Tell whether this session has been confirmed a short while ago."""
    said = str(session.get(KEY, ""))
    return bool(said) and timedelta(0) <= now - datetime.fromisoformat(said) <= WITHIN


def confirm(now: datetime) -> None:
    """Note that this session's owner has just shown who he is."""
    session[KEY] = now.isoformat()


def check(resource: str, action: str) -> None:
    """Raise `ConfirmationRequired` where this request wants a confirmation and has none."""
    if is_wanted(resource, action, request.method) and not is_fresh(clock.now()):
        raise ConfirmationRequired
