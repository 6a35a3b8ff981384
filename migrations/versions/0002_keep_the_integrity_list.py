"""Keep the integrity list

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "integrity_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("listed_by_id", sa.Integer(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user_account.id"],
            name=op.f("fk_integrity_entry_ended_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_integrity_entry_expert_id")
        ),
        sa.ForeignKeyConstraint(
            ["listed_by_id"],
            ["user_account.id"],
            name=op.f("fk_integrity_entry_listed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_integrity_entry_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_integrity_entry_public_id")),
    )
    for column in ("ended_at", "expert_id", "organisation_id"):
        op.create_index(
            op.f(f"ix_integrity_entry_{column}"), "integrity_entry", [column], unique=False
        )


def downgrade():
    op.drop_table("integrity_entry")
