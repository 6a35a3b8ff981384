"""Follow a bounty

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bounty_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("former", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner_request", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_change_bounty_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_bounty_change_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_bounty_change_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["user_account.id"], name=op.f("fk_bounty_change_reviewed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_change")),
        sa.UniqueConstraint("open_key", name=op.f("uq_bounty_change_open_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bounty_change_public_id")),
    )
    op.create_index(
        op.f("ix_bounty_change_bounty_id"), "bounty_change", ["bounty_id"], unique=False
    )
    op.create_table(
        "bounty_follow",
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_follow_bounty_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_bounty_follow_user_id")
        ),
        sa.PrimaryKeyConstraint("bounty_id", "user_id", name=op.f("pk_bounty_follow")),
    )
    op.create_index(op.f("ix_bounty_follow_user_id"), "bounty_follow", ["user_id"], unique=False)
    op.create_table(
        "bounty_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("public_body", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_as", sa.String(length=20), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_bounty_question_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_bounty_question_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_question_bounty_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["bounty_question.id"],
            name=op.f("fk_bounty_question_merged_into_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bounty_question_public_id")),
    )
    op.create_index(
        op.f("ix_bounty_question_asked_by_id"), "bounty_question", ["asked_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_bounty_question_bounty_id"), "bounty_question", ["bounty_id"], unique=False
    )
    op.create_table(
        "bounty_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_record_bounty_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_record")),
        sa.UniqueConstraint("bounty_id", "seq", name="uq_bounty_record_seq"),
    )
    op.create_index(
        op.f("ix_bounty_record_bounty_id"), "bounty_record", ["bounty_id"], unique=False
    )
    op.create_table(
        "bounty_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what IN ('opened', 'downloaded')", name=op.f("ck_bounty_visit_what_known")
        ),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_visit_bounty_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_bounty_visit_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_visit")),
        sa.UniqueConstraint("bounty_id", "user_id", "what", name="uq_bounty_visit_once"),
    )
    op.create_index(op.f("ix_bounty_visit_bounty_id"), "bounty_visit", ["bounty_id"], unique=False)
    op.create_index(op.f("ix_bounty_visit_user_id"), "bounty_visit", ["user_id"], unique=False)
    op.create_table(
        "bounty_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("achievement_id", sa.Integer(), nullable=True),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_bounty_suggestion_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_suggestion_bounty_id")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_bounty_suggestion_expert_id")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["need.id"], name=op.f("fk_bounty_suggestion_need_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_bounty_suggestion_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["research_team.id"], name=op.f("fk_bounty_suggestion_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_suggestion")),
        sa.UniqueConstraint("bounty_id", "target", name="uq_bounty_suggestion_target"),
        sa.UniqueConstraint("public_id", name=op.f("uq_bounty_suggestion_public_id")),
    )
    op.create_index(
        op.f("ix_bounty_suggestion_achievement_id"),
        "bounty_suggestion",
        ["achievement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_bounty_suggestion_bounty_id"), "bounty_suggestion", ["bounty_id"], unique=False
    )
    op.create_index(
        op.f("ix_bounty_suggestion_expert_id"), "bounty_suggestion", ["expert_id"], unique=False
    )
    op.create_index(
        op.f("ix_bounty_suggestion_need_id"), "bounty_suggestion", ["need_id"], unique=False
    )
    op.create_index(
        op.f("ix_bounty_suggestion_organisation_id"),
        "bounty_suggestion",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_bounty_suggestion_team_id"), "bounty_suggestion", ["team_id"], unique=False
    )
    op.create_table(
        "bounty_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_invitation_bounty_id")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["user_account.id"], name=op.f("fk_bounty_invitation_invited_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_bounty_invitation_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["bounty_suggestion.id"],
            name=op.f("fk_bounty_invitation_suggestion_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bounty_invitation_public_id")),
        sa.UniqueConstraint("suggestion_id", name=op.f("uq_bounty_invitation_suggestion_id")),
    )
    op.create_index(
        op.f("ix_bounty_invitation_bounty_id"), "bounty_invitation", ["bounty_id"], unique=False
    )
    op.create_index(
        op.f("ix_bounty_invitation_organisation_id"),
        "bounty_invitation",
        ["organisation_id"],
        unique=False,
    )


def downgrade():
    op.drop_table("bounty_invitation")
    op.drop_table("bounty_suggestion")
    op.drop_table("bounty_visit")
    op.drop_table("bounty_record")
    op.drop_table("bounty_question")
    op.drop_table("bounty_follow")
    op.drop_table("bounty_change")
