"""Each sentence of the reading contract about cells: names, dates, sums, communes, remarks. One row per case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disburse.workbooks.money import parse_money, show_money
from disburse.workbooks.values import clean_birth, clean_identity, clean_name, id_sex, id_year
from tests.disburse.rosters.drawn_sheets import draw, one

TODAY = date(2026, 11, 22)


class TestNames:
    @pytest.mark.parametrize(
        ("cell", "value", "codes"),
        [
            ("Phạm Văn Anh", "Phạm Văn Anh", []),
            ("  Phạm  Văn\u00a0Anh ", "Phạm Văn Anh", []),
            ("Phạm\nVăn\tAnh", "Phạm Văn Anh", []),
            ("PHẠM VĂN ANH", "PHẠM VĂN ANH", []),
            ("Pha\u0323m Văn Anh", "Phạm Văn Anh", ["name_repaired"]),
            ("Phạm\u200b Văn Anh", "Phạm Văn Anh", ["name_repaired"]),
            ("Ðinh Thị Bình", "Đinh Thị Bình", ["name_repaired"]),
            ("Ông Phạm Văn Anh", "Phạm Văn Anh", ["honorific_removed"]),
            ("BÀ: Đinh Thị Bình", "Đinh Thị Bình", ["honorific_removed"]),
            ("Đinh Thị Bình (mẹ)", "Đinh Thị Bình", ["remark_in_name"]),
            ("H'Bia Niê", "H'Bia Niê", []),
            ("Tôn-Thất Hùng", "Tôn-Thất Hùng", []),
            ("Ng. V. Anh", "Ng. V. Anh", []),
            ("", None, ["name_missing"]),
            ("Phạm Văn 2", None, ["name_invalid"]),
            ("Иван Иванов", None, ["name_invalid"]),
            ("阮文英", None, ["name_invalid"]),
            ("Phạm \u202eVăn Anh", None, ["name_invalid"]),
            ("Phạm Văn Anh <b>", None, ["name_invalid"]),
            ("???", None, ["name_invalid"]),
            ("A" * 50 + " " + "B" * 60, None, ["name_too_long"]),
            (12345, None, ["name_invalid"]),
        ],
    )
    def test_cells(self, cell: object, value: str | None, codes: list[str]) -> None:
        """Only a name that nobody could read parks the row."""
        rows = [["STT", "Họ và tên", "Năm sinh"], [1, cell, 1951], [2, "Lê Văn Ba", 1950]]
        outcome = draw(rows)
        assert outcome.value("full_name") == value
        assert outcome.codes() == codes
        assert outcome.rows[0]["state"] == ("ok" if value else "parked")


class TestBirthDates:
    @pytest.mark.parametrize(
        ("cell", "value", "precision", "code"),
        [
            ("12/3/1951", "1951-03-12", "day", None),
            ("12-3-1951", "1951-03-12", "day", None),
            ("12.03.1951", "1951-03-12", "day", None),
            ("1951-03-12", "1951-03-12", "day", None),
            ("12/3/1951 00:00:00", "1951-03-12", "day", None),
            ("1951-03-12 00:00:00", "1951-03-12", "day", None),
            (date(1951, 3, 12), "1951-03-12", "day", None),
            (18699, "1951-03-12", "day", None),
            (1951, "1951", "year", None),
            (1951.0, "1951", "year", None),
            ("1951", "1951", "year", None),
            ("1951.0", "1951", "year", None),
            (1901, "1901", "year", None),
            (2026, "2026", "year", None),
            ("00/00/1951", "1951", "year", None),
            ("--/--/1951", "1951", "year", None),
            ("3/1951", "1951-03", "month", None),
            ("31/6/1951", "1951", "year", "birth_impossible_day"),
            ("29/2/1951", "1951", "year", "birth_impossible_day"),
            ("12/13/1951", "1951", "year", "birth_impossible_day"),
            ("1951 (GS)", "1951", "year", "birth_remark"),
            ("khoảng 1951", "1951", "year", "birth_remark"),
            ("?", None, None, "birth_unreadable"),
            ("", None, None, "birth_missing"),
            ("12/3/2030", None, None, "birth_future"),
            ("1/1/1880", None, None, "birth_too_old"),
            (1899, None, None, "birth_too_old"),
            ("1900", None, None, "birth_too_old"),
            ("51", None, None, "birth_two_digit_year"),
            ("12/3/51", None, None, "birth_two_digit_year"),
            (51, None, None, "birth_two_digit_year"),
        ],
    )
    def test_cells(self, cell: object, value: str | None, precision: str | None, code: str | None) -> None:
        """Every form of §5.6 without an ID beside it."""
        outcome = one(Ngày_sinh=cell)
        assert (outcome.value("birth_date"), outcome.value("birth_precision")) == (value, precision)
        assert outcome.codes() == ([code] if code else [])

    @pytest.mark.parametrize(("cell", "value"), [("51", "1951"), (51, "1951"), ("12/3/51", "1951-03-12")])
    def test_two_digit_year_the_id_agrees_with(self, cell: object, value: str) -> None:
        """A two-digit year is read only as the ID reads."""
        outcome = one(Ngày_sinh=cell, Số_CCCD="051051000001")
        assert (outcome.value("birth_date"), outcome.codes()) == (value, [])
        assert one(Ngày_sinh=cell, Số_CCCD="051060000001").value("birth_date") is None

    def test_1904_serials(self) -> None:
        """A workbook that counts from 1904."""
        from disburse.workbooks.sheets import Line, Sheet

        sheet = Sheet(
            "DS",
            0,
            lines=[Line(1, ["STT", "Họ và tên", "Ngày sinh"]), Line(2, [1, "Phạm Văn Anh", 17237])],
            date1904=True,
        )
        assert draw(sheet).value("birth_date") == "1951-03-12"

    def test_column_with_day_and_month_swapped(self) -> None:
        """Date cells beside text whose day is > 12: swapped by an English spreadsheet; only their year is kept."""
        rows = [
            ["STT", "Họ và tên", "Ngày sinh"],
            [1, "Phạm Văn Anh", date(1951, 12, 3)],
            [2, "Lê Văn Ba", "25/3/1960"],
            [3, "Đinh Thị Bình", date(1948, 5, 7)],
        ]
        outcome = draw(rows)
        assert [v["birth_date"] for v in outcome.values] == ["1951", "1960-03-25", "1948"]
        assert "birth_swapped" in outcome.codes(0)
        assert "dates_swapped" in outcome.warnings

    def test_column_with_late_days_in_date_cells_is_sound(self) -> None:
        """A date cell with a day > 12 shows that nothing was swapped."""
        rows = [
            ["STT", "Họ và tên", "Ngày sinh"],
            [1, "Phạm Văn Anh", date(1951, 3, 30)],
            [2, "Lê Văn Ba", "25/3/1960"],
            [3, "Lê Văn Bốn", date(1951, 3, 4)],
        ]
        assert [v["birth_date"] for v in draw(rows).values] == ["1951-03-30", "1960-03-25", "1951-03-04"]

    def test_new_years_day_is_a_placeholder_where_it_is_common(self) -> None:
        """01/01/yyyy: only the year, where a list has many of them."""
        rows = [["STT", "Họ và tên", "Ngày sinh"]] + [
            [i, f"Lê Văn {n}", f"01/01/195{i}"] for i, n in enumerate(["An", "Ba", "Tư", "Bảy"])
        ]
        assert [v["birth_date"] for v in draw(rows).values] == ["1950", "1951", "1952", "1953"]


class TestSex:
    @pytest.mark.parametrize(
        ("cell", "sex"),
        [("Nam", "Nam"), ("NỮ", "Nữ"), ("nu", "Nữ"), ("Nu\u031b\u0303", "Nữ"), ("M", "Nam"), ("F", "Nữ")],
    )
    def test_words(self, cell: str, sex: str) -> None:
        """The usual words and letters."""
        assert one(Giới_tính=cell).value("sex") == sex

    def test_codes_only_if_the_ids_agree(self) -> None:
        """1/0 and 1/2: 1 = Nam, learned only if the IDs agree."""
        head = ["STT", "Họ và tên", "Giới tính", "Số CCCD"]
        agree = [head, [1, "Phạm Văn Anh", 1, "051051000001"], [2, "Đinh Thị Bình", 2, "051148000002"]]
        assert [v.get("sex") for v in draw(agree).values] == ["Nam", "Nữ"]
        differ = [head, [1, "Phạm Văn Anh", 0, "051051000001"], [2, "Đinh Thị Bình", 1, "051148000002"]]
        outcome = draw(differ)
        assert [v.get("sex") for v in outcome.values] == [None, None]
        assert "sex_unreadable" in outcome.codes()

    def test_one_column_of_women(self) -> None:
        """One column Nữ: blank means male only where the column is marked for some."""
        marked = [["STT", "Họ và tên", "Nữ", "Năm sinh"], [1, "Phạm Văn Anh", "", 1951], [2, "Lê Thị Bé", "x", 1950]]
        assert [v.get("sex") for v in draw(marked).values] == ["Nam", "Nữ"]
        empty = [["STT", "Họ và tên", "Nữ", "Năm sinh"], [1, "Phạm Văn Anh", "", 1951], [2, "Lê Thị Bé", "", 1950]]
        assert [v.get("sex") for v in draw(empty).values] == [None, None]


class TestAmounts:
    @pytest.mark.parametrize(
        "cell", ["500.000", "500,000", "500 000 đ", "500000 VND", "500.000,00", "500,000.00", "500000", 500000, 500000.0, "500.000 đồng", "500.000đ", "500000d", " 500 000 "]  # noqa: E501
    )  # fmt: skip
    def test_half_a_million(self, cell: object) -> None:
        """All of these are 500,000 đồng."""
        outcome = one(Mức_hưởng=cell)
        assert (outcome.value("amount"), outcome.codes()) == (500_000, [])

    @pytest.mark.parametrize("cell", [0, "0", "-"])
    def test_nothing_this_month(self, cell: object) -> None:
        """0 and - are no error."""
        outcome = one(Mức_hưởng=cell)
        assert (outcome.value("amount"), outcome.codes()) == (0, [])

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("", "amount_missing"), ("năm trăm", "amount_unreadable"), ("500.00", "amount_unreadable"), (500.5, "amount_unreadable"),  # noqa: E501
            (-500000, "amount_unreadable"), ("500", "amount_unreadable"), (60_000_000, "amount_too_large"),
            ("500.000-600.000", "amount_unreadable"), ("5.00.000", "amount_unreadable"),
        ],
    )  # fmt: skip
    def test_doubtful_amounts(self, cell: object, code: str) -> None:
        """Left out with a warning; the row stays."""
        outcome = one(Mức_hưởng=cell)
        assert (outcome.value("amount"), outcome.codes(), outcome.rows[0]["state"]) == (None, [code], "ok")

    def test_fifty_million_is_the_most_a_month_but_not_for_arrears(self) -> None:
        """Arrears and one-off sums may be more."""
        outcome = one(Mức_hưởng=50_000_000, Truy_lĩnh=120_000_000)
        assert (outcome.value("amount"), outcome.value("arrears"), outcome.codes()) == (50_000_000, 120_000_000, [])

    def test_parts_that_do_not_add_up(self) -> None:
        """amount + arrears + carry-over − deduction against the total of the row."""
        assert one(Mức_hưởng=500000, Truy_lĩnh=500000, Trừ=100000, Thực_lĩnh=900000).codes() == []
        assert one(Mức_hưởng=500000, Truy_lĩnh=500000, Thực_lĩnh=900000).codes() == ["parts_do_not_add_up"]

    def test_amount_unlike_its_rate(self) -> None:
        """A known benefit with another sum."""
        rows = [
            ["Tháng 3 năm 2024"],
            ["STT", "Họ và tên", "Năm sinh", "Đối tượng", "Mức hưởng"],
            [1, "Phạm Văn Anh", 1981, "Người khuyết tật nặng", 999000],
        ]
        outcome = draw(rows, programme="BTXH")
        assert outcome.codes() == ["amount_unlike_rate"]
        assert outcome.value("amount") == 999000
        rows[2][4] = 540000
        assert draw(rows, programme="BTXH").codes() == []

    def test_unknown_benefit(self) -> None:
        """A benefit nobody knows is a warning."""
        assert one(Đối_tượng="Xyz", Mức_hưởng=500000).codes() == ["benefit_unknown"]

    def test_no_amount_column(self) -> None:
        """Coefficient × base or the dated rate fills in; one file warning, no row warnings."""
        rows = [
            ["Tháng 3 năm 2024"],
            ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Đối tượng", "Hệ số"],
            [1, "Phạm Văn Anh", 1981, "051081000001", "Người khuyết tật nặng", "1,5"],
        ]
        outcome = draw(rows, programme="BTXH")
        assert outcome.value("amount") == 540_000
        assert outcome.codes(0, "warning", "error") == []
        assert outcome.warnings == ["column_missing"]


class TestCommunes:
    def test_by_code_and_by_name(self) -> None:
        """Code, name with and without type word and accents."""
        rows = [["STT", "Họ và tên", "Xã"]] + [
            [i, "Phạm Văn " + "ABCDE"[i] * 2, c]
            for i, c in enumerate(["21061", "Bình Trị", "XA BINH TRI", "xã Vạn Tường", 21061])
        ]
        outcome = draw(rows, commune=None)
        assert {v.get("commune_code") for v in outcome.values} <= {"21061", None}
        assert [v.get("commune_code") for v in outcome.values[1:4]] == ["21061"] * 3

    def test_unresolved_parks(self) -> None:
        """A commune of no such name parks the row; nobody guesses."""
        outcome = one(Xã="Xã Không Có")
        assert (outcome.rows[0]["state"], outcome.codes()) == ("parked", ["commune_unknown"])

    def test_ambiguous_parks_and_shows_both(self) -> None:
        """Old and new reading differ and the upload does not say which: parked, both shown."""
        outcome = one(Xã="Xã Trà Bùi")
        assert (outcome.rows[0]["state"], outcome.codes()) == ("parked", ["commune_ambiguous"])
        assert "Cà Đam" in outcome.report["issues"][0]["message"]

    def test_no_commune_at_all_parks(self) -> None:
        """Neither column, section, sheet, title nor upload."""
        outcome = draw([["STT", "Họ và tên"], [1, "Phạm Văn Anh"]], commune=None)
        assert (outcome.codes(), outcome.report["reject_code"]) == (["commune_missing"], "no_rows")

    def test_blank_cell_takes_the_upload(self) -> None:
        """A blank cell takes the commune of the upload."""
        rows = [["STT", "Họ và tên", "Xã"], [1, "Phạm Văn Anh", ""], [2, "Lê Văn Ba", "Bình Trị"]]
        assert [v["commune_code"] for v in draw(rows).values] == ["21040", "21061"]

    def test_origin_is_kept(self) -> None:
        """Today's commune with the unit that was written."""
        v = one(Xã="Xã Bình Thạnh").values[0]
        assert (v["commune_code"], v["origin_code"], v["origin_valid_from"]) == ("21040", "21046", "2004-07-08")

    def test_province_is_needed(self) -> None:
        """Without a province no name means anything."""
        from tests.disburse.rosters.drawn_sheets import refusal

        assert refusal([["STT", "Họ và tên"], [1, "Phạm Văn Anh"]], province=None, commune=None) == "province_needed"


