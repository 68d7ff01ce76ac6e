"""Invented rosters and bank lists with the truth: `generate("district", 18_000, 120_000, seed)`.

Command line: `python -m benchmarks.matching.generate --profile district --seed 1 --out DIR`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.matching import noise
from benchmarks.matching.people import People, communes, draw, roster_years, stranger_years
from benchmarks.matching.profiles import PROFILES, Profile, drawn

BANKS = ["VBA", "VCB", "ICB", "BIDV", "LPB", "MB", "TCB", "STB"]
TWIN_NAMES = [
    ("Sinh", "Sang"), ("Hùng", "Hưng"), ("Lợi", "Lộc"), ("Long", "Lân"), ("Lan", "Liên"), ("Thu", "Thủy"),
    ("Bình", "Minh"),
    ("Nam", "Bắc"), ("Hồng", "Hương"), ("Phúc", "Phước"), ("Tuyết", "Nguyệt"), ("Dũng", "Dương"), ("Mai", "Mơ"),
]  # fmt: skip


@dataclass
class Lists:
    """A roster and a bank list as `disburse match` reads them, and the true pairs."""

    roster: pd.DataFrame
    registrations: pd.DataFrame
    truth: pd.DataFrame  # roster_row_id, registration_row_id: the same human being
    places: pd.DataFrame  # code, valid_from, name, today_code, district


def generate(profile: str | Profile, roster_rows: int, registrations: int, seed: int, scale: str = "district") -> Lists:
    """Draw the lists. The same arguments give the same lists."""
    p = PROFILES[profile] if isinstance(profile, str) else profile
    rng = np.random.default_rng(seed * 7919 + 13)
    listed, strangers = _population(rng, p, roster_rows, scale)
    rows = np.concatenate([np.arange(len(listed)), rng.choice(len(listed), int(len(listed) * p.repeats))])
    on_roster = listed.take(rows)
    holders = _holders(rng, p, listed, strangers, registrations, scale)
    order_r, order_b = rng.permutation(len(on_roster)), rng.permutation(len(holders))
    on_roster, holders = on_roster.take(_by_commune(on_roster, order_r)), holders.take(order_b)
    everyone = People.join([listed, strangers])
    roster = _roster_frame(rng, p, on_roster, everyone, scale)
    bank = _bank_frame(rng, p, holders, scale)
    left = pd.DataFrame({"roster_row_id": roster["row_id"], "person": on_roster.person})
    right = pd.DataFrame({"registration_row_id": bank["row_id"], "person": holders.person})
    truth = left.merge(right, on="person")[["roster_row_id", "registration_row_id"]]
    return Lists(roster, bank, truth, places(scale))


def places(scale: str) -> pd.DataFrame:
    """The communes in play, before and after 2025-07-01, as the caller of `link` passes them."""
    old = communes(scale)
    before = pd.DataFrame(
        {
            "code": [c["code"] for c in old], "valid_from": "2004-01-01", "name": [c["name"] for c in old],
            "today_code": [c["today"] for c in old], "district": [c["district"] for c in old],
        }
    )  # fmt: skip
    now = before.drop_duplicates("today_code").assign(
        code=lambda f: f["today_code"], valid_from="2025-07-01", district=""
    )
    names = {c["today"]: c["today_name"] for c in old}
    now["name"] = [names[code] for code in now["code"]]
    return pd.concat([before, now], ignore_index=True)


def _by_commune(people: People, shuffled: np.ndarray) -> np.ndarray:
    """Rosters come commune by commune, in no order inside."""
    return shuffled[np.argsort(people.commune[shuffled], kind="stable")]


def _population(rng: np.random.Generator, p: Profile, roster_rows: int, scale: str) -> tuple[People, People]:
    """People on the roster, and those strangers who were made to be confused with them."""
    places_count = len(communes(scale))
    n = int(roster_rows / (1 + p.repeats) / (1 + 0.4 * (p.twins + p.homonyms) + 0.15 * p.wards))
    weights = rng.dirichlet(np.full(places_count, 5.0))
    where = rng.choice(places_count, n, p=weights)
    base = draw(rng, 0, roster_years(rng, n), where, p, scale)
    made = [_twins(rng, p, base, scale), _homonyms(rng, p, base, scale), _full_homonyms(rng, p, base, scale)]
    made += [_near_ids(rng, p, base, scale)]
    guardians = _guardians(rng, p, base, scale)
    next_number = n
    for part in [*made, guardians]:
        fresh = np.arange(next_number, next_number + len(part))
        if part is guardians:
            base.guardian[part.guardian] = fresh
            part.guardian = np.full(len(part), -1)
        part.person = fresh
        next_number += len(part)
    on, off = [base], []
    for part, share in [(made[0], 0.4), (made[1], 0.4), (made[2], 0.2), (made[3], 0.0), (guardians, 0.15)]:
        mask = rng.random(len(part)) < share
        on.append(part.take(np.flatnonzero(mask)))
        off.append(part.take(np.flatnonzero(~mask)))
    return People.join(on), People.join(off)


def _copy(rng: np.random.Generator, base: People, rate: float, p: Profile, scale: str) -> tuple[People, People]:
    """A share of the people, and as many new people with their years and communes."""
    source = base.take(np.flatnonzero(rng.random(len(base)) < rate))
    fresh = draw(rng, 0, source.year, source.commune, p, scale)
    return source, fresh


def _twins(rng: np.random.Generator, p: Profile, base: People, scale: str) -> People:
    source, twin = _copy(rng, base, p.twins, p, scale)
    twin.sex, twin.month, twin.day, twin.hamlet = source.sex, source.month, source.day, source.hamlet
    twin.paper_year_only, twin.household_phone = source.paper_year_only, source.household_phone
    twin.citizen_id = source.citizen_id + rng.integers(1, 9, len(source)) * rng.choice([1, 1, 10, 1000], len(source))
    for i, name in enumerate(source.name):
        words = name.split()
        pair = [b if a == words[-1] else a for a, b in TWIN_NAMES if words[-1] in (a, b)]
        words[-1] = pair[0] if pair else TWIN_NAMES[int(rng.integers(0, len(TWIN_NAMES)))][int(rng.integers(0, 2))]
        twin.name[i] = " ".join(words) if " ".join(words) != name else name + " Em"
    return twin


def _homonyms(rng: np.random.Generator, p: Profile, base: People, scale: str) -> People:
    source, other = _copy(rng, base, p.homonyms, p, scale)
    other.name, other.sex = source.name, source.sex
    other.citizen_id = other.citizen_id // 10**9 * 10**9 + other.citizen_id % 10**9
    other.citizen_id = source.citizen_id // 1_000_000 * 1_000_000 + rng.integers(1, 999_999, len(source))
    return other


def _full_homonyms(rng: np.random.Generator, p: Profile, base: People, scale: str) -> People:
    source, other = _copy(rng, base, p.full_homonyms, p, scale)
    other.name, other.sex, other.month, other.day = source.name, source.sex, source.month, source.day
    other.citizen_id = source.citizen_id // 1_000_000 * 1_000_000 + rng.integers(1, 999_999, len(source))
    moved = rng.random(len(source)) < 0.7
    other.commune = np.where(moved, rng.integers(0, len(communes(scale)), len(source)), source.commune)
    return other


def _near_ids(rng: np.random.Generator, p: Profile, base: People, scale: str) -> People:
    chosen = np.flatnonzero(rng.random(len(base)) < p.near_id)
    source = base.take(chosen)
    other = draw(rng, 0, source.year, source.commune, p, scale)
    step = rng.choice([1, 10, 100, 1000, 10000], len(source)) * rng.integers(1, 9, len(source))
    other.citizen_id = source.citizen_id + step
    base.near_id[chosen] = other.citizen_id
    other.sex = source.sex
    return other


def _guardians(rng: np.random.Generator, p: Profile, base: People, scale: str) -> People:
    """A parent or child who receives for a ward; `guardian` holds the ward's row until numbers are given."""
    wards = np.flatnonzero(
        (rng.random(len(base)) < p.wards * 3) & ((base.year > 2006) | (rng.random(len(base)) < 0.15))
    )
    years = np.where(base.year[wards] > 2000, base.year[wards] - rng.integers(20, 40, len(wards)), 1985)
    people = draw(rng, 0, years, base.commune[wards], p, scale)
    family = rng.random(len(wards)) < 0.6
    for i in np.flatnonzero(family):
        people.name[i] = " ".join([base.name[wards[i]].split()[0], *people.name[i].split()[1:]])
    people.household_phone = base.household_phone[wards]
    people.hamlet = base.hamlet[wards]
    people.guardian = wards
    return people


