"""What would put an issue right, where that can be said: a mechanical rule, or the likeliest commune or benefit.

A suggestion is never applied by itself: a person takes it, for one row or for all alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from disburse import clock
from disburse.areas.places import packaged
from disburse.areas.resolution import Reading
from disburse.programmes import rates
from disburse.programmes.rates import BASE, BenefitType
from disburse.rosters.amended import BENEFIT, COMMUNE, commune_key
from disburse.rosters.tables import Roster
from disburse.rosters.tasks import units_of
from disburse.workbooks.values import id_sex, id_year
from matching.identity import clean_number, province_codes
from matching.text import fold

VALUE = "value"  # the rule of a batch that turns one raw value into another
_CLOSE = 80  # of 100: how alike two spellings are before one is suggested for the other
_CLEAN_NAME = frozenset(("honorific_removed", "remark_in_name", "name_repaired"))
_YEAR_KEPT = frozenset(("birth_impossible_day", "birth_remark", "birth_placeholder", "birth_swapped"))
_ELDERLY = frozenset(("NCC", "HTXH"))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`value` to read in the cell of `field`; `rule` names what found it, "" for what a person must weigh."""

    field: str
    value: str
    shown: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to pick from."""

    key: str
    label: str


def suggest(code: str, raw: str, facts: dict[str, str], values: dict[str, Any], roster: Roster) -> Suggestion | None:
    """Return what would settle an issue; `raw` is the cell as it came, `values` what the row was understood to say."""
    if code in _CLEAN_NAME and values.get("full_name"):
        return _same("full_name", str(values["full_name"]), "clean_name")
    if code in _YEAR_KEPT and facts.get("kept"):
        return _same("birth_date", facts["kept"], "year_only")
    if code in ("id_restored", "id_repaired") and facts.get("after"):
        return _same("citizen_id", facts["after"], "write_id")
    if code == "id_extra_text" and values.get("citizen_id"):
        return _same("citizen_id", str(values["citizen_id"]), "write_id")
    if code == "id_invalid":
        return _padded(raw, values)
    if code == "birth_two_digit_year":
        return _century(raw, roster)
    if code == "amount_unlike_rate" and facts.get("expected"):
        return _same("amount", facts["expected"])
    if code in ("commune_unknown", "commune_other_list"):
        return _commune(facts.get("found") or raw, roster, other=code == "commune_other_list")
    if code in ("benefit_unknown", "benefit_ambiguous"):
        return _benefit(facts.get("found") or raw, facts.get("choices", ""), roster.programme)
    return None


def _same(field: str, value: str, rule: str = "") -> Suggestion:
    return Suggestion(field, value, value, rule)


def _padded(raw: str, values: dict[str, Any]) -> Suggestion | None:
    """Zeros lost in front of a text of 10 or 11 digits, where year and sex do not speak against it."""
    digits = clean_number(raw)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (10, 11)):
        return None
    full = digits.zfill(12)
    born, sex = str(values.get("birth_date") or "")[:4], values.get("sex")
    fits = full[:3] in province_codes() and (not born or born == str(id_year(full))) and sex in (None, id_sex(full))
    return _same("citizen_id", full, "pad_zeros") if fits else None


def _century(raw: str, roster: Roster) -> Suggestion | None:
    """`51` is 1951 where nobody could be born in 2051, or where the programme is for the old."""
    text = raw.strip(" '")
    head, year = text[:-2], text[-2:]
    if not year.isdigit() or (head and not head.endswith(("/", "-", "."))):
        return None
    if int(year) <= clock.today().year % 100 and roster.programme not in _ELDERLY:
        return None
    return _same("birth_date", f"{head}19{year}", "century")


def _commune(found: str, roster: Roster, *, other: bool) -> Suggestion | None:
    choices = communes(roster.province_code, units_of(roster))
    if other:
        answer = packaged().resolve(found, province=roster.province_code or None, units=units_of(roster))
        if len(answer.readings) == 1:
            reading = answer.readings[0]
            return Suggestion(COMMUNE, commune_key(reading), reading.label, VALUE)
    plain = [fold(choice.label.split(" (")[0]) for choice in choices]
    best = process.extractOne(fold(found), plain, scorer=fuzz.WRatio, score_cutoff=_CLOSE) if fold(found) else None
    if best is None or plain.count(best[0]) > 1:
        return None
    chosen = choices[best[2]]
    return Suggestion(COMMUNE, chosen.key, chosen.label, VALUE)


def _benefit(found: str, candidates: str, programme: str) -> Suggestion | None:
    named = {choice.key: choice for choice in benefits(programme)}
    few = [code.strip() for code in candidates.replace("…", "").split(",") if code.strip() in named]
    pool = few or list(named)
    words = [fold(named[code].label) for code in pool]
    best = process.extractOne(fold(found), words, scorer=fuzz.WRatio, score_cutoff=_CLOSE) if fold(found) else None
    if best is None:
        return None
    chosen = named[pool[best[2]]]
    return Suggestion(BENEFIT, chosen.key, chosen.label, VALUE)


@lru_cache(maxsize=128)
def communes(province: str, units: str) -> tuple[Choice, ...]:
    """Return the communes of a province as they may be meant: the asked list first, then the other."""
    places = packaged()
    new = [Reading(unit, unit) for unit in places.of_province(province)]
    old = [
        Reading(unit, today)
        for unit in places.of_province(province, date(2025, 6, 30))
        for code in unit.today
        if (today := places.commune(code)) is not None
    ]
    ordered = [*old, *new] if units == "old" else [*new, *old]
    return tuple(Choice(commune_key(reading), reading.label) for reading in ordered)


@lru_cache(maxsize=16)
def benefits(programme: str) -> tuple[Choice, ...]:
    """Return a programme's benefit types to pick from."""
    return tuple(Choice(kind.code, f"{kind.name} ({kind.code})") for kind in _types(programme))


def _types(programme: str) -> list[BenefitType]:
    return [kind for kind in rates.packaged().types(programme or None) if not kind.code.startswith(BASE)]
