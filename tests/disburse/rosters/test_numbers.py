"""Each sentence of the reading contract about numbers of people and of accounts. One row per case."""

from __future__ import annotations

from datetime import date

import pytest

from tests.disburse.rosters.drawn_sheets import draw, one

TODAY = date(2026, 11, 22)


class TestCitizenId:
    @pytest.mark.parametrize(
        ("cell", "value", "codes"),
        [
            ("051051000001", "051051000001", []),
            ("051051000001.0", "051051000001", ["id_repaired"]),
            ("051 051 000 001", "051051000001", ["id_repaired"]),
            ("051.051.000.001", "051051000001", ["id_repaired"]),
            ("'051051000001", "051051000001", ["id_repaired"]),
            ("051\u00a0051\u200b000001", "051051000001", ["id_repaired"]),
            (51051000001, "051051000001", ["id_restored"]),
            (51051000001.0, "051051000001", ["id_restored"]),
            (1051000001, "001051000001", ["id_restored"]),
            ("", None, ["id_missing"]),
            ("-", None, ["id_missing"]),
            ("0510510000011", None, ["id_invalid"]),
            (5105100000111, None, ["id_invalid"]),
            ("05105100000A", None, ["id_invalid"]),
            ("5.1051E+10", None, ["id_damaged"]),
            ("5,1051E+10", None, ["id_damaged"]),
            ("０５１０５１０００００１", None, ["id_invalid"]),
            ("51051000001", None, ["id_invalid"]),
            ("111111111111", None, ["id_implausible"]),
        ],
    )
    def test_cells(self, cell: object, value: str | None, codes: list[str]) -> None:
        """What a cell gives, and what is said about it; it never parks the row."""
        outcome = one(Số_CCCD=cell, Năm_sinh=1951)
        assert outcome.value("citizen_id") == value
        assert outcome.codes() == codes
        assert outcome.rows[0]["state"] == "ok"

    @pytest.mark.parametrize(("cell", "value"), [("51051000001", "051051000001"), ("1051000001", "001051000001")])
    def test_all_digit_csv_fields_are_padded(self, cell: str, value: str) -> None:
        """A CSV knows no numbers: its all-digit fields may have lost zeros too."""
        assert one(text=True, Số_CCCD=cell).value("citizen_id") == value

    def test_a_phone_number_is_not_padded(self) -> None:
        """A ten-digit phone number in the ID column stays out."""
        outcome = one(text=True, Số_CCCD="0905123456")
        assert outcome.value("citizen_id") is None
        assert "id_invalid" in outcome.codes()

    @pytest.mark.parametrize(
        ("cell", "old"), [("212345678", "212345678"), (212345678, "212345678"), (12345678, "012345678")]
    )
    def test_cmnd_is_the_old_id(self, cell: object, old: str) -> None:
        """Nine digits (eight with a lost zero) are the old ID, with a warning."""
        outcome = one(Số_CCCD=cell)
        assert (outcome.value("old_id"), outcome.value("citizen_id"), outcome.value("id_ok")) == (old, None, False)
        assert outcome.codes(0, "warning")[0] == "id_old"

    def test_unknown_prefix(self) -> None:
        """A prefix in no list is a warning, never a refusal: people are born abroad."""
        outcome = one(Số_CCCD="888051000001", Năm_sinh=1951)
        assert outcome.value("citizen_id") == "888051000001"
        assert outcome.codes() == ["id_unknown_prefix"]

    def test_contradiction_with_sex(self) -> None:
        """An ID of a woman on a man's row is kept, warned, and not good."""
        outcome = one(Số_CCCD="051151000001", Giới_tính="Nam", Năm_sinh=1951)
        assert (outcome.value("citizen_id"), outcome.value("id_ok")) == ("051151000001", False)
        assert outcome.codes() == ["id_sex_mismatch"]

    def test_contradiction_with_birth_year(self) -> None:
        """So with the birth year."""
        outcome = one(Số_CCCD="051051000001", Năm_sinh=1952)
        assert (outcome.codes(), outcome.value("id_ok")) == (["id_birth_mismatch"], False)

    def test_same_id_other_name(self) -> None:
        """Stored for neither, kept raw, neither good, both rows warned."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh", "Số CCCD"],
            [1, "Phạm Văn Anh", 1951, "051051000001"],
            [2, "Lê Văn Ba", 1960, "051051000001"],
        ]
        outcome = draw(rows)
        for row in (0, 1):
            assert "citizen_id" not in outcome.values[row]
            assert outcome.value("id_ok", row) is False
            assert outcome.codes(row) == ["id_shared"]
            assert outcome.rows[row]["raw"][3] == "051051000001"

    def test_same_id_same_name_in_other_spelling(self) -> None:
        """Accents and capitals do not make another person."""
        rows = [
            ["STT", "Họ và tên", "Số CCCD", "Chế độ"],
            [1, "Phạm Văn Anh", "051051000001", "Thương binh 21%"],
            [2, "PHAM VAN ANH", "051051000001", "Bệnh binh 41%"],
        ]
        outcome = draw(rows)
        assert "id_shared" not in outcome.codes(0) + outcome.codes(1)
        assert outcome.value("second_line_of", 1) == 2

    def test_identical_row(self) -> None:
        """Identical in everything but the line number: parks."""
        rows = [
            ["STT", "Họ và tên", "Số CCCD"],
            [1, "Phạm Văn Anh", "051051000001"],
            [2, "Phạm Văn Anh", "051051000001"],
        ]
        outcome = draw(rows)
        assert [r["state"] for r in outcome.rows] == ["ok", "parked"]
        assert "duplicate_row" in outcome.codes(1)
        assert outcome.report["verdict"] == "accept_with_row_errors"

    def test_no_id_column(self) -> None:
        """One file warning and no row warnings."""
        outcome = one(Năm_sinh=1951, Mức_hưởng=500000)
        assert (outcome.codes(), outcome.warnings) == ([], ["column_missing"])


class TestAccounts:
    @pytest.mark.parametrize(
        ("cell", "number", "code"),
        [
            ("4506201001234", "4506201001234", None), (4506201001234, "4506201001234", None), ("0451000123456", "0451000123456", None),  # noqa: E501
            ("4506 2010 01234", "4506201001234", None), ("711AB1234567", "711AB1234567", None),
            ("1.2E+12", None, "account_damaged"), (1234567890123456.0, None, "account_damaged"), (12345678901234567, None, "account_damaged"),  # noqa: E501
            ("9704050012345678", None, "account_card"), (9704050012345678, None, "account_card"), ("9704050012345678901", None, "account_card"),  # noqa: E501
            ("123", None, "account_invalid"), ("chưa có", None, None), ("", None, None), ("-", None, None),
        ],
    )  # fmt: skip
    def test_cells(self, cell: object, number: str | None, code: str | None) -> None:
        """Nothing in an account column parks a row."""
        outcome = one(Số_tài_khoản=cell, Ngân_hàng="Agribank")
        assert outcome.value("account_number") == number
        assert outcome.codes() == ([code] if code else [])
        assert outcome.rows[0]["state"] == "ok"

    def test_shared_account(self) -> None:
        """One account beside several people is flagged on each."""
        rows = [
            ["STT", "Họ và tên", "Số TK", "NH"],
            [1, "Phạm Văn Anh", "4506201001234", "VBA"],
            [2, "Lê Văn Ba", "4506201001234", "VBA"],
        ]
        outcome = draw(rows)
        assert [outcome.codes(i) for i in (0, 1)] == [["account_shared"]] * 2

    def test_unknown_bank(self) -> None:
        """A bank nobody knows is a warning."""
        assert one(Số_tài_khoản="4506201001234", Ngân_hàng="Quỹ Xóm").codes() == ["bank_unknown"]

    @pytest.mark.parametrize(
        ("cell", "way"),
        [
            ("TM", "cash"),
            ("tiền mặt", "cash"),
            ("CK", "account"),
            ("ATM", "account"),
            ("bưu điện", "cash"),
            ("BĐ", "cash"),
            ("Tại nhà", "home"),
        ],
    )
    def test_way_of_pay(self, cell: str, way: str) -> None:
        """TM, CK, ATM, bưu điện …"""
        assert one(Hình_thức_nhận=cell).value("pay_way") == way
