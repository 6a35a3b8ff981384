"""What the machine proposes for the dictionary, trials before saving, shipped groups put aside."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import PROPOSAL, ProposalState
from matchmaker.workflow import Labelled, Lifecycle


class TermKind(Labelled):
    """What is proposed or tried: words to keep whole, or groups of synonyms."""

    WORD = "word", "词语"
    SYNONYMS = "synonyms", "同义词"


class TermProposal(Model):
    """A word or a pair of synonyms the machine found; dismissed ones are remembered.

    support : texts that hold the word, or accepted pairs in which the two stand opposite.
    decided_support : the same when the officer decided; only far more brings it back.
    """

    __tablename__ = "term_proposal"
    __table_args__ = (
        UniqueConstraint("kind", "key", name="uq_term_proposal_kind_key"),
        Index("ix_term_proposal_queue", "state", "support"),
    )
    lifecycle: ClassVar[Lifecycle] = PROPOSAL
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "key", "kind", "words", "state", "support", "times", "cohesion", "freedom", "share",
            "examples", "found_at", "seen_at", "decided_at", "decided_by", "saved_as", "reason",
        ),
        "B",
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.WAITING)
    version: Mapped[int] = mapped_column()
    kind: Mapped[TermKind]
    key: Mapped[str] = mapped_column(String(60))  # the words, 、 between
    words: Mapped[list[str]] = mapped_column(default=list)
    support: Mapped[int]
    times: Mapped[int]
    cohesion: Mapped[float | None]
    freedom: Mapped[float | None]
    share: Mapped[float | None]
    examples: Mapped[list[list[str]]] = mapped_column(JSON, default=list)  # [where, snippet]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_support: Mapped[int | None]
    saved_as: Mapped[str] = mapped_column(String(200), default="")  # what was accepted, edited
    reason: Mapped[str] = mapped_column(String(200), default="")

    decided_by: Mapped[User | None] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TermMining(Model):
    """One search for new words, with what it read and found."""

    __tablename__ = "term_mining"
    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    texts: Mapped[int] = mapped_column(default=0)
    pairs: Mapped[int] = mapped_column(default=0)
    proposed: Mapped[int] = mapped_column(default=0)


class TermTrial(Model):
    """Words about to be saved, and which rankings they would change (试算)."""

    __tablename__ = "term_trial"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    kind: Mapped[TermKind]
    entered: Mapped[list[list[str]]] = mapped_column(JSON, default=list)  # one list a line, folded
    provenance: Mapped[str] = mapped_column(String(200), default="")
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("term_proposal.id", ondelete="SET NULL")
    )
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    finished_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_at: Mapped[datetime | None]

    asked_by: Mapped[User] = relationship()
    proposal: Mapped[TermProposal | None] = relationship()


class BaseGroupOff(Model):
    """A shipped group of synonyms the bureau switched off, by its first word."""

    __tablename__ = "base_group_off"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(40), unique=True)
    since: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User | None] = relationship()
