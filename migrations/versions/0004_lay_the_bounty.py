"""Lay the bounty

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "clock_offset",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_offset")),
    )
    op.create_table(
        "bounty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("bounty_no", sa.String(length=20), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=360), nullable=False),
        sa.Column("task_text", sa.Text(), nullable=False),
        sa.Column("indicators", sa.JSON(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("support_type", sa.String(length=20), nullable=False),
        sa.Column("support_ratio", sa.Numeric(precision=5, scale=4), nullable=True),
        sa.Column("support_cap_fen", sa.BigInteger(), nullable=True),
        sa.Column("max_awards", sa.Integer(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("require_pledge", sa.Boolean(), nullable=False),
        sa.Column("selector", sa.String(length=40), nullable=False),
        sa.Column("rubric", sa.JSON(), nullable=False),
        sa.Column("pass_line", sa.Integer(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("eligibility", sa.Text(), nullable=False),
        sa.Column("ip_arrangement", sa.Text(), nullable=False),
        sa.Column("coop_modes", sa.JSON(), nullable=False),
        sa.Column("tech_field_code", sa.String(length=3), nullable=False),
        sa.Column("chain_node_id", sa.Integer(), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("duration_months", sa.Integer(), nullable=True),
        sa.Column("bid_deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("question_deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("with_list_notice", sa.Boolean(), nullable=False),
        sa.Column("recognition_reason", sa.Text(), nullable=False),
        sa.Column("recognised_id", sa.Integer(), nullable=True),
        sa.Column("recognised_team", sa.String(length=300), nullable=False),
        sa.Column("limited_text", sa.Text(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("secrecy_checked_by_id", sa.Integer(), nullable=True),
        sa.Column("secrecy_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("digest_sm3", sa.String(length=64), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("extended_count", sa.Integer(), nullable=False),
        sa.Column("failure_kind", sa.String(length=20), nullable=False),
        sa.Column("settlement", sa.String(length=20), nullable=False),
        sa.Column("change_statement", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "mode = 'horse_race' OR max_awards = 1", name=op.f("ck_bounty_several_only_in_a_race")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_bounty_amount_positive")),
        sa.CheckConstraint("extended_count BETWEEN 0 AND 1", name=op.f("ck_bounty_extended_once")),
        sa.CheckConstraint(
            "duration_months BETWEEN 1 AND 48", name=op.f("ck_bounty_duration_in_range")
        ),
        sa.CheckConstraint(
            "max_awards BETWEEN 1 AND 3", name=op.f("ck_bounty_max_awards_in_range")
        ),
        sa.CheckConstraint(
            "pass_line BETWEEN 0 AND 100", name=op.f("ck_bounty_pass_line_in_range")
        ),
        sa.CheckConstraint(
            "support_ratio BETWEEN 0 AND 1", name=op.f("ck_bounty_support_ratio_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["user_account.id"], name=op.f("fk_bounty_approver_id")
        ),
        sa.ForeignKeyConstraint(
            ["chain_node_id"], ["chain_node.id"], name=op.f("fk_bounty_chain_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_bounty_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["user_account.id"], name=op.f("fk_bounty_handler_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_bounty_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["bounty.id"], name=op.f("fk_bounty_parent_id")),
        sa.ForeignKeyConstraint(
            ["recognised_id"], ["organisation.id"], name=op.f("fk_bounty_recognised_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user_account.id"], name=op.f("fk_bounty_reviewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["secrecy_checked_by_id"],
            ["user_account.id"],
            name=op.f("fk_bounty_secrecy_checked_by_id"),
        ),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_bounty_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty")),
        sa.UniqueConstraint("bounty_no", name=op.f("uq_bounty_bounty_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bounty_public_id")),
    )
    op.create_index(op.f("ix_bounty_handler_id"), "bounty", ["handler_id"], unique=False)
    op.create_index(op.f("ix_bounty_owner_id"), "bounty", ["owner_id"], unique=False)
    op.create_index(op.f("ix_bounty_parent_id"), "bounty", ["parent_id"], unique=False)
    op.create_index(op.f("ix_bounty_published_at"), "bounty", ["published_at"], unique=False)
    op.create_index(
        "ix_bounty_state_deadline", "bounty", ["state", "bid_deadline_at"], unique=False
    )
    op.create_index(op.f("ix_bounty_tech_field_code"), "bounty", ["tech_field_code"], unique=False)
    op.create_table(
        "bounty_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("achievement_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_by_id", sa.Integer(), nullable=True),
        sa.Column("consent_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(need_id IS NULL) <> (achievement_id IS NULL)",
            name=op.f("ck_bounty_source_one_origin"),
        ),
        sa.CheckConstraint(
            "share_bp BETWEEN 0 AND 10000", name=op.f("ck_bounty_source_share_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_bounty_source_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_source_bounty_id")
        ),
        sa.ForeignKeyConstraint(
            ["consented_by_id"], ["user_account.id"], name=op.f("fk_bounty_source_consented_by_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_bounty_source_need_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bounty_source_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_source")),
        sa.UniqueConstraint("bounty_id", "need_id", name="uq_bounty_source_need"),
    )
    op.create_index(
        op.f("ix_bounty_source_achievement_id"), "bounty_source", ["achievement_id"], unique=False
    )
    op.create_index(
        op.f("ix_bounty_source_bounty_id"), "bounty_source", ["bounty_id"], unique=False
    )
    op.create_index(op.f("ix_bounty_source_need_id"), "bounty_source", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_bounty_source_organisation_id"), "bounty_source", ["organisation_id"], unique=False
    )


def downgrade():
    op.drop_table("bounty_source")
    op.drop_table("bounty")
    op.drop_table("clock_offset")
