"""赛马: stages in which all teams are measured on one table."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.bounties.models import Bounty
from matchmaker.contracts.models import Contract
from matchmaker.extensions import Model, new_public_id
from matchmaker.workflow import Labelled


class Outcome(Labelled):
    """How a team came out of a stage."""

    PASSED = "passed", "晋级"
    ELIMINATED = "eliminated", "淘汰"
    REACHED = "reached", "达标"


class RaceStage(Model):
    """One comparison of all teams by the same indicators."""

    __tablename__ = "race_stage"
    __table_args__ = (UniqueConstraint("bounty_id", "seq", name="uq_race_stage_seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    seq: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    indicators: Mapped[list[str]] = mapped_column(default=list)
    tested_on: Mapped[date]
    tested_by: Mapped[str] = mapped_column(String(200))  # the laboratory or panel
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    bounty: Mapped[Bounty] = relationship()
    by: Mapped[User] = relationship()
    results: Mapped[list["RaceResult"]] = relationship(
        back_populates="stage", order_by="RaceResult.id"
    )


class RaceResult(Model):
    """What one team reached in a stage."""

    __tablename__ = "race_result"
    __table_args__ = (UniqueConstraint("stage_id", "contract_id", name="uq_race_result_once"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("race_stage.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("tech_contract.id"), index=True)
    measured: Mapped[dict[str, Any]] = mapped_column(default=dict)  # indicator → value
    outcome: Mapped[Outcome]
    reached_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(1000), default="")

    stage: Mapped[RaceStage] = relationship(back_populates="results")
    contract: Mapped[Contract] = relationship()