def _holders(rng: np.random.Generator, p: Profile, listed: People, near: People, wanted: int, scale: str) -> People:
    """Account holders: some of the listed, the confusable strangers, and many others."""
    ward = (listed.guardian >= 0) & (rng.random(len(listed)) < 0.85)
    has = np.flatnonzero((rng.random(len(listed)) < p.has_account) & ~ward)
    again = has[rng.random(len(has)) < p.second_account]
    third = again[rng.random(len(again)) < 0.15]
    close = np.flatnonzero(rng.random(len(near)) < 0.7)
    parts = [listed.take(has), listed.take(again), listed.take(third), near.take(close)]
    rest = max(0, wanted - sum(map(len, parts)))
    n_people = int(rest / 1.08)
    local = rng.random(n_people) < p.stranger_local
    where = np.where(
        local, listed.commune[rng.integers(0, len(listed), n_people)], rng.integers(0, len(communes(scale)), n_people)
    )
    first = max(int(listed.person.max()), int(near.person.max()) if len(near) else 0) + 1
    others = draw(rng, first, stranger_years(rng, n_people), where, p, scale)
    if scale == "district":
        _scatter(rng, others, local)
    doubled = others.take(rng.choice(n_people, rest - n_people))
    return People.join([*parts, others, doubled])


