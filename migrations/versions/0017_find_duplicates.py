"""Find duplicates

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "duplicate_mark",
        sa.Column("noun", sa.String(length=30), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("noun", "row_id", name=op.f("pk_duplicate_mark")),
    )
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("noun", sa.String(length=30), nullable=False),
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("b_id", sa.Integer(), nullable=False),
        sa.Column("a_public_id", sa.String(length=20), nullable=False),
        sa.Column("b_public_id", sa.String(length=20), nullable=False),
        sa.Column("a_title", sa.String(length=360), nullable=False),
        sa.Column("b_title", sa.String(length=360), nullable=False),
        sa.Column("a_owner", sa.String(length=300), nullable=False),
        sa.Column("b_owner", sa.String(length=300), nullable=False),
        sa.Column("is_across", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_duplicate_pair_pair_in_order")),
        sa.CheckConstraint(
            "score BETWEEN 0 AND 1", name=op.f("ck_duplicate_pair_score_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_duplicate_pair_decided_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("noun", "a_id", "b_id", name="uq_duplicate_pair_rows"),
        sa.UniqueConstraint("public_id", name=op.f("uq_duplicate_pair_public_id")),
    )
    op.create_index("ix_duplicate_pair_b", "duplicate_pair", ["noun", "b_id"], unique=False)
    op.create_index(
        "ix_duplicate_pair_listed",
        "duplicate_pair",
        ["is_current", "state", "score"],
        unique=False,
    )


def downgrade():
    op.drop_table("duplicate_pair")
    op.drop_table("duplicate_mark")
