"""Who made an invitation: they do not approve the rights of whoever takes it up

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_KEY = "fk_invitation_made_by"


def upgrade() -> None:
    """One column that may be empty: the release before goes on working beside this one."""
    with op.batch_alter_table("invitation") as batch:
        batch.add_column(sa.Column("made_by", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f(_KEY), "user_account", ["made_by"], ["id"])


def downgrade() -> None:
    """Back to invitations of nobody in particular."""
    with op.batch_alter_table("invitation") as batch:
        batch.drop_constraint(op.f(_KEY), type_="foreignkey")
        batch.drop_column("made_by")
