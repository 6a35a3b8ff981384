"""Learn weights

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "weight_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=20), nullable=True),
        sa.Column("cause", sa.String(length=100), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("gain", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("before", sa.Float(), nullable=True),
        sa.Column("after", sa.Float(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("newest_decision_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_id", sa.Integer(), nullable=True),
        sa.Column("observations", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(slot IS NOT NULL AND slot = state)"
            " OR (slot IS NULL AND state NOT IN ('learning', 'published'))",
            name=op.f("ck_weight_set_slot_of_its_state"),
        ),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_weight_set_progress")),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'published') OR low > 0",
            name=op.f("ck_weight_set_published_if_supported"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["user_account.id"], name=op.f("fk_weight_set_published_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_id"], ["weight_set.id"], name=op.f("fk_weight_set_replaced_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["user_account.id"], name=op.f("fk_weight_set_started_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_set")),
        sa.UniqueConstraint("public_id", name=op.f("uq_weight_set_public_id")),
        sa.UniqueConstraint("slot", name=op.f("uq_weight_set_slot")),
    )
    with op.batch_alter_table("matching_corpus") as table:
        table.add_column(sa.Column("weights", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("matching_corpus") as table:
        table.alter_column("weights", server_default=None)
    _bound("1.000001", "3.000001")


def downgrade():
    op.execute("UPDATE pairing SET text_score = 1 WHERE text_score > 1.000001")
    _bound("3.000001", "1.000001")
    with op.batch_alter_table("matching_corpus") as table:
        table.drop_column("weights")
    op.drop_table("weight_set")


def _bound(before, after):
    """Move the upper bound of a pair's text score.

    SQLite: as its manual says for a CHECK (lang_altertable, section 7): in the schema's text, since
    laying the table anew would first drop what leads refer to.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_pairing_cosine"), "pairing", type_="check")
        op.create_check_constraint(
            op.f("ck_pairing_cosine"), "pairing", f"text_score BETWEEN 0 AND {after}"
        )
        return
    version = op.get_bind().execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        f"UPDATE sqlite_master SET sql = replace(sql, 'AND {before}', 'AND {after}')"  # noqa: S608
        " WHERE type = 'table' AND name = 'pairing'"
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
