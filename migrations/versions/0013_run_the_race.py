"""Run the race

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('race_stage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('bounty_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('indicators', sa.JSON(), nullable=False),
    sa.Column('tested_on', sa.Date(), nullable=False),
    sa.Column('tested_by', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['bounty_id'], ['bounty.id'], name=op.f('fk_race_stage_bounty_id')),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_race_stage_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_race_stage')),
    sa.UniqueConstraint('bounty_id', 'seq', name='uq_race_stage_seq'),
    sa.UniqueConstraint('public_id', name=op.f('uq_race_stage_public_id'))
    )
    op.create_index(op.f('ix_race_stage_bounty_id'), 'race_stage', ['bounty_id'], unique=False)
    op.create_table('race_result',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage_id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('measured', sa.JSON(), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('reached_on', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['tech_contract.id'], name=op.f('fk_race_result_contract_id')),
    sa.ForeignKeyConstraint(['stage_id'], ['race_stage.id'], name=op.f('fk_race_result_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_race_result')),
    sa.UniqueConstraint('stage_id', 'contract_id', name='uq_race_result_once')
    )
    op.create_index(op.f('ix_race_result_contract_id'), 'race_result', ['contract_id'], unique=False)
    op.create_index(op.f('ix_race_result_stage_id'), 'race_result', ['stage_id'], unique=False)


def downgrade():
    op.drop_table("race_result")
    op.drop_table("race_stage")
