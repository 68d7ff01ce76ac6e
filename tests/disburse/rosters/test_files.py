"""Real files of each format through the real child process and the command line."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from tests.disburse.rosters.drawn_sheets import read_file, write_xlsx

HEAD = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Xã", "Mức hưởng", "Số tài khoản", "Ngân hàng"]
ROWS: list[list[object]] = [
    [1, "Phạm Văn Anh", "12/3/1951", "Nam", "051051000001", "Bình Thạnh", 500000, "4506201001234", "Agribank"],
    [2, "Bà Đinh Thị Bình", "1948", "Nữ", 51148000002, "Bình Trị", "500.000", "", ""],
    [3, "Lê Văn 3", "1960", "Nam", "051060000003", "Bình Trị", 500000, "", ""],
]
_ROOT = Path(__file__).resolve().parents[3]
KEYS = [
    "verdict", "reject_code", "rows_read", "rows_ok", "rows_bad", "rows_warned", "rows_skipped", "file_warnings",
    "issues", "issues_total",
]  # fmt: skip
ROW_COLUMNS = (
    "sheet,line,state,full_name,birth_date,birth_precision,sex,citizen_id,old_id,phone,commune_code,programme,"
    "benefit_type,amount,recipient_name,recipient_relation,recipient_citizen_id,account_number,bank_code,"
    "account_holder,flags"
)


def disburse(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line from another directory, without settings."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("DISBURSE_")} | {"PYTHONPATH": str(_ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "disburse.cli", *arguments],
        cwd=cwd,
        env=bare,
        capture_output=True,
        text=True,
        timeout=120,
    )


class TestFormats:
    def test_xlsx(self, tmp_path: Path) -> None:
        """A workbook as Excel writes it, with a date cell and merged header cells."""
        rows: list[Sequence[object]] = [[], HEAD, *ROWS]
        rows[2] = [1, "Phạm Văn Anh", date(1951, 3, 12), *ROWS[0][3:]]
        path = write_xlsx(tmp_path / "a.xlsx", {"DS": rows}, [("A1:I1", "DANH SÁCH CHI TRẢ THÁNG 11 NĂM 2026")])  # type: ignore[dict-item]
        outcome = read_file(path, province="51")
        assert [r["line"] for r in outcome.rows] == [3, 4, 5]
        assert outcome.value("birth_date") == "1951-03-12"
        assert outcome.value("citizen_id", 1) == "051148000002"

    @pytest.mark.parametrize(
        ("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1258")]
    )
    def test_csv(self, tmp_path: Path, delimiter: str, encoding: str) -> None:
        """CSV with each delimiter and encoding; the first line is 1."""
        import unicodedata

        text = "\n".join(delimiter.join(str(c) for c in row) for row in [HEAD, *ROWS])
        if encoding == "cp1258":
            text = _for_cp1258(unicodedata.normalize("NFC", text))
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode(encoding))
        outcome = read_file(path)
        assert [r["line"] for r in outcome.rows] == [2, 3, 4]
        assert outcome.value("full_name") == "Phạm Văn Anh"
        assert outcome.value("citizen_id", 1) == "051148000002"

    def test_xls(self, tmp_path: Path) -> None:
        """The old Excel format."""
        book = xlwt.Workbook()
        sheet = book.add_sheet("DS")
        for line, row in enumerate([HEAD, *ROWS]):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell)
        book.save(str(tmp_path / "a.xls"))
        assert read_file(tmp_path / "a.xls").value("full_name", 1) == "Đinh Thị Bình"

    def test_ods(self, tmp_path: Path) -> None:
        """LibreOffice."""
        document = OpenDocumentSpreadsheet()
        table = Table(name="DS")
        for row in [HEAD, *ROWS]:
            line = TableRow()
            for cell in row:
                made = (
                    TableCell(valuetype="float", value=str(cell))
                    if isinstance(cell, int)
                    else TableCell(valuetype="string")
                )
                made.addElement(P(text=str(cell)))
                line.addElement(made)
            table.addElement(line)
        document.spreadsheet.addElement(table)
        document.save(str(tmp_path / "a.ods"))
        assert read_file(tmp_path / "a.ods").value("citizen_id", 1) == "051148000002"

    def test_html_called_xls(self, tmp_path: Path) -> None:
        """An .xls that is an HTML table."""
        body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in [HEAD, *ROWS])
        (tmp_path / "a.xls").write_text(f"<html><body><table>{body}</table></body></html>", encoding="utf-8")
        assert read_file(tmp_path / "a.xls").value("full_name") == "Phạm Văn Anh"


def _for_cp1258(text: str) -> str:
    """Tones as combining marks where cp1258 has no single letter."""
    import unicodedata

    out = []
    for char in text:
        try:
            char.encode("cp1258")
            out.append(char)
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(c for c in parts if c in "\u0300\u0309\u0303\u0301\u0323")
            out.append(unicodedata.normalize("NFC", parts.replace(tone, "")) + tone)
    return "".join(out)


class TestCommand:
    def test_json_has_exactly_the_documented_shape(self, tmp_path: Path) -> None:
        """The document of §8, from any directory, without database, key or settings."""
        path = write_xlsx(tmp_path / "a.xlsx", {"DS": [HEAD, *ROWS]})  # type: ignore[dict-item]
        done = disburse("roster", "check", str(path), "--province", "51", "--json", cwd=tmp_path)
        report = json.loads(done.stdout)
        assert done.returncode == 0
        assert list(report) == KEYS
        assert (report["verdict"], report["rows_read"], report["rows_ok"], report["rows_bad"]) == (
            "accept_with_row_errors",
            3,
            2,
            1,
        )
        issue = next(i for i in report["issues"] if i["severity"] == "error")
        assert (issue["sheet"], issue["row"], issue["column"], issue["code"], issue["value"]) == (
            "DS",
            4,
            "B",
            "name_invalid",
            "Lê Văn 3",
        )
        assert list(issue) == ["sheet", "row", "column", "severity", "code", "value", "message"]
        assert not (tmp_path / "data").exists()

    def test_rows_csv(self, tmp_path: Path) -> None:
        """--rows writes every data row with the documented columns."""
        path = write_xlsx(tmp_path / "a.xlsx", {"DS": [HEAD, *ROWS]})  # type: ignore[dict-item]
        disburse("roster", "check", str(path), "--province", "51", "--json", "--rows", "out.csv", cwd=tmp_path)
        text = (tmp_path / "out.csv").read_text(encoding="utf-8")
        assert text.splitlines()[0] == ROW_COLUMNS
        rows = list(csv.DictReader(text.splitlines()))
        assert [r["state"] for r in rows] == ["ok", "ok", "parked"]
        assert (rows[0]["birth_date"], rows[0]["birth_precision"], rows[1]["birth_date"]) == (
            "1951-03-12",
            "day",
            "1948",
        )
        assert rows[1]["flags"] == "honorific_removed|id_restored"
        assert rows[0]["commune_code"] == "21040"

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("a.pdf", b"%PDF-1.4", "wrong_type"), ("a.xlsx", b"%PDF-1.4", "wrong_type"), ("a.xlsx", b"", "damaged"),
            ("a.csv", b"a,b\n1,2\n", "no_header"), ("a.csv", "STT,Năm sinh,Số CCCD,Xã\n1,1951,,\n".encode(), "no_name_column"),  # noqa: E501
            ("a.csv", 'Họ và tên,Năm sinh\n"Phạm,1951\n'.encode(), "damaged"),
            ("a.csv", "Họ và tên,Xã\n,Bình Trị\n".encode(), "no_rows"),
        ],
    )  # fmt: skip
    def test_refused_files(self, tmp_path: Path, name: str, content: bytes, code: str) -> None:
        """Exit 3, the code in the JSON, a sentence for the officer."""
        (tmp_path / name).write_bytes(content)
        done = disburse("roster", "check", name, "--province", "51", "--json", cwd=tmp_path)
        report = json.loads(done.stdout)
        assert (done.returncode, report["verdict"], report["reject_code"]) == (3, "reject", code)
        assert list(report) == KEYS
        assert report["file_warnings"] or report["issues"]

    def test_usage_and_missing_files(self, tmp_path: Path) -> None:
        """2 for wrong options, 1 for a file that is not there; one line, no traceback."""
        path = write_xlsx(tmp_path / "a.xlsx", {"DS": [HEAD, *ROWS]})  # type: ignore[dict-item]
        assert disburse("roster", "check", str(path), "--units", "x", cwd=tmp_path).returncode == 2
        assert disburse("roster", "check", str(path), "--province", "zz", cwd=tmp_path).returncode == 2
        missing = disburse("roster", "check", "nope.xlsx", cwd=tmp_path)
        assert missing.returncode == 1
        assert len(missing.stderr.strip().splitlines()) == 1

    def test_for_people(self, tmp_path: Path) -> None:
        """Without --json: Vietnamese tables with line, column and remedy."""
        path = write_xlsx(tmp_path / "a.xlsx", {"DS": [HEAD, *ROWS]})  # type: ignore[dict-item]
        done = disburse("roster", "check", str(path), "--province", "51", cwd=tmp_path)
        assert "chờ sửa" in done.stdout
        assert "Lê Văn 3" in done.stdout

    def test_province_of_the_commune(self, tmp_path: Path) -> None:
        """--commune gives the province as well; without either the file is refused."""
        path = write_xlsx(tmp_path / "a.xlsx", {"DS": [HEAD, *ROWS]})  # type: ignore[dict-item]
        assert disburse("roster", "check", str(path), "--commune", "21040", "--json", cwd=tmp_path).returncode == 0
        done = disburse("roster", "check", str(path), "--json", cwd=tmp_path)
        assert json.loads(done.stdout)["reject_code"] == "province_needed"


class TestManyIssues:
    def test_a_thousand_at_most_and_the_graver_ones_first(self, tmp_path: Path) -> None:
        """issues is capped at 1,000, issues_total is not; errors are never crowded out."""
        rows: list[list[object]] = [["STT", "Họ và tên", "Năm sinh", "Số CCCD"]]
        rows += [
            [i, f"Lê {chr(65 + i % 26)}n {chr(65 + i // 26 % 26)}a {chr(65 + i // 676)}o", 1950, ""]
            for i in range(1, 1500)
        ]
        rows += [[1500, "Lê 3", 1950, "051050000001"]]
        outcome = read_file(write_xlsx(tmp_path / "a.xlsx", {"DS": rows}))
        assert len(outcome.report["issues"]) == 1000
        assert outcome.report["issues_total"] > 1000
        assert any(i["code"] == "name_invalid" for i in outcome.report["issues"])
