"""The cells that say where a row belongs: commune, district, hamlet, address; else section, sheet and title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from disburse.areas.places import Places
from disburse.areas.resolution import Resolution
from disburse.areas.units import Units
from disburse.rosters.amended import commune_key
from disburse.rosters.corrections import value_key
from disburse.rosters.values_met import ValuesMet
from disburse.workbooks.binding import Binding
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import NONE, Flaws, flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.values import clean_text

_SHOWN = 4  # choices named in one sentence


@dataclass
class Where:
    """What the upload says about places, and what a sheet adds to it."""

    places: Places
    province: str | None
    units: Units
    commune: Resolution | None = None  # of the sheet's name, its title or the upload
    district: str | None = None
    hamlet: str | None = None  # of the sheet's name
    tab: str = ""  # the sheet's name, where it may stand for a place
    told: Mapping[str, str] = field(default_factory=dict)  # an officer's word on texts, by value_key
    met: ValuesMet = field(default_factory=ValuesMet)


class PlaceCells:
    """Resolves the commune of each row; equal texts are resolved once."""

    def __init__(self, binding: Binding, where: Where) -> None:
        at = binding.at
        self.commune = binding.first("commune")
        self.old, self.new = binding.first("commune_old"), binding.first("commune_new")
        if self.commune is None and (self.old is None or self.new is None):
            self.commune = self.old if self.old is not None else self.new
            if self.commune is not None:
                where = replace(where, units="old" if self.old is not None else "new")
            self.old = self.new = None
        self.where = where
        self.code = binding.first("commune_code")
        self.district = binding.first("district")
        self.hamlets = at.get("hamlet", [])
        self.addresses = at.get("address", [])
        self._known: dict[tuple[Any, ...], tuple[dict[str, Any], Flaws, bool]] = {}
        self.areas: dict[tuple[str, str], int] = {}

    def read(self, draft: Draft) -> None:
        """Fill the commune of today and the unit it came with, or park the row."""
        self._read_hamlet(draft)
        if self.old is not None and self._read_both(draft):
            return
        code = draft.cell(self.code)
        name = draft.cell(self.commune)
        index = self.commune if name not in (None, "") or self.code is None else self.code
        if name in (None, "") and code in (None, ""):
            self._without_cell(draft, index)
            return
        district = draft.cell(self.district) or draft.row.context.get("district") or self.where.district
        self._apply(draft, index, name if name not in (None, "") else None, code, district)

    def _read_both(self, draft: Draft) -> bool:
        """An old commune beside a new one: the old decides the origin, the new checks it. False when both are blank."""
        old, new = text_of(draft.cell(self.old)).strip(), text_of(draft.cell(self.new)).strip()
        if not old and not new:
            return False
        key = ("both", old, new, draft.cell(self.district))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._resolved_both(old, new, draft.cell(self.district))
        values, flaws, _ = known
        draft.flag(self.old if old else self.new, flaws)
        self._place(draft, values)
        return True

    def _resolved_both(self, old: str, new: str, district: Any) -> tuple[dict[str, Any], Flaws, bool]:
        where, named = self.where, text_of(district).strip() or None
        before = where.places.resolve(old or None, province=where.province, units="old", district=named)
        after = where.places.resolve(new or None, province=where.province, units="new")
        if not old or not new:
            answer = before if old else after
            return commune_values(answer), commune_flaws(answer, old or new, where.province or ""), False
        if before.status == "none":
            unknown = flaw("commune_old_unknown", found=old)
            return commune_values(after), (*unknown, *commune_flaws(after, new, where.province or "")), False
        codes = {reading.today.code for reading in after.readings}
        agreed = [reading for reading in before.readings if reading.today.code in codes]
        if len(agreed) == 1:
            return commune_values(replace(before, readings=tuple(agreed))), NONE, True
        if not agreed:
            return {}, flaw("commune_old_new", old=old, new=new), False
        return {}, commune_flaws(before, old, where.province or ""), False

    def _place(self, draft: Draft, values: dict[str, Any]) -> None:
        if values:
            draft.values.update(values)
            area = (values["origin_code"], values["origin_valid_from"])
            self.areas[area] = self.areas.get(area, 0) + 1

    def _apply(self, draft: Draft, index: int | None, name: Any, code: Any, district: Any) -> None:
        key = (name, code, district)
        known = self._known.get(key)
        if known is None:
            known = self._resolved(name, code, district)
            self._known[key] = known
        values, flaws, asked = known
        if flaws:
            draft.flag(index, flaws)
        if asked:
            self.where.met.count(_shown(name, code, district))
        self._place(draft, values)

    def _resolved(self, name: Any, code: Any, district: Any) -> tuple[dict[str, Any], Flaws, bool]:
        """Return values, flaws and whether the text is one that a person decides."""
        where = self.where
        shown = _shown(name, code, district)
        if target := where.told.get(value_key(shown)):
            where.met.note(shown, target)
            return told_values(where.places, target), NONE, True
        answer = where.places.resolve(
            _cell(name if name is not None else code),
            province=where.province,
            units=where.units,
            district=text_of(district).strip() or None if district is not None else None,
            code=_cell(code) if name is not None else None,
        )
        if answer.status != "one":
            where.met.note(shown, choices=[(commune_key(r), r.label) for r in answer.readings])
        written = text_of(name if name is not None else code).strip()
        return commune_values(answer), commune_flaws(answer, written, where.province or ""), answer.status != "one"

    def _without_cell(self, draft: Draft, index: int | None) -> None:
        """No cell: what a person said the section or the tab means, else section, tab, title, upload or address."""
        section = draft.row.context.get("commune")
        answer = section if isinstance(section, Resolution) else self.where.commune
        around = self._around(draft, is_known=answer is not None and answer.status == "one")
        if self._as_told(draft, around):
            return
        if answer is None:
            answer = self._of_address(draft)
        if (answer is None or answer.status != "one") and around:
            choices = answer.readings if answer else ()
            self.where.met.note(around[0], choices=[(commune_key(r), r.label) for r in choices])
            self.where.met.count(around[0])
        if answer is None or answer.status == "none":
            named = draft.row.context.get("commune_text")
            unknown = flaw("commune_unknown", found=named, province=self.where.province or "") if named else None
            draft.flag(index, unknown or flaw("commune_missing"))
            return
        values = commune_values(answer)
        if not values:
            draft.flag(index, commune_flaws(answer, answer.readings[0].origin.name, self.where.province or ""))
            return
        self._place(draft, values)

    def _around(self, draft: Draft, *, is_known: bool) -> list[str]:
        """Return the texts around a row that may stand for its commune: the section's, else a hamlet's or the tab's.

        Where the commune `is_known` otherwise, a hamlet's name means the hamlet.
        """
        context = draft.row.context
        less = () if is_known else (context.get("text"), context.get("hamlet"), self.where.tab)
        texts = (context.get("commune_text"), *less)
        return list(dict.fromkeys(text for text in texts if isinstance(text, str) and text))

    def _as_told(self, draft: Draft, around: list[str]) -> bool:
        """Place a row by what a person said a section line or a tab means."""
        for text in around:
            target = self.where.told.get(value_key(text))
            values = told_values(self.where.places, target) if target else {}
            if target and values:
                self.where.met.note(text, target)
                self.where.met.count(text)
                self._place(draft, values)
                return True
        return False

    def _of_address(self, draft: Draft) -> Resolution | None:
        _, cell = draft.first(self.addresses or self.hamlets)
        if cell is None:
            return None
        where = self.where
        return where.places.find_in_text(
            text_of(cell), province=where.province, units=where.units, district=where.district
        )

    def _read_hamlet(self, draft: Draft) -> None:
        if self.hamlets:
            parts = [t for i in self.hamlets if (t := clean_text(draft.cell(i)))]
            if parts:
                draft.values["hamlet"] = ", ".join(parts)
        if "hamlet" not in draft.values and (hamlet := draft.row.context.get("hamlet") or self.where.hamlet):
            draft.values["hamlet"] = hamlet
        if self.addresses:
            parts = [t for i in self.addresses if (t := clean_text(draft.cell(i)))]
            if parts:
                draft.values["address"] = ", ".join(parts)


def _shown(name: Any, code: Any, district: Any) -> str:
    """Return a row's commune as a person is asked about it: the text, and the district that tells it from another."""
    text = text_of(name if name is not None else code).strip()
    beside = text_of(district).strip() if district is not None else ""
    return f"{text} ({beside})" if beside else text


