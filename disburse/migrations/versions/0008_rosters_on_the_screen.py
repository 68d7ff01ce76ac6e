"""Rosters on the screen: what a file looks like, corrections, what is remembered of them

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op



revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NEW = ("on_screen", "outline_sealed", "corrections", "ordered_by", "turned_down")


def upgrade() -> None:
    """Give rosters their way through the screen; those there are were all imported by command."""
    with op.batch_alter_table("roster") as table:
        table.add_column(sa.Column("on_screen", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("outline_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("corrections", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("ordered_by", sa.String(100), nullable=False, server_default=""))
        table.add_column(sa.Column("turned_down", sa.String(300), nullable=False, server_default=""))
    op.create_table(
        "remembered_layout",
        sa.Column("programme", sa.String(20), nullable=False),
        sa.Column("area_code", sa.String(5), nullable=False),
        sa.Column("signature", sa.String(32), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("used_by", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["programme"], ["programme.code"], name=op.f("fk_remembered_layout_programme")),
        sa.PrimaryKeyConstraint("programme", "area_code", "signature", name=op.f("pk_remembered_layout")),
    )
    op.create_table(
        "remembered_value",
        sa.Column("programme", sa.String(20), nullable=False),
        sa.Column("area_code", sa.String(5), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.String(100), nullable=False),
        sa.Column("meaning", sa.String(40), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("used_by", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["programme"], ["programme.code"], name=op.f("fk_remembered_value_programme")),
        sa.PrimaryKeyConstraint("programme", "area_code", "kind", "text", name=op.f("pk_remembered_value")),
    )


def downgrade() -> None:
    """Forget what the screen added."""
    op.drop_table("remembered_value")
    op.drop_table("remembered_layout")
    with op.batch_alter_table("roster") as table:
        for name in reversed(_NEW):
            table.drop_column(name)
