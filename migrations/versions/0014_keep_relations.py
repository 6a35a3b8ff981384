"""Keep relations and former names

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "former_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_former_name_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_former_name_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_former_name_organisation_id")
        ),
    )
    op.create_index(op.f("ix_former_name_name"), "former_name", ["name"], unique=False)
    op.create_table(
        "relation_hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("a_key", sa.String(length=400), nullable=False),
        sa.Column("a_name", sa.String(length=400), nullable=False),
        sa.Column("b_key", sa.String(length=400), nullable=False),
        sa.Column("b_name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("chain", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_relation_hit_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation_hit")),
        sa.UniqueConstraint("a_key", "b_key", "kind", name="uq_relation_hit_pair"),
        sa.UniqueConstraint("public_id", name=op.f("uq_relation_hit_public_id")),
    )
    for column in ("a_key", "b_key"):
        op.create_index(op.f(f"ix_relation_hit_{column}"), "relation_hit", [column], unique=False)
    op.create_index(
        "ix_relation_hit_state_found", "relation_hit", ["state", "found_at"], unique=False
    )
    op.create_table(
        "relation_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hit_id", sa.Integer(), nullable=False),
        sa.Column("subject_noun", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hit_id"], ["relation_hit.id"], ondelete="CASCADE",
            name=op.f("fk_relation_finding_hit_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation_finding")),
        sa.UniqueConstraint(
            "hit_id", "subject_noun", "subject_id", name=op.f("uq_relation_finding_hit_id")
        ),
    )
    for column in ("subject_noun", "subject_id"):
        op.create_index(
            op.f(f"ix_relation_finding_{column}"), "relation_finding", [column], unique=False
        )
    op.create_table(
        "declared_relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("a_name", sa.String(length=150), nullable=False),
        sa.Column("a_organisation", sa.String(length=300), nullable=False),
        sa.Column("b_name", sa.String(length=150), nullable=False),
        sa.Column("b_organisation", sa.String(length=300), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_declared_relation_recorded_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_relation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_declared_relation_public_id")),
    )


def downgrade():
    op.drop_table("declared_relation")
    op.drop_table("relation_finding")
    op.drop_table("relation_hit")
    op.drop_table("former_name")
