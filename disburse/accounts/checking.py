"""`disburse registrations check`: reads a bank's list and says what is wrong, writing nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from disburse.banks.directory import packaged
from disburse.errors import Invalid
from disburse.workbooks.checking import cell, check, flags, present

READER = "disburse.accounts.reading:read"
_VALUES = (
    "bank_code", "account_number", "holder_name", "birth_date", "birth_precision", "sex", "citizen_id", "old_id",
    "phone", "account_status", "currency",
)  # fmt: skip
COLUMNS = ["sheet", "line", "state", *_VALUES, "flags"]


def check_registrations(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx, .xls, .ods hoặc .csv.")],
    bank: Annotated[str, typer.Option(help="Ngân hàng: mã VietQR, BIN hoặc tên thường dùng.")] = "",
    source: Annotated[str, typer.Option(help="Nguồn: bank_list, bank_reply, signed_form …")] = "bank_list",
    basis: Annotated[str, typer.Option(help="Căn cứ pháp lý của việc cung cấp.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Chỉ in JSON.")] = False,
    rows: Annotated[Path | None, typer.Option(help="Ghi mọi dòng dữ liệu ra tệp CSV này.")] = None,
) -> int:
    """Kiểm tra một danh sách tài khoản mà không ghi gì vào cơ sở dữ liệu nào."""
    if not file.is_file():
        raise Invalid("file_missing", path=file)
    if bank and packaged().resolve(bank).code is None:
        raise Invalid("bank_unknown", code=bank)
    report = check(READER, file, {"bank": bank, "source": source, "basis": basis}, rows, COLUMNS, _row)
    return present(report, file, as_json)


def _row(row: dict[str, Any]) -> list[str]:
    values = row["values"]
    return [row["sheet"], str(row["line"]), row["state"], *(cell(values, n) for n in _VALUES), flags(row)]
