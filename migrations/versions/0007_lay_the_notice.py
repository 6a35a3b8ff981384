"""Lay the notice and the objection

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _user(table, column):
    return sa.ForeignKeyConstraint(
        [column], ["user_account.id"], name=op.f(f"fk_{table}_{column}")
    )


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name, length=None):
    kind = sa.String(length=length) if length else sa.Text()
    return sa.Column(name, kind, nullable=False)


def _number(name, *, nullable=True):
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _day(name):
    return sa.Column(name, sa.Date(), nullable=True)


def _flag(name):
    return sa.Column(name, sa.Boolean(), nullable=False)


def _notice():
    table = "public_notice"
    people = ("end_confirmed_by_id", "handler_id", "created_by_id", "edited_by_id",
              "checked_by_id", "published_by_id")  # fmt: skip
    op.create_table(
        table,
        _number("id", nullable=False),
        _text("public_id", 20),
        sa.Column("notice_no", sa.String(length=12), nullable=True),
        _text("kind", 40),
        _text("title", 200),
        _text("state", 40),
        _number("version", nullable=False),
        _text("subject_noun", 40),
        _number("subject_id"),
        _text("subject_url", 200),
        sa.Column("live_key", sa.String(length=80), nullable=True),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("withheld", sa.JSON(), nullable=False),
        _text("text"),
        _number("workdays", nullable=False),
        _text("contact_name", 100),
        _text("contact_phone", 60),
        _text("contact_address", 200),
        _day("published_on"),
        _moment("published_at"),
        _day("start_on"),
        _day("counted_from"),
        sa.Column("spans", sa.JSON(), nullable=False),
        _day("end_on"),
        _moment("ends_at"),
        _flag("provisional"),
        _moment("end_confirmed_at"),
        _number("end_confirmed_by_id"),
        _text("end_basis", 200),
        _text("page_html"),
        _text("page_digest", 64),
        _moment("ended_at"),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        _text("revoked_reason"),
        _number("handler_id"),
        _number("created_by_id"),
        _number("edited_by_id"),
        _number("checked_by_id"),
        _moment("checked_at"),
        _text("check_note"),
        _number("published_by_id"),
        _moment("created_at", nullable=False),
        sa.CheckConstraint(
            "workdays BETWEEN 5 AND 10", name=op.f("ck_public_notice_workdays_range")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'checked', 'cancelled') OR (notice_no IS NOT NULL"
            " AND published_on IS NOT NULL AND page_digest <> '')",
            name=op.f("ck_public_notice_published_whole"),
        ),
        sa.CheckConstraint(
            "end_on IS NULL OR end_on > published_on",
            name=op.f("ck_public_notice_ends_after_publication"),
        ),
        *(_user(table, column) for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
        *(
            sa.UniqueConstraint(column, name=op.f(f"uq_public_notice_{column}"))
            for column in ("public_id", "notice_no", "live_key")
        ),
    )
    op.create_index("ix_public_notice_subject", table, ["subject_noun", "subject_id"])
    op.create_index("ix_public_notice_state_end", table, ["state", "ends_at"])
    op.create_index(op.f("ix_public_notice_handler_id"), table, ["handler_id"])


def _belongs(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _beside():
    table = "notice_correction"
    op.create_table(
        table,
        _number("id", nullable=False),
        _text("public_id", 20),
        _number("notice_id", nullable=False),
        _text("state", 40),
        _number("version", nullable=False),
        _text("text"),
        _text("reason", 500),
        _number("requested_by_id", nullable=False),
        _moment("requested_at", nullable=False),
        _number("decided_by_id"),
        _moment("decided_at"),
        _text("page_html"),
        _text("page_digest", 64),
        _belongs(table, "notice_id", "public_notice"),
        _user(table, "requested_by_id"),
        _user(table, "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_correction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_correction_public_id")),
    )
    op.create_index(op.f("ix_notice_correction_notice_id"), table, ["notice_id"])
    table = "notice_period_change"
    op.create_table(
        table,
        _number("id", nullable=False),
        _number("notice_id", nullable=False),
        _moment("at", nullable=False),
        _day("before"),
        _day("after"),
        _flag("provisional"),
        _text("reason", 300),
        _belongs(table, "notice_id", "public_notice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_period_change")),
    )
    op.create_index(op.f("ix_notice_period_change_notice_id"), table, ["notice_id"])


def _objection():
    table = "objection"
    people = ("against_id", "handler_id", "submitted_by_id", "recorded_by_id", "accepted_by_id",
              "findings_by_id", "decided_by_id")  # fmt: skip
    op.create_table(
        table,
        _number("id", nullable=False),
        _text("public_id", 20),
        _text("objection_no", 12),
        _number("notice_id", nullable=False),
        _text("state", 40),
        _number("version", nullable=False),
        _text("channel", 40),
        _text("complainant_name", 100),
        _text("complainant_phone", 40),
        _text("complainant_unit", 200),
        _text("complainant_address", 200),
        _text("body"),
        _text("request"),
        _flag("against_officer"),
        _number("against_id"),
        _number("handler_id"),
        _number("submitted_by_id"),
        _number("recorded_by_id"),
        _moment("received_at", nullable=False),
        _day("received_on"),
        _moment("accepted_at"),
        _number("accepted_by_id"),
        _day("decide_by"),
        _flag("decide_provisional"),
        _moment("extended_at"),
        _text("extended_reason", 300),
        _day("reminded_on"),
        _text("findings"),
        _number("findings_by_id"),
        _moment("findings_at"),
        _text("conclusion"),
        _text("public_summary"),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        _number("decided_by_id"),
        _moment("decided_at"),
        _text("withdrawn_reason", 500),
        _moment("created_at", nullable=False),
        sa.CheckConstraint(
            "(state IN ('submitted', 'refused', 'withdrawn')) OR accepted_at IS NOT NULL",
            name=op.f("ck_objection_accepted_first"),
        ),
        sa.CheckConstraint(
            "(state IN ('upheld', 'dismissed', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_objection_decided_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'upheld') = (outcome IS NOT NULL)", name=op.f("ck_objection_outcome_if_upheld")
        ),
        _belongs(table, "notice_id", "public_notice"),
        *(_user(table, column) for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_objection_public_id")),
        sa.UniqueConstraint("objection_no", name=op.f("uq_objection_objection_no")),
    )
    op.create_index("ix_objection_state_due", table, ["state", "decide_by"])
    for column in ("notice_id", "handler_id", "submitted_by_id"):
        op.create_index(op.f(f"ix_objection_{column}"), table, [column])


def upgrade():
    _notice()
    _beside()
    _objection()
    table = "objection_file"
    op.create_table(
        table,
        _number("id", nullable=False),
        _number("objection_id", nullable=False),
        _text("name", 200),
        _text("stored_as", 80),
        _number("size", nullable=False),
        _moment("added_at", nullable=False),
        _belongs(table, "objection_id", "objection"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_file")),
    )
    op.create_index(op.f("ix_objection_file_objection_id"), table, ["objection_id"])


def downgrade():
    for table in (
        "objection_file",
        "objection",
        "notice_period_change",
        "notice_correction",
        "public_notice",
    ):
        op.drop_table(table)
