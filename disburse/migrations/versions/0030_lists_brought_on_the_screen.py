"""Lists of accounts brought on the screen, seen before they count

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from disburse.db import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_BEFORE = ("reading", "imported", "refused")
_AFTER = ("checking", "waiting", *_BEFORE, "put_aside")
_SOURCES = ("bank_list", "bank_reply", "roster", "signed_form", "vneid", "payer", "opening_day")
_COUNTS = ("read", "ok", "parked", "skipped", "new", "changed", "same", "erased")
_ADDED = ("origin", "area_code", "settled_by", "settled_at")
_KEPT = (
    "id", "bank_code", "source", "basis", "upload_id", "file_name", "sha256", "file_key", "state",
    *(f"rows_{name}" for name in _COUNTS), "report", "created_by", "created_at", "imported_at",
)  # fmt: skip


def upgrade() -> None:
    """Keep which way a list came, whose it is, and who had it taken in; let it wait to be seen."""
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(_AFTER, _added())
    else:
        for column in _added():
            op.add_column("registration_list", column)
        op.create_check_constraint(op.f("ck_registration_list_origin"), "registration_list", _ORIGINS)
        _allow(_AFTER)
    # What banks post by program was always named so.
    op.execute("UPDATE registration_list SET origin = 'api' WHERE file_name = 'api.json'")


def downgrade() -> None:
    """Forget it; what was never taken in counts as refused."""
    never = "state IN ('checking', 'waiting', 'put_aside')"
    op.execute(f"UPDATE registration_list SET state = 'refused', file_key = NULL WHERE {never}")
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(_BEFORE, [])
        return
    _allow(_BEFORE)
    op.drop_constraint(op.f("ck_registration_list_origin"), "registration_list", type_="check")
    for name in _ADDED:
        op.drop_column("registration_list", name)


_ORIGINS = "origin IN ('screen', 'command', 'api')"


def _added() -> list[sa.Column[object]]:
    return [
        sa.Column("origin", sa.String(20), server_default="command", nullable=False),
        sa.Column("area_code", sa.String(5), nullable=True),
        sa.Column("settled_by", sa.String(100), server_default="", nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
    ]


def _states(states: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


def _allow(states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_registration_list_state"), "registration_list", type_="check")
    op.create_check_constraint(op.f("ck_registration_list_state"), "registration_list", _states(states))


def _make_anew(states: tuple[str, ...], added: list[sa.Column[object]]) -> None:
    # SQLite changes no check. The new table takes the old one's name last: were the old one renamed, the foreign keys
    # that point to it would follow it to its new name.
    checks = [sa.CheckConstraint(_states(states), name="state")]
    sources = ", ".join(repr(source) for source in _SOURCES)
    checks.append(sa.CheckConstraint(f"source IN ({sources})", name="source"))
    if added:
        checks.append(sa.CheckConstraint(_ORIGINS, name="origin"))
    op.create_table(
        "registration_list_anew",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_key", sa.String(64), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        *(sa.Column(f"rows_{name}", sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=True),
        *added,
        *checks,
        sa.ForeignKeyConstraint(["bank_code"], ["bank.code"], name="fk_registration_list_bank_code"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_registration_list_upload_id"),
        sa.PrimaryKeyConstraint("id", name="pk_registration_list"),
        sa.UniqueConstraint("file_key", name="uq_registration_list_file_key"),
    )
    names = ", ".join(_KEPT)
    op.execute(f"INSERT INTO registration_list_anew ({names}) SELECT {names} FROM registration_list")
    op.drop_table("registration_list")
    op.rename_table("registration_list_anew", "registration_list")
