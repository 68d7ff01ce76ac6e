"""What the lists themselves say about namesakes and addresses, and what follows for automatic matches and clerks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matching import link
from matching.climate import CAUTION, CAUTION_BARE, GENEROSITY, MOST, bare_share, kind_names, lenience, shift
from matching.levels import CODE, FIELDS
from matching.settings import Settings
from tests.matching.drawn import PLACES

USUAL = Settings(
    "t", "", climate=dict.fromkeys(kind_names(), 0.5), shares={"place.hamlet": (0.8, 0.1), "place.commune": (0.1, 0.3)}
)


def pair(**levels: str) -> np.ndarray:
    """The levels of one pair with an equal name and full date."""
    said = {"name": "exact", "birth": "full", **levels}
    return np.array([[CODE[f][said.get(f, "unknown")] for f in FIELDS]], dtype=np.int8)


def counts(**same: int) -> np.ndarray:
    """Pairs seen with equal numbers by kind (`full_other=3`); as many with different ones."""
    names = kind_names()
    seen = np.zeros((len(names), 2))
    for kind, number in same.items():
        seen[names.index(kind.replace("_", ".", 1))] = number
    return seen


class TestCaution:
    @pytest.mark.parametrize(
        ("levels", "held_back"),
        [
            ({}, CAUTION), ({"sex": "same"}, CAUTION),
            ({"phone": "differs"}, CAUTION), ({"number": "old_near"}, CAUTION),
            ({"place": "other"}, CAUTION), ({"place": "other_hamlet"}, CAUTION),
            ({"phone": "same"}, 0.0), ({"place": "hamlet"}, 0.0), ({"place": "commune"}, 0.0),
            ({"number": "equal"}, 0.0), ({"birth": "year"}, 0.0), ({"birth": "unknown"}, 0.0),
        ],
    )  # fmt: skip
    def test_name_and_date_alone(self, levels: dict[str, str], held_back: float) -> None:
        """What rests on name and date alone needs more; anything else that speaks for the pair lifts it."""
        assert shift(pair(**levels), counts(), USUAL)[0] == pytest.approx(-held_back)

    def test_more_where_no_address_helps(self) -> None:
        """In a list without addresses the same pair needs still more."""
        assert shift(pair(), counts(full_unknown=100), USUAL)[0] == pytest.approx(-CAUTION - CAUTION_BARE)
        half = counts(full_unknown=60, full_hamlet=40, year_commune=20)
        assert bare_share(half) == pytest.approx(0.5)
        assert shift(pair(), half, USUAL)[0] == pytest.approx(-CAUTION - CAUTION_BARE / 2)


class TestLenience:
    def test_poor_addresses(self) -> None:
        """Three times as many friends without a supporting address: a clerk is shown weaker pairs."""
        usual = counts(full_hamlet=800, full_commune=100, full_other=60, year_unknown=40)
        poorer = counts(full_hamlet=600, full_commune=100, full_other=200, year_unknown=100)
        assert lenience(pair(), usual, USUAL)[0] == pytest.approx(0, abs=1e-9)
        assert lenience(pair(), poorer, USUAL)[0] == pytest.approx(GENEROSITY * np.log(3))
        assert lenience(pair(place="hamlet"), counts(full_unknown=9), USUAL)[0] == MOST

    def test_never_a_burden(self) -> None:
        """Better addresses than usual take nothing away; pairs whose numbers speak gain nothing."""
        assert lenience(pair(), counts(full_hamlet=99, full_other=1), USUAL)[0] == 0
        assert lenience(pair(), counts(full_hamlet=99), USUAL)[0] == 0
        none = counts(full_unknown=99)
        assert lenience(pair(number="differs"), none, USUAL)[0] == 0
        assert lenience(pair(), none, Settings("t", ""))[0] == 0

    def test_without_pairs(self) -> None:
        """Lists without one comparable number change nothing."""
        assert lenience(pair(), counts(), USUAL)[0] == 0


class TestNearby:
    def roster(self, birth: str = "") -> pd.DataFrame:
        """Ten namesakes in one commune, one without a date."""
        births = [birth, *(str(1930 + i) for i in range(9))]
        return pd.DataFrame(
            {"row_id": [f"r{i}" for i in range(10)], "full_name": "Nguyễn Thị Hoa", "date_of_birth": births,
             "commune_code": "21112", "address": "Thôn 2, xã Bình Châu"}
        )  # fmt: skip

    def met(self, roster: pd.DataFrame, **bank: str) -> set[str]:
        """Who meets one registration at all."""
        row = {"row_id": "b", "holder_name": "NGUYEN THI HOA", "date_of_birth": "1960", **bank}
        found = link(roster, pd.DataFrame([row]), Settings.preset().with_thresholds(review=1e-9), PLACES).pairs
        return set(found["roster_row_id"])

    def test_undated_in_the_commune(self) -> None:
        """A frequent name without a date meets its namesakes where the address names the commune, not elsewhere."""
        assert "r0" in self.met(self.roster(), address="Thôn 2, xã Bình Châu")
        assert "r0" not in self.met(self.roster(), address="Xã Bình Trị, huyện Bình Sơn")

    @pytest.mark.parametrize("name", ["NGUYEN THY HOA", "NGUYEM THI HOA", "NGUYEN THI HOAN"])
    def test_slip_with_a_year_in_the_commune(self, name: str) -> None:
        """One slip in any part of the name, the year alone: found inside the commune."""
        here = {"holder_name": name, "date_of_birth": "1960"}
        assert "r0" in self.met(self.roster("1960"), address="Thôn 2, xã Bình Châu", **here)
        assert "r0" not in self.met(self.roster("1960"), address="Xã Bình Trị, huyện Bình Sơn", **here)
