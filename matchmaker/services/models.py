"""服务机构 (服务库) and 技术经纪人."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.codes import BrokerType, ServiceKind, ServiceLevel
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import BROKER, SERVICE, PoolState
from matchmaker.workflow import Lifecycle


class Service(Model):
    """A service organisation's entry in the pool."""

    __tablename__ = "service"
    lifecycle: ClassVar[Lifecycle] = SERVICE
    disclosure: ClassVar[dict[str, str]] = {
        "name": "P", "kind": "P", "grade_level": "P", "offers": "P", "intro": "P", "state": "P",
        "organisation": "P", "updated_at": "P", "uscc": "P", "record_no": "M",
        "score": "B", "grade": "B", "staff": "B", "handler": "B", "return_reason": "B",
        "created_at": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[PoolState] = mapped_column(default=PoolState.DRAFT, index=True)
    version: Mapped[int] = mapped_column()
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    uscc: Mapped[str | None] = mapped_column(String(18))
    kind: Mapped[ServiceKind | None]
    grade_level: Mapped[ServiceLevel] = mapped_column(default=ServiceLevel.NONE)
    record_no: Mapped[str] = mapped_column(String(40), default="")
    intro: Mapped[str] = mapped_column(Text, default="")
    offers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # name price
    score: Mapped[str] = mapped_column(String(10), default="")
    grade: Mapped[str] = mapped_column(String(20), default="")
    staff: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(index=True)

    organisation: Mapped[Organisation | None] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Broker(Model):
    """A technology broker, commissioner or assistant: a person of the pool."""

    __tablename__ = "broker"
    lifecycle: ClassVar[Lifecycle] = BROKER
    disclosure: ClassVar[dict[str, str]] = {
        "name": "P", "broker_type": "P", "grade_level": "P", "organisation_name": "P",
        "state": "P", "updated_at": "P", "serve_towns": "M", "intro": "P",
        "cert_no": "B", "deal_count": "B", "deal_amount_fen": "B", "handler": "B",
        "return_reason": "B", "created_at": "B",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[PoolState] = mapped_column(default=PoolState.DRAFT, index=True)
    version: Mapped[int] = mapped_column()
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    broker_type: Mapped[BrokerType | None]
    grade_level: Mapped[str] = mapped_column(String(20), default="")  # 初级 中级 高级 市级 …
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    org_name: Mapped[str] = mapped_column(String(300), default="")
    serve_towns: Mapped[list[str]] = mapped_column(default=list)  # names of towns
    intro: Mapped[str] = mapped_column(Text, default="")
    cert_no: Mapped[str] = mapped_column(String(40), default="")
    deal_count: Mapped[int] = mapped_column(default=0)
    deal_amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(index=True)

    organisation: Mapped[Organisation | None] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def organisation_name(self) -> str:
        """The organisation as stated, or of the account."""
        return self.organisation.name if self.organisation else self.org_name