class TestRemarks:
    def test_a_status_is_a_question_never_an_act(self) -> None:
        """A status column that says stopped or dead warns."""
        outcome = one(Trạng_thái="Thôi hưởng")
        assert (outcome.rows[0]["state"], outcome.codes()) == ("ok", ["status_not_active"])
        assert one(Trạng_thái="Đang hưởng").codes() == []

    def test_a_note_is_shown_and_never_acted_on(self) -> None:
        """Chết, chuyển đi in a note: kept."""
        outcome = one(Ghi_chú="chết 5/2026")
        assert (outcome.value("note"), outcome.codes(), outcome.rows[0]["state"]) == ("chết 5/2026", [], "ok")

    def test_decision_with_its_date(self) -> None:
        """Number and date in one cell."""
        v = draw([["STT", "Họ và tên", "Số, ngày QĐ"], [1, "Phạm Văn Anh", "123/QĐ-UBND ngày 12/3/2020"]]).values[0]
        assert (v["decision_number"], v["decision_date"]) == ("123/QĐ-UBND", "2020-03-12")

    def test_balances_are_not_even_kept_raw(self) -> None:
        """Refuse to store balances."""
        outcome = one(Số_dư=1234567)
        assert 1234567 not in outcome.rows[0]["raw"]
        assert "balance_dropped" in outcome.warnings

    def test_unknown_columns_are_kept_raw_and_listed(self) -> None:
        """What nobody recognises stays in the raw cells and is named."""
        outcome = one(Xyz_abc="giữ lại")
        assert "giữ lại" in outcome.rows[0]["raw"]
        assert "unknown_columns" in outcome.warnings

    def test_long_cell(self) -> None:
        """An over-long cell is left out with a warning; the row parks only if it is the name or the commune."""
        from disburse.workbooks.sheets import LongCell

        assert one(Ghi_chú=LongCell(40000)).codes() == ["cell_too_long"]
        rows = [["STT", "Họ và tên", "Năm sinh"], [1, LongCell(40000), 1951], [2, "Lê Văn Ba", 1950]]
        assert draw(rows).rows[0]["state"] == "parked"


