"""推荐配对: pairs the matcher found, the words it was told, and what it knows of the corpus."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.achievements.models import Achievement
from matchmaker.experts.models import Expert
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import PAIRING, PairingState
from matchmaker.matching import SEMANTIC
from matchmaker.needs.models import Need
from matchmaker.services.models import Service
from matchmaker.workflow import Labelled, Lifecycle


class CandidateKind(Labelled):
    """What may answer a need; a team counts through its achievements."""

    ACHIEVEMENT = "achievement", "成果"
    EXPERT = "expert", "专家"
    SERVICE = "service", "服务机构"


class RejectReason(Labelled):
    """Why a pair is of no use (不相关的原因)."""

    INDICATORS = "indicators", "指标不符"
    FIELD = "field", "领域不符"
    EXISTING = "existing", "已有合作"
    DUPLICATE = "duplicate", "重复"
    OTHER = "other", "其他"


EXACTLY_ONE = (
    "(CASE WHEN achievement_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN expert_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN service_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class Pairing(Model):
    """A need and one candidate with the score and why; decided rows are the officers' feedback.

    The machine writes and removes NEW rows only; once somebody decided, score and explanation
    stay as they were seen. `score` is `text_score` plus the points of `adjustments`.
    """

    __tablename__ = "pairing"
    __table_args__ = (
        CheckConstraint(EXACTLY_ONE, name="one_candidate"),
        # A cosine, at most 1, times the largest weight that can be learnt (features.MOST).
        CheckConstraint("text_score BETWEEN 0 AND 3.000001", name="cosine"),
        UniqueConstraint("need_id", "achievement_id", name="uq_pairing_need_achievement"),
        UniqueConstraint("need_id", "expert_id", name="uq_pairing_need_expert"),
        UniqueConstraint("need_id", "service_id", name="uq_pairing_need_service"),
        Index("ix_pairing_desk", "state", "score", "need_id"),
        Index("ix_pairing_ranking", "need_id", "kind", "score"),
    )
    lifecycle: ClassVar[Lifecycle] = PAIRING
    disclosure: ClassVar[dict[str, str]] = {
        "kind": "P", "need_title": "P", "candidate_title": "P", "candidate_owner": "P",
        "score": "P", "text_score": "P", "words": "P", "adjustments": "P", "explanation": "P",
        "semantic_points": "P",
        "algorithm_version": "P", "computed_at": "P", "first_seen_at": "P", "town": "P",
        "tech_field_code": "P", "need_no": "P",
        "state": "B", "decided_by": "B", "decided_at": "B", "reason_code": "B", "note": "B",
        "handler": "B", "enterprise_name": "B", "need_public_id": "P",
        "candidate_public_id": "P", "texts_digest": "P",
    }  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    state: Mapped[PairingState] = mapped_column(default=PairingState.NEW)
    version: Mapped[int] = mapped_column()
    kind: Mapped[CandidateKind]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    achievement_id: Mapped[int | None] = mapped_column(
        ForeignKey("achievement.id", ondelete="CASCADE"), index=True
    )
    expert_id: Mapped[int | None] = mapped_column(
        ForeignKey("expert.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[int | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    text_score: Mapped[float]
    score: Mapped[float]
    adjustments: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    words: Mapped[list[str]] = mapped_column(default=list)  # the heaviest met, for lists
    texts_digest: Mapped[str] = mapped_column(String(32))  # of the texts the spans point into
    algorithm_version: Mapped[str] = mapped_column(String(60))
    first_seen_at: Mapped[datetime]
    computed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    reason_code: Mapped[RejectReason | None]
    note: Mapped[str] = mapped_column(Text, default="")
    # Last, and read only where it is shown: it outweighs the rest of the row.
    explanation: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)

    need: Mapped[Need] = relationship()
    achievement: Mapped[Achievement | None] = relationship()
    expert: Mapped[Expert | None] = relationship()
    service: Mapped[Service | None] = relationship()
    decided_by: Mapped[User | None] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def candidate(self) -> Achievement | Expert | Service:
        """The one candidate."""
        found = self.achievement or self.expert or self.service
        assert found is not None  # noqa: S101 - CHECK one_candidate
        return found

    @property
    def semantic_points(self) -> float | None:
        """What the third channel adds; None for a score without it."""
        found = [one["points"] for one in self.adjustments if one["code"] == SEMANTIC]
        return float(found[0]) if found else None

    @property
    def candidate_public_id(self) -> str:
        """The candidate's name in URLs."""
        return self.candidate.public_id

    @property
    def candidate_title(self) -> str:
        """What the candidate is called in a list."""
        return self.achievement.title if self.achievement else self.candidate_name

    @property
    def candidate_name(self) -> str:
        """The name of an expert or a service; empty for an achievement."""
        found = self.expert or self.service
        return found.name if found else ""

    @property
    def candidate_owner(self) -> str:
        """Whose the candidate is."""
        if self.achievement:
            return self.achievement.institution.name
        return self.expert.organisation_name if self.expert else ""

    @property
    def need_title(self) -> str:
        """What is asked for."""
        return self.need.title

    @property
    def need_no(self) -> str | None:
        """The need's number."""
        return self.need.need_no

    @property
    def need_public_id(self) -> str:
        """The need's name in URLs."""
        return self.need.public_id

    @property
    def enterprise_name(self) -> str:
        """Who asks, by real name: for the bureau."""
        return self.need.enterprise.name

    @property
    def town(self) -> Any:
        """The enterprise's town."""
        return self.need.enterprise.town

    @property
    def tech_field_code(self) -> str:
        """The need's field of technology."""
        return self.need.tech_field_code

    @property
    def handler(self) -> User | None:
        """The officer who handles the need."""
        return self.need.handler


