"""The words of category columns, drawn as a table, each with the one type it means, or with what stays open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from disburse.programmes.categories import UNKNOWN, read_category
from disburse.programmes.rates import packaged

MARCH_2024 = date(2024, 3, 1)


class TestReadCategory:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("NKT đặc biệt nặng", "BTXH-6A"), ("Người khuyết tật nặng", "BTXH-6B"), ("NKT nặng", "BTXH-6B"),
            ("NKT ĐBN", "BTXH-6A"), ("NKTĐBN", "BTXH-6A"), ("nkt nang", "BTXH-6B"), ("KHUYẾT TẬT NẶNG", "BTXH-6B"),
            ("Khuyết tật đặc biệt nặng là trẻ em", "BTXH-6A+"), ("Trẻ em khuyết tật nặng", "BTXH-6B+"),
            ("NCT khuyết tật nặng", "BTXH-6B+"), ("NKT nặng (NCT)", "BTXH-6B+"), ("TE KTĐBN", "BTXH-6A+"),
            ("người cao tuổi 80+", "BTXH-5C"), ("NCT từ đủ 80 tuổi trở lên", "BTXH-5C"), ("NCT 80 tuổi", "BTXH-5C"),
            ("NCT 75-80 tuổi", "BTXH-5B"), ("Người cao tuổi hộ nghèo 60 - 80 tuổi", "BTXH-5A1"),
            ("đơn thân nuôi con", "BTXH-4"), ("Đơn thân nghèo", "BTXH-4"),
            ("Trẻ em dưới 3 tuổi hộ nghèo", "BTXH-7"), ("điểm a khoản 6", "BTXH-6A"), ("Điểm b, Khoản 6", "BTXH-6B"),
            ("Khoản 4", "BTXH-4"), ("điểm d khoản 1 Điều 6", "BTXH-4"),
            ("BTXH-6A", "BTXH-6A"), ("btxh 6a+", "BTXH-6A+"), ("6A", "BTXH-6A"), ("5c", "BTXH-5C"),
            ("Hộ gia đình chăm sóc NKT đặc biệt nặng", "BTXH-CS-2C"), ("KP chăm sóc NKT ĐBN", "BTXH-CS-2C"),
            ("Nhận chăm sóc trẻ em khuyết tật đặc biệt nặng", "BTXH-CS-2D2"), ("Mai táng phí", "BTXH-MT"),
            ("thương binh 45%", "NCC-TB-45"), ("TB 45%", "NCC-TB-45"), ("TB45%", "NCC-TB-45"),
            ("Người hưởng chính sách như thương binh 35%", "NCC-TB-35"), ("Thương binh loại B 31%", "NCC-TBB-31"),
            ("NCC-TB-45", "NCC-TB-45"), ("Bệnh binh 61%", "NCC-7.1-3"), ("CĐHH 45%", "NCC-8.1-2"),
            ("Nhiễm chất độc hóa học 61-80%", "NCC-8.1-3"), ("Con liệt sĩ", "NCC-3.1"), ("Vợ liệt sỹ", "NCC-3.1"),
            ("Mẹ LS", "NCC-3.1"), ("TNLS", "NCC-3.1"), ("Thân nhân 02 liệt sĩ", "NCC-3.2"),
            ("Tuất nuôi dưỡng liệt sĩ", "NCC-3.4"), ("Vợ liệt sĩ tái giá", "NCC-3.5"), ("Mẹ VNAH", "NCC-4"),
            ("Người phục vụ Mẹ VNAH", "NCC-4-2"), ("Người phục vụ thương binh 81%", "NCC-6.1-3"),
            ("Thân nhân thương binh từ trần", "NCC-6.2-1"), ("Tiền khởi nghĩa", "NCC-2.1"), ("Tù đày", "NCC-9"),
            ("Huân chương Kháng chiến", "NCC-10.2"), ("AHLLVT", "NCC-5"),
            ("HTXH", "HTXH-75"), ("Hưu trí xã hội 70-75 cận nghèo", "HTXH-70"),
        ],
    )  # fmt: skip
    def test_one_type(self, text: str, code: str) -> None:
        """Each habit of writing leads to its type."""
        assert read_category(text).code == code

    @pytest.mark.parametrize("text", ["", "abc", "5", "12", "Hộ nghèo", "Người có công", "con thương binh", "500000"])
    def test_unknown(self, text: str) -> None:
        """Words that name no benefit are unknown; a bare number is never a clause."""
        assert read_category(text) == UNKNOWN

    @pytest.mark.parametrize(
        ("text", "candidates", "programme"),
        [
            ("Trẻ mồ côi", 2, "BTXH"), ("Khuyết tật", 4, "BTXH"), ("Khoản 5", 5, "BTXH"), ("TB 2/4", 20, "NCC"),
            ("BB 2/3", 2, "NCC"), ("Thương binh", 80, "NCC"), ("Người nhiễm HIV", 3, "BTXH"),
            ("diem d khoan 1 dieu 6", 6, "BTXH"), ("Có công giúp đỡ cách mạng", 2, "NCC"),
        ],
    )  # fmt: skip
    def test_open(self, text: str, candidates: int, programme: str) -> None:
        """Words that fit several types give no code, only the candidates and the programme."""
        found = read_category(text)
        assert (found.code, len(found.candidates), found.programme) == (None, candidates, programme)

    def test_age_settles(self) -> None:
        """Children and people from 60 have the higher disability coefficient; ages divide clause 1."""
        assert read_category("NKT nặng", age=70).code == "BTXH-6B+"
        assert read_category("NKT nặng", age=30).code == "BTXH-6B"
        assert read_category("NKT đặc biệt nặng", age=9).code == "BTXH-6A+"
        assert read_category("Trẻ mồ côi", age=3).code == "BTXH-1A"
        assert read_category("Trẻ mồ côi", age=12).code == "BTXH-1B"

    def test_coefficient_settles(self) -> None:
        """Clause 6 with coefficient 1.5 is the severe grown person; clause 5 with 1.0 needs the age as well."""
        assert read_category("khoản 6", on=MARCH_2024, coefficient=Decimal("1.5")).code == "BTXH-6B"
        one = Decimal("1.0")
        assert read_category("khoản 5", on=MARCH_2024, coefficient=one).code is None
        assert read_category("khoản 5", on=MARCH_2024, coefficient=one, age=85).code == "BTXH-5C"

    def test_amount_settles(self) -> None:
        """A war invalid of rank 4/4 who gets 1,969,000 in August 2024 has 22 %."""
        assert read_category("TB 4/4", on=date(2024, 8, 1), amount=1_969_000).code == "NCC-TB-22"

    @pytest.mark.parametrize(
        ("text", "code"), [("Đủ 75", "HTXH-75"), ("70–74 nghèo", "HTXH-70"), ("80 tuổi", "HTXH-75")]
    )
    def test_programme_gives_sense(self, text: str, code: str) -> None:
        """On a list of social pensions ages alone say what is meant."""
        assert read_category(text, programme="HTXH").code == code

    def test_every_code_means_itself(self) -> None:
        """Each of the 242 codes is understood, in any case and without its hyphens."""
        for kind in packaged().types():
            assert read_category(kind.code).code == kind.code
            assert read_category(kind.code.lower().replace("-", " ")).code == kind.code

    def test_every_percentage(self) -> None:
        """War invalids from 21 to 100 %, of both kinds."""
        for percent in range(21, 101):
            assert read_category(f"Thương binh {percent}%").code == f"NCC-TB-{percent}"
            assert read_category(f"TBB {percent} %").code == f"NCC-TBB-{percent}"
