"""Judge bids and award

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("review_no", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("live_key", sa.String(length=40), nullable=True),
        sa.Column("bounty_id", sa.Integer(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("rubric_rows", sa.JSON(), nullable=False),
        sa.Column("vetoes", sa.JSON(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("pass_line", sa.Integer(), nullable=False),
        sa.Column("panel_size", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("seed_public", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_by_id", sa.Integer(), nullable=True),
        sa.Column("small_pool_reason", sa.String(length=500), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("technical_locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aggregated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("result_digest", sa.String(length=64), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_by_id", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'bids') = (bounty_id IS NOT NULL)", name=op.f("ck_review_bids_have_a_bounty")
        ),
        sa.CheckConstraint(
            "state <> 'voided' OR live_key IS NULL", name=op.f("ck_review_voided_is_not_live")
        ),
        sa.CheckConstraint("panel_size IN (3, 5, 7)", name=op.f("ck_review_panel_is_odd")),
        sa.CheckConstraint(
            "pass_line BETWEEN 0 AND 100", name=op.f("ck_review_pass_line_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user_account.id"], name=op.f("fk_review_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["bounty_id"], ["bounty.id"], name=op.f("fk_review_bounty_id")),
        sa.ForeignKeyConstraint(
            ["concluded_by_id"], ["user_account.id"], name=op.f("fk_review_concluded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by_id"], ["user_account.id"], name=op.f("fk_review_drawn_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["user_account.id"], name=op.f("fk_review_officer_id")
        ),
        sa.ForeignKeyConstraint(["previous_id"], ["review.id"], name=op.f("fk_review_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("live_key", name=op.f("uq_review_live_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_public_id")),
        sa.UniqueConstraint("review_no", name=op.f("uq_review_review_no")),
    )
    op.create_index(op.f("ix_review_bounty_id"), "review", ["bounty_id"], unique=False)
    op.create_index(op.f("ix_review_officer_id"), "review", ["officer_id"], unique=False)
    op.create_index("ix_review_state_due", "review", ["state", "due_at"], unique=False)
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("live_key", sa.String(length=40), nullable=True),
        sa.Column("live_bid", sa.Integer(), nullable=True),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("endorsed_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('proposed', 'endorsed', 'notice', 'made')) = (live_key IS NOT NULL)",
            name=op.f("ck_award_live_key_while_live"),
        ),
        sa.CheckConstraint("slot BETWEEN 1 AND 3", name=op.f("ck_award_slot_in_range")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user_account.id"], name=op.f("fk_award_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_award_bid_id")),
        sa.ForeignKeyConstraint(["bounty_id"], ["bounty.id"], name=op.f("fk_award_bounty_id")),
        sa.ForeignKeyConstraint(
            ["endorsed_by_id"], ["user_account.id"], name=op.f("fk_award_endorsed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_award_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_award_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("live_bid", name=op.f("uq_award_live_bid")),
        sa.UniqueConstraint("live_key", name=op.f("uq_award_live_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_award_public_id")),
    )
    op.create_index(op.f("ix_award_bid_id"), "award", ["bid_id"], unique=False)
    op.create_index(op.f("ix_award_bounty_id"), "award", ["bounty_id"], unique=False)
    op.create_index("ix_award_bounty_state", "award", ["bounty_id", "state"], unique=False)
    op.create_table(
        "award_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("standby", sa.JSON(), nullable=False),
        sa.Column("none_suitable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_experts", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_award_choice_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_award_choice_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_choice")),
        sa.UniqueConstraint("review_id", name=op.f("uq_award_choice_review_id")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("drafted", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_feedback_bid_id")),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["user_account.id"], name=op.f("fk_feedback_released_by_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_feedback_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("bid_id", name=op.f("uq_feedback_bid_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_feedback_public_id")),
    )
    op.create_table(
        "panelist",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("institution", sa.String(length=300), nullable=False),
        sa.Column("institution_key", sa.String(length=320), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_panelist_expert_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_panelist_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panelist")),
        sa.UniqueConstraint("public_id", name=op.f("uq_panelist_public_id")),
        sa.UniqueConstraint("review_id", "expert_id", name="uq_panelist_expert"),
    )
    op.create_index(op.f("ix_panelist_expert_id"), "panelist", ["expert_id"], unique=False)
    op.create_index(op.f("ix_panelist_review_id"), "panelist", ["review_id"], unique=False)
    op.create_table(
        "review_candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("institution", sa.String(length=300), nullable=False),
        sa.Column("institution_key", sa.String(length=320), nullable=False),
        sa.Column("match_score", sa.Float(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("excluded", sa.String(length=60), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_review_candidate_expert_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_candidate_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_candidate")),
        sa.UniqueConstraint("review_id", "expert_id", name="uq_review_candidate_expert"),
    )
    op.create_index(
        op.f("ix_review_candidate_expert_id"), "review_candidate", ["expert_id"], unique=False
    )
    op.create_index(
        op.f("ix_review_candidate_review_id"), "review_candidate", ["review_id"], unique=False
    )
    op.create_table(
        "review_subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=True),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("mean", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("tie_mean", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("tie", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(bid_id IS NULL) <> (need_id IS NULL)", name=op.f("ck_review_subject_one_subject")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_review_subject_bid_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_review_subject_need_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_subject_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_subject")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_subject_public_id")),
        sa.UniqueConstraint("review_id", "bid_id", name="uq_review_subject_bid"),
        sa.UniqueConstraint("review_id", "need_id", name="uq_review_subject_need"),
        sa.UniqueConstraint("review_id", "number", name="uq_review_subject_number"),
    )
    op.create_index(op.f("ix_review_subject_bid_id"), "review_subject", ["bid_id"], unique=False)
    op.create_index(op.f("ix_review_subject_need_id"), "review_subject", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_review_subject_review_id"), "review_subject", ["review_id"], unique=False
    )
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("panelist_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("vetoes", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("advice", sa.String(length=40), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reopen_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["panelist_id"], ["panelist.id"], name=op.f("fk_score_sheet_panelist_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name=op.f("fk_score_sheet_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("panelist_id", "subject_id", "part", name="uq_score_sheet_part"),
        sa.UniqueConstraint("public_id", name=op.f("uq_score_sheet_public_id")),
    )
    op.create_index(
        op.f("ix_score_sheet_panelist_id"), "score_sheet", ["panelist_id"], unique=False
    )
    op.create_index(op.f("ix_score_sheet_state"), "score_sheet", ["state"], unique=False)
    op.create_index(op.f("ix_score_sheet_subject_id"), "score_sheet", ["subject_id"], unique=False)
    op.create_table(
        "score_sheet_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_sheet_version_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet_version")),
        sa.UniqueConstraint("sheet_id", "number", name="uq_score_sheet_version"),
    )
    op.create_index(
        op.f("ix_score_sheet_version_sheet_id"), "score_sheet_version", ["sheet_id"], unique=False
    )


def downgrade():
    op.drop_table("score_sheet_version")
    op.drop_table("score_sheet")
    op.drop_table("review_subject")
    op.drop_table("review_candidate")
    op.drop_table("panelist")
    op.drop_table("feedback")
    op.drop_table("award_choice")
    op.drop_table("award")
    op.drop_table("review")
