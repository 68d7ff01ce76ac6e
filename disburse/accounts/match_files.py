"""`disburse match`: link one CSV to another, without database or settings."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from disburse import console
from disburse.errors import Invalid

if TYPE_CHECKING:
    from matching.columns import Text

app = typer.Typer(rich_markup_mode=None, add_completion=False)

ROSTER_COLUMNS = ("row_id", "full_name")
REGISTRATION_COLUMNS = ("row_id", "holder_name")


@app.command()
def match(
    roster: Annotated[
        Path, typer.Option(help="CSV danh sách: row_id, full_name, date_of_birth, gender, citizen_id, …")
    ],
    registrations: Annotated[
        Path, typer.Option(help="CSV tài khoản: row_id, bank_code, account_number, holder_name, …")
    ],
    out: Annotated[Path, typer.Option(help="Tệp kết quả sẽ được ghi.")],
    engine: Annotated[str, typer.Option(help="local, dask, hoặc tcp://MÁY:CỔNG của một cụm Dask.")] = "local",
    workers: Annotated[int, typer.Option(help="Số tiến trình.", min=1, max=256)] = 1,
) -> int:
    """Ghép hai tệp CSV; kết quả: roster_row_id, registration_row_id, score, decision, reasons."""
    _check_columns(roster, ROSTER_COLUMNS)
    _check_columns(registrations, REGISTRATION_COLUMNS)
    if engine not in ("local", "dask") and not engine.startswith("tcp://"):
        raise Invalid("engine_unknown", value=engine)
    from matching.files import link_files  # pandas loads in 0.5 s: not for `disburse match --help`
    from matching.sources import BadFile

    try:
        with console.bar("Ghép") as move:
            counts = link_files(
                roster, registrations, out,
                places=_places(), engine=engine, workers=workers,
                progress=lambda step, done, total: move(done, total, step),
            )  # fmt: skip
    except BadFile as wrong:
        raise Invalid(f"match_{wrong.code}", **wrong.facts) from wrong
    except ValueError as wrong:
        raise Invalid("match_input", reason=str(wrong)) from wrong
    console.say(
        f"Đã đọc {counts.roster} người, {counts.registrations} tài khoản: {counts.matched} cặp chắc chắn, "
        f"{counts.review} cặp cần xem xét. Kết quả: {out}"
    )
    if counts.lost:
        console.say(f"Có {counts.lost} cặp trùng tên, năm sinh quá phổ biến nên không so từng cặp.")
    return console.DONE


def _check_columns(path: Path, needed: tuple[str, ...]) -> None:
    if not path.is_file():
        raise Invalid("file_missing", path=path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise Invalid("csv_unreadable", path=path) from wrong
    if missing := [name for name in needed if name not in header]:
        raise Invalid("columns_missing", columns=", ".join(missing))


def _places() -> dict[str, Text]:
    from disburse.accounts.frames import places

    return places()
