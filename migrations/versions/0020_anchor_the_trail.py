"""Anchor the trail once a day

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

from matchmaker.audit.models import POSTGRES_ANCHOR_GUARDS, SQLITE_ANCHOR_GUARDS

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "audit_anchor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_anchor")),
    )
    embedded = op.get_bind().dialect.name == "sqlite"
    for guard in SQLITE_ANCHOR_GUARDS if embedded else POSTGRES_ANCHOR_GUARDS:
        op.execute(guard)


def downgrade():
    op.drop_table("audit_anchor")
