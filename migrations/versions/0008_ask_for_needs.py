"""Ask for needs

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    _create_calls()
    _create_invitations()
    _create_visits()
    _create_revisions()
    with op.batch_alter_table("need") as batch_op:
        batch_op.add_column(sa.Column("call_id", sa.Integer(), nullable=True))
        batch_op.create_index(op.f("ix_need_call_id"), ["call_id"], unique=False)


def _create_calls():
    op.create_table(
        "need_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("call_no", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tech_field_code", sa.String(length=3), nullable=False),
        sa.Column("chain_node_id", sa.Integer(), nullable=True),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("is_open_to_all", sa.Boolean(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("former_end_on", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("end_on >= start_on", name=op.f("ck_need_call_period_forward")),
        sa.CheckConstraint("target > 0", name=op.f("ck_need_call_target_positive")),
        sa.ForeignKeyConstraint(
            ["chain_node_id"], ["chain_node.id"], name=op.f("fk_need_call_chain_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["user_account.id"], name=op.f("fk_need_call_handler_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_need_call_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["user_account.id"], name=op.f("fk_need_call_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_call")),
        sa.UniqueConstraint("public_id", name=op.f("uq_need_call_public_id")),
        sa.UniqueConstraint("call_no", name=op.f("uq_need_call_call_no")),
    )
    op.create_index(op.f("ix_need_call_handler_id"), "need_call", ["handler_id"], unique=False)
    op.create_index("ix_need_call_state_ends", "need_call", ["state", "ends_at"], unique=False)


def _create_invitations():
    op.create_table(
        "call_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("none_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("none_by_id", sa.Integer(), nullable=True),
        sa.Column("none_note", sa.String(length=300), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["need_call.id"],
            name=op.f("fk_call_invitation_call_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["organisation.id"], name=op.f("fk_call_invitation_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_call_invitation_town_id")),
        sa.ForeignKeyConstraint(
            ["none_by_id"], ["user_account.id"], name=op.f("fk_call_invitation_none_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_invitation_public_id")),
        sa.UniqueConstraint("call_id", "enterprise_id", name=op.f("uq_call_invitation_call_id")),
    )
    for column in ("call_id", "enterprise_id", "town_id"):
        name = op.f(f"ix_call_invitation_{column}")
        op.create_index(name, "call_invitation", [column], unique=False)
    op.create_table(
        "call_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["need_call.id"], name=op.f("fk_call_reminder_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_reminder")),
        sa.UniqueConstraint("call_id", "end_on", "days", name="uq_call_reminder_key"),
    )


def _create_visits():
    op.create_table(
        "field_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("visit_no", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("people", sa.String(length=300), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["organisation.id"], name=op.f("fk_field_visit_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_field_visit_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_field_visit_public_id")),
        sa.UniqueConstraint("visit_no", name=op.f("uq_field_visit_visit_no")),
    )
    for column in ("enterprise_id", "held_on", "created_by_id"):
        op.create_index(op.f(f"ix_field_visit_{column}"), "field_visit", [column], unique=False)
    op.create_table(
        "visit_need",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["field_visit.id"],
            name=op.f("fk_visit_need_visit_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["need.id"], name=op.f("fk_visit_need_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "need_id", name=op.f("pk_visit_need")),
    )
    op.create_index(op.f("ix_visit_need_need_id"), "visit_need", ["need_id"], unique=False)


def _create_revisions():
    op.create_table(
        "need_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("diagnosis_id", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["need.id"], name=op.f("fk_need_revision_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["diagnosis_id"], ["need_diagnosis.id"], name=op.f("fk_need_revision_diagnosis_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_need_revision_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_need_revision_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_revision")),
        sa.UniqueConstraint("open_key", name=op.f("uq_need_revision_open_key")),
    )
    for column in ("need_id", "diagnosis_id"):
        op.create_index(op.f(f"ix_need_revision_{column}"), "need_revision", [column], unique=False)


def downgrade():
    op.drop_table("need_revision")
    with op.batch_alter_table("need") as batch_op:
        batch_op.drop_index(op.f("ix_need_call_id"))
        batch_op.drop_column("call_id")
    for table in ("visit_need", "field_visit", "call_reminder", "call_invitation", "need_call"):
        op.drop_table(table)