def _scatter(rng: np.random.Generator, people: People, local: np.ndarray) -> None:
    """Customers from outside the district: a commune index of -1 prints another province's address."""
    people.commune[~local] = -1
    del rng


def _text_dates(rng: np.random.Generator, y: np.ndarray, m: np.ndarray, d: np.ndarray) -> np.ndarray:
    """One date form per list: d/m/y with or without zeros, or ISO."""
    form = rng.integers(0, 3)
    shapes = ("{2:02d}/{1:02d}/{0}", "{2}/{1}/{0}", "{0}-{1:02d}-{2:02d}")
    return np.array([shapes[form].format(*t) for t in zip(y, m, d, strict=True)], dtype=object)


def _numbers(column: np.ndarray, width: int) -> np.ndarray:
    return np.array([str(v).zfill(width) if v > 0 else "" for v in column.tolist()], dtype=object)


def _roster_frame(rng: np.random.Generator, p: Profile, who: People, everyone: People, scale: str) -> pd.DataFrame:
    n = len(who)
    table = communes(scale)
    today = rng.random() < 0.5
    shown = np.where(rng.random(n) < p.commune_wrong, rng.integers(0, len(table), n), who.commune)
    code = np.array([c["today"] if today else c["code"] for c in table], dtype=object)[shown]
    names = np.array([c["name"] for c in table], dtype=object)[shown]
    address = np.array([f"Thôn {h}, {c}" for h, c in zip(who.hamlet, names, strict=True)], dtype=object)
    address[rng.random(n) < 0.15] = ""
    sex = np.array(["Nam", "Nữ"], dtype=object)[np.where(rng.random(n) < p.sex_wrong, 1 - who.sex, who.sex)]
    sex[rng.random(n) < p.sex_missing] = ""
    return pd.DataFrame(
        {
            "row_id": [f"R{i:07d}" for i in range(n)],
            "full_name": noise.names(rng, who.name, p.roster_name_noise, noise.ROSTER_NOISE),
            "date_of_birth": _roster_births(rng, p, who),
            "gender": sex,
            "citizen_id": _roster_ids(rng, p, who, everyone),
            "phone": _phone_column(rng, who, everyone, p.phone_missing, p.phone_family),
            "address": address,
            "commune_code": code,
            "programme": np.array(["NCC", "BTXH", "HTXH"], dtype=object)[rng.integers(0, 3, n)],
        }
    )


