"""The packaged lists of provinces, districts and communes as plain records. Matching names: places.py."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

DATA = Path(__file__).parent / "data"

# Units of Resolution 202/2025/QH15 and of the 34 resolutions of the Standing Committee, in force from this
# day.
CURRENT_FROM = date(2025, 7, 1)
# Decision 124/2004/QĐ-TTg gave communes their five-digit codes. The day each earlier unit was really made
# is not in the data; all of them get this one, and a unit's name may have changed since.
EARLIER_FROM = date(2004, 7, 8)

Units = Literal["old", "new", "undecided"]


class Unit(NamedTuple):
    """One commune-level unit of one list; the key is (code, valid_from).

    `today` holds the codes of today's communes it lies in: itself for a unit of today, one or more for an
    earlier one. `provinces` are codes of the 63 earlier provinces, `districts` of the earlier districts it
    lies (or its parts lay) in. The five island districts that had no communes stand among the earlier units
    under their three-digit district code. `lat`, `lon` in degrees, None for earlier units.
    """

    code: str
    valid_from: date
    name: str
    type: str
    province_code: str
    provinces: tuple[str, ...]
    districts: tuple[str, ...]
    today: tuple[str, ...]
    aliases: tuple[str, ...]
    lat: float | None
    lon: float | None

    @property
    def key(self) -> tuple[str, date]:
        return self.code, self.valid_from

    @property
    def valid_to(self) -> date | None:
        """The first day on which the unit was no more, or None."""
        return CURRENT_FROM if self.is_old else None

    @property
    def is_old(self) -> bool:
        return self.valid_from < CURRENT_FROM


class Province(NamedTuple):
    """One of today's 34 provinces, or one of the 63 before 2025-07-01; `today` is the code of today's."""

    code: str
    valid_from: date
    name: str
    today: str


class District(NamedTuple):
    """A district as before 2025-07-01; `province` is the earlier province's code, `today` today's."""

    code: str
    name: str
    province: str
    today: str


class Tables(NamedTuple):
    """Everything the packaged files say."""

    provinces: dict[str, Province]
    earlier_provinces: dict[str, Province]
    districts: dict[str, District]
    communes: dict[str, Unit]
    earlier_communes: dict[str, Unit]


def read_tables() -> Tables:
    """Read the packaged CSV files: about 0.1 s, no other input or output."""
    provinces = {code: Province(code, CURRENT_FROM, name, code) for code, name in _rows("provinces.csv")}
    targets: dict[str, list[str]] = defaultdict(list)
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for old, district, new, _split in _rows("commune_crosswalk_2025_07.csv"):
        targets[old or district].append(new)
        parts[new].append((old or district, district))
    homes = {row[0]: row[3] for row in _rows("communes.csv")}
    earlier_provinces: dict[str, Province] = {}
    districts: dict[str, District] = {}
    earlier: dict[str, Unit] = {}
    for code, name, kind, district, district_name, province, province_name, aliases in _rows(
        "communes_before_2025_07.csv"
    ):
        today = tuple(targets[code or district])
        home = homes[today[0]]
        if province not in earlier_provinces:
            earlier_provinces[province] = Province(province, EARLIER_FROM, province_name, home)
        if district not in districts:
            districts[district] = District(district, district_name, province, home)
        other_names = tuple(aliases.split("|")) if aliases else ()
        key = code or district
        earlier[key] = Unit(
            key, EARLIER_FROM, name or district_name, kind or "Huyện", home, (province,), (district,), today,
            other_names, None, None,
        )  # fmt: skip
    communes = {row[0]: _current(row, parts[row[0]], districts) for row in _rows("communes.csv")}
    return Tables(provinces, earlier_provinces, districts, communes, earlier)


def _current(row: list[str], parts: list[tuple[str, str]], districts: dict[str, District]) -> Unit:
    code, name, kind, province, lat, lon, _area, aliases = row
    of = tuple(dict.fromkeys(district for _code, district in parts))
    provinces = tuple(dict.fromkeys(districts[district].province for district in of))
    other_names = tuple(aliases.split("|")) if aliases else ()
    return Unit(code, CURRENT_FROM, name, kind, province, provinces, of, (code,), other_names, float(lat), float(lon))


def _rows(file_name: str) -> Iterator[list[str]]:
    with (DATA / file_name).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        yield from lines
