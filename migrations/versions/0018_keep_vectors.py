"""Keep vectors

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "text_vector",
        sa.Column("encoder", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("seen_in", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("encoder", "digest", name=op.f("pk_text_vector")),
    )
    op.create_table(
        "vector_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("encoder", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("computed", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_vector_run_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vector_run")),
    )


def downgrade():
    op.drop_table("vector_run")
    op.drop_table("text_vector")
