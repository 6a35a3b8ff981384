"""Registering an organisation, or claiming one the bureau has already on its list (认领).

The first account's login is the credit code: it is public, so that neither form nor answer ever
tells whether some person has an account.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import identifiers
from matchmaker.accounts import operations
from matchmaker.accounts.models import Organisation, OrganisationKind, RoleGrant, User
from matchmaker.audit import trail
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role, UserState

CONSENT = "2026-11"  # the version of the notice under the consent box
ADMIN = {
    OrganisationKind.ENTERPRISE: (Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_USER),
    OrganisationKind.INSTITUTION: (Role.INSTITUTION_ADMIN, Role.RESEARCHER),
    OrganisationKind.SERVICE: (Role.BROKER,),
}


@dataclass(frozen=True)
class Contact:
    """Who registers, and how the bureau reaches them."""

    name: str
    title: str
    phone: str
    email: str
    password: str


def checked_code(text: str, *, odd_reason: str = "") -> str:
    """Return a credit code in its stored form; raise `Invalid` with the likely correction.

    odd_reason : an officer's reason to let an odd code pass (some early ones fail the check).
    """
    try:
        return identifiers.credit_code(text)
    except identifiers.IdentifierError as error:
        folded = "".join(text.split()).upper()
        if odd_reason.strip() and len(folded) == 18 and folded.isalnum() and folded.isascii():  # noqa: PLR2004
            return folded
        raise Invalid({"uscc": str(error)}) from error


def of_code(code: str) -> Organisation | None:
    """Return the organisation that has this credit code, if there is one."""
    return db.session.scalar(select(Organisation).where(Organisation.uscc == code))


def register(
    fields: dict[str, Any], contact: Contact, *, by: Any, now: datetime
) -> tuple[Organisation, User]:
    """Register an organisation with its first account, or claim the one with that code.

    A new organisation waits for verification and its account may draft meanwhile. A claimed one
    stays as it is, and its account sleeps, until an officer has confirmed the claim. Raises
    `Invalid` where the organisation has an account or a claim already.
    """
    code = checked_code(fields["uscc"])
    phone, email = operations.checked_contact(contact.phone, contact.email)
    known = of_code(code)
    if known is not None:
        _refuse_second(known, code)
        organisation = known
    else:
        organisation = _new(fields, code, OrganisationState.PENDING, by=by, now=now)
        organisation.contact_name, organisation.contact_phone = contact.name.strip(), phone
        organisation.contact_email = email
    state = UserState.ACTIVE if known is None else UserState.INVITED
    user = _first_account(organisation, contact, phone=phone, email=email, state=state, now=now)
    trail.enter(
        user, by=by, now=now, action="register" if known is None else "claim", consent=CONSENT
    )
    return organisation, user


def _refuse_second(known: Organisation, code: str) -> None:
    if known.state is not OrganisationState.UNCLAIMED:
        raise Invalid({"uscc": "该单位已经注册。请向本单位管理员申请账号，或用“忘记密码”找回。"})
    if claimant(known) is not None or _login_taken(code):
        raise Invalid({"uscc": "该单位的认领正在核实。如不是本单位所为，请致电科技局。"})


def _login_taken(code: str) -> bool:
    taken = select(User.id).where(User.login == code.lower())
    return db.session.scalar(taken) is not None


def claimant(organisation: Organisation) -> User | None:
    """Return the sleeping account that claims an imported organisation, if there is one."""
    if organisation.state is not OrganisationState.UNCLAIMED:
        return None
    sleeping = select(User).where(
        User.organisation_id == organisation.id, User.state == UserState.INVITED
    )
    return db.session.scalars(sleeping.order_by(User.id)).first()


def _first_account(
    organisation: Organisation,
    contact: Contact,
    *,
    phone: str,
    email: str,
    state: UserState,
    now: datetime,
) -> User:
    login = (organisation.uscc or "").lower()
    user = User(
        login=login,
        name=contact.name.strip(),
        title=contact.title.strip(),
        phone=phone,
        email=email,
        state=state,
        organisation_id=organisation.id,
        created_at=now,
        consented_at=now,
        grants=[
            RoleGrant(role=role, requested_at=now, approved_at=now)
            for role in ADMIN[organisation.kind]
        ],
    )
    operations.check_password(user, contact.password, field="password")
    db.session.add(user)
    db.session.flush()
    operations.set_password(user, contact.password, now=now)
    return user


def add(fields: dict[str, Any], *, by: User, now: datetime, odd_reason: str = "") -> Organisation:
    """Put an organisation on the list for the bureau; its own people claim it later.

    Raises `Invalid` for a wrong code (unless `odd_reason` says why it is right) or a known one.
    """
    code = None
    if fields.get("uscc"):
        code = checked_code(fields["uscc"], odd_reason=odd_reason)
        if of_code(code) is not None:
            raise Invalid({"uscc": "该统一社会信用代码的单位已在库中，请直接使用"})
    organisation = _new(fields, code, OrganisationState.UNCLAIMED, by=by, now=now)
    organisation.verify_note = odd_reason.strip()
    return organisation


def _new(
    fields: dict[str, Any],
    code: str | None,
    state: OrganisationState,
    *,
    by: Any,
    now: datetime,
) -> Organisation:
    rest = {key: value for key, value in fields.items() if key != "uscc"}
    organisation = Organisation(
        **{**rest, "org_type": code[:2] if code else ""},
        uscc=code,
        state=state,
        created_at=now,
        created_by_id=by.id,
    )
    db.session.add(organisation)
    trail.enter(organisation, by=by, now=now, action="register")
    return organisation