def _roster_births(rng: np.random.Generator, p: Profile, who: People) -> np.ndarray:
    n = len(who)
    y, m, d = who.year.copy(), who.month.copy(), who.day.copy()
    for i in np.flatnonzero(rng.random(n) < p.birth_wrong):
        d[i], m[i], y[i] = noise.wrong_date(rng, int(d[i]), int(m[i]), int(y[i]))
    kind = rng.random(n)
    placeholder = (kind > 0.3) & (kind < 0.3 + p.birth_placeholder)
    m[placeholder], d[placeholder] = 1, 1
    text = _text_dates(rng, y, m, d)
    year_only = (kind < p.birth_year_only) | (who.paper_year_only & (rng.random(n) < 0.4))
    text[year_only] = y[year_only].astype(str)
    text[rng.random(n) < p.birth_missing] = ""
    return text


def _roster_ids(rng: np.random.Generator, p: Profile, who: People, everyone: People) -> np.ndarray:
    n = len(who)
    ids = _numbers(who.citizen_id, 12)
    kind = rng.random(n)
    by_person = dict(zip(everyone.person.tolist(), everyone.citizen_id.tolist(), strict=True))
    for i in np.flatnonzero(rng.random(n) < p.id_wrong_digit):
        ids[i] = noise.wrong_digit(rng, ids[i])
    for i in np.flatnonzero((who.guardian >= 0) & (rng.random(n) < p.ward_has_guardian_id)):
        ids[i] = str(by_person[int(who.guardian[i])]).zfill(12)
    mistaken = (who.near_id > 0) & (rng.random(n) < 0.5)
    ids[mistaken] = _numbers(who.near_id, 12)[mistaken]
    for i in np.flatnonzero(rng.random(n) < p.id_copied_down):
        ids[i] = ids[max(i - 1, 0)]
    lost = rng.random(n) < p.id_zero_lost
    ids[lost] = [v.lstrip("0") for v in ids[lost]]
    damaged = (kind > 0.5) & (kind < 0.5 + p.id_damaged)
    ids[damaged] = [f"{int(v):.4E}".replace("E+", "E+") for v in ids[damaged]]
    old = (kind > 0.3) & (kind < 0.3 + p.id_old) & (who.old_id > 0)
    ids[old] = _numbers(who.old_id, 9)[old]
    ids[rng.random(n) < p.id_missing] = ""
    return ids


def _phone_column(rng: np.random.Generator, who: People, everyone: People, missing: float, family: float) -> np.ndarray:
    n = len(who)
    by_person = dict(zip(everyone.person.tolist(), everyone.phone.tolist(), strict=True))
    numbers = np.where(rng.random(n) < family, who.household_phone, who.phone)
    for i in np.flatnonzero((who.guardian >= 0) & (rng.random(n) < 0.7)):
        numbers[i] = by_person[int(who.guardian[i])]
    out = _numbers(numbers, 10)
    out[rng.random(n) < missing] = ""
    return out


def _bank_frame(rng: np.random.Generator, p: Profile, who: People, scale: str) -> pd.DataFrame:
    n = len(who)
    written = noise.names(rng, who.name, p.bank_name_noise, noise.BANK_NOISE)
    accents = rng.random(n) < p.bank_accents
    names = np.array([w if a else noise.bank_style(w) for w, a in zip(written, accents, strict=True)], dtype=object)
    sex = np.array(["Nam", "Nữ"], dtype=object)[who.sex]
    sex[rng.random(n) < p.bank_sex_missing] = ""
    phones = np.where(rng.random(n) < 0.12, who.household_phone, who.phone)
    phone = _numbers(phones, 10)
    phone[rng.random(n) < p.bank_phone_missing] = ""
    return pd.DataFrame(
        {
            "row_id": [f"B{i:07d}" for i in range(n)],
            "bank_code": np.array(BANKS, dtype=object)[rng.integers(0, len(BANKS), n)],
            "account_number": [str(v) for v in rng.integers(10**11, 10**13, n)],
            "holder_name": names,
            "date_of_birth": _bank_births(rng, p, who),
            "gender": sex,
            "citizen_id": _bank_ids(rng, p, who),
            "phone": phone,
            "address": _bank_addresses(rng, p, who, scale),
        }
    )


