"""Real files for import tests, written as CSV, and an installation that a subprocess can open."""

from __future__ import annotations

import csv
import io
import os
import random
import sys
from pathlib import Path

from disburse import config
from disburse.db import Database
from disburse.installation import prepare_installation
from tests.conftest import TEST_KEY

HEADER = (
    "STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Xã", "Mức trợ cấp", "Người nhận thay", "CCCD người nhận",
    "Số tài khoản", "Ngân hàng",
)  # fmt: skip
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan")
GIVEN = ("An", "Bình", "Châu", "Dung", "Giang", "Hà", "Hải", "Hoa", "Hùng", "Lan")


def roster_bytes(rows: int, seed: int = 1, *, broken: int = 0) -> bytes:
    """Return a CSV list of Bình Sơn; the last `broken` rows have no usable name."""
    rng = random.Random(seed)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number in range(rows):
        year = rng.randint(1930, 1999)
        name = f"{rng.choice(FAMILY)} Văn {rng.choice(GIVEN)} {rng.choice(GIVEN)}" if number < rows - broken else "???"
        citizen = f"0510{year % 100:02d}{number:06d}" if number % 7 else ""
        other = ("Trần Thị Người Nhận", f"051180{number % 50:06d}") if number % 5 == 0 else ("", "")
        account = (f"{10**11 + number}", "Agribank") if number % 3 == 0 else ("", "")
        commune = ("Xã Bình Sơn", "Xã Vạn Tường")[number % 2]
        born = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{year}"
        writer.writerow([number + 1, name, born, "Nam", citizen, commune, 500_000, *other, *account])
    return out.getvalue().encode()


def environment(database: Database, folder: Path) -> dict[str, str]:
    """Return the environment in which the command line opens this database, its key remembered."""
    found = os.environ | {
        "DISBURSE_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "DISBURSE_DATA_DIR": str(folder),
        "DISBURSE_KEY": TEST_KEY,
        "DISBURSE_JOB_LEASE_SECONDS": "1",
        "DISBURSE_UPLOAD_SECONDS": "120",
        "DISBURSE_PROVINCE": "51",
    }
    prepare_installation(config.load(found)).close()
    return found


def command(*arguments: str) -> list[str]:
    """Return the command line that runs `disburse` with these arguments."""
    return [sys.executable, "-m", "disburse", *arguments]
