"""Who the request's session belongs to."""

from flask_login import AnonymousUserMixin

from matchmaker.accounts.models import User
from matchmaker.extensions import db, login
from matchmaker.identifiers import IdentifierError, mobile_number
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import mail, sms


class Visitor(AnonymousUserMixin):
    """Whoever has not signed in."""

    id = None
    name = "访客"
    organisation = None
    organisation_id = None
    section_id = None
    town_id = None
    is_verified = False
    roles = frozenset({Role.VISITOR})


login.anonymous_user = Visitor


@login.user_loader  # type: ignore[untyped-decorator]
def load(user_id: str) -> User | None:
    """Return the active account a session names."""
    user = db.session.get(User, int(user_id))
    return user if user is not None and user.state is UserState.ACTIVE else None


@mail.address_book
def address_of(user_id: int) -> str:
    """Return where an active account has its mail, "" for nowhere."""
    user = load(str(user_id))
    return user.email if user is not None else ""


@sms.phone_book
def number_of(user_id: int) -> str:
    """Return the mobile number of an active account, "" where it has none."""
    user = load(str(user_id))
    try:
        return mobile_number(user.phone) if user is not None else ""
    except IdentifierError:
        return ""
