"""Bank lists through the same reader: other columns, standing kept, cards and damaged numbers parked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from disburse.accounts.columns import status_of
from disburse.accounts.reading import read
from disburse.workbooks.refusals import Refusal
from matching.text import fold
from tests.disburse.rosters.drawn_sheets import Outcome, write_xlsx
from tests.disburse.rosters.test_files import KEYS, disburse

HEAD = ["STT", "Số tài khoản", "Tên khách hàng", "Ngày sinh", "Số CCCD"]
ONE = ["4506201001234", "PHAM VAN ANH", "19510312", "051051000001"]


def listed(tmp_path: Path, rows: list[list[object]], **options: Any) -> Outcome:
    """Read a drawn bank list."""
    path = write_xlsx(tmp_path / "list.xlsx", {"DS": rows})  # type: ignore[dict-item]
    found = list(read(path, {"bank": "VBA", "today": "2026-11-22"} | options))
    return Outcome([o for o in found if o["kind"] == "row"], found[-1])


def one(tmp_path: Path, **cells: object) -> Outcome:
    """One row of a list with the given columns."""
    columns = {"Số tài khoản": "4506201001234", "Tên khách hàng": "PHAM VAN ANH"} | {
        k.replace("_", " "): v for k, v in cells.items()
    }
    return listed(tmp_path, [list(columns), list(columns.values())])


class TestHeaders:
    @pytest.mark.parametrize(
        ("field", "spellings"),
        [
            ("account_number", "Số tài khoản|STK|Số TK|TK|Tài khoản|Số TK ATM|Account No"),
            ("holder_name", "Chủ tài khoản|Chủ TK|Tên chủ TK|Tên tài khoản|Tên TK|Họ tên chủ TK|Tên khách hàng|Tên KH|Account name|Họ và tên|Họ tên"),  # noqa: E501
            ("citizen_id", "Số CCCD|CCCD|Số GTTT|CMND/CCCD|Số căn cước|Số định danh"),
            ("birth_date", "Ngày sinh|Năm sinh|DOB|NTNS"),
            ("account_status", "Trạng thái TK|Trạng thái|Tình trạng"),
            ("currency", "Loại tiền"),
            ("account_type", "Loại TK"),
            ("opened_on", "Ngày mở"),
            ("branch", "Chi nhánh|CN|PGD|Nơi mở"),
            ("bank", "Ngân hàng|NH|Tên ngân hàng"),
            ("bank_code", "BIN|Mã CITAD|Mã NH"),
            ("balance", "Số dư"),
            ("other", "CIF|Mã KH|Nội dung CK|Số lệnh|Mã GD|Ngày GD|Phí"),
        ],
    )  # fmt: skip
    def test_spellings(self, tmp_path: Path, field: str, spellings: str) -> None:
        """Accented, plain, in capitals, run together."""
        for spelling in spellings.split("|"):
            for header in (spelling, spelling.upper(), fold(spelling), fold(spelling).replace(" ", "_").upper()):
                head = ["STT", "Số tài khoản", "Tên khách hàng", header]
                if field in ("account_number", "holder_name"):
                    head = ["STT", "Số tài khoản", "Tên khách hàng"]
                    head[1 if field == "account_number" else 2] = header
                row: list[object] = [1, "4506201001234", "PHAM VAN ANH", "1"][: len(head)]
                outcome = listed(tmp_path, [list(head), row])
                assert outcome.field_of("ABCD"[head.index(header)]) == field, header

    def test_headings_footers_and_totals(self, tmp_path: Path) -> None:
        """Title above, signatures below."""
        rows: list[list[object]] = [
            ["AGRIBANK CN BÌNH SƠN"],
            ["DANH SÁCH TÀI KHOẢN"],
            HEAD,
            [1, *ONE],
            ["", "Tổng cộng: 1"],
            ["", "", "Giám đốc"],
        ]
        outcome = listed(tmp_path, rows)
        assert (len(outcome.rows), outcome.report["rows_skipped"]) == (1, 2)

    def test_no_name_column(self, tmp_path: Path) -> None:
        """Accounts without holders are refused."""
        with pytest.raises(Refusal) as refused:
            listed(tmp_path, [["STT", "Số tài khoản", "Số CCCD"], [1, "4506201001234", "051051000001"]])
        assert refused.value.reject_code == "no_name_column"


class TestRows:
    def test_values(self, tmp_path: Path) -> None:
        """A usual row."""
        outcome = listed(tmp_path, [HEAD, [1, *ONE]])
        assert outcome.values[0] == {
            "bank_code": "VBA", "account_number": "4506201001234", "holder_name": "PHAM VAN ANH",
            "birth_date": "1951-03-12", "birth_precision": "day", "citizen_id": "051051000001",
        }  # fmt: skip
        assert outcome.report["verdict"] == "accept"

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("9704050012345678", "account_card_parked"), ("4.5E+12", "account_damaged_parked"), (12345678901234567, "account_damaged_parked"),  # noqa: E501
            ("", "account_missing"), ("123", "account_invalid_parked"),
        ],
    )  # fmt: skip
    def test_numbers_that_park(self, tmp_path: Path, cell: object, code: str) -> None:
        """Cards and damaged numbers park with the reason."""
        outcome = listed(tmp_path, [HEAD, [1, cell, *ONE[1:]], [2, *ONE]])
        assert (outcome.rows[0]["state"], outcome.codes(0, "error")) == ("parked", [code])

    @pytest.mark.parametrize(
        ("words", "status"),
        [
            ("Hoạt động", "open"), ("ACTIVE", "open"), ("Mở", "open"), ("Đang hoạt động", "open"), ("Khóa", "locked"), ("Phong tỏa", "locked"),  # noqa: E501
            ("Tạm khóa", "locked"), ("Ngủ", "locked"), ("Không hoạt động", "locked"), ("Đóng", "closed"), ("Tất toán", "closed"), ("CLOSED", "closed"), ("???", None),  # noqa: E501
        ],
    )  # fmt: skip
    def test_status(self, words: str, status: str | None) -> None:
        """The words of banks for an account's standing."""
        assert status_of(words) == status

    def test_closed_locked_foreign_and_joint_are_kept(self, tmp_path: Path) -> None:
        """Kept with their status, flagged, never parked."""
        for cells, code, key, value in (
            ({"Trạng_thái_TK": "Đóng"}, "account_closed", "account_status", "closed"),
            ({"Trạng_thái_TK": "Khóa"}, "account_locked", "account_status", "locked"),
            ({"Loại_tiền": "USD"}, "account_foreign", "currency", "USD"),
            ({"Loại_TK": "Tài khoản chung"}, "account_joint", "joint", True),
            ({"Tên_khách_hàng": "PHAM VAN ANH & LE THI BA"}, "account_joint", "joint", True),
        ):
            outcome = one(tmp_path, **cells)
            assert (outcome.rows[0]["state"], outcome.value(key)) == ("ok", value)
            assert code in outcome.codes(0, "warning")

    @pytest.mark.parametrize(
        ("cell", "day"), [("19510312", "1951-03-12"), (19510312, "1951-03-12"), ("12/03/1951", "1951-03-12")]
    )
    def test_birth_dates_of_bank_systems(self, tmp_path: Path, cell: object, day: str) -> None:
        """Also yyyymmdd, as text or number."""
        assert one(tmp_path, Ngày_sinh=cell).value("birth_date") == day

    def test_another_bank_than_the_lists(self, tmp_path: Path) -> None:
        """The row's own bank counts, with a warning."""
        outcome = one(tmp_path, Ngân_hàng="BIDV")
        assert (outcome.value("bank_code"), outcome.codes(0)) == ("BIDV", ["bank_differs"])

    def test_balances_are_nowhere(self, tmp_path: Path) -> None:
        """Balances are neither values nor raw cells."""
        outcome = one(tmp_path, Số_dư=987654321)
        assert "987654321" not in json.dumps(outcome.rows)
        assert "balance_dropped" in outcome.warnings

    def test_identical_rows_park(self, tmp_path: Path) -> None:
        """The same line twice."""
        outcome = listed(tmp_path, [HEAD, [1, *ONE], [2, *ONE]])
        assert [r["state"] for r in outcome.rows] == ["ok", "parked"]


class TestCommand:
    def test_json_and_rows(self, tmp_path: Path) -> None:
        """The same document as for rosters; the columns of §8."""
        path = write_xlsx(tmp_path / "a.xlsx", {"DS": [HEAD, [1, *ONE]]})
        done = disburse(
            "registrations", "check", str(path), "--bank", "Agribank", "--json", "--rows", "o.csv", cwd=tmp_path
        )
        assert list(json.loads(done.stdout)) == KEYS
        lines = (tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()
        assert lines[0] == (
            "sheet,line,state,bank_code,account_number,holder_name,birth_date,birth_precision,sex,citizen_id,old_id,phone,"
            "account_status,currency,flags"
        )
        assert lines[1] == "DS,2,ok,VBA,4506201001234,PHAM VAN ANH,1951-03-12,day,,051051000001,,,,,"
