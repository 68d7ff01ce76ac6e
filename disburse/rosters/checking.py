"""`disburse roster check`: reads a roster and says what is wrong, writing nothing. Reading itself: reading.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from disburse.errors import Invalid
from disburse.workbooks.checking import cell, check, flags, present

READER = "disburse.rosters.reading:read"
_VALUES = (
    "full_name", "birth_date", "birth_precision", "sex", "citizen_id", "old_id", "phone", "commune_code", "programme",
    "benefit_type", "amount", "recipient_name", "recipient_relation", "recipient_citizen_id", "account_number",
    "bank_code", "account_holder",
)  # fmt: skip
COLUMNS = ["sheet", "line", "state", *_VALUES, "flags"]


def check_roster(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx, .xls, .ods hoặc .csv")],
    programme: Annotated[str, typer.Option(help="NCC, BTXH hoặc HTXH")] = "",
    units: Annotated[str, typer.Option(help="old: đơn vị trước 01/7/2025; new: hiện nay")] = "",
    province: Annotated[str, typer.Option(help="Mã tỉnh, 2 số")] = "",
    commune: Annotated[str, typer.Option(help="Mã xã, 5 số, khi tệp không ghi xã")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Chỉ in JSON")] = False,
    rows: Annotated[Path | None, typer.Option(help="Ghi mọi dòng dữ liệu ra tệp CSV này")] = None,
) -> int:
    """Kiểm tra một danh sách mà không ghi gì vào cơ sở dữ liệu nào."""
    options = checked_options(file, programme, units, province, commune)
    report = check(READER, file, options, rows, COLUMNS, _row)
    return present(report, file, as_json)


def checked_options(file: Path, programme: str, units: str, province: str, commune: str) -> dict[str, Any]:
    """The reading options, each looked up in the packaged tables; wrong ones end as a usage error."""
    if not file.is_file():
        raise Invalid("file_missing", path=file)
    if units not in ("", "old", "new"):
        raise typer.BadParameter("old | new", param_hint="--units")
    code = programme.upper()
    if code and code not in _programmes():
        raise typer.BadParameter(" | ".join(_programmes()), param_hint="--programme")
    province = province or ("" if commune else os.environ.get("DISBURSE_PROVINCE", ""))
    _known_area(province, commune)
    return {"programme": code, "units": units, "province": province, "commune": commune}


def _programmes() -> tuple[str, ...]:
    from disburse.programmes.rates import PROGRAMMES

    return tuple(p.code for p in PROGRAMMES)


def _known_area(province: str, commune: str) -> None:
    if not province and not commune:
        return
    from disburse.areas.places import packaged

    places = packaged()
    if province and places.province(province) is None:
        raise typer.BadParameter(f"không có tỉnh {province}", param_hint="--province")
    if commune and not places.resolve(commune, province=None).readings:
        raise typer.BadParameter(f"không có xã {commune}", param_hint="--commune")


def _row(row: dict[str, Any]) -> list[str]:
    values = row["values"]
    return [row["sheet"], str(row["line"]), row["state"], *(cell(values, n) for n in _VALUES), flags(row)]
