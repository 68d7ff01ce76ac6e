"""The answer to "which commune?": one, several candidates, or none; and how two lists make one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from disburse.areas.units import Unit, Units

Status = Literal["one", "several", "none"]
# units: the old and the new list lead to different communes · split: an old unit went to several ·
# same_name: namesakes · accents: namesakes without accents · code_and_name: a code beside another's name ·
# several_named: a title names more than one
Reason = Literal["", "units", "split", "same_name", "accents", "code_and_name", "several_named"]


@dataclass(slots=True, frozen=True)
class Match:
    """What one list of units knows about a name or code. `how`: code, name, folded, older, or empty."""

    how: str
    units: list[Unit]
    narrowing_ignored: bool = False
    wrong_type: bool = False


class Reading(NamedTuple):
    """One way to understand what was written: the unit meant, and the commune of today it lies in."""

    origin: Unit
    today: Unit

    @property
    def label(self) -> str:
        """Both names, for a person who has to choose: `Xã Trà Bùi (trước 01/7/2025) → Xã Cà Đam`."""
        if not self.origin.is_old:
            return self.today.name
        return f"{self.origin.name} (trước 01/7/2025) → {self.today.name}"


@dataclass(slots=True, frozen=True)
class Resolution:
    """One reading: resolved. Several: a person chooses, `reason` says why. None: nothing by that name there.

    `how` is the weakest match used (code, name, folded, older). `other_list`: found only in the list of
    units that was not asked for. `narrowing_ignored`: the district (or earlier province) given does not
    hold such a unit. `origin_unsure`: several earlier units are meant, all inside the same commune of
    today, which stands as origin.
    """

    readings: tuple[Reading, ...] = ()
    reason: Reason = ""
    how: str = ""
    other_list: bool = False
    narrowing_ignored: bool = False
    origin_unsure: bool = False

    @property
    def status(self) -> Status:
        return "none" if not self.readings else "one" if len(self.readings) == 1 else "several"

    @property
    def area(self) -> Unit | None:
        """Today's commune, when there is exactly one."""
        return self.readings[0].today if len(self.readings) == 1 else None

    @property
    def origin(self) -> Unit | None:
        """The unit as it was written, earlier or today's, when there is exactly one commune of today."""
        return self.readings[0].origin if len(self.readings) == 1 else None

    @property
    def code(self) -> str | None:
        """Today's commune code, when there is exactly one."""
        return self.area.code if self.area else None

    @property
    def origin_key(self) -> tuple[str, date] | None:
        return self.origin.key if self.origin else None

    def agreeing_with(self, other: Resolution) -> Resolution:
        """Join a code's answer (self) with the name's: what both say, or everything if they share nothing."""
        if not other.readings:
            return self
        shared = [r for r in self.readings if r in other.readings]
        if not shared:  # 21061 beside "Xã Bình Trị": the code says Vạn Tường too, the name says which
            codes = {r.today.code for r in self.readings}
            shared = [r for r in other.readings if r.today.code in codes]
        if shared:
            return _settle(shared, replace(self, how=other.how))
        return Resolution((*self.readings, *other.readings), "code_and_name", "code")


NONE = Resolution()
_STRENGTH = {"code": 0, "name": 0, "folded": 1, "older": 2}


def combine(old: Match, new: Match, units: Units, current: Callable[[str], Unit]) -> Resolution:
    """Make one answer of what the earlier and today's list say. `current` gives today's commune of a code."""
    chosen, other_list = _choose(old, new, units)
    readings = [Reading(unit, current(code)) for match in chosen for unit in match.units for code in unit.today]
    if not readings:
        return NONE
    draft = Resolution(
        how=max((m.how for m in chosen), key=_STRENGTH.__getitem__),
        other_list=other_list,
        narrowing_ignored=any(m.narrowing_ignored for m in chosen),
    )
    return _settle(readings, draft)


def join(answers: Sequence[Resolution]) -> Resolution:
    """Make one answer of several names in one text: one where all mean the same commune of today."""
    found = [answer for answer in answers if answer.readings]
    if len(found) < 2:
        return found[0] if found else NONE
    settled = _settle([r for answer in found for r in answer.readings], found[0])
    return settled if settled.status == "one" else replace(settled, reason="several_named")


def _choose(old: Match, new: Match, units: Units) -> tuple[list[Match], bool]:
    """Which lists to believe, and whether it is the one that was not asked for."""
    if not old.units or not new.units:
        only = old if old.units else new
        asked = {"old": old, "new": new}.get(units)
        return ([only] if only.units else []), asked is not None and only is not asked
    if units != "undecided":
        asked, other = (old, new) if units == "old" else (new, old)
        return ([old, new] if _doubtful(asked, other, units) else [asked]), False
    if old.narrowing_ignored != new.narrowing_ignored:
        return [new if old.narrowing_ignored else old], False
    # Accents that fit one list and not the other decide; an older name never gives way unseen.
    if {old.how, new.how} == {"name", "folded"}:
        return [old if old.how == "name" else new], False
    return [old, new], False


def _doubtful(asked: Match, other: Match, units: Units) -> bool:
    """Does the list that was not asked for fit so much better that a person has to say which was meant?"""
    if asked.how == "folded" and other.how == "name":  # "Sơn Hà" in an old list: Sơn Hạ with a slip, or today's?
        return True
    if asked.narrowing_ignored and not other.narrowing_ignored:  # the row's district holds the other one
        return True
    # Lists of today still name "Phường Trần Phú" of before, where there is now a Xã Trần Phú elsewhere. A
    # list of before cannot know today's names, so there a wrong type word is only a wrong type word.
    return units == "new" and asked.wrong_type and not other.wrong_type and other.how in ("name", "folded")


def _settle(readings: list[Reading], draft: Resolution) -> Resolution:
    """One reading where all lead to the same commune of today; else all of them with the reason."""
    if len({r.today.code for r in readings}) > 1:
        return replace(draft, readings=tuple(dict.fromkeys(readings)), reason=_reason(readings))
    origins = {r.origin.key: r.origin for r in readings}
    of_today = [origin for origin in origins.values() if not origin.is_old]
    # Whoever lies in an earlier unit lies in today's commune: of two, the wider statement is the true one.
    origin = readings[0].origin if len(origins) == 1 else of_today[0] if of_today else readings[0].today
    return replace(
        draft,
        readings=(Reading(origin, readings[0].today),),
        reason="",
        origin_unsure=len(origins) > 1 and not of_today,
    )


def _reason(readings: list[Reading]) -> Reason:
    old = {r.today.code for r in readings if r.origin.is_old}
    new = {r.today.code for r in readings if not r.origin.is_old}
    if old and new and old != new:
        return "units"
    if len({r.origin.key for r in readings}) == 1:
        return "split"
    names = {r.origin.name[len(r.origin.type) :] for r in readings}
    return "same_name" if len(names) == 1 else "accents"
