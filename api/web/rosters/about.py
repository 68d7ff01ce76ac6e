"""What an upload says of itself: the form's choices for an officer, and reading what they chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session
from starlette.datastructures import FormData

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.queries import programmes_of
from disburse.access.roles import Permission
from disburse.areas import queries as areas
from disburse.errors import Denied, Invalid
from disburse.programmes import queries as programmes
from disburse.rosters.actions import About
from disburse.rosters.tables import Roster, Scope

UNITS = ("", "new", "old")
_YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class Choices:
    """What an officer may choose: codes with names. `needs_commune`: they may upload for communes only."""

    programmes: tuple[tuple[str, str], ...]
    provinces: tuple[tuple[str, str], ...]
    communes: tuple[tuple[str, str], ...]
    needs_commune: bool
    years: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The form as it was filled in; what is typed is kept when it is refused."""

    programme: str = ""
    month: str = ""
    year: str = ""
    scope: str = ""
    units: str = ""
    province: str = ""
    commune: str = ""

    @classmethod
    def of(cls, roster: Roster) -> Said:
        """Return what a roster was said to be."""
        year, month = roster.period.split("-")
        return cls(
            roster.programme, month, year, str(roster.scope), roster.units, roster.province_code, roster.commune_code
        )

    @classmethod
    def from_form(cls, form: FormData) -> Said:
        """Read the fields; anything else in the form is left alone."""
        given = {name: value for name in cls.__slots__ if isinstance(value := form.get(name), str)}
        return cls(**{name: value.strip()[:20] for name, value in given.items()})


def first_said(choices: Choices) -> Said:
    """Return the form as it is offered: this month, and whatever leaves no choice. The kind of list is asked."""
    today = clock.today()
    return Said(
        programme=choices.programmes[0][0] if len(choices.programmes) == 1 else "",
        month=f"{today.month:02d}",
        year=str(today.year),
        province=choices.provinces[0][0] if len(choices.provinces) == 1 else "",
        commune=choices.communes[0][0] if choices.needs_commune and len(choices.communes) == 1 else "",
    )


def choices_of(session: Session, actor: Actor) -> Choices:
    """Return what an officer may upload for."""
    scopes = actor.scopes(Permission.ROSTER_UPLOAD)
    allowed = programmes_of(actor, Permission.ROSTER_UPLOAD)
    known = [one for one in programmes.programmes(session) if allowed is None or one.code in allowed]
    codes = {scope.area_code for scope in scopes}
    whole = {code for code in codes if len(code) == 2}
    parts = {code for code in codes if len(code) > 2}
    named = [area for area in areas.provinces(session) if "" in codes or area.code in whole]
    communes = [(area.code, area.name) for code in sorted(whole) for area in areas.communes(session, code)]
    for code in sorted(parts):
        if (area := areas.on_day(session, code)) is not None and area.province_code not in whole:
            communes.append((area.code, area.name))
    year = clock.today().year
    return Choices(
        programmes=tuple((one.code, one.name) for one in known),
        provinces=tuple((area.code, area.name) for area in named),
        communes=tuple(communes),
        needs_commune=not named,
        years=tuple(str(each) for each in range(year + 1, year - _YEARS_BACK - 1, -1)),
    )


def about_of(session: Session, actor: Actor, said: Said, choices: Choices) -> About:
    """Return what the form says, checked; Invalid says what is missing, Denied what is not theirs."""
    if said.programme not in dict(choices.programmes):
        raise Invalid("upload_programme_needed")
    if said.month not in MONTHS or not (said.year.isdecimal() and len(said.year) == 4):
        raise Invalid("period_invalid", value=f"{said.year}-{said.month}")
    if said.scope not in set(Scope):
        raise Invalid("upload_scope_needed")
    if said.commune and said.commune not in dict(choices.communes):
        raise Denied("no_permission")
    if choices.needs_commune and not said.commune:
        raise Invalid("upload_commune_needed")
    commune = areas.on_day(session, said.commune) if said.commune else None
    province = commune.province_code if commune else said.province
    if not province:
        raise Invalid("upload_province_needed")
    covered = actor.covers(
        Permission.ROSTER_UPLOAD,
        province_code=province,
        commune_code=said.commune or None,
        programme=said.programme,
    )
    if not covered:
        raise Denied("no_permission")
    return About(
        programme=said.programme,
        period=f"{said.year}-{said.month}",
        scope=Scope(said.scope),
        units=said.units if said.units in UNITS else "",
        province_code=province,
        commune_code=said.commune,
    )


MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
# The field of the form that an error is about, for the summary's link.
FIELD_OF: Mapping[str, str] = {
    "upload_programme_needed": "programme",
    "period_invalid": "month",
    "upload_scope_needed": "scope-full",
    "upload_commune_needed": "commune",
    "upload_province_needed": "province",
    "file_none_chosen": "file",
}


@dataclass(frozen=True, slots=True)
class AboutForm:
    """The form with its choices, what is filled in and what is wrong with it."""

    choices: Choices
    said: Said
    months: tuple[str, ...] = field(default=MONTHS)
