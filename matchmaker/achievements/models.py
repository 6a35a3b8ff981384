"""科技成果 and 科研团队."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.codes import Origin, Ownership, stage_of
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import ACHIEVEMENT, TEAM, PoolState
from matchmaker.places.models import ChainNode
from matchmaker.workflow import Lifecycle


class Team(Model):
    """A research team (科研团队) of an institution."""

    __tablename__ = "research_team"
    lifecycle: ClassVar[Lifecycle] = TEAM
    disclosure: ClassVar[dict[str, str]] = {
        "name": "P", "institution": "P", "leader_name": "P", "leader_title": "P",
        "directions": "P", "tech_field_codes": "P", "state": "P", "updated_at": "P",
        "members": "B", "handler": "B", "return_reason": "B", "created_at": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[PoolState] = mapped_column(default=PoolState.DRAFT, index=True)
    version: Mapped[int] = mapped_column()
    institution_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    leader_name: Mapped[str] = mapped_column(String(150), default="")
    leader_title: Mapped[str] = mapped_column(String(150), default="")
    directions: Mapped[str] = mapped_column(Text, default="")
    tech_field_codes: Mapped[list[str]] = mapped_column(default=list)
    members: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(index=True)

    institution: Mapped[Organisation] = relationship(foreign_keys=[institution_id])
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Achievement(Model):
    """What an institution offers; summary and keywords are what the matcher reads."""

    __tablename__ = "achievement"
    __table_args__ = (
        CheckConstraint("trl BETWEEN 1 AND 9", name="trl_in_range"),
        CheckConstraint("asking_price_fen > 0", name="price_positive"),
        Index("ix_achievement_state_updated", "state", "updated_at"),
    )
    lifecycle: ClassVar[Lifecycle] = ACHIEVEMENT
    disclosure: ClassVar[dict[str, str]] = {
        "title": "P", "institution": "P", "team": "P", "origin": "P", "tech_field_code": "P",
        "chain_node": "P", "keywords": "P", "summary": "P", "indicators": "P", "trl": "P",
        "stage": "P", "ip_items": "P", "transfer_modes": "P", "cases": "P", "state": "P",
        "updated_at": "P", "published_at": "P",
        "reg_no": "M", "ownership": "M", "asking_price_fen": "M", "is_negotiable": "M",
        "detail": "C",
        "no_secret_declared": "B", "handler": "B", "return_reason": "B", "created_at": "B",
        "submitted_at": "B", "created_by": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[PoolState] = mapped_column(default=PoolState.DRAFT)
    version: Mapped[int] = mapped_column()
    institution_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("research_team.id"), index=True)
    title: Mapped[str] = mapped_column(String(360))
    origin: Mapped[Origin] = mapped_column(default=Origin.DOMESTIC)
    reg_no: Mapped[str] = mapped_column(String(40), default="")
    tech_field_code: Mapped[str] = mapped_column(String(3), default="", index=True)
    chain_node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    keywords: Mapped[list[str]] = mapped_column(default=list)
    summary: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # name op value unit
    trl: Mapped[int | None]
    ip_items: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # type no status valid_to
    ownership: Mapped[Ownership | None]
    transfer_modes: Mapped[list[str]] = mapped_column(default=list)
    asking_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    is_negotiable: Mapped[bool] = mapped_column(default=True)
    cases: Mapped[str] = mapped_column(Text, default="")
    no_secret_declared: Mapped[bool] = mapped_column(default=False)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    batch_id: Mapped[int | None] = mapped_column(index=True)

    institution: Mapped[Organisation] = relationship(foreign_keys=[institution_id])
    team: Mapped[Team | None] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    chain_node: Mapped[ChainNode | None] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def stage(self) -> str:
        """所处阶段, from the readiness level."""
        return "" if self.trl is None else stage_of(self.trl).label
