"""专家 (人才库)."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.codes import Integrity
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import EXPERT, ExpertState
from matchmaker.workflow import Lifecycle


class Expert(Model):
    """An expert: with consent, verified users see name, organisation, title and fields."""

    __tablename__ = "expert"
    __table_args__ = (CheckConstraint("draw_count >= 0", name="draws_not_negative"),)
    lifecycle: ClassVar[Lifecycle] = EXPERT
    disclosure: ClassVar[dict[str, str]] = {
        "name": "M", "organisation_name": "M", "title": "M", "tech_field_codes": "M",
        "keywords": "M", "bio": "M", "slots": "M", "state": "M", "updated_at": "M",
        "phone": "B", "email": "B", "recent_partners": "B", "integrity": "B",
        "draw_count": "B", "review_count": "B", "absent_count": "B", "handler": "B",
        "return_reason": "B", "created_at": "B", "organisation": "B",
        "has_consent": "B", "consent_at": "A",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[ExpertState] = mapped_column(default=ExpertState.APPLIED, index=True)
    version: Mapped[int] = mapped_column()
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    org_name: Mapped[str] = mapped_column(String(300), default="")  # where it has no account
    title: Mapped[str] = mapped_column(String(150), default="")
    tech_field_codes: Mapped[list[str]] = mapped_column(default=list)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    bio: Mapped[str] = mapped_column(Text, default="")
    recent_partners: Mapped[list[str]] = mapped_column(default=list)
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    integrity: Mapped[Integrity] = mapped_column(default=Integrity.NORMAL)
    draw_count: Mapped[int] = mapped_column(default=0)
    review_count: Mapped[int] = mapped_column(default=0)
    absent_count: Mapped[int] = mapped_column(default=0)
    slots: Mapped[list[str]] = mapped_column(default=list)
    consent_at: Mapped[datetime | None]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(index=True)

    organisation: Mapped[Organisation | None] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def organisation_name(self) -> str:
        """The organisation as stated, or of the account."""
        return self.organisation.name if self.organisation else self.org_name

    @property
    def contact(self) -> dict[str, Any]:
        """How the bureau reaches the expert."""
        return {"phone": self.phone, "email": self.email}

    @property
    def has_consent(self) -> bool:
        """Whether the expert has agreed to be listed; when is nobody's business but audit's."""
        return self.consent_at is not None
