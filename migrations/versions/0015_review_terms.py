"""Review terms

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
WORDS = ("term", "synonym_group")


def upgrade():
    for table in WORDS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
            batch.add_column(sa.Column("removed_by_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{table}_removed_by_id"), "user_account", ["removed_by_id"], ["id"]
            )
    op.create_table(
        "term_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("support", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("cohesion", sa.Float(), nullable=True),
        sa.Column("freedom", sa.Float(), nullable=True),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_support", sa.Integer(), nullable=True),
        sa.Column("saved_as", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_term_proposal_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_proposal")),
        sa.UniqueConstraint("kind", "key", name="uq_term_proposal_kind_key"),
        sa.UniqueConstraint("public_id", name=op.f("uq_term_proposal_public_id")),
    )
    op.create_index("ix_term_proposal_queue", "term_proposal", ["state", "support"], unique=False)
    op.create_table(
        "term_mining",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_mining")),
    )
    op.create_table(
        "term_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("entered", sa.JSON(), nullable=False),
        sa.Column("provenance", sa.String(length=200), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["term_proposal.id"], ondelete="SET NULL",
            name=op.f("fk_term_trial_proposal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_term_trial_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_trial")),
        sa.UniqueConstraint("public_id", name=op.f("uq_term_trial_public_id")),
    )
    op.create_table(
        "base_group_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_base_group_off_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_group_off")),
        sa.UniqueConstraint("word", name=op.f("uq_base_group_off_word")),
    )


def downgrade():
    for table in ("base_group_off", "term_trial", "term_mining", "term_proposal"):
        op.drop_table(table)
    for table in WORDS:
        op.execute(f"DELETE FROM {table} WHERE removed_at IS NOT NULL")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_removed_by_id"), type_="foreignkey")
            batch.drop_column("removed_by_id")
            batch.drop_column("removed_at")
