"""Give subsidies

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('subsidy_budget',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('committed_fen', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('source_doc', sa.String(length=200), nullable=False),
    sa.CheckConstraint('total_fen >= 0', name=op.f('ck_subsidy_budget_total_not_negative')),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_subsidy_budget'))
    )
    op.create_table('subsidy_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('batch_no', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('due_fen', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('paid_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['approved_by_id'], ['user_account.id'], name=op.f('fk_subsidy_batch_approved_by_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_subsidy_batch_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subsidy_batch')),
    sa.UniqueConstraint('batch_no', name=op.f('uq_subsidy_batch_batch_no')),
    sa.UniqueConstraint('public_id', name=op.f('uq_subsidy_batch_public_id'))
    )
    op.create_index(op.f('ix_subsidy_batch_state'), 'subsidy_batch', ['state'], unique=False)
    op.create_index(op.f('ix_subsidy_batch_year'), 'subsidy_batch', ['year'], unique=False)
    op.create_table('subsidy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('contract_key', sa.Integer(), nullable=True),
    sa.Column('base_fen', sa.BigInteger(), nullable=False),
    sa.Column('excluded_fen', sa.BigInteger(), nullable=False),
    sa.Column('ratio', sa.String(length=10), nullable=False),
    sa.Column('cap_fen', sa.BigInteger(), nullable=False),
    sa.Column('due_fen', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('voucher_no', sa.String(length=60), nullable=False),
    sa.Column('stored_as', sa.String(length=80), nullable=False),
    sa.CheckConstraint('amount_fen > 0 AND amount_fen <= due_fen', name=op.f('ck_subsidy_amount_within_due')),
    sa.CheckConstraint('due_fen <= cap_fen', name=op.f('ck_subsidy_due_within_cap')),
    sa.ForeignKeyConstraint(['batch_id'], ['subsidy_batch.id'], name=op.f('fk_subsidy_batch_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_subsidy_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subsidy')),
    sa.UniqueConstraint('contract_key', name='uq_subsidy_contract_key'),
    sa.UniqueConstraint('public_id', name=op.f('uq_subsidy_public_id'))
    )
    op.create_index(op.f('ix_subsidy_batch_id'), 'subsidy', ['batch_id'], unique=False)
    op.create_index(op.f('ix_subsidy_contract_id'), 'subsidy', ['contract_id'], unique=False)
    op.create_index(op.f('ix_subsidy_paid_on'), 'subsidy', ['paid_on'], unique=False)


def downgrade():
    op.drop_table("subsidy")
    op.drop_table("subsidy_batch")
    op.drop_table("subsidy_budget")