KEPT_WORDS = ("told", "provenance", "added_at", "added_by", "removed_at", "removed_by")


class Term(Model):
    """A word the segmenter keeps in one piece (用户词典); a removed one may be put back."""

    __tablename__ = "term"
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(KEPT_WORDS, "B")
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    word: Mapped[str] = mapped_column(String(40), unique=True)  # folded
    provenance: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    added_by: Mapped[User | None] = relationship(foreign_keys=added_by_id)
    removed_by: Mapped[User | None] = relationship(foreign_keys=removed_by_id)

    @property
    def told(self) -> str:
        """How a list writes it."""
        return self.word


class SynonymGroup(Model):
    """Words that mean the same; the first stands for all (同义词); as removable as a word."""

    __tablename__ = "synonym_group"
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(KEPT_WORDS, "B")
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    words: Mapped[list[str]] = mapped_column(default=list)  # folded, two at least
    provenance: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    added_by: Mapped[User | None] = relationship(foreign_keys=added_by_id)
    removed_by: Mapped[User | None] = relationship(foreign_keys=removed_by_id)

    @property
    def told(self) -> str:
        """How a list writes it."""
        return "、".join(self.words)


class Corpus(Model):
    """What every consumer must agree on: the idf and the weights in force; one row.

    token : changes with every fit, so that a consumer's index in memory is known to be of it.
    writes : counts what was written from a ranking; a ranking computed before another consumer
    wrote is computed again.
    """

    __tablename__ = "matching_corpus"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(20))
    algorithm_version: Mapped[str] = mapped_column(String(60))
    documents: Mapped[int]
    # Term → documents that hold it: tens of thousands, read only where a matcher is built.
    counts: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)  # those left out are 1
    writes: Mapped[int] = mapped_column(default=0)
    refit_due: Mapped[bool] = mapped_column(default=False)
    fitted_at: Mapped[datetime]


class Recomputation(Model):
    """A run over all open needs after the words or the corpus changed, with its progress."""

    __tablename__ = "matching_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(String(100))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
