"""Organisations (单位) and people (账号), their roles, and how they sign in."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.codes import Integrity
from matchmaker.extensions import Model, new_public_id
from matchmaker.identifiers import mask_email, mask_phone
from matchmaker.lifecycles import ORGANISATION, USER, OrganisationState, Role, UserState
from matchmaker.places.models import ChainNode, Section, Town
from matchmaker.workflow import Labelled, Lifecycle


class OrganisationKind(Labelled):
    """单位类别: what an organisation is on the platform."""

    ENTERPRISE = "enterprise", "企业"
    INSTITUTION = "institution", "高校院所"
    SERVICE = "service", "服务机构"


class Organisation(Model):
    """An enterprise, a research organisation or a service organisation."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("staff_count >= 0", name="staff_not_negative"),
        CheckConstraint("rd_staff_count <= staff_count", name="rd_staff_within_staff"),
    )
    lifecycle: ClassVar[Lifecycle] = ORGANISATION
    disclosure: ClassVar[dict[str, str]] = {
        "name": "P", "kind": "P", "town": "P", "region_code": "P", "industry_code": "P",
        "tech_field_code": "P", "chain_node": "P", "tier": "P", "aliases": "P", "org_kind": "P",
        "is_resident": "P", "state": "P", "intro": "P",
        "uscc": "M", "org_type": "M", "hte_cert_no": "M", "hte_valid_to": "M",
        "is_above_scale": "M", "founded_on": "M",
        "contact_name": "C", "contact_phone": "C", "contact_email": "C",
        "legal_rep": "B", "controllers": "B", "staff_count": "B", "rd_staff_count": "B",
        "revenue_fen": "B", "rd_expense_fen": "B", "integrity": "B", "frame_from": "B",
        "frame_to": "B", "verify_note": "B", "address": "B", "created_at": "B",
        "former_names": "P",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    kind: Mapped[OrganisationKind]
    name: Mapped[str] = mapped_column(String(300), index=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    state: Mapped[OrganisationState] = mapped_column(default=OrganisationState.PENDING, index=True)
    version: Mapped[int] = mapped_column()
    aliases: Mapped[list[str]] = mapped_column(default=list)
    org_type: Mapped[str] = mapped_column(String(20), default="")
    org_kind: Mapped[str] = mapped_column(String(20), default="")  # research: university …
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"), index=True)
    region_code: Mapped[str] = mapped_column(String(12), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    intro: Mapped[str] = mapped_column(Text, default="")
    industry_code: Mapped[str] = mapped_column(String(8), default="")
    tech_field_code: Mapped[str] = mapped_column(String(3), default="")
    chain_node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    tier: Mapped[str] = mapped_column(String(20), default="")
    hte_cert_no: Mapped[str] = mapped_column(String(30), default="")
    hte_valid_to: Mapped[date | None]
    is_above_scale: Mapped[bool] = mapped_column(default=False)
    is_resident: Mapped[bool] = mapped_column(default=True)
    founded_on: Mapped[date | None]
    legal_rep: Mapped[str] = mapped_column(String(150), default="")
    controllers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    staff_count: Mapped[int | None]
    rd_staff_count: Mapped[int | None]
    revenue_fen: Mapped[int | None] = mapped_column(BigInteger)
    rd_expense_fen: Mapped[int | None] = mapped_column(BigInteger)
    frame_from: Mapped[date | None]
    frame_to: Mapped[date | None]
    contact_name: Mapped[str] = mapped_column(String(150), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    integrity: Mapped[Integrity] = mapped_column(default=Integrity.NORMAL)
    integrity_until: Mapped[date | None]
    verify_note: Mapped[str] = mapped_column(Text, default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", use_alter=True, name="fk_organisation_created_by_id")
    )
    batch_id: Mapped[int | None] = mapped_column(index=True)  # the import that made it

    town: Mapped[Town | None] = relationship()
    chain_node: Mapped[ChainNode | None] = relationship()
    members: Mapped[list["User"]] = relationship(
        back_populates="organisation", foreign_keys="User.organisation_id"
    )
    former_names: Mapped[list["FormerName"]] = relationship(
        order_by="FormerName.until.desc(), FormerName.id.desc()", viewonly=True
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class FormerName(Model):
    """A name an organisation had (曾用名): who wrote it down then still means the same."""

    __tablename__ = "former_name"
    disclosure: ClassVar[dict[str, str]] = {"name": "P", "until": "B", "basis": "B"}
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(300), index=True)
    until: Mapped[datetime]
    basis: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    def __str__(self) -> str:
        """The name itself."""
        return self.name


class User(Model):
    """A person with an account; bureau staff belong to no organisation but to a section."""

    __tablename__ = "user_account"
    lifecycle: ClassVar[Lifecycle] = USER
    disclosure: ClassVar[dict[str, str]] = {
        "name": "M", "title": "M", "state": "M", "organisation": "M", "section": "M", "town": "M",
        "roles": "M", "role_labels": "M", "login": "B", "created_at": "B", "signed_in_at": "B",
        "waiting_roles": "B", "phone_masked": "C", "email_masked": "C", "phone": "A", "email": "A",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    login: Mapped[str] = mapped_column(String(254), unique=True)  # lower-case
    name: Mapped[str] = mapped_column(String(150))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    title: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[UserState] = mapped_column(default=UserState.INVITED, index=True)
    version: Mapped[int] = mapped_column()
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    consented_at: Mapped[datetime | None]
    enabled_at: Mapped[datetime | None]  # after a stop; idleness counts from here
    dormancy_told_at: Mapped[datetime | None]

    organisation: Mapped[Organisation | None] = relationship(
        back_populates="members", foreign_keys=[organisation_id]
    )
    section: Mapped[Section | None] = relationship()
    town: Mapped[Town | None] = relationship()
    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", lazy="selectin"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether this account may hold a session, as Flask-Login asks."""
        return self.state is UserState.ACTIVE

    def get_id(self) -> str:
        """Flask-Login's name for this account."""
        return str(self.id)

    @property
    def roles(self) -> frozenset[Role]:
        """The granted roles; a visitor's comes with them, as nothing public is closed to users."""
        return frozenset(grant.role for grant in self.grants if grant.approved_at) | {Role.VISITOR}

    @property
    def role_labels(self) -> str:
        """The granted roles as a reader names them."""
        return "、".join(role.label for role in Role if role in self.roles - {Role.VISITOR})

    @property
    def waiting_roles(self) -> str:
        """The roles that were asked for and still wait for approval."""
        return "、".join(grant.role.label for grant in self.grants if not grant.approved_at)

    @property
    def phone_masked(self) -> str:
        """The phone number as colleagues see it."""
        return mask_phone(self.phone) if self.phone else ""

    @property
    def email_masked(self) -> str:
        """The address as colleagues see it."""
        return mask_email(self.email) if self.email else ""

    @property
    def is_verified(self) -> bool:
        """Bureau staff are; others are once their organisation is."""
        if self.organisation_id is None:
            return True
        organisation = self.organisation
        states = (OrganisationState.ACTIVE, OrganisationState.SUSPENDING)
        return organisation is not None and organisation.state in states


class RoleGrant(Model):
    """A role somebody holds: requested by one administrator, in force once another approves."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])


class OneTimeLink(Model):
    """A link that works once: an invitation, a reset, a first administrator."""

    __tablename__ = "one_time_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class SignInAttempt(Model):
    """A guess at a password, counted per account over all workers and restarts."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_window", "login", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(String(45), default="")
    succeeded: Mapped[bool] = mapped_column(default=False)
    known_device: Mapped[bool] = mapped_column(default=False)


class Device(Model):
    """A browser on which the account has signed in before: still admitted during a lock-out."""

    __tablename__ = "known_device"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class FormerPassword(Model):
    """The hash of a password somebody had, so that it does not come back too soon."""

    __tablename__ = "former_password"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    replaced_at: Mapped[datetime]
