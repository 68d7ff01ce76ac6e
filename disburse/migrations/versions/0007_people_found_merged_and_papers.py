"""People found by name, merged, moved in hamlets, with scanned papers

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import disburse.db


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and the words of the names that are known already."""
    op.create_table('hamlet',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('origin_code', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('origin_valid_from', sa.Date(), nullable=False),
    sa.Column('commune_code', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('name_fold', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hamlet')),
    sa.UniqueConstraint('origin_code', 'origin_valid_from', 'name', name=op.f('uq_hamlet_origin_code_origin_valid_from_name'))
    )
    with op.batch_alter_table('hamlet', schema=None) as batch_op:
        batch_op.create_index('ix_hamlet_commune_code', ['commune_code'], unique=False)

    op.create_table('duplicate_pair',
    sa.Column('low_id', sa.Uuid(), nullable=False),
    sa.Column('high_id', sa.Uuid(), nullable=False),
    sa.Column('why', sa.Enum('old_id', 'same_place', 'same_birthday', name='why', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('found_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['high_id'], ['person.id'], name=op.f('fk_duplicate_pair_high_id')),
    sa.ForeignKeyConstraint(['low_id'], ['person.id'], name=op.f('fk_duplicate_pair_low_id')),
    sa.PrimaryKeyConstraint('low_id', 'high_id', name=op.f('pk_duplicate_pair'))
    )
    with op.batch_alter_table('duplicate_pair', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duplicate_pair_high_id'), ['high_id'], unique=False)

    op.create_table('hamlet_alias',
    sa.Column('hamlet_id', sa.Uuid(), nullable=False),
    sa.Column('spelling', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.ForeignKeyConstraint(['hamlet_id'], ['hamlet.id'], name=op.f('fk_hamlet_alias_hamlet_id')),
    sa.PrimaryKeyConstraint('hamlet_id', 'spelling', name=op.f('pk_hamlet_alias'))
    )
    op.create_table('name_token',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('token', sa.String(length=100).with_variant(sa.String(length=100, collation='C'), 'postgresql'), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('sort_key', sa.String(length=200).with_variant(sa.String(length=200, collation='C'), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_name_token_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'token', name=op.f('pk_name_token'))
    )
    with op.batch_alter_table('name_token', schema=None) as batch_op:
        batch_op.create_index('ix_name_token_order', ['token', 'place', 'sort_key', 'person_id'], unique=False)

    op.create_table('not_same_person',
    sa.Column('low_id', sa.Uuid(), nullable=False),
    sa.Column('high_id', sa.Uuid(), nullable=False),
    sa.Column('said_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['high_id'], ['person.id'], name=op.f('fk_not_same_person_high_id')),
    sa.ForeignKeyConstraint(['low_id'], ['person.id'], name=op.f('fk_not_same_person_low_id')),
    sa.PrimaryKeyConstraint('low_id', 'high_id', name=op.f('pk_not_same_person'))
    )
    with op.batch_alter_table('not_same_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_not_same_person_high_id'), ['high_id'], unique=False)

    op.create_table('person_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('gone_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'done', 'refused', 'undone', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('kept_link_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('proposed_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('proposed_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('decided_at', disburse.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('undone_at', disburse.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('taken_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['gone_id'], ['person.id'], name=op.f('fk_person_merge_gone_id')),
    sa.ForeignKeyConstraint(['kept_id'], ['person.id'], name=op.f('fk_person_merge_kept_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_merge'))
    )
    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_merge_gone_id'), ['gone_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_merge_kept_id'), ['kept_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_merge_state'), ['state'], unique=False)

    op.create_table('merged_row',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('merge_id', sa.Uuid(), nullable=False),
    sa.Column('table_name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('row_key', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('column_name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('before', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('after', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.ForeignKeyConstraint(['merge_id'], ['person_merge.id'], name=op.f('fk_merged_row_merge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merged_row'))
    )
    with op.batch_alter_table('merged_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merged_row_merge_id'), ['merge_id'], unique=False)

    op.create_table('paper_scan',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('recipient_id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('media', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('uploaded_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('uploaded_at', disburse.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_paper_scan_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_scan'))
    )
    with op.batch_alter_table('paper_scan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_scan_recipient_id'), ['recipient_id'], unique=False)

    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('suspended_since', sa.Date(), nullable=True))
        batch_op.create_index('ix_enrolment_person_id', ['person_id'], unique=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_person_merged_into'), ['merged_into'], unique=False)
        batch_op.create_index('ix_person_sort_key', ['sort_key'], unique=False)

    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cap_exception', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True))

    with op.batch_alter_table('roster_question', schema=None) as batch_op:
        batch_op.create_index('ix_roster_question_state_kind', ['state', 'kind'], unique=False)
    _index_names()


def _index_names() -> None:
    connection = op.get_bind()
    person = sa.table("person", sa.column("id"), sa.column("name_fold"), sa.column("sort_key"))
    token = sa.table(
        "name_token", sa.column("person_id"), sa.column("token"), sa.column("place"), sa.column("sort_key")
    )
    people = connection.execute(sa.select(person.c.id, person.c.name_fold, person.c.sort_key)).all()
    for start in range(0, len(people), 5_000):
        rows = [
            {"person_id": key, "token": word, "place": int(word != fold.split()[-1]), "sort_key": order}
            for key, fold, order in people[start : start + 5_000]
            for word in dict.fromkeys(fold.split())
        ]
        if rows:
            connection.execute(sa.insert(token), rows)


def downgrade() -> None:
    """Take the tables away; the names themselves stay."""
    with op.batch_alter_table('roster_question', schema=None) as batch_op:
        batch_op.drop_index('ix_roster_question_state_kind')

    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.drop_column('cap_exception')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index('ix_person_sort_key')
        batch_op.drop_index(batch_op.f('ix_person_merged_into'))
        batch_op.drop_column('merged_into')

    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_index('ix_enrolment_person_id')
        batch_op.drop_column('suspended_since')

    with op.batch_alter_table('paper_scan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_scan_recipient_id'))

    op.drop_table('paper_scan')
    with op.batch_alter_table('merged_row', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merged_row_merge_id'))

    op.drop_table('merged_row')
    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_merge_state'))
        batch_op.drop_index(batch_op.f('ix_person_merge_kept_id'))
        batch_op.drop_index(batch_op.f('ix_person_merge_gone_id'))

    op.drop_table('person_merge')
    with op.batch_alter_table('not_same_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_not_same_person_high_id'))

    op.drop_table('not_same_person')
    with op.batch_alter_table('name_token', schema=None) as batch_op:
        batch_op.drop_index('ix_name_token_order')

    op.drop_table('name_token')
    op.drop_table('hamlet_alias')
    with op.batch_alter_table('duplicate_pair', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duplicate_pair_high_id'))

    op.drop_table('duplicate_pair')
    with op.batch_alter_table('hamlet', schema=None) as batch_op:
        batch_op.drop_index('ix_hamlet_commune_code')

    op.drop_table('hamlet')
