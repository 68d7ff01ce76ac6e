"""The bank on the other side of the wire: clients, secrets, budgets, repeated calls, the log, webhooks, events

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import disburse.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the bank API; what stands there keeps standing."""
    op.create_table('bank_call_count',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('window', sa.BigInteger(), nullable=False),
    sa.Column('ends', sa.BigInteger(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'window', name=op.f('pk_bank_call_count'))
    )
    with op.batch_alter_table('bank_call_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_call_count_ends'), ['ends'], unique=False)

    op.create_table('bank_request_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=True),
    sa.Column('bank_code', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('route', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('idempotency_key', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('items', sa.Integer(), nullable=True),
    sa.Column('body_bytes', sa.Integer(), nullable=False),
    sa.Column('ms', sa.Integer(), nullable=False),
    sa.Column('request_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('ip', sqlmodel.sql.sqltypes.AutoString(length=45), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_request_log'))
    )
    with op.batch_alter_table('bank_request_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_request_log_at'), ['at'], unique=False)
        batch_op.create_index('ix_bank_request_log_bank_code_id', ['bank_code', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bank_request_log_client_id'), ['client_id'], unique=False)

    op.create_table('bank_client',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bank_code', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('allowed_ips', sa.JSON(), nullable=False),
    sa.Column('per_minute', sa.Integer(), nullable=False),
    sa.Column('per_day', sa.Integer(), nullable=False),
    sa.Column('must_sign', sa.Boolean(), nullable=False),
    sa.Column('webhook_url', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('webhook_secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('created_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_call_at', disburse.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', disburse.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bank_code'], ['bank.code'], name=op.f('fk_bank_client_bank_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_client')),
    sa.UniqueConstraint('bank_code', 'name', name=op.f('uq_bank_client_bank_code_name'))
    )
    op.create_table('bank_client_secret',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('hint', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('signing_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('made_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', disburse.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', disburse.db.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('slot IN (1, 2)', name=op.f('ck_bank_client_secret_slot')),
    sa.ForeignKeyConstraint(['client_id'], ['bank_client.id'], name=op.f('fk_bank_client_secret_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_client_secret')),
    sa.UniqueConstraint('digest', name=op.f('uq_bank_client_secret_digest'))
    )
    with op.batch_alter_table('bank_client_secret', schema=None) as batch_op:
        batch_op.create_index('uq_bank_client_secret_slot', ['client_id', 'slot'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))

    op.create_table('bank_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bank_code', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('event_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('kind', sa.Enum('account_closed', 'account_locked', 'account_unlocked', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('facts_hash', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('received_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_bank_event_account_id')),
    sa.ForeignKeyConstraint(['bank_code'], ['bank.code'], name=op.f('fk_bank_event_bank_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_event')),
    sa.UniqueConstraint('bank_code', 'event_id', name=op.f('uq_bank_event_bank_code_event_id'))
    )
    with op.batch_alter_table('bank_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_event_account_id'), ['account_id'], unique=False)

    op.create_table('idempotency_key',
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('answer', sa.LargeBinary(), nullable=False),
    sa.Column('lease_until', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('begun_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['bank_client.id'], name=op.f('fk_idempotency_key_client_id')),
    sa.PrimaryKeyConstraint('client_id', 'key', name=op.f('pk_idempotency_key'))
    )
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_key_begun_at'), ['begun_at'], unique=False)

    op.create_table('used_nonce',
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('nonce', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('until', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['bank_client.id'], name=op.f('fk_used_nonce_client_id')),
    sa.PrimaryKeyConstraint('client_id', 'nonce', name=op.f('pk_used_nonce'))
    )
    with op.batch_alter_table('used_nonce', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_used_nonce_until'), ['until'], unique=False)

    op.create_table('webhook_delivery',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'delivered', 'given_up', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('made_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', disburse.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['bank_client.id'], name=op.f('fk_webhook_delivery_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_delivery'))
    )
    with op.batch_alter_table('webhook_delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_webhook_delivery_client_id'), ['client_id'], unique=False)

    op.create_table('webhook_try',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('error', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('ms', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['webhook_delivery.id'], name=op.f('fk_webhook_try_delivery_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_try'))
    )
    with op.batch_alter_table('webhook_try', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_webhook_try_delivery_id'), ['delivery_id'], unique=False)

    with op.batch_alter_table('confirmation_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_on', sa.Date(), nullable=True))
        batch_op.create_index('uq_confirmation_request_person', ['person_id', 'bank_code'], unique=True, sqlite_where=sa.text('closed_on IS NULL AND person_id IS NOT NULL'), postgresql_where=sa.text('closed_on IS NULL AND person_id IS NOT NULL'))

    with op.batch_alter_table('confirmation_result', schema=None) as batch_op:
        batch_op.add_column(sa.Column('account_exists', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('account_kind', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('joint', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('papers', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('biometrics', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('branch', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False, server_default=''))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table('confirmation_result', schema=None) as batch_op:
        batch_op.drop_column('branch')
        batch_op.drop_column('biometrics')
        batch_op.drop_column('papers')
        batch_op.drop_column('joint')
        batch_op.drop_column('account_kind')
        batch_op.drop_column('account_exists')

    with op.batch_alter_table('confirmation_request', schema=None) as batch_op:
        batch_op.drop_index('uq_confirmation_request_person', sqlite_where=sa.text('closed_on IS NULL AND person_id IS NOT NULL'), postgresql_where=sa.text('closed_on IS NULL AND person_id IS NOT NULL'))
        batch_op.drop_column('due_on')

    with op.batch_alter_table('webhook_try', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_webhook_try_delivery_id'))

    op.drop_table('webhook_try')
    with op.batch_alter_table('webhook_delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_webhook_delivery_client_id'))

    op.drop_table('webhook_delivery')
    with op.batch_alter_table('used_nonce', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_used_nonce_until'))

    op.drop_table('used_nonce')
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotency_key_begun_at'))

    op.drop_table('idempotency_key')
    with op.batch_alter_table('bank_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_event_account_id'))

    op.drop_table('bank_event')
    with op.batch_alter_table('bank_client_secret', schema=None) as batch_op:
        batch_op.drop_index('uq_bank_client_secret_slot', sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))

    op.drop_table('bank_client_secret')
    op.drop_table('bank_client')
    with op.batch_alter_table('bank_request_log', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_request_log_client_id'))
        batch_op.drop_index('ix_bank_request_log_bank_code_id')
        batch_op.drop_index(batch_op.f('ix_bank_request_log_at'))

    op.drop_table('bank_request_log')
    with op.batch_alter_table('bank_call_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_call_count_ends'))

    op.drop_table('bank_call_count')
