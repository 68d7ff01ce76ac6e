"""Which commune does a roster mean? `Places` answers one, several or none. The database is queries.py's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from disburse.areas import titles
from disburse.areas.index import UnitIndex
from disburse.areas.names import PlaceName, code_of, district_key, province_key, read_name
from disburse.areas.resolution import NONE, Match, Resolution, combine
from disburse.areas.units import CURRENT_FROM, District, Province, Tables, Unit, Units, read_tables

# Besides the official names of the 34 and the 63: what officers write.
_PROVINCE_ALIASES = {
    "hcm": "79", "tphcm": "79", "saigon": "79", "sg": "79", "hn": "01", "baccan": "06",
    "thuathienhue": "46", "tthue": "46", "tth": "46", "brvt": "77", "vungtau": "77",
}  # fmt: skip
_CACHE_SIZE = 65_536


class PlaceRow(NamedTuple):
    """A unit for matching: one row per unit and today's commune it lies in."""

    code: str
    valid_from: date
    name: str
    today_code: str
    district: str


class Places:
    """All units of Vietnam by code and name, today's and those before 2025-07-01.

    Names resolve inside a province, in this order: code; accented name; folded name; an older name. With
    `units="old"` the earlier list is asked first, with `"new"` today's; the other list answers what the
    first does not know (`Resolution.other_list`) or fits far better. Undecided, both are asked, and
    readings that lead to different communes are all shown. Building one takes about 0.1 s; a province's
    names are indexed when first asked for.
    """

    def __init__(self, tables: Tables | None = None) -> None:
        self._tables = tables or read_tables()
        self._members: dict[str, list[Unit]] = defaultdict(list)
        for unit in (*self._tables.communes.values(), *self._tables.earlier_communes.values()):
            self._members[unit.province_code].append(unit)
        self._indexes: dict[tuple[str, bool], UnitIndex] = {}
        self._district_names: dict[str, dict[str, list[District]]] = {}
        self._province_names = self._name_provinces()
        self._answers: dict[tuple[object, ...], Resolution] = {}

    def provinces(self) -> tuple[Province, ...]:
        """Return today's 34 provinces in the order of their codes."""
        return tuple(self._tables.provinces.values())

    def earlier_provinces(self) -> tuple[Province, ...]:
        """Return the 63 provinces before 2025-07-01."""
        return tuple(self._tables.earlier_provinces.values())

    def province(self, text: str | int | float | None) -> Province | None:
        """Return today's province for a code or name, today's or earlier, or None: `62`, `Kon Tum` → 51."""
        code = self._province_code(text)
        return self._tables.provinces[self._today_of_province(code)] if code else None

    def districts(self, text: str | int | None, province: str | int | None) -> tuple[District, ...]:
        """Return the earlier districts a text names inside a province: `H. Bình Sơn`, `524`."""
        home = self.province(province)
        if home is None or text is None:
            return ()
        code = code_of(text, 3)
        if code and (found := self._tables.districts.get(code)) and found.today == home.code:
            return (found,)
        named = self._named_districts(home.code).get(district_key(str(text)), [])
        narrow = [d for d in named if d.province == self._only_earlier(province)]
        return tuple(narrow or named)

    def commune(self, code: str | int, on: date | None = None) -> Unit | None:
        """Return the unit with that code on a day (default: today's list), or None."""
        table = self._tables.communes if on is None or on >= CURRENT_FROM else self._tables.earlier_communes
        text = code_of(code, 5)
        return table.get(text or "") or table.get(str(code))

    def unit(self, code: str, valid_from: date) -> Unit:
        """Return the unit with that key; KeyError if there is none."""
        table = self._tables.communes if valid_from >= CURRENT_FROM else self._tables.earlier_communes
        return table[code]

    def of_province(self, province: str | int, on: date | None = None) -> tuple[Unit, ...]:
        """Return the units inside today's province (named as for `province`) on a day; by default today's."""
        home = self.province(province)
        old = on is not None and on < CURRENT_FROM
        return tuple(u for u in self._members[home.code] if u.is_old == old) if home else ()

    def sources(self, code: str) -> tuple[Unit, ...]:
        """Return the earlier units that went, wholly or in part, into today's commune `code`."""
        unit = self._tables.communes[code]
        return tuple(u for u in self._members[unit.province_code] if u.is_old and code in u.today)

    def everything(self) -> Tables:
        """Return the records behind the answers, for loading them into a database."""
        return self._tables

    def rows(self, province: str | int | None = None) -> Iterator[PlaceRow]:
        """Yield the units of one province or of all, once per commune of today, for matching."""
        home = self.province(province) if province is not None else None
        chosen = [home.code] if home else [] if province is not None else list(self._members)
        for code in chosen:
            for unit in self._members[code]:
                district = self._tables.districts[unit.districts[0]].name if unit.is_old else ""
                for today in unit.today:
                    yield PlaceRow(unit.code, unit.valid_from, unit.name, today, district)

    def resolve(
        self,
        text: str | int | float | None,
        *,
        province: str | int | None,
        units: Units = "undecided",
        district: str | int | None = None,
        code: str | int | float | None = None,
    ) -> Resolution:
        """Say which commune a cell means, inside a province.

        `text` is a name or a code; `code` one standing beside the name (they must agree, else both are
        shown). `district` narrows where it is known. Without a province only codes are understood.
        """
        key = (text, province, units, district, code, isinstance(text, float))
        answer = self._answers.get(key)
        if answer is None:
            answer = self.resolve_exactly(text, province=province, units=units, district=district, code=code)
            if not answer.readings and isinstance(text, str) and province is not None:
                answer = self.find_in_text(text, province=province, units=units, district=district)
            if len(self._answers) >= _CACHE_SIZE:
                self._answers.clear()
            self._answers[key] = answer
        return answer

    def find_in_text(
        self,
        text: str,
        *,
        province: str | int | None,
        units: Units = "undecided",
        district: str | int | None = None,
    ) -> Resolution:
        """Find the commune that a title, a tab or an address names: `UBND XÃ BÌNH TRỊ, H. BÌNH SƠN`."""
        return titles.find(self, text, province=province, units=units, district=district)

    def resolve_exactly(
        self,
        text: str | int | float | None,
        *,
        province: str | int | None,
        units: Units = "undecided",
        district: str | int | None = None,
        code: str | int | float | None = None,
    ) -> Resolution:
        """Resolve a cell that holds nothing but the name or the code; see `resolve`."""
        home = self.province(province)
        if province is not None and home is None:
            return NONE
        own_code, name = code_of(code, 5), text
        of_text = code_of(text, 5)
        if of_text and self._coded(of_text, home) and not (own_code and self._coded(own_code, home)):
            own_code, name = of_text, None
        by_code = self._by_code(own_code, home, units) if own_code else NONE
        if name is None or home is None or not str(name).strip():
            return by_code
        by_name = self._by_name(str(name), home.code, units, self._keeps(province, district))
        return by_name if not by_code.readings else by_code.agreeing_with(by_name)

    def _coded(self, code: str, home: Province | None) -> list[Unit]:
        # The island districts have three digits; "00536" is also a commune's code, of another province.
        spellings = (code,) if home is None else (code, code.removeprefix("00"))
        tables = (self._tables.earlier_communes, self._tables.communes)
        found = [table[key] for table in tables for key in spellings if key in table]
        return [u for u in found if home is None or u.province_code == home.code]

    def _by_code(self, code: str, home: Province | None, units: Units) -> Resolution:
        found = self._coded(code, home)
        old, new = [u for u in found if u.is_old], [u for u in found if not u.is_old]
        return combine(Match("code", old), Match("code", new), units, self._current)

    def _by_name(self, text: str, province: str, units: Units, keep: Callable[[Unit], bool] | None) -> Resolution:
        for name in (read_name(text), read_name(text, with_type=False)):
            old, new = (self._index(province, is_old).look(name, keep) for is_old in (True, False))
            if old.units or new.units or name.type is None:
                found = combine(old, new, units, self._current)
                return NONE if self._means_district(found, name, text, province, units) else found
        return NONE

    def _means_district(self, found: Resolution, name: PlaceName, text: str, province: str, units: Units) -> bool:
        """In an earlier list a bare "Bình Sơn" is the district, not the commune that took its name later."""
        return units == "old" and found.other_list and name.type is None and bool(self.districts(text, province))

    def _current(self, code: str) -> Unit:
        return self._tables.communes[code]

    def _keeps(self, province: str | int | None, district: str | int | None) -> Callable[[Unit], bool] | None:
        """The narrowing that a district, or a province that is no more, brings; None for neither."""
        codes = {d.code for d in self.districts(district, province)}
        earlier = self._only_earlier(province)
        if not codes and earlier is None:
            return None
        if codes:
            return lambda unit: not codes.isdisjoint(unit.districts)
        return lambda unit: earlier in unit.provinces

    def _index(self, province: str, is_old: bool) -> UnitIndex:
        index = self._indexes.get((province, is_old))
        if index is None:
            index = UnitIndex(u for u in self._members[province] if u.is_old == is_old)
            self._indexes[province, is_old] = index
        return index

    def _named_districts(self, province: str) -> dict[str, list[District]]:
        if province not in self._district_names:
            names: dict[str, list[District]] = defaultdict(list)
            for district in self._tables.districts.values():
                if district.today == province:
                    names[district_key(district.name)].append(district)
            self._district_names[province] = dict(names)
        return self._district_names[province]

    def _name_provinces(self) -> dict[str, str]:
        names = dict(_PROVINCE_ALIASES)
        by_age: Iterable[Province] = (
            *self._tables.earlier_provinces.values(),
            *self._tables.provinces.values(),
        )
        names.update({province_key(p.name): p.code for p in by_age})
        return names

    def _province_code(self, text: str | int | float | None) -> str | None:
        """The code a text names: today's where today's list has it, else an earlier one."""
        if text is None:
            return None
        code = code_of(text, 2)
        if code and (code in self._tables.provinces or code in self._tables.earlier_provinces):
            return code
        return self._province_names.get(province_key(str(text)))

    def _today_of_province(self, code: str) -> str:
        return code if code in self._tables.provinces else self._tables.earlier_provinces[code].today

    def _only_earlier(self, text: str | int | float | None) -> str | None:
        """The code of a province that exists in the earlier list only (62, Kon Tum), else None."""
        code = self._province_code(text)
        return None if code is None or code in self._tables.provinces else code


@cache
def packaged() -> Places:
    """Return the one `Places` of this process, built at first use."""
    return Places()
