"""Each level of each field, as a table of pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matching.compare import bank_addresses, compare
from matching.levels import FIELDS
from matching.matcher import Matcher
from matching.normalise import normalise
from matching.settings import Settings
from tests.matching.drawn import PLACES


def levels(one: dict[str, str], other: dict[str, str], more: list[dict[str, str]] | None = None) -> dict[str, str]:
    """The levels of one pair; `more` are further roster rows."""
    rows = [{"row_id": str(i), "full_name": "Lê Văn An", **r} for i, r in enumerate([one, *(more or [])])]
    left = normalise(pd.DataFrame(rows).fillna(""), "full_name")
    right = normalise(pd.DataFrame([{"row_id": "b", "holder_name": "LE VAN AN", **other}]), "holder_name")
    matcher = Matcher(left, Settings.preset(), PLACES)
    zero = np.zeros(1, dtype=np.int64)
    found = compare(left, right, zero, zero, matcher.context, bank_addresses(right, matcher.table))
    return {f: names[found[0, i]] for i, (f, names) in enumerate(FIELDS.items())}


class TestNames:
    @pytest.mark.parametrize(
        ("roster", "bank", "level"),
        [
            ("Nguyễn Thị Đào", "NGUYEN THI DAO", "exact"),
            ("Ông Nguyễn Văn Tám (Tư)", "NGUYEN VAN TAM", "exact"),
            ("Nguyễn Thị Lý", "NGUYEN THI LI", "variant"),
            ("Huỳnh Văn Tám", "HOANG VAN TAM", "variant"),
            ("Võ Thị Ba", "VU THI BA", "variant"),
            ("Nguyeenx Văn Tám", "NGUYENX VAN TAM", "variant"),
            ("Nguyeenx Vawn Tám", "NGUYEN VAN TAM", "variant"),
            ("Ddặng Thị Thuwơngf", "DANG THI THUONG", "variant"),
            ("Ng. Văn Tám", "NGUYEN VAN TAM", "variant"),
            ("Nguyễn V. Tám", "NGUYEN VAN TAM", "middle_missing"),
            ("Vũ Mỹ", "VO MI", "variant"),
            ("Phạm Quí", "PHAM QUY", "variant"),
            ("H'Bia Niê", "HBIA NIE", "variant"),
            ("H' Bia Niê", "H BIA NIE", "exact"),
            ("K'Brai Liêng", "KBRAI LIENG", "variant"),
            ("Y Blơ Kpă", "Y BLO KPA", "exact"),
            ("Trần Thị Hoa tức Ba", "TRAN THI HOA", "exact"),
            ("Nguyễn Văn Tám", "TAM NGUYEN VAN", "reordered"),
            ("Nguyễn Thị Kim Hoa", "NGUYEN THI HOA", "middle_missing"),
            ("Nguyễn Văn Tám", "NGUYEN TAM", "middle_missing"),
            ("Nguyễn Th. Hoa", "NGUYEN THI HOA", "middle_missing"),
            ("Nguyễn Văn Tám", "NGUYEN VN TAM", "typo"),
            ("Nguyễn Văn Tám", "NGUYEN DUC TAM", "middle_differs"),
            ("Nguyễn Văn Sinh", "NGUYEN VAN SIN", "typo_given"),
            ("Nguyễn Văn Sinh", "NGUYEN VAN SANG", "given_differs"),
            ("Nguyễn Văn Tám", "TRAN VAN TAM", "family_differs"),
            ("Nguyễn Văn Tám", "LE THI HOA", "different"),
            ("Nguyễn Văn Tám", "", "unknown"),
        ],
    )  # fmt: skip
    def test_levels(self, roster: str, bank: str, level: str) -> None:
        """From equal to different, the closest level that holds."""
        assert levels({"full_name": roster}, {"holder_name": bank})["name"] == level

    @pytest.mark.parametrize(("roster", "bank", "level"), [("Lê Thị Hòa", "Lê Thị Hoà", "same"),
    ("Lê Thị Hòa", "Lê Thị Hoa", "differs"),
                                                           ("Lê Thị Hòa", "LE THI HOA", "unknown")])  # fmt: skip
    def test_accents(self, roster: str, bank: str, level: str) -> None:
        """Accents count where both sides carry some."""
        assert levels({"full_name": roster}, {"holder_name": bank})["accents"] == level


class TestBirths:
    @pytest.mark.parametrize(
        ("roster", "bank", "level"),
        [
            ("12/03/1951", "1951-03-12", "full"), ("1951", "12/03/1951", "year"), ("01/01/1951", "12/03/1951", "year"),
            ("03/1951", "12/03/1951", "year"), ("01/01/1951", "01/01/1951", "placeholder"),
            ("03/12/1951", "12/03/1951", "swapped"),
            ("12/03/1951", "12/03/1952", "near_year_same_day"), ("12/03/1951", "12/03/1961", "near_year_same_day"),
            ("12/03/1951", "12/03/1957", "other_year_same_day"), ("12/03/1951", "15/03/1951", "same_year_part"),
            ("12/03/1951", "15/07/1951", "same_year_other_day"), ("1951", "1952", "near_year"),
            ("1951", "1960", "different"),
            ("", "1951", "unknown"), ("1951", "", "unknown"), ("12/03/1951", "01/01/1952", "near_year"),
        ],
    )  # fmt: skip
    def test_levels(self, roster: str, bank: str, level: str) -> None:
        """Precision decides what equality means."""
        assert levels({"date_of_birth": roster}, {"date_of_birth": bank})["birth"] == level

    def test_year_inside_the_number(self) -> None:
        """The ID's year stands in for a missing date and heals a wrong one."""
        assert levels({"citizen_id": "051051000123"}, {"date_of_birth": "1951"})["birth"] == "year"
        assert (
            levels({"date_of_birth": "1959", "citizen_id": "051051000123"}, {"date_of_birth": "1951"})["birth"]
            == "id_year"
        )


