"""Numbers and dates that identify a person."""

from __future__ import annotations

import pytest

from matching.identity import (
    AccountNumber,
    AccountProblem,
    DamagedNumber,
    account_number,
    citizen_id,
    damaged_digits,
    old_id,
    pad_citizen_id,
    parse_date,
    phone,
    province_codes,
)  # fmt: skip


class TestCitizenId:
    def test_what_it_says(self) -> None:
        """Province, sex and birth year stand inside."""
        found = citizen_id("051 151.001234")
        assert found is not None
        assert (found.value, found.province, found.sex, found.birth_year) == ("051151001234", "Quảng Ngãi", "Nữ", 1951)
        assert found.known_prefix

    @pytest.mark.parametrize(("digit", "sex", "year"), [("0", "Nam", 1961), ("1", "Nữ", 1961), ("2", "Nam", 2061),
                                                        ("3", "Nữ", 2061), ("4", "Nam", 2161)])  # fmt: skip
    def test_century_and_sex(self, digit: str, sex: str, year: int) -> None:
        """The fourth digit: even male, odd female, two per century."""
        found = citizen_id(f"051{digit}61000001")
        assert found is not None
        assert (found.sex, found.birth_year) == (sex, year)

    @pytest.mark.parametrize(
        "cell", ["", "51151001234", "0511510012345", "05115100123A", "５１１５１００１２３４５", "5.1E+10"]
    )
    def test_not_one(self, cell: str) -> None:
        """Anything but 12 ASCII digits is none; nothing is padded silently."""
        assert citizen_id(cell) is None

    def test_trailing_zero_of_a_float(self) -> None:
        """`.0` is dropped before dots are."""
        found = citizen_id("051151001234.0")
        assert found is not None and found.value == "051151001234"

    def test_contradictions(self) -> None:
        """Known facts that the number contradicts are named."""
        found = citizen_id("051151001234")
        assert found is not None
        assert found.contradicts(1951, "Nữ") == ()
        assert found.contradicts(1952, "Nam") == ("birth_year", "sex")
        assert found.contradicts() == ()

    def test_unknown_prefix(self) -> None:
        """Born abroad: no province, still a number."""
        found = citizen_id("199151001234")
        assert found is not None and not found.known_prefix
        assert len(province_codes()) == 63

    @pytest.mark.parametrize(
        ("digits", "padded"),
        [("51151001234", "051151001234"), ("1151001234", "001151001234"), ("051151001234", "051151001234"),
         ("151001234", None), ("5115100123456", None), ("", None), ("5115100123a", None)],
    )  # fmt: skip
    def test_padding(self, digits: str, padded: str | None) -> None:
        """One or two zeros lost in a number cell come back."""
        assert pad_citizen_id(digits) == padded

    @pytest.mark.parametrize(("cell", "value"), [("212345678", "212345678"), ("12345678", "012345678"),
                                                 ("1234567", None), ("1234567890", None),
                                                 ("21234567a", None)])  # fmt: skip
    def test_old_id(self, cell: str, value: str | None) -> None:
        """Nine digits, or eight with a lost zero."""
        assert old_id(cell) == value

    @pytest.mark.parametrize(
        ("cell", "found"),
        [
            ("5.1049E+10", DamagedNumber("05104", "9", 12)),
            ("5,1049e10", DamagedNumber("05104", "9", 12)),
            ("1.234E+09", DamagedNumber("00123", "4", 12)),
            ("2.1E+08", DamagedNumber("2", "1", 9)),
            ("5.1E+0", None),
            ("051049", None),
            ("abc", None),
        ],
    )  # fmt: skip
    def test_scientific(self, cell: str, found: DamagedNumber | None) -> None:
        """The digits a spreadsheet left are certain but the last."""
        assert damaged_digits(cell) == found


