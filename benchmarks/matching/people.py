"""An invented population: who lives where, who is whose twin, namesake or guardian. No noise here."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.matching import pool
from benchmarks.matching.profiles import Profile

AREAS = Path(__file__).resolve().parents[2] / "disburse" / "areas" / "data"
PROVINCES_BY_SIZE = ("51", "49", "48", "52", "54", "62", "64", "66", "40", "38", "79", "01")


@dataclass
class People:
    """Columns over people; `person` is the identity, everything else a fact. Strings are object arrays."""

    person: np.ndarray
    name: np.ndarray
    sex: np.ndarray  # 0 Nam, 1 Nữ
    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    paper_year_only: np.ndarray  # papers say 01/01 or only the year
    commune: np.ndarray  # index into communes()
    hamlet: np.ndarray
    citizen_id: np.ndarray  # 12 digits as int64
    old_id: np.ndarray  # 9 digits as int64, 0 none
    phone: np.ndarray
    household_phone: np.ndarray
    guardian: np.ndarray  # person number of the guardian, -1 none
    near_id: np.ndarray  # a stranger's number one digit off, 0 none

    def take(self, rows: np.ndarray) -> People:
        return People(*(getattr(self, f.name)[rows].copy() for f in fields(self)))

    @staticmethod
    def join(parts: list[People]) -> People:
        return People(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(People)))

    def __len__(self) -> int:
        return len(self.person)


@cache
def communes(scale: str) -> list[dict[str, str]]:
    """Communes before 2025-07 with today's code: one district, one province, or as many provinces as needed."""
    with (AREAS / "commune_crosswalk_2025_07.csv").open(encoding="utf-8") as lines:
        today = {r["old_code"]: r["new_code"] for r in csv.DictReader(lines)}
    with (AREAS / "communes.csv").open(encoding="utf-8") as lines:
        names = {r["code"]: r["name"] for r in csv.DictReader(lines)}
    found = []
    with (AREAS / "communes_before_2025_07.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            code = today.get(row["code"])
            keep = {
                "district": row["district_code"] == "524",
                "province": row["province_code"] == "51",
                "country": row["province_code"] in PROVINCES_BY_SIZE,
            }[scale]
            if keep and code:
                found.append({**row, "today": code, "today_name": names[code]})
    return found


def _draw(rng: np.random.Generator, table: str, n: int) -> np.ndarray:
    names, shares = pool.weighted(table)
    return np.array(names, dtype=object)[rng.choice(len(names), n, p=shares)]


def _names(rng: np.random.Generator, sex: np.ndarray, year: np.ndarray, minority: float) -> np.ndarray:
    n = len(sex)
    old = year < rng.normal(1982, 8, n)
    family = _draw(rng, pool.KINH_FAMILY, n)
    middle = np.where(sex == 0, _draw(rng, pool.MALE_MIDDLE, n), _draw(rng, pool.FEMALE_MIDDLE, n))
    given = np.where(
        sex == 0,
        np.where(old, _draw(rng, pool.MALE_GIVEN_OLD, n), _draw(rng, pool.MALE_GIVEN_NEW, n)),
        np.where(old, _draw(rng, pool.FEMALE_GIVEN_OLD, n), _draw(rng, pool.FEMALE_GIVEN_NEW, n)),
    )
    names = family + " " + middle + " " + given
    few = rng.random(n)
    single = (few < 0.02) & (sex == 0)
    names[single] = (family + " " + given)[single]
    kind = rng.random(n)
    highland = rng.random(n) < minority
    hre = _draw(rng, pool.HRE_FAMILY, n)
    hre[kind > 0.6] = _draw(rng, pool.COR_FAMILY, n)[kind > 0.6]
    mid = np.where(sex == 0, _draw(rng, pool.HRE_MIDDLE_M, n), _draw(rng, pool.HRE_MIDDLE_F, n))
    upland = hre + " " + mid + " " + _draw(rng, pool.HRE_GIVEN, n)
    ede = np.where(
        sex == 0,
        "Y " + _draw(rng, pool.EDE_GIVEN_M, n) + " " + _draw(rng, pool.EDE_FAMILY, n),
        "H'" + _draw(rng, pool.EDE_GIVEN_F, n) + " " + _draw(rng, pool.EDE_FAMILY, n),
    )
    mong = (
        _draw(rng, pool.MONG_FAMILY, n) + np.where(sex == 0, " A ", " Thị ")
        + np.where(sex == 0, _draw(rng, pool.MONG_GIVEN_M, n), _draw(rng, pool.MONG_GIVEN_F, n))
    )  # fmt: skip
    upland = np.where(kind > 0.92, ede, np.where(kind > 0.85, mong, upland))
    return np.where(highland, upland, names)


def _citizen_ids(rng: np.random.Generator, sex: np.ndarray, year: np.ndarray, home: np.ndarray) -> np.ndarray:
    n = len(sex)
    moved = rng.random(n) < 0.08
    others = np.array([1, 49, 52, 54, 62, 64, 66, 79, 48, 40, 38])
    province = np.where(moved, others[rng.integers(0, len(others), n)], home)
    kind = sex + np.where(year >= 2000, 2, 0)
    return ((province * 10 + kind) * 100 + year % 100) * 1_000_000 + rng.integers(1, 999_999, n)


def _phones(rng: np.random.Generator, n: int) -> np.ndarray:
    heads = np.array([905, 935, 914, 977, 983, 989, 347, 365, 379, 388, 702, 764, 834, 856])
    return heads[rng.integers(0, len(heads), n)] * 1_000_000 + rng.integers(0, 999_999, n)


def draw(
    rng: np.random.Generator, first: int, years: np.ndarray, where: np.ndarray, profile: Profile, scale: str
) -> People:
    """People with the given birth years and communes, numbered from `first`."""
    n = len(years)
    sex = (rng.random(n) < 0.53).astype(np.int64)
    day_of_year = rng.integers(0, 365, n)
    dates = np.array("2001-01-01", dtype="datetime64[D]") + day_of_year
    months = dates.astype("datetime64[M]").astype(int) % 12 + 1
    days = (dates - dates.astype("datetime64[M]")).astype(int) + 1
    vague = (rng.random(n) < np.where(years < 1965, 0.22, 0.02)).astype(bool)
    months[vague], days[vague] = 1, 1
    home = np.array([int(c["province_code"]) for c in communes(scale)])[where]
    old_id = np.where(years < 2003, home * 4 % 100 * 10_000_000 + rng.integers(1_000_000, 9_999_999, n), 0)
    phone = _phones(rng, n)
    return People(
        person=np.arange(first, first + n),
        name=_names(rng, sex, years, profile.minority),
        sex=sex, year=years, month=months, day=days, paper_year_only=vague,
        commune=where, hamlet=rng.integers(1, 9, n),
        citizen_id=_citizen_ids(rng, sex, years, home), old_id=old_id,
        phone=phone, household_phone=_phones(rng, n), guardian=np.full(n, -1), near_id=np.zeros(n, dtype=np.int64),
    )  # fmt: skip


def roster_years(rng: np.random.Generator, n: int) -> np.ndarray:
    """Birth years of benefit receivers: mostly old, some children and working age."""
    kind = rng.random(n)
    old = 2024 - (60 + np.minimum(rng.gamma(2.2, 7.5, n), 42)).astype(int)
    middle = 2024 - rng.integers(18, 60, n)
    young = 2024 - rng.integers(1, 18, n)
    return np.where(kind < 0.70, old, np.where(kind < 0.90, middle, young))


def stranger_years(rng: np.random.Generator, n: int) -> np.ndarray:
    """Birth years of bank customers."""
    return 2024 - np.clip(rng.normal(45, 17, n), 16, 95).astype(int)