def _bank_births(rng: np.random.Generator, p: Profile, who: People) -> np.ndarray:
    n = len(who)
    y, m, d = who.year.copy(), who.month.copy(), who.day.copy()
    for i in np.flatnonzero(rng.random(n) < p.bank_birth_wrong):
        d[i], m[i], y[i] = noise.wrong_date(rng, int(d[i]), int(m[i]), int(y[i]))
    text = _text_dates(rng, y, m, d)
    text[who.paper_year_only & (rng.random(n) < 0.1)] = "1"
    bare = text == "1"
    text[bare] = y[bare].astype(str)
    text[rng.random(n) < p.bank_birth_missing] = ""
    return text


def _bank_ids(rng: np.random.Generator, p: Profile, who: People) -> np.ndarray:
    n = len(who)
    ids = _numbers(who.citizen_id, 12)
    for i in np.flatnonzero(rng.random(n) < p.bank_id_wrong):
        ids[i] = noise.wrong_digit(rng, ids[i])
    old = (rng.random(n) < p.bank_id_old) & (who.old_id > 0)
    ids[old] = _numbers(who.old_id, 9)[old]
    ids[rng.random(n) < p.bank_id_missing] = ""
    return ids


def _bank_addresses(rng: np.random.Generator, p: Profile, who: People, scale: str) -> np.ndarray:
    n = len(who)
    table = communes(scale)
    away = (who.commune < 0) | (rng.random(n) < p.bank_address_elsewhere)
    here = np.where(who.commune < 0, 0, who.commune)
    elsewhere = communes("country")
    other = rng.integers(0, len(elsewhere), n)
    old = rng.random(n) < p.bank_old_commune
    short = rng.random(n) < 0.25
    upper = rng.random(n) < 0.5
    hamlet = np.where(rng.random(n) < p.bank_hamlet_other, rng.integers(1, 9, n), who.hamlet)
    out = np.empty(n, dtype=object)
    for i in range(n):
        unit = elsewhere[other[i]] if away[i] else table[here[i]]
        out[i] = _address(unit, bool(old[i]), bool(short[i]), int(hamlet[i]))
        if upper[i]:
            out[i] = noise.bank_style(out[i]).title() if short[i] else out[i].upper()
    out[rng.random(n) < p.bank_address_missing] = ""
    return out


def _address(unit: dict[str, str], old: bool, short: bool, hamlet: int) -> str:
    province = unit["province"].removeprefix("Tỉnh ").removeprefix("Thành phố ")
    if not old:
        return f"Thôn {hamlet}, {unit['today_name']}, {province}"
    if short:
        bare = unit["name"].split(" ", 1)[-1].removeprefix("trấn ")
        return f"{bare}, {unit['district'].split(' ', 1)[-1]}, {province}"
    return f"Thôn {hamlet}, {unit['name']}, {unit['district']}, {province}"


def main() -> None:
    """Write roster.csv, registrations.csv, truth.csv and places.csv."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="district", help=f"{', '.join(PROFILES)}, or `drawn N`")
    parser.add_argument("--roster", type=int, default=18_000)
    parser.add_argument("--registrations", type=int, default=120_000)
    parser.add_argument("--scale", default="district", choices=["district", "province", "country"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    profile = drawn(int(given.profile[6:])) if given.profile.startswith("drawn ") else given.profile
    lists = generate(profile, given.roster, given.registrations, given.seed, given.scale)
    given.out.mkdir(parents=True, exist_ok=True)
    for name in ("roster", "registrations", "places", "truth"):  # the truth last: a folder that has it is whole
        getattr(lists, name).to_csv(given.out / f"{name}.csv", index=False)


if __name__ == "__main__":
    main()