class TestCsvRows:
    def test_more_fields_than_the_header(self) -> None:
        """A CSV row longer than its header parks: nobody can tell which cell is which."""
        rows = [["STT", "Họ và tên", "Năm sinh"], ["1", "Phạm Văn Anh", "1951"], ["2", "Lê Văn Ba", "19", "60"]]
        outcome = draw(rows, text=True)
        assert [r["state"] for r in outcome.rows] == ["ok", "parked"]
        assert "row_too_long" in outcome.codes(1)


class TestProperties:
    @given(st.integers(1, 50_000_000))
    def test_money_reads_what_it_writes(self, amount: int) -> None:
        """parse(format(x)) == x, with dots, commas, blanks and currency."""
        for text in (
            show_money(amount),
            show_money(amount).replace(".", ","),
            show_money(amount) + " đ",
            f"{amount} VND",
        ):
            if amount >= 1000 or "." not in text:
                assert parse_money(text) == amount

    @given(st.dates(date(1901, 1, 1), TODAY))
    def test_dates_read_what_they_write(self, day: date) -> None:
        """Text, cell and ISO form give the same day."""
        for cell in (day, f"{day.day}/{day.month}/{day.year}", day.strftime("%d-%m-%Y"), day.isoformat()):
            assert clean_birth(cell, TODAY).value == day.isoformat()

    @given(st.integers(1, 99), st.integers(0, 3), st.integers(0, 99), st.integers(0, 999_999))
    def test_ids_survive_a_number_cell(self, province: int, kind: int, year: int, rest: int) -> None:
        """An ID of a known province that became a number comes back whole, with its year and sex."""
        text = f"0{province:02d}{kind}{year:02d}{rest:06d}"
        found = clean_identity(int(text), False)
        from matching.identity import province_codes

        if text[:3] in province_codes() and len(str(int(text))) >= 10:
            assert found.citizen_id == text
            assert id_year(text) % 100 == year
            assert id_sex(text) == ("Nữ" if kind % 2 else "Nam")

    @given(st.text(max_size=40))
    def test_no_text_breaks_a_name(self, text: str) -> None:
        """Any text gives a name or a reason."""
        found = clean_name(text)
        assert found.value or found.flaws

    @given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.dates(), st.booleans(), st.none()))
    def test_no_cell_breaks_the_cleaners(self, cell: Any) -> None:
        """Any cell gives a value or a reason, never an exception."""
        assert clean_identity(cell, True) is not None
        assert clean_birth(cell, TODAY) is not None
        parse_money(cell)
