"""The matcher's keys are made anew after a crash of PostgreSQL

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_DERIVED = ("match_snapshot", "match_shard", "person_words", "person_key", "registration_key")
_COLUMNS = {"match_shard": ("kind", "bits", "shard", "content"), "person_words": ("person_id", "number", "moved", "words")}
_ACTOR = "ix_audit_event_actor_id"


def upgrade() -> None:
    """Keep what a full run derives out of PostgreSQL's log (docs/adr/0018); index events by who they have, if anybody.

    All five go together when the server crashes: without its counts the next run is one over everybody.
    """
    if op.get_bind().dialect.name == "postgresql":
        for table in _DERIVED:
            op.execute(f"ALTER TABLE {table} SET UNLOGGED")
        _count_by_sample("10")
        # A first run marks nearly half of a page's stages at once: with a fifth free, every second mark left its page.
        op.execute("ALTER TABLE enrolment_stage SET (fillfactor = 60)")
    op.drop_index(_ACTOR, "audit_event")
    some = sa.text("actor_id IS NOT NULL")
    op.create_index(_ACTOR, "audit_event", ["actor_id"], sqlite_where=some, postgresql_where=some)


def _count_by_sample(target: str) -> None:
    # A run counts what it filled: from 3,000 rows it knows as much as from 30,000, which are all of a province's pages.
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {target}")


def downgrade() -> None:
    """Have PostgreSQL log it again."""
    op.drop_index(_ACTOR, "audit_event")
    op.create_index(_ACTOR, "audit_event", ["actor_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in _DERIVED:
            op.execute(f"ALTER TABLE {table} SET LOGGED")
        _count_by_sample("-1")
        op.execute("ALTER TABLE enrolment_stage SET (fillfactor = 80)")
