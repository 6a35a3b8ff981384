"""Lay the bid, its seals, the holders' keys and the sealed books

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sealed_book",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sealed_book")),
    )
    op.create_table(
        "sealed_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_entry")),
        sa.UniqueConstraint("book", "seq", name=op.f("uq_sealed_entry_book")),
    )
    op.create_index(op.f("ix_sealed_entry_object_id"), "sealed_entry", ["object_id"], unique=False)
    op.create_table(
        "holder_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("current_of_id", sa.Integer(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["current_of_id"], ["user_account.id"], name=op.f("fk_holder_key_current_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_holder_key_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_key")),
        sa.UniqueConstraint("current_of_id", name=op.f("uq_holder_key_current_of_id")),
    )
    op.create_index(op.f("ix_holder_key_user_id"), "holder_key", ["user_id"], unique=False)
    op.create_table(
        "bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("bid_no", sa.String(length=20), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("lead_organisation_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("quote_fen", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("endorsed_by_id", sa.Integer(), nullable=True),
        sa.Column("endorsed_digest", sa.String(length=64), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("alg", sa.String(length=60), nullable=False),
        sa.Column("envelope", sa.String(length=80), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("valid_key", sa.String(length=64), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("spoiled_reason", sa.Text(), nullable=False),
        sa.Column("hints", sa.JSON(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("appeal_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_outcome", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'replaced', 'locked') OR (lead_organisation_id IS NULL AND created_by_id IS NULL AND draft IS NULL AND quote_fen IS NULL)",
            name=op.f("ck_bid_sealed_names_nobody"),
        ),
        sa.CheckConstraint("quote_fen > 0", name=op.f("ck_bid_quote_positive")),
        sa.ForeignKeyConstraint(["bounty_id"], ["bounty.id"], name=op.f("fk_bid_bounty_id")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_bid_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["endorsed_by_id"], ["user_account.id"], name=op.f("fk_bid_endorsed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["lead_organisation_id"], ["organisation.id"], name=op.f("fk_bid_lead_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_bid_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["bid.id"], name=op.f("fk_bid_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid")),
        sa.UniqueConstraint("bid_no", name=op.f("uq_bid_bid_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bid_public_id")),
        sa.UniqueConstraint("valid_key", name=op.f("uq_bid_valid_key")),
    )
    op.create_index(op.f("ix_bid_bounty_id"), "bid", ["bounty_id"], unique=False)
    op.create_index("ix_bid_bounty_state", "bid", ["bounty_id", "state"], unique=False)
    op.create_index(op.f("ix_bid_created_by_id"), "bid", ["created_by_id"], unique=False)
    op.create_index(
        op.f("ix_bid_lead_organisation_id"), "bid", ["lead_organisation_id"], unique=False
    )
    op.create_table(
        "bid_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holders", sa.JSON(), nullable=False),
        sa.Column("witnesses", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["bounty_id"], ["bounty.id"], name=op.f("fk_bid_opening_bounty_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_opening")),
        sa.UniqueConstraint("bounty_id", name=op.f("uq_bid_opening_bounty_id")),
    )
    op.create_table(
        "bounty_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bounty_id", sa.Integer(), nullable=False),
        sa.Column("alg", sa.String(length=60), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("beside", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bounty_id"], ["bounty.id"], name=op.f("fk_bounty_key_bounty_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounty_key")),
        sa.UniqueConstraint("bounty_id", name=op.f("uq_bounty_key_bounty_id")),
    )
    op.create_table(
        "bid_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stored_as", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"], ["bid.id"], name=op.f("fk_bid_file_bid_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_file")),
    )
    op.create_index(op.f("ix_bid_file_bid_id"), "bid_file", ["bid_id"], unique=False)
    op.create_table(
        "bid_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"], ["bid.id"], name=op.f("fk_bid_mark_bid_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_mark")),
        sa.UniqueConstraint("bid_id", "mark", name=op.f("uq_bid_mark_bid_id")),
    )
    op.create_index(op.f("ix_bid_mark_bid_id"), "bid_mark", ["bid_id"], unique=False)
    op.create_index(op.f("ix_bid_mark_mark"), "bid_mark", ["mark"], unique=False)
    op.create_table(
        "bid_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_terms", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(kind = 'member') = (user_id IS NOT NULL)", name=op.f("ck_bid_party_member_is_a_user")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["user_account.id"], name=op.f("fk_bid_party_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["bid_id"], ["bid.id"], name=op.f("fk_bid_party_bid_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bid_party_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_bid_party_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_party")),
        sa.UniqueConstraint("bid_id", "organisation_id", "user_id", name="uq_bid_party_once"),
    )
    op.create_index(op.f("ix_bid_party_bid_id"), "bid_party", ["bid_id"], unique=False)
    op.create_index(
        op.f("ix_bid_party_organisation_id"), "bid_party", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_bid_party_user_id"), "bid_party", ["user_id"], unique=False)
    op.create_table(
        "formal_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_formal_check_bid_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_formal_check_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formal_check")),
    )
    op.create_index(op.f("ix_formal_check_bid_id"), "formal_check", ["bid_id"], unique=False)
    op.create_table(
        "key_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("chair", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("holder_key_id", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("pledged", sa.JSON(), nullable=False),
        sa.Column("handed", sa.JSON(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_key_share_three_places")),
        sa.ForeignKeyConstraint(
            ["holder_key_id"], ["holder_key.id"], name=op.f("fk_key_share_holder_key_id")
        ),
        sa.ForeignKeyConstraint(["key_id"], ["bounty_key.id"], name=op.f("fk_key_share_key_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_key_share_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_share")),
        sa.UniqueConstraint("key_id", "place", name="uq_key_share_place"),
        sa.UniqueConstraint("key_id", "user_id", name="uq_key_share_user"),
    )
    op.create_index(op.f("ix_key_share_key_id"), "key_share", ["key_id"], unique=False)
    op.create_index(op.f("ix_key_share_user_id"), "key_share", ["user_id"], unique=False)


def downgrade():
    op.drop_table("key_share")
    op.drop_table("formal_check")
    op.drop_table("bid_party")
    op.drop_table("bid_mark")
    op.drop_table("bid_file")
    op.drop_table("bounty_key")
    op.drop_table("bid_opening")
    op.drop_table("bid")
    op.drop_table("holder_key")
    op.drop_table("sealed_entry")
    op.drop_table("sealed_book")