class TestNumbers:
    @pytest.mark.parametrize(
        ("roster", "bank", "level"),
        [
            ("051051000123", "051051000123", "equal"), ("51051000123", "051051000123", "equal"),
            ("051051000123", "051051000128", "near"), ("051051000123", "051051000132", "near"),
            ("051051000123", "051051000145", "differs"), ("212345678", "212345678", "old_equal"),
            ("212345678", "212345679", "old_near"), ("212345678", "219945678", "old_differs"),
            ("212345678", "051051000123", "unknown"), ("", "051051000123", "unknown"),
            ("5.1051E+10", "051051000123", "damaged_agrees"), ("5.1051E+10", "051050700123", "damaged_agrees"),
            ("5.1051E+10", "051061000123", "damaged_differs"), ("051051000123", "5.1051E+10", "damaged_agrees"),
            ("51051000000", "051051000123", "damaged_agrees"), ("000000000000", "000000000000", "unknown"),
            ("051.051.000123", "051051000123", "equal"),
        ],
    )  # fmt: skip
    def test_levels(self, roster: str, bank: str, level: str) -> None:
        """Equal, one slip, different; old numbers only against old ones; what a sheet left of a number."""
        assert levels({"citizen_id": roster}, {"citizen_id": bank})["number"] == level

    def test_copied_down(self) -> None:
        """A number that stands at two names is shared evidence, not proof."""
        other = [{"full_name": "Trần Thị Hoa", "citizen_id": "051051000123"}]
        assert levels({"citizen_id": "051051000123"}, {"citizen_id": "051051000123"}, other)["number"] == "shared"
        again = [{"full_name": "Lê Văn An", "citizen_id": "051051000123"}]
        assert levels({"citizen_id": "051051000123"}, {"citizen_id": "051051000123"}, again)["number"] == "equal"

    @pytest.mark.parametrize(
        ("born", "level"),
        [
            ("12/03/1951", "equal"), ("1952", "equal"), ("1950", "equal"), ("1961", "equal"), ("1941", "equal"),
            ("", "equal"), ("1953", "shared"), ("2012", "shared"), ("1960", "shared"), ("1930", "shared"),
        ],
    )  # fmt: skip
    def test_a_number_of_another_age(self, born: str, level: str) -> None:
        """A number given to somebody born 1951 is a guardian's where the row says 2012; one or ten years are a slip."""
        row = {"citizen_id": "051051000123", "date_of_birth": born}
        assert levels(row, {"citizen_id": "051051000123"})["number"] == level

    def test_an_old_number_tells_no_age(self) -> None:
        """Nine digits hold no year, whatever the row says."""
        row = {"citizen_id": "212345678", "date_of_birth": "2012"}
        assert levels(row, {"citizen_id": "212345678"})["number"] == "old_equal"


class TestTheRest:
    def test_sex(self) -> None:
        """As stated, else from the ID, else from Thị."""
        assert levels({"gender": "Nam"}, {"gender": "Nữ"})["sex"] == "differs"
        assert levels({"gender": "nữ"}, {"citizen_id": "051151000123"})["sex"] == "same"
        assert levels({"full_name": "Lê Thị An"}, {"gender": "Nam"})["sex"] == "differs"
        assert levels({}, {"gender": "Nam"})["sex"] == "unknown"

    def test_phone(self) -> None:
        """Numbers compare in today's form."""
        assert levels({"phone": "01205123456"}, {"phone": "0705.123.456"})["phone"] == "same"
        assert levels({"phone": "0905123456"}, {"phone": "0905123457"})["phone"] == "differs"
        assert levels({"phone": ""}, {"phone": "0905123457"})["phone"] == "unknown"

    @pytest.mark.parametrize(
        ("code", "address", "bank", "level"),
        [
            ("21112", "", "Xã Bình Châu, Huyện Bình Sơn, Quảng Ngãi", "commune"),
            ("21112", "", "Xã Đông Sơn, Quảng Ngãi", "commune"),
            ("21109", "", "XA BINH CHAU, HUYEN BINH SON", "commune"),
            ("21112", "Thôn 2, xã Bình Châu", "thon 2, xa binh chau", "hamlet"),
            ("21112", "Thôn 2, xã Bình Châu", "Thôn 3, xã Bình Châu", "other_hamlet"),
            ("21112", "Thôn 2, xã Bình Châu", "Xã Bình Châu", "commune"),
            ("21112", "", "Binh Hiep Binh Son Quang Ngai", "commune"),
            ("21112", "", "Xã Bình Chánh, Huyện Bình Sơn", "other"),
            ("21061", "", "Xã Bình Trị, Huyện Bình Sơn", "commune"),
            ("21061", "", "Xã Vạn Tường", "commune"),
            ("21112", "", "Quận 3, TP Hồ Chí Minh", "other"),
            ("21112", "", "", "unknown"),
            ("99999", "", "Xã Bình Châu", "unknown"),
            ("", "Thôn 1, Xã Bình Châu", "Xã Bình Châu", "commune"),
        ],
    )  # fmt: skip
    def test_place(self, code: str, address: str, bank: str, level: str) -> None:
        """Old and new communes meet through the table; unknown codes say nothing."""
        assert levels({"commune_code": code, "address": address}, {"address": bank})["place"] == level
