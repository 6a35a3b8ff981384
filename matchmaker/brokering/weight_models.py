"""匹配权重: the sets of weights the ranking was or could be computed with."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import WEIGHT_SET, WeightSetState
from matchmaker.workflow import Lifecycle


class WeightSet(Model):
    """What one run of learning found, on how many decisions, and what became of it.

    slot : "learning" or "published" while in that state, so that there is one of each at most.
    weights, base : name → weight, learnt and then in force; those left out are 1.
    observations : what has been read so far; empty once learnt.
    gain, low, high, before, after : shares, see `matching.feedback.Validation`.
    """

    __tablename__ = "weight_set"
    __table_args__ = (
        CheckConstraint(
            "(slot IS NOT NULL AND slot = state)"
            " OR (slot IS NULL AND state NOT IN ('learning', 'published'))",
            name="slot_of_its_state",
        ),
        CheckConstraint("done BETWEEN 0 AND total", name="progress"),
        CheckConstraint(
            "state NOT IN ('draft', 'published') OR low > 0", name="published_if_supported"
        ),
    )
    lifecycle: ClassVar[Lifecycle] = WEIGHT_SET
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "state", "cause", "weights", "base", "total", "done", "skipped", "decisions",
            "accepted", "compared", "gain", "low", "high", "before", "after", "verdict",
            "started_at", "started_by", "learnt_at", "published_at", "published_by", "reason",
            "progress",
        ),
        "B",
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[WeightSetState] = mapped_column(default=WeightSetState.LEARNING)
    version: Mapped[int] = mapped_column()
    slot: Mapped[str | None] = mapped_column(String(20), unique=True)
    cause: Mapped[str] = mapped_column(String(100))
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    base: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)  # decided on texts that have changed since
    decisions: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    gain: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    before: Mapped[float | None]
    after: Mapped[float | None]
    verdict: Mapped[str] = mapped_column(Text, default="")
    newest_decision_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    learnt_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    replaced_id: Mapped[int | None] = mapped_column(ForeignKey("weight_set.id"))
    observations: Mapped[list[dict[str, Any]]] = mapped_column(default=list, deferred=True)

    started_by: Mapped[User | None] = relationship(foreign_keys=started_by_id)
    published_by: Mapped[User | None] = relationship(foreign_keys=published_by_id)
    replaced: Mapped["WeightSet | None"] = relationship(remote_side=id)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def progress(self) -> str:
        """How far learning has come, in words."""
        return f"{self.done} / {self.total}"
