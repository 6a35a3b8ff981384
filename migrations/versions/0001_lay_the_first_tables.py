"""Lay the first tables

Revision ID: 0001
Revises: 
Create Date: 2026-11-22 02:16:52.776236

"""
from alembic import op
import sqlalchemy as sa

from matchmaker.audit.models import POSTGRES_GUARDS, SQLITE_GUARDS


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('chain_node',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['chain_node.id'], name=op.f('fk_chain_node_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chain_node'))
    )
    op.create_table('holiday_override',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('is_workday', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('source_doc', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_holiday_override'))
    )
    op.create_table('import_mapping',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_key', sa.String(length=30), nullable=False),
    sa.Column('noun', sa.String(length=20), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('headings', sa.JSON(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_mapping')),
    sa.UniqueConstraint('owner_key', 'noun', 'fingerprint', name=op.f('uq_import_mapping_owner_key'))
    )
    op.create_table('matching_corpus',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=20), nullable=False),
    sa.Column('algorithm_version', sa.String(length=60), nullable=False),
    sa.Column('documents', sa.Integer(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('writes', sa.Integer(), nullable=False),
    sa.Column('refit_due', sa.Boolean(), nullable=False),
    sa.Column('fitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_matching_corpus'))
    )
    op.create_table('matching_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=100), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_matching_run'))
    )
    op.create_table('need_serial',
    sa.Column('prefix', sa.String(length=12), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('prefix', name=op.f('pk_need_serial'))
    )
    op.create_table('outbox_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('progress', sa.String(length=40), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_event'))
    )
    with op.batch_alter_table('outbox_event', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_waiting', ['progress', 'due_at'], unique=False)

    op.create_table('section',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_section')),
    sa.UniqueConstraint('name', name=op.f('uq_section_name'))
    )
    op.create_table('setting',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_setting'))
    )
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=254), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=False),
    sa.Column('succeeded', sa.Boolean(), nullable=False),
    sa.Column('known_device', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt'))
    )
    with op.batch_alter_table('sign_in_attempt', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_attempt_window', ['login', 'at'], unique=False)

    op.create_table('submission',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_submission'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_at'), ['at'], unique=False)

    op.create_table('town',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_town')),
    sa.UniqueConstraint('code', name=op.f('uq_town_code')),
    sa.UniqueConstraint('name', name=op.f('uq_town_name'))
    )
    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('org_type', sa.String(length=20), nullable=False),
    sa.Column('org_kind', sa.String(length=20), nullable=False),
    sa.Column('town_id', sa.Integer(), nullable=True),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('industry_code', sa.String(length=8), nullable=False),
    sa.Column('tech_field_code', sa.String(length=3), nullable=False),
    sa.Column('chain_node_id', sa.Integer(), nullable=True),
    sa.Column('tier', sa.String(length=20), nullable=False),
    sa.Column('hte_cert_no', sa.String(length=30), nullable=False),
    sa.Column('hte_valid_to', sa.Date(), nullable=True),
    sa.Column('is_above_scale', sa.Boolean(), nullable=False),
    sa.Column('is_resident', sa.Boolean(), nullable=False),
    sa.Column('founded_on', sa.Date(), nullable=True),
    sa.Column('legal_rep', sa.String(length=150), nullable=False),
    sa.Column('controllers', sa.JSON(), nullable=False),
    sa.Column('staff_count', sa.Integer(), nullable=True),
    sa.Column('rd_staff_count', sa.Integer(), nullable=True),
    sa.Column('revenue_fen', sa.BigInteger(), nullable=True),
    sa.Column('rd_expense_fen', sa.BigInteger(), nullable=True),
    sa.Column('frame_from', sa.Date(), nullable=True),
    sa.Column('frame_to', sa.Date(), nullable=True),
    sa.Column('contact_name', sa.String(length=150), nullable=False),
    sa.Column('contact_phone', sa.String(length=40), nullable=False),
    sa.Column('contact_email', sa.String(length=254), nullable=False),
    sa.Column('integrity', sa.String(length=40), nullable=False),
    sa.Column('integrity_until', sa.Date(), nullable=True),
    sa.Column('verify_note', sa.Text(), nullable=False),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('rd_staff_count <= staff_count', name=op.f('ck_organisation_rd_staff_within_staff')),
    sa.CheckConstraint('staff_count >= 0', name=op.f('ck_organisation_staff_not_negative')),
    sa.ForeignKeyConstraint(['chain_node_id'], ['chain_node.id'], name=op.f('fk_organisation_chain_node_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name='fk_organisation_created_by_id', use_alter=True),
    sa.ForeignKeyConstraint(['merged_into_id'], ['organisation.id'], name=op.f('fk_organisation_merged_into_id')),
    sa.ForeignKeyConstraint(['town_id'], ['town.id'], name=op.f('fk_organisation_town_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_organisation_public_id')),
    sa.UniqueConstraint('uscc', name=op.f('uq_organisation_uscc'))
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_town_id'), ['town_id'], unique=False)

    op.create_table('user_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('login', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=150), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('section_id', sa.Integer(), nullable=True),
    sa.Column('town_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_user_account_organisation_id')),
    sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_user_account_section_id')),
    sa.ForeignKeyConstraint(['town_id'], ['town.id'], name=op.f('fk_user_account_town_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('login', name=op.f('uq_user_account_login')),
    sa.UniqueConstraint('public_id', name=op.f('uq_user_account_public_id'))
    )
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_account_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_user_account_state'), ['state'], unique=False)

    op.create_table('audit_entry',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=100), nullable=False),
    sa.Column('actor_roles', sa.String(length=200), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('noun', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.String(length=40), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=False),
    sa.Column('request_id', sa.String(length=20), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_audit_entry_actor_id')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('digest', name=op.f('uq_audit_entry_digest'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_noun'), ['noun'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_object_id'), ['object_id'], unique=False)

    op.create_table('broker',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=150), nullable=False),
    sa.Column('broker_type', sa.String(length=40), nullable=True),
    sa.Column('grade_level', sa.String(length=20), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('org_name', sa.String(length=300), nullable=False),
    sa.Column('serve_towns', sa.JSON(), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('cert_no', sa.String(length=40), nullable=False),
    sa.Column('deal_count', sa.Integer(), nullable=False),
    sa.Column('deal_amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_broker_created_by_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['user_account.id'], name=op.f('fk_broker_handler_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_broker_organisation_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_broker_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broker')),
    sa.UniqueConstraint('public_id', name=op.f('uq_broker_public_id')),
    sa.UniqueConstraint('user_id', name=op.f('uq_broker_user_id'))
    )
    with op.batch_alter_table('broker', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_broker_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broker_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broker_state'), ['state'], unique=False)

    op.create_table('expert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=150), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('org_name', sa.String(length=300), nullable=False),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('tech_field_codes', sa.JSON(), nullable=False),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.Column('recent_partners', sa.JSON(), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('integrity', sa.String(length=40), nullable=False),
    sa.Column('draw_count', sa.Integer(), nullable=False),
    sa.Column('review_count', sa.Integer(), nullable=False),
    sa.Column('absent_count', sa.Integer(), nullable=False),
    sa.Column('slots', sa.JSON(), nullable=False),
    sa.Column('consent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('draw_count >= 0', name=op.f('ck_expert_draws_not_negative')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_expert_created_by_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['user_account.id'], name=op.f('fk_expert_handler_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_expert_organisation_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_expert_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert')),
    sa.UniqueConstraint('public_id', name=op.f('uq_expert_public_id')),
    sa.UniqueConstraint('user_id', name=op.f('uq_expert_user_id'))
    )
    with op.batch_alter_table('expert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expert_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_state'), ['state'], unique=False)

    op.create_table('former_password',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_former_password_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_password'))
    )
    with op.batch_alter_table('former_password', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_former_password_user_id'), ['user_id'], unique=False)

    op.create_table('import_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('noun', sa.String(length=20), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('stored_as', sa.String(length=80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sheet', sa.String(length=100), nullable=False),
    sa.Column('sheets', sa.JSON(), nullable=False),
    sa.Column('headings', sa.JSON(), nullable=False),
    sa.Column('samples', sa.JSON(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('decisions', sa.JSON(), nullable=False),
    sa.Column('submits', sa.Boolean(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_import_batch_created_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch')),
    sa.UniqueConstraint('public_id', name=op.f('uq_import_batch_public_id'))
    )
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_batch_created_by_id'), ['created_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_batch_state'), ['state'], unique=False)

    op.create_table('known_device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_known_device_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_known_device')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_known_device_token_hash'))
    )
    with op.batch_alter_table('known_device', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_known_device_user_id'), ['user_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('url', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_message_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('public_id', name=op.f('uq_message_public_id'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_unread', ['user_id', 'read_at'], unique=False)

    op.create_table('need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('need_no', sa.String(length=20), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('is_anonymous', sa.Boolean(), nullable=False),
    sa.Column('title', sa.String(length=360), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('source_note', sa.String(length=300), nullable=False),
    sa.Column('need_type', sa.String(length=40), nullable=True),
    sa.Column('category', sa.String(length=40), nullable=True),
    sa.Column('background', sa.Text(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('key_indicators', sa.JSON(), nullable=False),
    sa.Column('foundation', sa.Text(), nullable=False),
    sa.Column('bidder_conditions', sa.Text(), nullable=False),
    sa.Column('duration_months', sa.Integer(), nullable=True),
    sa.Column('budget_total_fen', sa.BigInteger(), nullable=True),
    sa.Column('pay_to_bidder_fen', sa.BigInteger(), nullable=True),
    sa.Column('ip_arrangement', sa.Text(), nullable=False),
    sa.Column('coop_modes', sa.JSON(), nullable=False),
    sa.Column('tech_field_code', sa.String(length=3), nullable=False),
    sa.Column('industry_code', sa.String(length=8), nullable=False),
    sa.Column('chain_node_id', sa.Integer(), nullable=True),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('keyword_line', sa.Text(), nullable=False),
    sa.Column('target_trl', sa.Integer(), nullable=True),
    sa.Column('audience', sa.String(length=40), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('no_secret_declared', sa.Boolean(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('budget_total_fen > 0', name=op.f('ck_need_budget_positive')),
    sa.CheckConstraint('duration_months BETWEEN 1 AND 48', name=op.f('ck_need_duration_in_range')),
    sa.CheckConstraint('pay_to_bidder_fen <= budget_total_fen', name=op.f('ck_need_pay_within_budget')),
    sa.CheckConstraint('target_trl BETWEEN 1 AND 9', name=op.f('ck_need_target_trl_in_range')),
    sa.ForeignKeyConstraint(['chain_node_id'], ['chain_node.id'], name=op.f('fk_need_chain_node_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_need_created_by_id')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['organisation.id'], name=op.f('fk_need_enterprise_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['user_account.id'], name=op.f('fk_need_handler_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['need.id'], name=op.f('fk_need_merged_into_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need')),
    sa.UniqueConstraint('need_no', name=op.f('uq_need_need_no')),
    sa.UniqueConstraint('public_id', name=op.f('uq_need_public_id'))
    )
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_need_accepted_at'), ['accepted_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_index('ix_need_state_updated', ['state', 'updated_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_tech_field_code'), ['tech_field_code'], unique=False)

    op.create_table('one_time_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_one_time_link_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_one_time_link_token_hash'))
    )
    with op.batch_alter_table('one_time_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_link_user_id'), ['user_id'], unique=False)

    op.create_table('organisation_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('merged_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved', sa.Boolean(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('former_state', sa.String(length=40), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('kept_before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_organisation_merge_decided_by_id')),
    sa.ForeignKeyConstraint(['kept_id'], ['organisation.id'], name=op.f('fk_organisation_merge_kept_id')),
    sa.ForeignKeyConstraint(['merged_id'], ['organisation.id'], name=op.f('fk_organisation_merge_merged_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_organisation_merge_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation_merge')),
    sa.UniqueConstraint('public_id', name=op.f('uq_organisation_merge_public_id'))
    )
    with op.batch_alter_table('organisation_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_merge_kept_id'), ['kept_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_merge_merged_id'), ['merged_id'], unique=False)

    op.create_table('remark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('noun', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_remark_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remark'))
    )
    with op.batch_alter_table('remark', schema=None) as batch_op:
        batch_op.create_index('ix_remark_object', ['noun', 'object_id'], unique=False)

    op.create_table('research_team',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('leader_name', sa.String(length=150), nullable=False),
    sa.Column('leader_title', sa.String(length=150), nullable=False),
    sa.Column('directions', sa.Text(), nullable=False),
    sa.Column('tech_field_codes', sa.JSON(), nullable=False),
    sa.Column('members', sa.JSON(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_research_team_created_by_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['user_account.id'], name=op.f('fk_research_team_handler_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['organisation.id'], name=op.f('fk_research_team_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_research_team')),
    sa.UniqueConstraint('public_id', name=op.f('uq_research_team_public_id'))
    )
    with op.batch_alter_table('research_team', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_research_team_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_research_team_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_research_team_state'), ['state'], unique=False)

    op.create_table('revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('noun', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_revision_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    sa.UniqueConstraint('noun', 'object_id', 'number', name=op.f('uq_revision_noun'))
    )
    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approved_by_id'], ['user_account.id'], name=op.f('fk_role_grant_approved_by_id')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['user_account.id'], name=op.f('fk_role_grant_requested_by_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_role_grant_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('user_id', 'role', name=op.f('uq_role_grant_user_id'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grant_user_id'), ['user_id'], unique=False)

    op.create_table('service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=True),
    sa.Column('grade_level', sa.String(length=40), nullable=False),
    sa.Column('record_no', sa.String(length=40), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('offers', sa.JSON(), nullable=False),
    sa.Column('score', sa.String(length=10), nullable=False),
    sa.Column('grade', sa.String(length=20), nullable=False),
    sa.Column('staff', sa.JSON(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_service_created_by_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['user_account.id'], name=op.f('fk_service_handler_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_service_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service')),
    sa.UniqueConstraint('public_id', name=op.f('uq_service_public_id'))
    )
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_state'), ['state'], unique=False)

    op.create_table('synonym_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('provenance', sa.String(length=200), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['added_by_id'], ['user_account.id'], name=op.f('fk_synonym_group_added_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_synonym_group')),
    sa.UniqueConstraint('public_id', name=op.f('uq_synonym_group_public_id'))
    )
    op.create_table('term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('provenance', sa.String(length=200), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['added_by_id'], ['user_account.id'], name=op.f('fk_term_added_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term')),
    sa.UniqueConstraint('public_id', name=op.f('uq_term_public_id')),
    sa.UniqueConstraint('word', name=op.f('uq_term_word'))
    )
    op.create_table('web_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_agent', sa.String(length=200), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_web_session_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_web_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_web_session_token_hash'))
    )
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_web_session_seen_at'), ['seen_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_web_session_user_id'), ['user_id'], unique=False)

    op.create_table('achievement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=360), nullable=False),
    sa.Column('origin', sa.String(length=40), nullable=False),
    sa.Column('reg_no', sa.String(length=40), nullable=False),
    sa.Column('tech_field_code', sa.String(length=3), nullable=False),
    sa.Column('chain_node_id', sa.Integer(), nullable=True),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('indicators', sa.JSON(), nullable=False),
    sa.Column('trl', sa.Integer(), nullable=True),
    sa.Column('ip_items', sa.JSON(), nullable=False),
    sa.Column('ownership', sa.String(length=40), nullable=True),
    sa.Column('transfer_modes', sa.JSON(), nullable=False),
    sa.Column('asking_price_fen', sa.BigInteger(), nullable=True),
    sa.Column('is_negotiable', sa.Boolean(), nullable=False),
    sa.Column('cases', sa.Text(), nullable=False),
    sa.Column('no_secret_declared', sa.Boolean(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('asking_price_fen > 0', name=op.f('ck_achievement_price_positive')),
    sa.CheckConstraint('trl BETWEEN 1 AND 9', name=op.f('ck_achievement_trl_in_range')),
    sa.ForeignKeyConstraint(['chain_node_id'], ['chain_node.id'], name=op.f('fk_achievement_chain_node_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_achievement_created_by_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['user_account.id'], name=op.f('fk_achievement_handler_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['organisation.id'], name=op.f('fk_achievement_institution_id')),
    sa.ForeignKeyConstraint(['team_id'], ['research_team.id'], name=op.f('fk_achievement_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_achievement')),
    sa.UniqueConstraint('public_id', name=op.f('uq_achievement_public_id'))
    )
    with op.batch_alter_table('achievement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_achievement_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_achievement_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_achievement_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index('ix_achievement_state_updated', ['state', 'updated_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_achievement_team_id'), ['team_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_achievement_tech_field_code'), ['tech_field_code'], unique=False)

    op.create_table('import_name',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('town_id', sa.Integer(), nullable=True),
    sa.Column('candidates', sa.JSON(), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_name_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['town_id'], ['town.id'], name=op.f('fk_import_name_town_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_name')),
    sa.UniqueConstraint('batch_id', 'name', name=op.f('uq_import_name_batch_id'))
    )
    op.create_table('need_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('open_key', sa.Integer(), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('is_accepted', sa.Boolean(), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_need_change_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_need_change_decided_by_id')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_need_change_need_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_change')),
    sa.UniqueConstraint('open_key', name=op.f('uq_need_change_open_key'))
    )
    with op.batch_alter_table('need_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_need_change_need_id'), ['need_id'], unique=False)

    op.create_table('need_diagnosis',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('expert_name', sa.String(length=150), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_need_diagnosis_by_id')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_need_diagnosis_need_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_diagnosis'))
    )
    with op.batch_alter_table('need_diagnosis', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_need_diagnosis_need_id'), ['need_id'], unique=False)

    op.create_table('need_direction',
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_need_direction_need_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_need_direction_organisation_id')),
    sa.PrimaryKeyConstraint('need_id', 'organisation_id', name=op.f('pk_need_direction'))
    )
    with op.batch_alter_table('need_direction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_need_direction_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('need_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('main_id', sa.Integer(), nullable=False),
    sa.Column('consent_note', sa.Text(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('is_approved', sa.Boolean(), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=False),
    sa.Column('former_type', sa.String(length=20), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_need_merge_decided_by_id')),
    sa.ForeignKeyConstraint(['main_id'], ['need.id'], name=op.f('fk_need_merge_main_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_need_merge_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_merge')),
    sa.UniqueConstraint('public_id', name=op.f('uq_need_merge_public_id'))
    )
    with op.batch_alter_table('need_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_need_merge_main_id'), ['main_id'], unique=False)

    op.create_table('import_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('owner_name', sa.String(length=300), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('errors', sa.JSON(), nullable=False),
    sa.Column('notices', sa.JSON(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('similar', sa.JSON(), nullable=False),
    sa.Column('is_similar', sa.Boolean(), nullable=False),
    sa.Column('choice', sa.String(length=10), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('name_id', sa.Integer(), nullable=True),
    sa.Column('match_id', sa.Integer(), nullable=True),
    sa.Column('match_version', sa.Integer(), nullable=True),
    sa.Column('object_id', sa.String(length=20), nullable=False),
    sa.Column('imported_version', sa.Integer(), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_row_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['name_id'], ['import_name.id'], name=op.f('fk_import_row_name_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_row'))
    )
    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.create_index('ix_import_row_key', ['key'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_row_object_id'), ['object_id'], unique=False)
        batch_op.create_index('ix_import_row_page', ['batch_id', 'verdict', 'number'], unique=False)

    op.create_table('need_merge_member',
    sa.Column('merge_id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['merge_id'], ['need_merge.id'], name=op.f('fk_need_merge_member_merge_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_need_merge_member_need_id')),
    sa.PrimaryKeyConstraint('merge_id', 'need_id', name=op.f('pk_need_merge_member'))
    )
    with op.batch_alter_table('need_merge_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_need_merge_member_need_id'), ['need_id'], unique=False)

    op.create_table('pairing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('achievement_id', sa.Integer(), nullable=True),
    sa.Column('expert_id', sa.Integer(), nullable=True),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('text_score', sa.Float(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('adjustments', sa.JSON(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('texts_digest', sa.String(length=32), nullable=False),
    sa.Column('algorithm_version', sa.String(length=60), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason_code', sa.String(length=40), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('explanation', sa.JSON(), nullable=False),
    sa.CheckConstraint('(CASE WHEN achievement_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN expert_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN service_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_pairing_one_candidate')),
    sa.CheckConstraint('text_score BETWEEN 0 AND 1.000001', name=op.f('ck_pairing_cosine')),
    sa.ForeignKeyConstraint(['achievement_id'], ['achievement.id'], name=op.f('fk_pairing_achievement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_pairing_decided_by_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_pairing_expert_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_pairing_need_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_pairing_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairing')),
    sa.UniqueConstraint('need_id', 'achievement_id', name='uq_pairing_need_achievement'),
    sa.UniqueConstraint('need_id', 'expert_id', name='uq_pairing_need_expert'),
    sa.UniqueConstraint('need_id', 'service_id', name='uq_pairing_need_service'),
    sa.UniqueConstraint('public_id', name=op.f('uq_pairing_public_id'))
    )
    with op.batch_alter_table('pairing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pairing_achievement_id'), ['achievement_id'], unique=False)
        batch_op.create_index('ix_pairing_desk', ['state', 'score', 'need_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pairing_expert_id'), ['expert_id'], unique=False)
        batch_op.create_index('ix_pairing_ranking', ['need_id', 'kind', 'score'], unique=False)
        batch_op.create_index(batch_op.f('ix_pairing_service_id'), ['service_id'], unique=False)

    op.create_table('lead',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('lead_no', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('pairing_id', sa.Integer(), nullable=True),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('achievement_id', sa.Integer(), nullable=True),
    sa.Column('expert_id', sa.Integer(), nullable=True),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('algorithm_version', sa.String(length=60), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=True),
    sa.Column('broker_id', sa.Integer(), nullable=True),
    sa.Column('buyer_consent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('buyer_consent_by_id', sa.Integer(), nullable=True),
    sa.Column('buyer_consent_note', sa.String(length=300), nullable=False),
    sa.Column('seller_consent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seller_consent_by_id', sa.Integer(), nullable=True),
    sa.Column('seller_consent_note', sa.String(length=300), nullable=False),
    sa.Column('next_action', sa.String(length=300), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('last_step_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dead_reason', sa.String(length=40), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state IN ('declined', 'dead')) = (dead_reason IS NOT NULL)", name=op.f('ck_lead_reason_at_end')),
    sa.CheckConstraint("state IN ('recommended', 'declined', 'dead') OR (buyer_consent_at IS NOT NULL AND seller_consent_at IS NOT NULL)", name=op.f('ck_lead_both_consented')),
    sa.CheckConstraint('(CASE WHEN achievement_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN expert_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN service_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_lead_one_supplier')),
    sa.ForeignKeyConstraint(['achievement_id'], ['achievement.id'], name=op.f('fk_lead_achievement_id')),
    sa.ForeignKeyConstraint(['broker_id'], ['broker.id'], name=op.f('fk_lead_broker_id')),
    sa.ForeignKeyConstraint(['buyer_consent_by_id'], ['user_account.id'], name=op.f('fk_lead_buyer_consent_by_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_lead_created_by_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_lead_expert_id')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_lead_need_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['user_account.id'], name=op.f('fk_lead_officer_id')),
    sa.ForeignKeyConstraint(['pairing_id'], ['pairing.id'], name=op.f('fk_lead_pairing_id')),
    sa.ForeignKeyConstraint(['seller_consent_by_id'], ['user_account.id'], name=op.f('fk_lead_seller_consent_by_id')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_lead_service_id')),
    sa.ForeignKeyConstraint(['team_id'], ['research_team.id'], name=op.f('fk_lead_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead')),
    sa.UniqueConstraint('lead_no', name=op.f('uq_lead_lead_no')),
    sa.UniqueConstraint('need_id', 'achievement_id', name='uq_lead_need_achievement'),
    sa.UniqueConstraint('need_id', 'expert_id', name='uq_lead_need_expert'),
    sa.UniqueConstraint('need_id', 'service_id', name='uq_lead_need_service'),
    sa.UniqueConstraint('need_id', 'team_id', name='uq_lead_need_team'),
    sa.UniqueConstraint('public_id', name=op.f('uq_lead_public_id'))
    )
    with op.batch_alter_table('lead', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lead_achievement_id'), ['achievement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lead_broker_id'), ['broker_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lead_expert_id'), ['expert_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lead_officer_id'), ['officer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lead_service_id'), ['service_id'], unique=False)
        batch_op.create_index('ix_lead_state_step', ['state', 'last_step_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_lead_team_id'), ['team_id'], unique=False)

    op.create_table('follow_up',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('manner', sa.String(length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('next_action', sa.String(length=300), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_follow_up_by_id')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_follow_up_lead_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up'))
    )
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_follow_up_lead_id'), ['lead_id'], unique=False)
    embedded = op.get_bind().dialect.name == "sqlite"
    for guard in SQLITE_GUARDS if embedded else POSTGRES_GUARDS:
        op.execute(guard)
    if not embedded:  # the two tables name each other; SQLite has this key in the table
        op.create_foreign_key(
            "fk_organisation_created_by_id", "organisation", "user_account", ["created_by_id"], ["id"]
        )


def downgrade():
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_organisation_created_by_id", "organisation", type_="foreignkey")
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_follow_up_lead_id'))

    op.drop_table('follow_up')
    with op.batch_alter_table('lead', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lead_team_id'))
        batch_op.drop_index('ix_lead_state_step')
        batch_op.drop_index(batch_op.f('ix_lead_service_id'))
        batch_op.drop_index(batch_op.f('ix_lead_officer_id'))
        batch_op.drop_index(batch_op.f('ix_lead_expert_id'))
        batch_op.drop_index(batch_op.f('ix_lead_broker_id'))
        batch_op.drop_index(batch_op.f('ix_lead_achievement_id'))

    op.drop_table('lead')
    with op.batch_alter_table('pairing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pairing_service_id'))
        batch_op.drop_index('ix_pairing_ranking')
        batch_op.drop_index(batch_op.f('ix_pairing_expert_id'))
        batch_op.drop_index('ix_pairing_desk')
        batch_op.drop_index(batch_op.f('ix_pairing_achievement_id'))

    op.drop_table('pairing')
    with op.batch_alter_table('need_merge_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_need_merge_member_need_id'))

    op.drop_table('need_merge_member')
    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.drop_index('ix_import_row_page')
        batch_op.drop_index(batch_op.f('ix_import_row_object_id'))
        batch_op.drop_index('ix_import_row_key')

    op.drop_table('import_row')
    with op.batch_alter_table('need_merge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_need_merge_main_id'))

    op.drop_table('need_merge')
    with op.batch_alter_table('need_direction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_need_direction_organisation_id'))

    op.drop_table('need_direction')
    with op.batch_alter_table('need_diagnosis', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_need_diagnosis_need_id'))

    op.drop_table('need_diagnosis')
    with op.batch_alter_table('need_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_need_change_need_id'))

    op.drop_table('need_change')
    op.drop_table('import_name')
    with op.batch_alter_table('achievement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_achievement_tech_field_code'))
        batch_op.drop_index(batch_op.f('ix_achievement_team_id'))
        batch_op.drop_index('ix_achievement_state_updated')
        batch_op.drop_index(batch_op.f('ix_achievement_institution_id'))
        batch_op.drop_index(batch_op.f('ix_achievement_handler_id'))
        batch_op.drop_index(batch_op.f('ix_achievement_batch_id'))

    op.drop_table('achievement')
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_web_session_user_id'))
        batch_op.drop_index(batch_op.f('ix_web_session_seen_at'))

    op.drop_table('web_session')
    op.drop_table('term')
    op.drop_table('synonym_group')
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_state'))
        batch_op.drop_index(batch_op.f('ix_service_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_service_batch_id'))

    op.drop_table('service')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_grant_user_id'))

    op.drop_table('role_grant')
    op.drop_table('revision')
    with op.batch_alter_table('research_team', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_research_team_state'))
        batch_op.drop_index(batch_op.f('ix_research_team_institution_id'))
        batch_op.drop_index(batch_op.f('ix_research_team_batch_id'))

    op.drop_table('research_team')
    with op.batch_alter_table('remark', schema=None) as batch_op:
        batch_op.drop_index('ix_remark_object')

    op.drop_table('remark')
    with op.batch_alter_table('organisation_merge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_merge_merged_id'))
        batch_op.drop_index(batch_op.f('ix_organisation_merge_kept_id'))

    op.drop_table('organisation_merge')
    with op.batch_alter_table('one_time_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_link_user_id'))

    op.drop_table('one_time_link')
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_need_tech_field_code'))
        batch_op.drop_index('ix_need_state_updated')
        batch_op.drop_index(batch_op.f('ix_need_merged_into_id'))
        batch_op.drop_index(batch_op.f('ix_need_handler_id'))
        batch_op.drop_index(batch_op.f('ix_need_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_need_batch_id'))
        batch_op.drop_index(batch_op.f('ix_need_accepted_at'))

    op.drop_table('need')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_unread')

    op.drop_table('message')
    with op.batch_alter_table('known_device', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_known_device_user_id'))

    op.drop_table('known_device')
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_batch_state'))
        batch_op.drop_index(batch_op.f('ix_import_batch_created_by_id'))

    op.drop_table('import_batch')
    with op.batch_alter_table('former_password', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_former_password_user_id'))

    op.drop_table('former_password')
    with op.batch_alter_table('expert', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expert_state'))
        batch_op.drop_index(batch_op.f('ix_expert_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_expert_batch_id'))

    op.drop_table('expert')
    with op.batch_alter_table('broker', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_broker_state'))
        batch_op.drop_index(batch_op.f('ix_broker_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_broker_batch_id'))

    op.drop_table('broker')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_object_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_noun'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_actor_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_action'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_account_state'))
        batch_op.drop_index(batch_op.f('ix_user_account_organisation_id'))

    op.drop_table('user_account')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_town_id'))
        batch_op.drop_index(batch_op.f('ix_organisation_state'))
        batch_op.drop_index(batch_op.f('ix_organisation_name'))
        batch_op.drop_index(batch_op.f('ix_organisation_batch_id'))

    op.drop_table('organisation')
    op.drop_table('town')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_at'))

    op.drop_table('submission')
    with op.batch_alter_table('sign_in_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_attempt_window')

    op.drop_table('sign_in_attempt')
    op.drop_table('setting')
    op.drop_table('section')
    with op.batch_alter_table('outbox_event', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_waiting')

    op.drop_table('outbox_event')
    op.drop_table('need_serial')
    op.drop_table('matching_run')
    op.drop_table('matching_corpus')
    op.drop_table('import_mapping')
    op.drop_table('holiday_override')
    op.drop_table('chain_node')
    op.drop_table('audit_head')
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_entry_guard()")
