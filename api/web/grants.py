"""Grants as pages write and read them: role, place and programme in words, and the form that asks for a new one."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from disburse.access import directory, proposals, typed_areas
from disburse.access.actor import Actor
from disburse.access.roles import role_name
from disburse.access.tables import Grant, GrantProposal, Role, User
from disburse.areas import queries as areas
from disburse.areas.tables import Area
from disburse.banks import queries as banks
from disburse.errors import Denied, Invalid
from disburse.programmes import queries as programmes

WHOLE_COUNTRY = "VN"  # what the form says for it: nothing chosen must not mean everything


class GrantForm(BaseModel):
    """What was typed for a grant: a role, a province with communes or without, programmes, a bank, a payer."""

    role: str = Field(default="", max_length=20)
    province: str = Field(default="", max_length=2)
    communes: str = Field(default="", max_length=2000)
    programme: list[str] = Field(default_factory=list, max_length=30)
    bank: str = Field(default="", max_length=20)
    payer: str = Field(default="", max_length=100)


_WITHOUT_AREA = (Role.ADMIN, Role.BANK, Role.PAYER)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: code and words of each."""

    roles: tuple[tuple[str, str], ...]
    provinces: tuple[tuple[str, str], ...]
    programmes: tuple[tuple[str, str], ...]
    banks: tuple[tuple[str, str], ...]
    whole_country: bool


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant in words. `place` "" is the whole country, `programme` "" all of them."""

    id: object
    role: str
    place: str
    programme: str
    proposed_by: object = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a form led to: grants that hold now, and proposals that wait for a second administrator."""

    now: list[Grant] = field(default_factory=list)
    waiting: list[GrantProposal] = field(default_factory=list)


def choices(session: Session, actor: Actor, lang: str) -> Choices:
    """Return what this administrator may choose from."""
    return Choices(
        roles=tuple((role.value, role_name(role, lang)) for role in Role),
        provinces=tuple((one.code, one.name) for one in areas.provinces(session) if directory.reaches(actor, one.code)),
        programmes=tuple((one.code, one.name) for one in programmes.programmes(session)),
        banks=tuple(banks.names(session).items()),
        whole_country=directory.reaches(actor, ""),
    )


def give(session: Session, actor: Actor, user: User, form: GrantForm) -> Given:
    """Give what the form asks for, each area × programme a grant of its own, or propose it."""
    try:
        role = Role(form.role)
    except ValueError:
        raise Invalid("role_missing") from None
    known = {one.code for one in programmes.programmes(session)}
    for code in form.programme:
        if code not in known:
            raise Invalid("programme_unknown", code=code, known=", ".join(sorted(known)))
    given = Given()
    if not form.province and role not in _WITHOUT_AREA:
        raise Invalid("grant_needs_area")
    province = "" if form.province == WHOLE_COUNTRY else form.province
    for area_code in typed_areas.area_codes(province, form.communes):
        if not directory.reaches(actor, area_code):
            raise Denied("grant_outside")
        for programme in form.programme or [""]:
            made = proposals.give(
                session,
                user=user,
                role=role,
                area_code=area_code,
                programme=programme,
                bank_code=form.bank if role is Role.BANK else "",
                payer_name=form.payer.strip() if role is Role.PAYER else "",
                by=actor.by,
            )
            given.now.append(made) if isinstance(made, Grant) else given.waiting.append(made)
    return given


def lines(session: Session, grants: list[Grant] | list[GrantProposal], lang: str) -> list[GrantLine]:
    """Return grants or proposals in words."""
    places = area_names(session, {one.area_code for one in grants})
    bank_names = banks.names(session)
    found = []
    for one in grants:
        place = places.get(one.area_code, one.area_code)
        if isinstance(one, Grant):
            bound = bank_names.get(one.bank_code, one.bank_code) or one.payer_name
            place = " · ".join(part for part in (bound, place) if part)
        proposer = one.proposed_by if isinstance(one, GrantProposal) else None
        found.append(GrantLine(one.id, role_name(one.role, lang), place, one.programme, proposer))
    return found


def area_names(session: Session, codes: set[str]) -> dict[str, str]:
    """Return the names of today's areas by code."""
    today = select(Area).where(col(Area.code).in_(codes - {""}), col(Area.valid_to).is_(None))
    return {area.code: area.name for area in session.exec(today)}
