"""`disburse migrate`, `backup`, `restore` and `audit verify`: keeping an installation up to date and safe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from disburse import backups, config, console, reference
from disburse.audit.anchors import read_anchors
from disburse.audit.queries import head, verify
from disburse.db import Database
from disburse.errors import Invalid
from disburse.installation import open_installation, prepare_installation

migrate = typer.Typer(rich_markup_mode=None, add_completion=False)
audit = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
backup = typer.Typer(rich_markup_mode=None, add_completion=False)
restore = typer.Typer(rich_markup_mode=None, add_completion=False)


@migrate.command()
def migrate_command() -> None:
    """Tạo hoặc cập nhật cơ sở dữ liệu, nạp địa bàn, chính sách và ngân hàng."""
    settings = config.load()
    database = prepare_installation(settings)
    reference.load(database)
    console.say(f"Cơ sở dữ liệu đã sẵn sàng: {_shown(database)}")
    if not settings.key:
        console.say(f"Khóa mã hóa nằm ở {settings.key_file}. Cất một bản sao ở nơi an toàn: mất khóa là mất dữ liệu.")


@backup.command()
def backup_command(file: Annotated[Path, typer.Argument(help="Tệp sao lưu sẽ được tạo.")]) -> None:
    """Sao lưu cơ sở dữ liệu (dữ liệu cá nhân vẫn được mã hóa; khóa không nằm trong bản sao lưu)."""
    backups.save(open_installation(config.load()), file)
    console.say(f"Đã sao lưu vào {file}.")


@restore.command()
def restore_command(file: Annotated[Path, typer.Argument(help="Tệp sao lưu.")]) -> None:
    """Khôi phục từ bản sao lưu vào một cơ sở dữ liệu còn trống."""
    settings = config.load()
    backups.bring_back(Database(settings.url), file)
    open_installation(settings).close()
    console.say("Đã khôi phục. Chạy tiếp: disburse doctor")


@audit.callback()
def audit_command() -> None:
    """Nhật ký hệ thống."""


@audit.command("verify")
def verify_command(
    anchors: Annotated[Path | None, typer.Option(help="Tệp neo giữ ngoài cơ sở dữ liệu.")] = None,
) -> int:
    """Kiểm tra chuỗi nhật ký: không thiếu, không sửa, không cắt đuôi."""
    if anchors is not None and not anchors.exists():
        raise Invalid("file_missing", path=anchors)
    known = read_anchors(anchors) if anchors else {}
    with console.open_database().reading() as session:
        breaks = list(verify(session, known))
        newest = head(session)
    for found in breaks:
        console.out.print(f"{found.seq}: {found.what}", markup=False)
    if breaks:
        console.say(f"Chuỗi nhật ký có {len(breaks)} chỗ hỏng.")
        return console.ERROR
    console.out.print(f"Chuỗi nhật ký nguyên vẹn: {newest.seq if newest else 0} sự kiện.", markup=False)
    return console.DONE


def _shown(database: Database) -> str:
    return sa.make_url(database.url).render_as_string(hide_password=True)
