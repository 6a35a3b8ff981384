"""Close the contract

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sheet', sa.JSON(), nullable=False),
    sa.Column('is_disputed', sa.Boolean(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decide_by', sa.Date(), nullable=True),
    sa.Column('reg_no', sa.String(length=30), nullable=True),
    sa.Column('reg_on', sa.Date(), nullable=True),
    sa.Column('reg_agency', sa.String(length=200), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=True),
    sa.Column('tech_fen', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("state <> 'registered' OR (reg_no IS NOT NULL AND reg_on IS NOT NULL AND tech_fen IS NOT NULL AND total_fen IS NOT NULL)", name=op.f('ck_registration_registered_is_whole')),
    sa.CheckConstraint('tech_fen IS NULL OR (tech_fen > 0 AND tech_fen <= total_fen)', name=op.f('ck_registration_tech_in_total')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_registration_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration')),
    sa.UniqueConstraint('contract_id', name='uq_registration_contract_id'),
    sa.UniqueConstraint('public_id', name=op.f('uq_registration_public_id')),
    sa.UniqueConstraint('reg_no', name='uq_registration_reg_no')
    )
    op.create_index(op.f('ix_registration_reg_on'), 'registration', ['reg_on'], unique=False)
    op.create_table('supplement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('end_on', sa.Date(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('buyer_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('buyer_confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('seller_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seller_confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('total_fen > 0', name=op.f('ck_supplement_total_above_zero')),
    sa.ForeignKeyConstraint(['buyer_confirmed_by_id'], ['user_account.id'], name=op.f('fk_supplement_buyer_confirmed_by_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_supplement_contract_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_supplement_created_by_id')),
    sa.ForeignKeyConstraint(['seller_confirmed_by_id'], ['user_account.id'], name=op.f('fk_supplement_seller_confirmed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supplement')),
    sa.UniqueConstraint('contract_id', 'number', name='uq_supplement_number'),
    sa.UniqueConstraint('public_id', name=op.f('uq_supplement_public_id'))
    )
    op.create_index(op.f('ix_supplement_contract_id'), 'supplement', ['contract_id'], unique=False)
    op.create_table('inspection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('finding', sa.String(length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_inspection_by_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_inspection_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection'))
    )
    op.create_index(op.f('ix_inspection_contract_id'), 'inspection', ['contract_id'], unique=False)
    op.create_table('acceptance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('results', sa.JSON(), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_by_id', sa.Integer(), nullable=False),
    sa.Column('convened_by_id', sa.Integer(), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.Column('experts', sa.JSON(), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('method', sa.String(length=100), nullable=False),
    sa.Column('funds', sa.Text(), nullable=False),
    sa.Column('rectified', sa.Integer(), nullable=False),
    sa.Column('rectify_by', sa.Date(), nullable=True),
    sa.Column('concluded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('concluded_by_id', sa.Integer(), nullable=True),
    sa.Column('conclusion_note', sa.Text(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('rectified >= 0 AND rectified <= 1', name=op.f('ck_acceptance_rectified_once')),
    sa.ForeignKeyConstraint(['applied_by_id'], ['user_account.id'], name=op.f('fk_acceptance_applied_by_id')),
    sa.ForeignKeyConstraint(['concluded_by_id'], ['user_account.id'], name=op.f('fk_acceptance_concluded_by_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_acceptance_contract_id')),
    sa.ForeignKeyConstraint(['convened_by_id'], ['user_account.id'], name=op.f('fk_acceptance_convened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptance')),
    sa.UniqueConstraint('contract_id', name='uq_acceptance_contract_id'),
    sa.UniqueConstraint('public_id', name=op.f('uq_acceptance_public_id'))
    )
    op.create_table('termination',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=40), nullable=False),
    sa.Column('at_fault', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('recover_fen', sa.BigInteger(), nullable=False),
    sa.Column('integrity_years', sa.Integer(), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=False),
    sa.Column('approved', sa.Boolean(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=False),
    sa.CheckConstraint("(cause = 'fraud') = (integrity_years IS NOT NULL)", name=op.f('ck_termination_only_fraud_is_listed')),
    sa.CheckConstraint('integrity_years IS NULL OR (integrity_years >= 1 AND integrity_years <= 5)', name=op.f('ck_termination_one_to_five_years')),
    sa.CheckConstraint('recover_fen >= 0', name=op.f('ck_termination_recover_not_negative')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_termination_contract_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_termination_decided_by_id')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['user_account.id'], name=op.f('fk_termination_requested_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_termination'))
    )
    op.create_index(op.f('ix_termination_contract_id'), 'termination', ['contract_id'], unique=False)


def downgrade():
    op.drop_table("termination")
    op.drop_table("acceptance")
    op.drop_table("inspection")
    op.drop_table("supplement")
    op.drop_table("registration")