class TestPhone:
    @pytest.mark.parametrize(
        ("cell", "number"),
        [
            ("0905 123 456", "0905123456"), ("+84905123456", "0905123456"), ("84905123456", "0905123456"),
            ("905123456", "0905123456"), ("01205123456", "0705123456"), ("1685123456", "0385123456"),
            ("0255.3851234", "02553851234"), ("905123456.0", "0905123456"), ("123", None), ("", None),
            ("không có", None),
        ],
    )  # fmt: skip
    def test_table(self, cell: str, number: str | None) -> None:
        """Every spelling becomes today's number."""
        assert phone(cell) == number


class TestDates:
    @pytest.mark.parametrize(
        ("cell", "iso", "precision", "note"),
        [
            ("12/3/1951", "1951-03-12", "day", None), ("12-03-1951", "1951-03-12", "day", None),
            ("12.3.1951", "1951-03-12", "day", None), ("1951-03-12", "1951-03-12", "day", None),
            ("1951-03-12 00:00:00", "1951-03-12", "day", None), ("19510312", "1951-03-12", "day", None),
            ("12031951", "1951-03-12", "day", None), ("1951", "1951", "year", None), ("1951.0", "1951", "year", None),
            ("00/00/1940", "1940", "year", None), ("00/05/1940", "1940-05", "month", None),
            ("3/1950", "1950-03", "month", None),
            ("31/2/1950", "1950", "year", "impossible_day"), ("29/2/1951", "1951", "year", "impossible_day"),
            ("29/2/1952", "1952-02-29", "day", None), ("5/13/1950", "1950", "year", "impossible_day"),
            ("khoảng 1945", "1945", "year", "remark"), ("ngày 2 tháng 9 năm 1945", "1945-09-02", "day", None),
            ("29/2/2000", "2000-02-29", "day", None), ("29/2/1900", "1900", "year", "impossible_day"),
        ],
    )  # fmt: skip
    def test_table(self, cell: str, iso: str, precision: str, note: str | None) -> None:
        """What people write, with the precision it has."""
        found = parse_date(cell)
        assert found is not None
        assert (found.iso(), found.precision, found.note) == (iso, precision, note)

    @pytest.mark.parametrize("cell", ["", "không rõ", "12/3", "12/3/51", "1800", "99999999", "1945 hoặc 1946"])
    def test_unreadable(self, cell: str) -> None:
        """No guess where two years, or none, stand there."""
        assert parse_date(cell) is None

    def test_two_digits_need_a_witness(self) -> None:
        """12/3/51 is read only where the ID says 1951."""
        found = parse_date("12/3/51", 1951)
        assert found is not None and found.iso() == "1951-03-12"
        assert parse_date("12/3/51", 1961) is None

    def test_placeholder(self) -> None:
        """01/01 is more a form's default than a birthday."""
        first, other = parse_date("1/1/1940"), parse_date("2/1/1940")
        assert first is not None and first.placeholder
        assert other is not None and not other.placeholder


class TestAccount:
    @pytest.mark.parametrize(
        ("cell", "answer"),
        [
            ("0123456789", AccountNumber("0123456789")),
            ("4500 205.123-456", AccountNumber("4500205123456")),
            ("711A12345678", AccountNumber("711A12345678", "letters")),
            ("9704 3600 1234 5678", AccountProblem("card", "9704 3600 1234 5678")),
            ("9704360012345678901", AccountProblem("card", "9704360012345678901")),
            ("1.2E+12", AccountProblem("damaged", "1.2E+12")),
            ("123", AccountProblem("too_short", "123")),
            ("1" * 20, AccountProblem("too_long", "1" * 20)),
            ("", AccountProblem("empty", "")),
            ("chưa có", AccountProblem("characters", "chưa có")),
            ("NGUYENVANA", AccountProblem("characters", "NGUYENVANA")),
            ("123456789.0", AccountNumber("123456789")),
        ],
    )  # fmt: skip
    def test_table(self, cell: str, answer: AccountNumber | AccountProblem) -> None:
        """Leading zeros count; cards and damaged cells are named."""
        assert account_number(cell) == answer
