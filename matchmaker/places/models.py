"""The bureau's own lists: towns and parks, sections, industrial chains, holidays, settings."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.extensions import Model


class Town(Model):
    """镇街、园区、功能区: the unit of statistics; retired ones keep their history."""

    __tablename__ = "town"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="town")  # street town park
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.name


class Section(Model):
    """科室."""

    __tablename__ = "section"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.name


class ChainNode(Model):
    """产业链 and its 环节: two levels, kept by the bureau."""

    __tablename__ = "chain_node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped["ChainNode | None"] = relationship(remote_side=[id])

    def __str__(self) -> str:
        return f"{self.parent.name} · {self.name}" if self.parent else self.name


class Holiday(Model):
    """A day the bureau states itself, before the library's table."""

    __tablename__ = "holiday_override"
    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60), default="")
    source_doc: Mapped[str] = mapped_column(String(200), default="")


class Setting(Model):
    """One setting of this instance: bureau name, phone, switches."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    content: Mapped[Any] = mapped_column(JSON)
