"""Lay the contract

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('tech_contract',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('contract_no', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('bounty_id', sa.Integer(), nullable=True),
    sa.Column('bid_id', sa.Integer(), nullable=True),
    sa.Column('award_id', sa.Integer(), nullable=True),
    sa.Column('lead_id', sa.Integer(), nullable=True),
    sa.Column('buyer_id', sa.Integer(), nullable=False),
    sa.Column('seller_id', sa.Integer(), nullable=False),
    sa.Column('buyer_user_id', sa.Integer(), nullable=True),
    sa.Column('seller_user_id', sa.Integer(), nullable=True),
    sa.Column('broker_id', sa.Integer(), nullable=True),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('award_terms', sa.JSON(), nullable=False),
    sa.Column('title', sa.String(length=600), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subtype', sa.String(length=30), nullable=False),
    sa.Column('payment_mode', sa.String(length=30), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('planned_fen', sa.BigInteger(), nullable=False),
    sa.Column('paid_fen', sa.BigInteger(), nullable=False),
    sa.Column('start_on', sa.Date(), nullable=True),
    sa.Column('end_on', sa.Date(), nullable=True),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('indicators', sa.JSON(), nullable=False),
    sa.Column('content_clause', sa.Text(), nullable=False),
    sa.Column('ip_clause', sa.Text(), nullable=False),
    sa.Column('benefit_clause', sa.Text(), nullable=False),
    sa.Column('secrecy_clause', sa.Text(), nullable=False),
    sa.Column('acceptance_clause', sa.Text(), nullable=False),
    sa.Column('risk_clause', sa.Text(), nullable=False),
    sa.Column('breach_clause', sa.Text(), nullable=False),
    sa.Column('clauses', sa.JSON(), nullable=False),
    sa.Column('difference_reasons', sa.JSON(), nullable=False),
    sa.Column('text_no', sa.Integer(), nullable=False),
    sa.Column('buyer_confirmed_no', sa.Integer(), nullable=True),
    sa.Column('buyer_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('buyer_confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('seller_confirmed_no', sa.Integer(), nullable=True),
    sa.Column('seller_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seller_confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('agreed_price', sa.Boolean(), nullable=False),
    sa.Column('price_notice_from', sa.Date(), nullable=True),
    sa.Column('price_notice_to', sa.Date(), nullable=True),
    sa.Column('price_notice_url', sa.String(length=500), nullable=False),
    sa.Column('sign_by', sa.Date(), nullable=True),
    sa.Column('sign_by_guessed', sa.Boolean(), nullable=False),
    sa.Column('sign_extended', sa.Boolean(), nullable=False),
    sa.Column('signing_held', sa.Boolean(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('parties', sa.JSON(), nullable=False),
    sa.Column('scan_digest', sa.String(length=64), nullable=False),
    sa.Column('extended_to', sa.Date(), nullable=True),
    sa.Column('extension_reason', sa.Text(), nullable=False),
    sa.Column('is_winner', sa.Boolean(), nullable=False),
    sa.Column('archive_name', sa.String(length=80), nullable=False),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'negotiating', 'lapsed', 'archived') OR planned_fen = total_fen", name=op.f('ck_tech_contract_plan_makes_total')),
    sa.CheckConstraint('bounty_id IS NOT NULL OR lead_id IS NOT NULL', name=op.f('ck_tech_contract_has_origin')),
    sa.CheckConstraint('buyer_id <> seller_id', name=op.f('ck_tech_contract_two_parties')),
    sa.CheckConstraint('paid_fen >= 0 AND paid_fen <= total_fen', name=op.f('ck_tech_contract_paid_within_total')),
    sa.CheckConstraint('start_on <= end_on', name=op.f('ck_tech_contract_start_before_end')),
    sa.CheckConstraint('total_fen > 0', name=op.f('ck_tech_contract_total_above_zero')),
    sa.ForeignKeyConstraint(['bid_id'], ['bid.id'], name=op.f('fk_tech_contract_bid_id')),
    sa.ForeignKeyConstraint(['bounty_id'], ['bounty.id'], name=op.f('fk_tech_contract_bounty_id')),
    sa.ForeignKeyConstraint(['broker_id'], ['broker.id'], name=op.f('fk_tech_contract_broker_id')),
    sa.ForeignKeyConstraint(['buyer_confirmed_by_id'], ['user_account.id'], name=op.f('fk_tech_contract_buyer_confirmed_by_id')),
    sa.ForeignKeyConstraint(['buyer_id'], ['organisation.id'], name=op.f('fk_tech_contract_buyer_id')),
    sa.ForeignKeyConstraint(['buyer_user_id'], ['user_account.id'], name=op.f('fk_tech_contract_buyer_user_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_tech_contract_created_by_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['user_account.id'], name=op.f('fk_tech_contract_handler_id')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_tech_contract_lead_id')),
    sa.ForeignKeyConstraint(['seller_confirmed_by_id'], ['user_account.id'], name=op.f('fk_tech_contract_seller_confirmed_by_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['organisation.id'], name=op.f('fk_tech_contract_seller_id')),
    sa.ForeignKeyConstraint(['seller_user_id'], ['user_account.id'], name=op.f('fk_tech_contract_seller_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tech_contract')),
    sa.UniqueConstraint('award_id', name=op.f('uq_tech_contract_award_id')),
    sa.UniqueConstraint('contract_no', name=op.f('uq_tech_contract_contract_no')),
    sa.UniqueConstraint('lead_id', name=op.f('uq_tech_contract_lead_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_tech_contract_public_id'))
    )
    op.create_index(op.f('ix_tech_contract_bid_id'), 'tech_contract', ['bid_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_bounty_id'), 'tech_contract', ['bounty_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_broker_id'), 'tech_contract', ['broker_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_buyer_id'), 'tech_contract', ['buyer_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_buyer_user_id'), 'tech_contract', ['buyer_user_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_handler_id'), 'tech_contract', ['handler_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_seller_id'), 'tech_contract', ['seller_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_seller_user_id'), 'tech_contract', ['seller_user_id'], unique=False)
    op.create_index(op.f('ix_tech_contract_signed_on'), 'tech_contract', ['signed_on'], unique=False)
    op.create_index('ix_tech_contract_state_sign_by', 'tech_contract', ['state', 'sign_by'], unique=False)
    op.create_table('contract_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('stored_as', sa.String(length=80), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_contract_file_by_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_contract_file_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_file')),
    sa.UniqueConstraint('public_id', name=op.f('uq_contract_file_public_id'))
    )
    op.create_index(op.f('ix_contract_file_contract_id'), 'contract_file', ['contract_id'], unique=False)
    op.create_table('milestone',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('plan_no', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('deliverables', sa.Text(), nullable=False),
    sa.Column('indicators', sa.Text(), nullable=False),
    sa.Column('share', sa.String(length=12), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('paid_fen', sa.BigInteger(), nullable=False),
    sa.Column('is_main', sa.Boolean(), nullable=False),
    sa.Column('delivery_note', sa.Text(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('check_note', sa.Text(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rework_count', sa.Integer(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voucher_count', sa.Integer(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.CheckConstraint("state <> 'paid' OR paid_fen = amount_fen", name=op.f('ck_milestone_paid_is_whole')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_milestone_amount_above_zero')),
    sa.CheckConstraint('paid_fen >= 0 AND paid_fen <= amount_fen', name=op.f('ck_milestone_paid_within_amount')),
    sa.CheckConstraint('rework_count >= 0 AND rework_count <= 2', name=op.f('ck_milestone_rework_twice')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_milestone_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone')),
    sa.UniqueConstraint('contract_id', 'plan_no', 'seq', name='uq_milestone_seq'),
    sa.UniqueConstraint('public_id', name=op.f('uq_milestone_public_id'))
    )
    op.create_index(op.f('ix_milestone_contract_id'), 'milestone', ['contract_id'], unique=False)
    op.create_index(op.f('ix_milestone_due_on'), 'milestone', ['due_on'], unique=False)
    op.create_index(op.f('ix_milestone_state'), 'milestone', ['state'], unique=False)
    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('milestone_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('voucher_no', sa.String(length=60), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payment_amount_above_zero')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_payment_contract_id')),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestone.id'], name=op.f('fk_payment_milestone_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_payment_recorded_by_id')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['user_account.id'], name=op.f('fk_payment_verified_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('public_id', name=op.f('uq_payment_public_id'))
    )
    op.create_index(op.f('ix_payment_contract_id'), 'payment', ['contract_id'], unique=False)
    op.create_index(op.f('ix_payment_milestone_id'), 'payment', ['milestone_id'], unique=False)
    op.create_index(op.f('ix_payment_paid_on'), 'payment', ['paid_on'], unique=False)
    op.create_index(op.f('ix_payment_state'), 'payment', ['state'], unique=False)
    op.create_table('milestone_reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('milestone_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestone.id'], name=op.f('fk_milestone_reminder_milestone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone_reminder')),
    sa.UniqueConstraint('milestone_id', 'due_on', 'days', name='uq_milestone_reminder_once')
    )


def downgrade():
    op.drop_table("milestone_reminder")
    op.drop_table("payment")
    op.drop_table("milestone")
    op.drop_table("contract_file")
    op.drop_table("tech_contract")
