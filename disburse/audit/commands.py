"""`disburse audit verify`: walk the chain and name every break."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from disburse import console
from disburse.audit import queries
from disburse.audit.anchors import read_anchors
from disburse.errors import Invalid

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def audit() -> None:
    """Nhật ký hệ thống."""


@app.command("verify")
def verify(
    anchors: Annotated[Path | None, typer.Option(help="Tệp neo giữ ngoài cơ sở dữ liệu.")] = None,
) -> int:
    """Kiểm tra chuỗi nhật ký: không thiếu, không sửa, không cắt đuôi."""
    if anchors is not None and not anchors.exists():
        raise Invalid("file_missing", path=anchors)
    known = read_anchors(anchors) if anchors else {}
    with console.open_database().reading() as session:
        breaks = list(queries.verify(session, known))
        head = queries.head(session)
    for found in breaks:
        console.out.print(f"{found.seq}: {found.what}", markup=False)
    if breaks:
        console.say(f"Chuỗi nhật ký có {len(breaks)} chỗ hỏng.")
        return console.ERROR
    console.out.print(f"Chuỗi nhật ký nguyên vẹn: {head.seq if head else 0} sự kiện.", markup=False)
    return console.DONE