def told_values(places: Places, target: str) -> dict[str, Any]:
    """Return the row's commune as an officer said; empty for a unit that is none."""
    code, day, today = [*target.split("/"), "", ""][:3]
    try:
        unit = places.unit(code, date.fromisoformat(day))
    except (KeyError, ValueError):
        return {}
    if today not in unit.today:
        return {}
    return {"commune_code": today, "origin_code": code, "origin_valid_from": day}


def commune_values(answer: Resolution) -> dict[str, Any]:
    """Today's code and the unit written, as the row contract names them; empty unless exactly one commune."""
    if answer.status != "one":
        return {}
    reading = answer.readings[0]
    return {
        "commune_code": reading.today.code,
        "origin_code": reading.origin.code,
        "origin_valid_from": reading.origin.valid_from.isoformat(),
    }


def commune_flaws(answer: Resolution, shown: str, province: str) -> Flaws:
    """Why a text names no commune, or that it was found in the other list of units."""
    if answer.status == "none":
        return flaw("commune_unknown", found=shown, province=province)
    if answer.status == "several":
        labels = list(dict.fromkeys(r.label for r in answer.readings))
        more = f" … ({len(labels)})" if len(labels) > _SHOWN else ""
        return flaw("commune_ambiguous", found=shown, choices=" hoặc ".join(labels[:_SHOWN]) + more)
    if answer.other_list:
        return flaw("commune_other_list", found=shown, meant=answer.readings[0].label)
    return NONE


def _cell(value: Any) -> str | int | float | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, (str, int, float)) else text_of(value)
