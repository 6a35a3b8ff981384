"""What is kept beside a bounty: its public record, changes, questions, invitations, visits."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import Organisation, User
from matchmaker.achievements.models import Achievement, Team
from matchmaker.bounties.models import Bounty
from matchmaker.experts.models import Expert
from matchmaker.extensions import Model, new_public_id
from matchmaker.lifecycles import CHANGE, ChangeState
from matchmaker.needs.models import Need
from matchmaker.workflow import Labelled, Lifecycle


class RecordEntry(Model):
    """One line of a bounty's own public record: appended, chained, never changed."""

    __tablename__ = "bounty_record"
    __table_args__ = (UniqueConstraint("bounty_id", "seq", name="uq_bounty_record_seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    seq: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class ChangeKind(Labelled):
    """What may be asked for once a bounty is published."""

    TERMS = "terms", "变更内容"
    EXTENSION = "extension", "延期"
    WITHDRAWAL = "withdrawal", "撤榜"


class Change(Model):
    """榜单变更: asked for by the officer, reviewed by the section chief, approved by the leader."""

    __tablename__ = "bounty_change"
    lifecycle: ClassVar[Lifecycle] = CHANGE
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    open_key: Mapped[int | None] = mapped_column(unique=True)  # bounty_id while undecided
    kind: Mapped[ChangeKind]
    state: Mapped[ChangeState] = mapped_column(default=ChangeState.REQUESTED)
    version: Mapped[int] = mapped_column()
    former: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field → value as in a snapshot
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the same, as it shall be
    reason: Mapped[str] = mapped_column(Text)  # published with the change
    owner_request: Mapped[str] = mapped_column(Text, default="")  # 撤榜: the owner's writing
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decision_note: Mapped[str] = mapped_column(Text, default="")

    bounty: Mapped[Bounty] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Question(Model):
    """答疑: asked by somebody nobody but the auditor learns of, answered to all."""

    __tablename__ = "bounty_question"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    public_body: Mapped[str] = mapped_column(Text, default="")  # as published, nobody named
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_as: Mapped[str] = mapped_column(String(20), default="")  # 发榜方 or 科技局
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("bounty_question.id"))

    bounty: Mapped[Bounty] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])


class SuggestionKind(Labelled):
    """Why somebody is proposed for an invitation."""

    TEAM = "team", "科研团队"
    ACHIEVEMENT = "achievement", "成果完成单位"
    EXPERT = "expert", "专家"
    ENTERPRISE = "enterprise", "需求企业"


class Suggestion(Model):
    """Who the matcher thinks fits a published bounty, with the words why."""

    __tablename__ = "bounty_suggestion"
    __table_args__ = (UniqueConstraint("bounty_id", "target", name="uq_bounty_suggestion_target"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    target: Mapped[str] = mapped_column(String(40))  # team:12
    kind: Mapped[SuggestionKind]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("research_team.id"), index=True)
    achievement_id: Mapped[int | None] = mapped_column(ForeignKey("achievement.id"), index=True)
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    score: Mapped[float]
    words: Mapped[list[str]] = mapped_column(default=list)
    at: Mapped[datetime]

    bounty: Mapped[Bounty] = relationship()
    team: Mapped[Team | None] = relationship()
    achievement: Mapped[Achievement | None] = relationship()
    expert: Mapped[Expert | None] = relationship()
    need: Mapped[Need | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Invitation(Model):
    """邀请: somebody the matcher proposed was told of the bounty, with the words why."""

    __tablename__ = "bounty_invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("bounty_suggestion.id"), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    words: Mapped[list[str]] = mapped_column(default=list)
    hits: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # conflicts found, with why
    note: Mapped[str] = mapped_column(Text, default="")  # the officer's word on a 提示
    invited_at: Mapped[datetime]
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    # Who was told, as user ids: what they do afterwards is the coverage.
    told: Mapped[list[Any]] = mapped_column(JSON, default=list)

    suggestion: Mapped[Suggestion] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    invited_by: Mapped[User] = relationship()


class Visit(Model):
    """Who first opened or downloaded what of a bounty, and when: the access log of its coverage."""

    __tablename__ = "bounty_visit"
    __table_args__ = (
        UniqueConstraint("bounty_id", "user_id", "what", name="uq_bounty_visit_once"),
        CheckConstraint("what IN ('opened', 'downloaded')", name="what_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    user: Mapped[User] = relationship()


class Follow(Model):
    """关注: who wants to be told of every change."""

    __tablename__ = "bounty_follow"
    bounty_id: Mapped[int] = mapped_column(ForeignKey("bounty.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True
    )
    at: Mapped[datetime]
