"""Small frames drawn as tables: `|` between cells, one row a line, the first line names the columns."""

from __future__ import annotations

import pandas as pd

ROSTER_DEFAULTS = {"gender": "", "citizen_id": "", "phone": "", "address": "", "commune_code": "", "programme": "NCC"}
BANK_DEFAULTS = {
    "bank_code": "VBA",
    "account_number": "4500205123456",
    "gender": "",
    "citizen_id": "",
    "phone": "",
    "address": "",
}

PLACES = pd.DataFrame(
    [
        ("21112", "2004-01-01", "Xã Bình Châu", "21109"), ("21103", "2004-01-01", "Xã Bình Hiệp", "21109"),
        ("21052", "2004-01-01", "Xã Bình Chánh", "21040"), ("21061", "2004-01-01", "Xã Bình Trị", "21061"),
        ("21109", "2025-07-01", "Xã Đông Sơn", "21109"), ("21040", "2025-07-01", "Xã Bình Sơn", "21040"),
        ("21061", "2025-07-01", "Xã Vạn Tường", "21061"),
    ],
    columns=["code", "valid_from", "name", "today_code"],
)  # fmt: skip


def drawn(table: str, defaults: dict[str, str]) -> pd.DataFrame:
    """The table as a frame of text, with defaults for columns it does not name."""
    lines = [[c.strip() for c in line.split("|")] for line in table.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0], dtype=str)
    for column, value in defaults.items():
        if column not in frame.columns:
            frame[column] = value
    return frame


def roster(table: str) -> pd.DataFrame:
    """row_id | full_name | date_of_birth …"""
    return drawn(table, ROSTER_DEFAULTS)


def bank(table: str) -> pd.DataFrame:
    """row_id | holder_name | date_of_birth …"""
    return drawn(table, BANK_DEFAULTS)
