"""The resolver against the whole of the packaged data: each earlier unit and each commune of today."""

from __future__ import annotations

from collections import Counter

import pytest

from disburse.areas.places import Places
from disburse.areas.units import Units
from matching.text import fold
from tests.disburse.areas.test_places import bare, today


class TestEveryEarlierUnit:
    def test_by_its_own_code(self, places: Places) -> None:
        """All 10,040 lead from their code to exactly their own communes of today, with their own origin."""
        for unit in places.everything().earlier_communes.values():
            found = places.resolve(unit.code, province=unit.provinces[0], units="old")
            assert today(found) == set(unit.today), unit
            assert {reading.origin for reading in found.readings} == {unit}
            assert found.status == ("one" if len(unit.today) == 1 else "several")
            assert found.reason == ("" if len(unit.today) == 1 else "split")

    def test_by_code_without_its_zeros(self, places: Places) -> None:
        """A number cell has lost the leading zeros; the code is the same."""
        for unit in places.everything().earlier_communes.values():
            if unit.code.startswith("0"):
                found = places.resolve(int(unit.code), province=unit.provinces[0], units="old")
                assert today(found) == set(unit.today)

    def test_by_name_district_and_province(self, places: Places) -> None:
        """Name, district and province of the time find each unit; 5 share all three words with another.

        Those are units of two districts of one name (Châu Thành and the like) in provinces that are now one
        and whose common name does not say which was meant; both are shown, never one guessed.
        """
        tables = places.everything()
        not_alone = []
        for unit in tables.earlier_communes.values():
            district = tables.districts[unit.districts[0]].name
            province = tables.earlier_provinces[unit.provinces[0]].name
            found = places.resolve(unit.name, province=province, units="old", district=district)
            assert today(found) >= set(unit.today), unit
            if today(found) != set(unit.today):
                assert found.status == "several"
                not_alone.append(unit)
        assert len(not_alone) <= 5, [(u.name, u.districts) for u in not_alone]

    @pytest.mark.parametrize("units", ["old", "undecided"])
    def test_by_name_alone_is_never_wrong(self, places: Places, units: Units) -> None:
        """Without a district the right communes are always among the readings, in each way of writing."""
        for unit in places.everything().earlier_communes.values():
            for text in (unit.name, bare(unit), unit.name.upper(), fold(unit.name), fold(bare(unit))):
                found = places.resolve_exactly(text, province=unit.province_code, units=units)
                assert today(found) >= set(unit.today), (text, unit)

    def test_namesakes_are_counted(self, places: Places) -> None:
        """Inside today's provinces 717 earlier names need a district; without accents 903 do."""
        asked = Counter[str]()
        for unit in places.everything().earlier_communes.values():
            for text in (unit.name, fold(unit.name)):
                found = places.resolve_exactly(text, province=unit.province_code, units="old")
                asked["accents" if text == unit.name else "folded"] += found.reason in (
                    "same_name",
                    "accents",
                )
        assert asked == {"accents": 717, "folded": 903}


class TestEveryCommuneOfToday:
    def test_by_name_inside_its_province(self, places: Places) -> None:
        """All 3,321 resolve with and without their type word, when the list is said to be today's."""
        for unit in places.everything().communes.values():
            assert places.resolve(unit.name, province=unit.province_code, units="new").area == unit
            if unit.name != "Xã Thanh An":  # bare, it shows no accent and may be Thạnh An beside it
                assert places.resolve(bare(unit), province=unit.province_code, units="new").area == unit

    def test_without_accents(self, places: Places) -> None:
        """Without accents 16 names collide inside a province; those and no others are several."""
        several = [
            unit.name
            for unit in places.everything().communes.values()
            if places.resolve_exactly(fold(unit.name), province=unit.province_code, units="new").status != "one"
        ]
        assert len(several) == 16
        assert {"Xã Ba Tơ", "Xã Ba Tô", "Xã Sơn Hà", "Xã Sơn Hạ"} <= set(several)

    def test_undecided_lists_are_never_guessed(self, places: Places) -> None:
        """Where no list is named, 283 names have another reading in the earlier list: all are shown."""
        parked = 0
        for unit in places.everything().communes.values():
            found = places.resolve(unit.name, province=unit.province_code)
            assert unit.code in today(found)
            if found.status == "several":
                assert found.reason == "units"
                parked += 1
        assert parked == 283

    def test_same_digits_other_unit(self, places: Places) -> None:
        """151 codes do not lead (only) to themselves in the earlier list; undecided, they are several."""
        parked = 0
        for code, unit in places.everything().communes.items():
            found = places.resolve(code, province=unit.province_code)
            assert places.resolve(code, province=unit.province_code, units="new").area == unit
            parked += found.status == "several"
        assert parked == 151
